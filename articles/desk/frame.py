"""What stands around every page of the desk: its menu, its search, its look; and addresses of our own."""

import json

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.search import SearchArea
from wagtail.api.v2.router import WagtailAPIRouter

from articles.desk import (
    advice_panel,
    deleted_drafts,
    link_chooser,
    moving,
    pictures,
    ratings,
    returned,
    review_page,
    start_from_text,
)
from articles.models import SitePage
from common import colors

# What Wagtail's scripts say, which know only Wagtail's catalog of words; its other words are in articles/locale/en/.
WORDS_IN_SCRIPTS = {
    "Insert a block": _("Add something here"),
    "Write something or type ‘/’ to insert a block": _("Write here"),
}
# Wagtail's own entries for things that this site does not have.
HIDDEN_MENU_ITEMS = {"explorer", "help", "snippets", "reports"}


def hide_unused(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """No page tree."""
    menu_items[:] = [item for item in menu_items if item.name not in HIDDEN_MENU_ITEMS]


def search_articles() -> SearchArea:
    """The search above the menu."""
    return SearchArea(_("Articles"), reverse("wagtailsnippets_articles_article:list"), name="articles", order=1)


def search_nothing_else(request: HttpRequest, search_areas: list[SearchArea]) -> None:
    """Nor pages and users."""
    search_areas[:] = [area for area in search_areas if area.name == "articles"]


def own_addresses() -> list[URLPattern]:
    """Beside those of the view sets."""
    return [
        path("articles/advice/", advice_panel.advice, name="article_advice"),
        path("articles/link/", link_chooser.choose, name="article_link"),
        path("articles/from-text/", start_from_text.start, name="article_from_text"),
        path("articles/<int:pk>/ratings/", ratings.ratings, name="article_ratings"),
        path("articles/<int:pk>/ratings/<slug:instrument>/", ratings.rate, name="article_rate"),
        path("articles/paste/", start_from_text.paste, name="article_paste"),
        path("articles/deleted/", deleted_drafts.deleted_drafts, name="deleted_drafts"),
        path("articles/deleted/<int:pk>/back/", deleted_drafts.bring_back, name="bring_back_draft"),
        path("articles/review/<int:pk>/", review_page.show, name="article_review"),
        path("articles/review/<int:pk>/again/", returned.send_again, name="article_send_again"),
        path("site-pages/review/<int:pk>/", review_page.show, {"model": SitePage}, name="sitepage_review"),
        path("site-pages/review/<int:pk>/again/", returned.send_again, {"model": SitePage}, name="sitepage_send_again"),
        path("moving-in/", moving.moving, name="moving_in"),
        path("moving-in/<int:pk>/", moving.job, name="moving_in_job"),
        path("moving-in/<int:pk>/start/", moving.start, name="moving_in_start"),
        path("moving-in/<int:pk>/remove/", moving.remove, name="moving_in_remove"),
    ]


def no_documents(router: WagtailAPIRouter) -> None:
    """Nothing in the place of Wagtail's documents."""
    router.register_endpoint("documents", pictures.NoDocuments)


def own_look() -> SafeString:
    """The practice's colors. Who has chosen Wagtail's light or dark theme sees it whatever the device prefers."""
    _fixed, light, dark = colors.tokens()
    rules = [
        f".w-theme-{theme}{{{';'.join(f'--{name}:{color}' for name, color in values.items())}}}"
        for theme, values in (("light", light), ("dark", dark))
    ]
    return format_html(
        '<link rel="stylesheet" href="{}"><style>{}</style>', static("articles/cms/desk.css"), "".join(rules)
    )


def own_words() -> SafeString:
    """Before Wagtail's scripts of the editor: what they say, and how they draw texts."""
    return format_html(
        '<template data-words="{}"></template><script src="{}"></script>',
        json.dumps({asked: str(word) for asked, word in WORDS_IN_SCRIPTS.items()}),
        static("articles/cms/writing.js"),
    )


def own_script() -> SafeString:
    """The panel of advice, and where what is pasted is read."""
    return format_html(
        '<script src="{}" defer></script><template data-paste="{}"></template>',
        static("articles/cms/advice.js"),
        reverse("article_paste"),
    )


def right_to_correct() -> QuerySet[Permission]:
    """Can be granted to a group."""
    return Permission.objects.filter(content_type__app_label="articles", codename="correct_article")
