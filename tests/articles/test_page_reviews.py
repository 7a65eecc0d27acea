"""A page about health is reviewed like an article: on the page, its own sections marked, each with a comment."""

import pytest
from wagtail.models import Locale

from articles.blocks import PageBody
from articles.desk.reviewed import keyed
from articles.models import PageKind, SitePage
from articles.reviewing import marking
from common import staff_mail
from common.models import User
from tests.articles.desk import send_for_review
from tests.articles.test_review_page import form_on, marks, read, words

PAGE = "/cms/site-pages/review/{}/"
AGAIN = "/cms/site-pages/review/{}/again/"
TEXT = (("At home", "Keep it dry for two weeks."), ("At night", "Put your leg up."))
EDIT = "/cms/snippets/articles/sitepage/edit/{}/"


def section(heading, text):
    """A section of a page as a revision keeps it."""
    content = [{"type": "text", "value": f"<p>{text}</p>"}]
    return {"type": "section", "value": {"heading": heading, "content": content}}


def sections(*pairs):
    return [section(heading, text) for heading, text in pairs]


def send(page, user, *pairs):
    return send_for_review(page, user, body=sections(*pairs))


@pytest.fixture
def page(library, editor):
    """About health, with two sections, sent to the reviewers."""
    page = SitePage(
        locale=Locale.objects.get(language_code="en"),
        live=False,
        kind=PageKind.MEDICAL,
        title="Casts",
        summary="How to live with a cast.",
        description="What helps with a cast.",
    )
    page.save()
    return send(page, editor, *TEXT)


def boxes(soup):
    return [box["name"] for box in soup.select("textarea[form=review]")]


def test_page_about_health_is_returned_sent_again_and_approved_on_the_page(
    signed_in, page, editor, reviewer, mailoutbox
):
    address = PAGE.format(page.pk)
    browser = signed_in(reviewer)
    User.objects.filter(pk=reviewer.pk).update(email="rita@clinic.example")
    page.current_workflow_state.cancel()
    page = send(SitePage.objects.get(pk=page.pk), editor, *TEXT)
    staff_mail.deliver_due()
    assert address in "".join(mail.body for mail in mailoutbox)
    assert read(browser.get("/cms/")).select_one(f"a[href='{address}']").text == "Casts"
    assert read(browser.get(EDIT.format(page.pk))).select_one(f".messages a[href='{address}']")

    soup = read(browser.get(address))
    assert [words(h2) for h2 in soup.select(".review-text .flow > h2")][:2] == ["At home", "At night"]
    assert {"comment-own-at-home", "comment-own-at-night", "comment-head", "comment-rest"} <= {*boxes(soup)}
    browser.post(address, form_on(soup, "reject", **{"own-at-home": "Two?"}), follow=True)

    writer = signed_in(editor)
    banner = read(writer.get(EDIT.format(page.pk))).select_one(".desk-returned")
    assert [words(banner.dt), words(banner.dd)] == ["At home", "Two?"]
    assert banner.dt.a["href"].startswith("#block-")
    text = ("At home", "Keep it dry for four weeks."), ("In the shower", "Wrap it.")
    page = SitePage.objects.get(pk=page.pk)
    page.body = sections(*text)
    page.save_revision(user=editor)
    assert "is with the medical reviewers again" in writer.post(AGAIN.format(page.pk), follow=True).content.decode()

    soup = read(browser.get(address))
    assert words(soup.select_one("#review-head ~ .review-said, .review-said dd, .review-said")).endswith("Two?")
    assert "comment-own-at-night" in boxes(soup), "a section that is gone can be spoken of"
    assert {"two", "four"} <= {*marks(soup, "del"), *marks(soup, "ins")}
    browser.post(address, form_on(soup, "approve"), follow=True)
    page = SitePage.objects.get(pk=page.pk)
    assert (page.live, page.reviewer, page.body[0].value["heading"]) == (True, reviewer.reviewer, "At home")


def test_comment_on_a_section_that_is_gone_is_kept_with_its_name(signed_in, page, editor, reviewer):
    browser = signed_in(reviewer)
    soup = read(browser.get(PAGE.format(page.pk)))
    page.body = sections(("At home", "Keep it dry."))
    page.save_revision(user=editor)

    answer = browser.post(PAGE.format(page.pk), form_on(soup, "reject", **{"own-at-night": "How high?"}))

    assert answer.status_code == 409
    kept = read(answer).select_one("section.card")
    assert [words(kept.label), kept.textarea.text.strip()] == ["At night", "How high?"]


@pytest.mark.parametrize("who", ["editor", "manager"])
def test_nobody_but_a_reviewer_decides(request, signed_in, page, who):
    browser = signed_in(request.getfixturevalue(who))
    sent = {"action": "approve", "round": str(page.current_workflow_task_state.pk), "seen": "", "comment-whole": ""}

    answer = browser.post(PAGE.format(page.pk), sent)
    assert (answer.status_code, answer.url) == (302, "/cms/"), "as Wagtail refuses"
    assert not SitePage.objects.get(pk=page.pk).live


def test_page_has_no_more_queries_than_an_article(signed_in, page, reviewer, django_assert_max_num_queries):
    browser = signed_in(reviewer)
    browser.get(PAGE.format(page.pk))

    with django_assert_max_num_queries(25):
        browser.get(PAGE.format(page.pk))


def test_sections_keep_their_order_and_their_fellows():
    before = sections(("One", "First."), ("Two", "Second."), ("Two", "Once more."))
    after = sections(("Zero", "New here, with other words."), ("Two", "Second, changed."), ("Two", "Once more."))

    marked = marking.in_order(PageBody(), before, after)

    assert [(each.name, each.changed, each.gone) for each in marked] == [
        ("One", True, True),
        ("Zero", True, False),
        ("Two", True, False),
        ("Two", False, False),
    ]
    assert list(keyed(["Two", "Two", "足"])) == ["own-two", "own-two-2", "own-section"]
