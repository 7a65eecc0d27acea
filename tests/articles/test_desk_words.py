"""What stands on the desk's pages, in every state that a text can be in: our words, none of Wagtail's machinery."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup, Comment
from django.utils import timezone
from wagtail.models import Workflow

from articles.models import Article, SitePage
from articles.reviewing import rules
from tests.articles.desk import ADD, LIST

PAGES = "/cms/snippets/articles/sitepage/"
CHOOSER = "/cms/snippets/choose/articles/"
READ_ALOUD = ("title", "aria-label", "placeholder", "data-w-tooltip-content-value", "data-w-progress-active-value")
# Nobody who writes articles knows these.
FOREIGN_WORDS = re.compile(
    r"workflow|moderat|locale|snippet|revision|\blive\b|go-live|resubmit|submit to|replace current draft|\bused 0 times"
    r"|'.*' (?:updated|created)|(?-i:^parts of the foot)|the usual heading",
    re.IGNORECASE,
)


def words_of(html):
    """Every piece of text of a page, seen or read aloud."""
    soup = BeautifulSoup(html, "html.parser")
    for part in soup(["script", "style", "svg"]):
        part.decompose()
    texts = [str(text) for text in soup.find_all(string=lambda text: not isinstance(text, Comment))]
    spoken = [tag[name] for name in READ_ALOUD for tag in soup.find_all(attrs={name: True})]
    buttons = [tag["value"] for tag in soup.find_all(["input", "button"], type="submit", value=True)]
    return {" ".join(text.split()) for text in [*texts, *spoken, *buttons]} - {""}


def addresses(root, text):
    """Every page of the desk about one text."""
    latest = text.latest_revision_id
    state = text.workflow_states.order_by("-pk").first()
    task = text.current_workflow_task_state
    pages = [
        f"{root}edit/{text.pk}/",
        f"{root}history/{text.pk}/",
        f"{root}usage/{text.pk}/",
        f"{root}history/{text.pk}/revisions/{latest}/revert/",
        f"{root}history/{text.pk}/revisions/{latest}/unschedule/",
        f"{root}history/{text.pk}/revisions/compare/earliest...latest/",
        f"{root}unpublish/{text.pk}/",
        f"{root}workflow_history/{text.pk}/",
    ]
    if state:
        pages.append(f"{root}workflow_history/{text.pk}/detail/{state.pk}/")
    if text.workflow_in_progress:
        pages += [
            f"{root}workflow/confirm_cancellation/{text.pk}/",
            f"{root}workflow/collect_action_data/{text.pk}/reject/{task.pk}/",
        ]
    return pages


@pytest.fixture
def texts(library, editor, reviewer):
    """A text in each state, and a page."""
    found = {
        slug: Article.objects.get(slug=slug) for slug in ("heel-pain", "bunions", "gout", "flat-feet", "hammertoes")
    }
    review = Workflow.objects.get(name="Medical review")
    for slug in ("bunions", "gout"):
        found[slug].summary = "Other words."
        found[slug].save_revision(user=editor)
        review.start(found[slug], editor)
    state = found["gout"].current_workflow_task_state
    state.task.on_action(state, reviewer, "reject", comment="Say when to rest.")
    found["flat-feet"].summary = "Newer words."
    found["flat-feet"].save_revision(user=editor)
    found["hammertoes"].go_live_at = timezone.now() + timedelta(days=3)
    found["hammertoes"].save_revision(user=editor).publish(user=reviewer)
    rules.confirm(found["heel-pain"], reviewer, found["heel-pain"].live_revision_id)
    return [(LIST, Article.objects.get(pk=article.pk)) for article in found.values()] + [
        (PAGES, page) for page in SitePage.objects.all()[:2]
    ]


def pages(texts):
    """Every page of the desk where texts are written, and the dialogs that come over them."""
    of_all = ["/cms/", "/cms/account/", LIST, ADD, PAGES, f"{PAGES}add/", "/cms/images/", f"{CHOOSER}article/"]
    return [*of_all, *(page for root, text in texts for page in addresses(root, text))]


def shown(answer):
    """A page, or the dialog that a script is sent."""
    return answer.json().get("html", "") if answer["Content-Type"].startswith("application/json") else answer.content


@pytest.mark.parametrize("who", ["editor", "reviewer"])
def test_desk_speaks_of_texts_and_reviews_and_of_no_machinery(request, signed_in, texts, who):
    browser = signed_in(request.getfixturevalue(who))

    answers = {page: browser.get(page) for page in pages(texts)}

    said = {
        words: page
        for page, answer in answers.items()
        if answer.status_code == 200
        for words in words_of(shown(answer))
        if FOREIGN_WORDS.search(words)
    }
    assert said == {}
