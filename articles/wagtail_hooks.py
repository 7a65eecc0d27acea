"""The editors' desk: what is hung into Wagtail's admin. Each thing itself is in articles/desk/."""

from wagtail.hooks import register
from wagtail.snippets.models import register_snippet

from articles.desk import bulk, foot, frame, home, links, log, moving, pictures, sections
from articles.desk.articles import ArticleViewSet
from articles.desk.helpful import HelpfulViewSet
from articles.desk.missed import MissedAddressViewSet, MissedSearchViewSet
from articles.desk.old_addresses import OldAddressViewSet
from articles.desk.questions import ReaderQuestionViewSet
from articles.desk.reviewers import ReviewerViewSet
from articles.desk.site_pages import SitePageViewSet

sections.register_sections()
register_snippet(ArticleViewSet)
register_snippet(SitePageViewSet)
register_snippet(ReviewerViewSet)
for viewset in (ReaderQuestionViewSet, HelpfulViewSet, MissedSearchViewSet, OldAddressViewSet, MissedAddressViewSet):
    register("register_admin_viewset", viewset)
for action in bulk.ACTIONS:
    register("register_bulk_action", action)

register("register_admin_menu_item", moving.menu_item)
register("construct_main_menu", frame.hide_unused)
register("construct_homepage_panels", home.replace_panels)
register("register_admin_search_area", frame.search_articles)
register("construct_search", frame.search_nothing_else)
register("register_admin_urls", frame.own_addresses)
register("construct_admin_api", frame.no_documents)
register("insert_global_admin_css", frame.own_look)
register("insert_global_admin_js", frame.own_words)
register("insert_editor_js", frame.own_script)
register("register_permissions", frame.right_to_correct)
register("register_rich_text_features", links.register, order=10)  # after Wagtail's own
register("construct_snippet_action_menu", foot.arrange)
register("register_snippet_action_menu_item", foot.menu_item_for)
register("before_bulk_action", pictures.keep_what_is_shown)
register("register_log_actions", log.register)
