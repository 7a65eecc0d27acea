"""The review on the page: what it shows to whom, what it decides, and what it refuses."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import ModelLogEntry, TaskState, Workflow

from articles.models import Article, ReviewComment, Reviewer
from articles.reviewing import rules
from common import staff_mail
from common.models import User
from tests.articles.desk import EDIT, form_of

PAGE = "/cms/articles/review/{}/"
AGAIN = "/cms/articles/review/{}/again/"
TEXT = "<p>Rest your foot for two weeks.</p>"


def overview(text, heading=""):
    """A first section as a revision keeps it."""
    return {"type": "overview", "value": {"heading": heading, "content": [{"type": "text", "value": text}]}}


@pytest.fixture
def reviewed(article, editor, reviewer):
    """A public article with one section, which Rita approved."""
    article.body = [overview(TEXT)]
    article.save_revision(user=editor).publish(user=reviewer)
    return Article.objects.get(pk=article.pk)


@pytest.fixture
def changed(reviewed, editor):
    """With the editor's change, sent to the reviewers."""
    return send(reviewed, editor, body=[overview("<p>Rest your foot for four weeks.</p>")])


@pytest.fixture
def other(db):
    """Another podiatrist who reviews, and writes, too."""
    user = User.objects.create_user(username="bo", password="a long enough password")
    user.groups.set(Group.objects.filter(name__in=["Editors", "Medical reviewers"]))
    Reviewer.objects.create(user=user, name="Bo Both", credentials="DPM")
    return user


def send(article, user, **changes):
    """Save a version and send it to the reviewers, for the first time or again."""
    for name, value in changes.items():
        setattr(article, name, value)
    article.save_revision(user=user)
    state = article.current_workflow_state
    if state:
        state.resume(user)
    else:
        Workflow.objects.get(name="Medical review").start(article, user)
    return Article.objects.get(pk=article.pk)


def open_page(browser, article, query=""):
    answer = browser.get(PAGE.format(article.pk) + query)
    assert answer.status_code == 200
    return read(answer)


def read(answer):
    return BeautifulSoup(answer.content, "html.parser")


def words(node):
    return " ".join(node.get_text(" ").split()) if node else ""


def marks(soup, tag):
    """What is marked in the text, without what screen readers are told besides."""
    for told in soup.select(".review-text .visually-hidden"):
        if told.parent.name in ("ins", "del"):
            told.decompose()
    return [words(node) for node in soup.select(f".review-text {tag}")]


def form_on(soup, action, **typed):
    """What the buttons at the end of the page send."""
    hidden = {field["name"]: field["value"] for field in soup.select("form#review input[type=hidden]")}
    boxes = {box["name"]: box.text.strip() for box in soup.select("textarea[form=review]")}
    said = {f"comment-{part}": text for part, text in typed.items()}
    return {**hidden, **boxes, **said, "action": action}


def decide(browser, article, action, **typed):
    soup = open_page(browser, article)
    return browser.post(PAGE.format(article.pk), form_on(soup, action, **typed), follow=True)


def state_of(article):
    return TaskState.objects.for_instance(article).order_by("pk").last()


# --- who sees what ---


def test_reviewer_reads_the_text_with_its_changes_and_both_buttons(signed_in, changed, reviewer):
    soup = open_page(signed_in(reviewer), changed)

    assert (marks(soup, "del"), marks(soup, "ins")) == (["two"], ["four"])
    assert [button["value"] for button in soup.select("form#review button")] == ["approve", "reject"]
    assert "edith asked for a review" in words(soup.select_one(".review-top"))
    assert [link["href"] for link in soup.select(".review-changed a")] == ["#what-it-is"]


def test_editor_reads_the_same_page_without_buttons_and_decides_nothing(signed_in, changed, editor):
    browser = signed_in(editor)
    soup = open_page(browser, changed)

    assert marks(soup, "ins") == ["four"]
    assert soup.select("form, textarea, button") == []
    sent = {"action": "approve", "round": state_of(changed).pk, "seen": "x"}
    assert browser.post(PAGE.format(changed.pk), sent).status_code in (302, 403)
    assert state_of(changed).status == "in_progress"


@pytest.mark.parametrize("who", ["toms_river_desk", "manager", "anonymous"])
def test_nobody_else_opens_it(request, signed_in, client, changed, who):
    browser = client if who == "anonymous" else signed_in(request.getfixturevalue(who))

    for answer in (
        browser.get(PAGE.format(changed.pk)),
        browser.post(PAGE.format(changed.pk), {}),
        browser.post(AGAIN.format(changed.pk)),
    ):
        assert answer.status_code in (302, 403)
        assert "four weeks" not in answer.content.decode()


@pytest.mark.parametrize("address", ["/cms/articles/review/999999/", "{}?round=999999", "{}?round=x", "{}?round=²"])
def test_what_is_not_there_is_not_found(signed_in, changed, reviewer, address):
    assert signed_in(reviewer).get(address.format(PAGE.format(changed.pk))).status_code == 404


def test_round_of_another_article_is_not_found(signed_in, changed, editor, reviewer):
    other = Article.objects.get(slug="bunions")
    send(other, editor, summary="New.")

    assert signed_in(reviewer).get(f"{PAGE.format(changed.pk)}?round={state_of(other).pk}").status_code == 404


# --- deciding ---


def test_approval_publishes_what_was_shown_under_the_reviewers_name(signed_in, client, changed, reviewer):
    answer = decide(signed_in(reviewer), changed, "approve")

    assert "“Heel pain” is approved, and public." in answer.content.decode()
    assert "four weeks" in client.get("/conditions/heel-pain/").content.decode()
    found = Article.objects.get(pk=changed.pk)
    assert (found.reviewer.user, found.sample) == (reviewer, False)
    entry = ModelLogEntry.objects.filter(action=rules.APPROVED).order_by("pk").last()
    assert (entry.user, entry.revision_id) == (reviewer, found.live_revision_id)
    assert ModelLogEntry.objects.filter(action="wagtail.workflow.approve", user=reviewer).count() == 1
