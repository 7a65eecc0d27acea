"""Readers' questions: asked without a name, held, answered by a reviewer, shown below the article."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry

from articles.models import Article, ReaderQuestion, Reviewer
from articles.public.questions import MOST_QUESTIONS
from common.spam_traps import STAMP_SECONDS
from tests.conftest import Browser

URL = "/conditions/heel-pain/question/"
SENT = "/conditions/heel-pain/question/sent/"
ASKED = "Can I wear sandals at home?"
HOSTILE = "</summary><script>alert(1)</script>"


@pytest.fixture
def open_article(article):
    """An article that takes questions."""
    article.questions_open = True
    article.save()
    return article


@pytest.fixture
def reading(client, open_article, monday):
    """What the form sends besides the question, a minute after it was opened."""
    form = read(client.get(URL)).main.form
    monday.shift(timedelta(minutes=1))
    return {field["name"]: field.get("value", "") for field in form.select("input")}


@pytest.fixture
def question(open_article):
    """A question that waits."""
    return ReaderQuestion.objects.create(article=open_article, text=ASKED, sent_key="1")


def read(response):
    return BeautifulSoup(response.content, "html.parser")


def publish(question, user, answer="Yes, if they are firm."):
    question.answer, question.status = answer, "published"
    question.set_publisher(user)
    question.save()


def moderate(browser, question, **changes):
    data = {"text": question.text, "answer": question.answer, "status": question.status, **changes}
    response = browser.post(f"/cms/readerquestion/edit/{question.pk}/", data)
    question.refresh_from_db()
    return response


def beside(page, name):
    """What stands in the panel of a field."""
    return page.find(attrs={"name": name}).find_parent(class_="w-panel").get_text(" ")


# --- the reader ---


def test_article_has_no_link_unless_an_editor_opens_it(client, article):
    assert article.questions_open is False
    assert URL not in client.get("/conditions/heel-pain/").content.decode()
    assert client.get(URL).status_code == 404
    assert client.post(URL, {"text": ASKED}).status_code == 404
    assert client.get(SENT).status_code == 404


def test_open_article_links_to_the_form_and_stays_the_same_for_everybody(client, open_article):
    response = client.get("/conditions/heel-pain/")

    assert read(response).find("a", string="Ask a question about this page")["href"] == URL
    assert "public" in response["Cache-Control"]
    assert not response.cookies
    assert "csrf" not in response.content.decode()


def test_form_says_what_not_to_write_and_whom_to_call(client, open_article):
    page = read(client.get(URL))
    words = page.main.get_text(" ", strip=True)

    for sentence in (
        "Do not write personal health details.",
        "not for urgent problems",
        "call 911",
        "without any names",
    ):
        assert sentence in words
    assert {link["href"] for link in page.main.select("a[href^=tel]")} == {"tel:+17325579900", "tel:+19734503035"}


def test_form_asks_for_nothing_but_the_question(client, open_article):
    fields = [field["name"] for field in read(client.get(URL)).main.select("input, textarea, select")]

    assert sorted(fields) == ["csrfmiddlewaretoken", "stamp", "text", "topic"]


def test_hidden_box_is_out_of_everybodys_way_without_inline_style(client, open_article):
    page = read(client.get(URL))
    box = page.find("input", attrs={"name": "topic"})

    assert (box["tabindex"], box["autocomplete"]) == ("-1", "off")
    assert box.parent["class"] == ["visually-hidden"]
    assert box.parent["aria-hidden"] == "true"
    assert not page.select("[style], main script")


@pytest.mark.parametrize("url", [URL, SENT])
def test_question_pages_are_kept_by_nobody_and_found_by_no_search_engine(client, open_article, url):
    response = client.get(url)

    assert "no-store" in response["Cache-Control"]
    assert read(response).find("meta", attrs={"name": "robots"})["content"] == "noindex"


def test_question_is_held_and_not_shown(client, reading):
    response = client.post(URL, {**reading, "text": f"  {ASKED}\x00 "})

    assert (response.status_code, response["Location"]) == (302, SENT)
    assert "Thank you" in read(client.get(SENT)).h1.text
    question = ReaderQuestion.objects.get()
    assert (question.text, question.status, question.article.slug) == (ASKED, "held", "heel-pain")
    assert ASKED not in client.get("/conditions/heel-pain/").content.decode()


def test_second_click_stores_nothing_twice(client, reading):
    for _click in range(MOST_QUESTIONS + 2):
        assert client.post(URL, {**reading, "text": ASKED})["Location"] == SENT

    assert ReaderQuestion.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "Enter your question"),
        (" \r\n\t", "Enter your question"),
        ("x" * 501, "This is 1 character too long. Use 500 characters or fewer"),
    ],
)
def test_mistake_is_named_and_what_was_typed_stays(client, reading, text, error):
    response = client.post(URL, {**reading, "text": text})

    page = read(response)
    assert page.title.text.strip().startswith("Error: ")
    assert page.select_one(".problem a").text == error
    assert page.find(id=page.select_one(".problem a")["href"][1:]).name == "textarea"
    assert page.textarea["aria-invalid"] == "true"
    assert page.textarea.text.strip() == text.strip()
    assert page.find("input", attrs={"name": "stamp"})["value"] == reading["stamp"]
    assert not ReaderQuestion.objects.exists()


def test_five_hundred_letters_are_not_too_many_whatever_the_line_ends(client, reading):
    assert client.post(URL, {**reading, "text": "x\r\n" * 249 + "xx"}).status_code == 302


def test_machine_is_suspected_and_its_question_kept(client, reading):
    assert client.post(URL, {**reading, "text": ASKED, "topic": "pills"})["Location"] == SENT

    assert ReaderQuestion.objects.get().status == "suspected"


def test_form_that_was_open_too_long_is_shown_again_and_can_be_sent(client, reading, monday):
    monday.shift(timedelta(seconds=STAMP_SECONDS))
    again = read(client.post(URL, {**reading, "text": ASKED}))

    assert "open for a long time" in again.select_one(".problem").text
    assert again.textarea.text.strip() == ASKED
    fresh = again.find("input", attrs={"name": "stamp"})["value"]
    assert client.post(URL, {**reading, "stamp": fresh, "text": ASKED})["Location"] == SENT
    assert ReaderQuestion.objects.get().status == "held"


def test_too_many_questions_get_the_phones_and_keep_what_was_typed(client, reading):
    for number in range(MOST_QUESTIONS):
        client.post(URL, {**reading, "text": f"{ASKED} {number}"})

    response = client.post(URL, {**reading, "text": ASKED})

    page = read(response)
    assert (response.status_code, response["Retry-After"]) == (429, "3600")
    assert "no-store" in response["Cache-Control"]
    assert page.h1.text == "Please wait a few minutes"
    assert {link["href"] for link in page.main.select("a.call")} == {"tel:+17325579900", "tel:+19734503035"}
    assert page.textarea.text.strip() == ASKED
    assert ReaderQuestion.objects.count() == MOST_QUESTIONS


def test_post_without_token_stores_nothing_and_can_be_sent_again_from_the_page_shown(open_article, reading):
    strict = Browser(enforce_csrf_checks=True)
    del reading["csrfmiddlewaretoken"]
    refused = strict.post(URL, {**reading, "text": ASKED})
    page = read(refused)

    assert refused.status_code == 403
    assert page.textarea.text.strip() == ASKED
    assert not ReaderQuestion.objects.exists()
    again = {field["name"]: field.get("value", "") for field in page.main.select("form input")}
    response = strict.post(URL, {**again, "text": ASKED}, headers={"origin": "https://testserver"})
    assert response["Location"] == SENT


@pytest.mark.parametrize("slug", ["no-such-thing", "Heel-Pain", "heel-pain%00", "x" * 3000])
def test_question_about_an_unknown_article_is_not_found(client, library, slug):
    assert client.get(f"/conditions/{slug}/question/").status_code == 404


def test_draft_takes_no_questions(client, open_article):
    open_article.unpublish()

    assert client.get(URL).status_code == 404


# --- the article ---


def test_published_questions_stand_below_the_article_newest_first_and_as_text(client, question, reviewer):
    publish(question, reviewer)
    newer = ReaderQuestion.objects.create(article=question.article, text=HOSTILE, sent_key="2")
    publish(newer, reviewer, answer=f"{HOSTILE}\n\nSecond paragraph.")

    page = read(client.get("/conditions/heel-pain/"))

    heading = page.find(id="readers")
    shown = heading.find_next_sibling("div").select("details.ask")
    assert heading.text == "Questions from readers"
    assert [item.summary.text for item in shown] == [HOSTILE, ASKED]
    assert [line.text for line in shown[0].select("p")] == [HOSTILE, "Second paragraph."]
    assert page.select_one(".contents a[href='#readers']")
    assert heading.find_previous("details", class_="ask")


@pytest.mark.parametrize("status", ["held", "suspected", "refused"])
def test_other_questions_are_not_shown(client, question, status):
    ReaderQuestion.objects.update(status=status, answer="No.")

    page = read(client.get("/conditions/heel-pain/"))

    assert ASKED not in page.text
    assert page.find(id="readers") is None


def test_published_questions_of_another_article_are_not_shown(client, question, reviewer):
    publish(question, reviewer)

    assert read(client.get("/conditions/bunions/")).find(id="readers") is None


def test_article_with_questions_takes_two_queries(client, question, reviewer, django_assert_num_queries):
    publish(question, reviewer)
    client.get("/conditions/heel-pain/")

    with django_assert_num_queries(2):
        assert ASKED in client.get("/conditions/heel-pain/").content.decode()


def test_preview_shows_the_published_questions(question, reviewer, rf):
    publish(question, reviewer)

    assert question.article.get_preview_context(rf.get("/"), "")["questions"][0].text == ASKED


def test_kept_pages_are_forgotten_when_a_question_is_published_but_not_when_one_is_asked(
    open_article, reviewer, django_capture_on_commit_callbacks
):
    def forgotten(callbacks):
        return any(callback.__name__ == "tell" for callback in callbacks)

    with django_capture_on_commit_callbacks() as asked:
        question = ReaderQuestion.objects.create(article=open_article, text=ASKED, sent_key="1")
    with django_capture_on_commit_callbacks() as published:
        publish(question, reviewer)
    with django_capture_on_commit_callbacks() as deleted:
        question.delete()

    assert [forgotten(asked), forgotten(published), forgotten(deleted)] == [False, True, True]


# --- the moderators ---


def test_desk_lists_questions_newest_first_and_by_status(signed_in, editor, question):
    newer = ReaderQuestion.objects.create(article=question.article, text="Newer one?", sent_key="2", status="refused")
    browser = signed_in(editor)

    everything = browser.get("/cms/readerquestion/").content.decode()
    refused = browser.get("/cms/readerquestion/?status=refused").content.decode()

    assert everything.index(newer.text) < everything.index(ASKED)
    assert newer.text in refused
    assert ASKED not in refused


def test_menu_has_questions_for_editors_and_reviewers(signed_in, editor, reviewer):
    for user in (editor, reviewer):
        assert "/cms/readerquestion/" in signed_in(user).get("/cms/").content.decode()


def test_front_desk_does_not_see_questions(signed_in, toms_river_desk, question):
    for url in ("/cms/readerquestion/", f"/cms/readerquestion/edit/{question.pk}/"):
        assert signed_in(toms_river_desk).get(url).status_code == 403


def test_editor_takes_out_details_and_writes_the_answer(signed_in, editor, question):
    moderate(signed_in(editor), question, text="Are sandals fine?", answer="Yes.")

    assert (question.text, question.answer, question.status) == ("Are sandals fine?", "Yes.", "held")


def test_reviewer_publishes_with_an_answer(signed_in, reviewer, question, monday):
    moderate(signed_in(reviewer), question, answer="Yes.", status="published")

    assert question.status == "published"
    assert (question.answered_by.user, question.published_at) == (reviewer, timezone.now())


def test_nobody_but_a_reviewer_publishes(signed_in, editor, admin_user, question):
    for user in (editor, admin_user):
        response = moderate(signed_in(user), question, answer="Yes.", status="published")

        assert "Only a medical reviewer can publish a question" in response.content.decode()
        assert question.status == "held"


def test_editor_can_not_change_what_a_reviewer_published(signed_in, editor, reviewer, question):
    publish(question, reviewer)

    moderate(signed_in(editor), question, answer="No.")

    assert question.answer == "Yes, if they are firm."


def test_question_is_not_published_without_an_answer(signed_in, reviewer, question):
    response = moderate(signed_in(reviewer), question, answer=" \n ", status="published")

    assert "Write an answer before you publish the question." in response.content.decode()
    assert question.status == "held"


def test_editor_sends_an_answer_to_the_reviewer_who_sees_it_first(signed_in, editor, reviewer, question):
    newer = ReaderQuestion.objects.create(article=question.article, text="Newer one?", sent_key="2")

    moderate(signed_in(editor), question, answer="Yes.", status="ready")

    assert question.status == "ready"
    browser = signed_in(reviewer)
    listed = browser.get("/cms/readerquestion/").content.decode()
    assert listed.index(ASKED) < listed.index(newer.text)
    assert "Answered, ready for the reviewer" in listed
    panel = read(browser.get("/cms/")).find(id="desk-questions").parent.text
    assert panel.index("Waiting for you") < panel.index(ASKED) < panel.index(newer.text)
    assert "Waiting for you" not in read(signed_in(editor).get("/cms/")).find(id="desk-questions").parent.text


def test_nothing_goes_to_the_reviewer_without_an_answer(signed_in, editor, question):
    page = read(moderate(signed_in(editor), question, status="ready"))

    assert "Write an answer before you send it" in beside(page, "answer")
    assert question.status == "held"


CHOICES = {
    ("editor", "held"): ["held", "suspected", "ready", "refused"],
    ("editor", "ready"): ["held", "suspected", "ready", "refused"],
    ("editor", "published"): ["published", "take_back"],
    ("editor", "take_back"): ["published", "take_back"],
    ("editor", "withdrawn"): ["withdrawn"],
    ("reviewer", "ready"): ["held", "suspected", "ready", "refused", "published"],
    ("reviewer", "published"): ["published", "withdrawn"],
    ("reviewer", "take_back"): ["published", "take_back", "withdrawn"],
    ("reviewer", "withdrawn"): ["withdrawn", "published"],
}


@pytest.fixture
def stood(question, reviewer):
    """The question where it stands; what readers see or saw was published before."""

    def bring(status):
        if status in ("published", "take_back", "withdrawn"):
            publish(question, reviewer)
        question.status = status
        question.save()

    return bring


@pytest.mark.parametrize(("who", "status"), CHOICES)
def test_nobody_is_offered_what_would_be_refused(request, signed_in, question, reviewer, stood, who, status):
    stood(status)
    browser = signed_in(reviewer if who == "reviewer" else request.getfixturevalue(who))

    page = read(browser.get(f"/cms/readerquestion/edit/{question.pk}/"))

    assert [option["value"] for option in page.select("select[name=status] option")] == CHOICES[who, status]


@pytest.mark.parametrize(
    ("status", "wanted", "why"),
    [
        ("held", "published", "Only a medical reviewer can publish"),
        ("ready", "withdrawn", "Only a medical reviewer can publish"),
        ("published", "refused", "Only a medical reviewer can take back"),
        ("published", "held", "Only a medical reviewer can take back"),
        ("take_back", "withdrawn", "Only a medical reviewer can take back"),
        ("withdrawn", "published", "Only a medical reviewer can publish"),
    ],
)
def test_refusal_is_said_beside_the_field_and_nothing_changes(signed_in, editor, question, stood, status, wanted, why):
    stood(status)

    page = read(moderate(signed_in(editor), question, status=wanted, answer="Mine."))

    assert why in beside(page, "status")
    assert why in page.find(class_="messages").text
    assert question.status == status
    assert question.answer != "Mine." or status in ("held", "ready")


def test_editor_asks_to_take_a_published_answer_back_and_readers_go_on_seeing_it(
    client, signed_in, editor, reviewer, question
):
    publish(question, reviewer)

    moderate(signed_in(editor), question, status="take_back", answer="Mine.")

    assert (question.status, question.answer) == ("take_back", "Yes, if they are firm.")
    assert (question.answered_by.user, question.was_public) == (reviewer, True)
    assert ASKED in client.get("/conditions/heel-pain/").content.decode()
    assert ASKED in read(signed_in(reviewer).get("/cms/")).find(id="desk-questions").parent.text


def test_reviewer_takes_it_back_and_its_words_stay_on_record(client, signed_in, reviewer, question, stood):
    stood("take_back")
    browser = signed_in(reviewer)

    moderate(browser, question, status="withdrawn")

    assert question.status == "withdrawn"
    assert ASKED not in client.get("/conditions/heel-pain/").content.decode()
    before = read(browser.get(f"/cms/readerquestion/edit/{question.pk}/")).find(string=re.compile("Rita Review, DPM$"))
    assert before.find_next("p").text == ASKED
    assert before.find_next("p").find_next("p").text == "Yes, if they are firm."


def test_what_was_published_before_it_was_reworded_stays_on_record(signed_in, editor, reviewer, question):
    publish(question, reviewer)

    moderate(signed_in(reviewer), question, answer="Yes, indoors.")

    assert [row.answer for row in question.shown.all()] == ["Yes, if they are firm.", "Yes, indoors."]
    page = signed_in(editor).get(f"/cms/readerquestion/edit/{question.pk}/").content.decode()
    assert page.count("Yes, if they are firm.") == 1


@pytest.mark.parametrize("status", ["published", "take_back", "withdrawn"])
@pytest.mark.parametrize("who", ["editor", "reviewer", "admin_user"])
def test_nobody_deletes_what_readers_have_seen(request, signed_in, question, reviewer, stood, who, status):
    stood(status)
    browser = signed_in(reviewer if who == "reviewer" else request.getfixturevalue(who))
    delete = f"/cms/readerquestion/delete/{question.pk}/"

    assert delete not in browser.get("/cms/readerquestion/").content.decode()
    assert delete not in browser.get(f"/cms/readerquestion/edit/{question.pk}/").content.decode()
    browser.post(delete)

    assert ReaderQuestion.objects.filter(pk=question.pk).exists()


def test_desk_adds_no_questions_of_its_own(signed_in, admin_user, question):
    assert signed_in(admin_user).get("/cms/readerquestion/new/").status_code == 302


def test_editor_deletes_a_question_and_no_log_keeps_its_words(signed_in, editor, question):
    browser = signed_in(editor)
    moderate(browser, question, answer="Yes.")
    browser.post(f"/cms/readerquestion/delete/{question.pk}/")

    assert not ReaderQuestion.objects.exists()
    entries = ModelLogEntry.objects.filter(content_type__model="readerquestion")
    assert {entry.action for entry in entries} >= {"wagtail.edit", "wagtail.delete"}
    assert not any(ASKED in f"{entry.label} {entry.data}" for entry in entries)


@pytest.mark.parametrize("missing", ["answer", "answered_by", "published_at"])
def test_database_refuses_to_publish_half_a_question(question, reviewer, missing):
    whole = {"answer": "Yes.", "answered_by": Reviewer.objects.get(), "published_at": timezone.now()}
    part = {**whole, missing: "" if missing == "answer" else None}

    with pytest.raises(IntegrityError), transaction.atomic():
        ReaderQuestion.objects.update(status="published", **part)


def test_database_keeps_a_sent_question_once(question):
    with pytest.raises(IntegrityError), transaction.atomic():
        ReaderQuestion.objects.create(article=question.article, text="Other", sent_key="1")


def test_editor_finds_the_switch_in_the_article(signed_in, editor, article):
    page = signed_in(editor).get(f"/cms/snippets/articles/article/edit/{article.pk}/").content.decode()

    assert 'name="questions_open"' in page


def test_publishing_an_older_draft_loses_no_question(client, question, reviewer):
    revision = question.article.save_revision()
    publish(question, reviewer)

    revision.publish(user=reviewer)

    assert ASKED in client.get("/conditions/heel-pain/").content.decode()
    assert Article.objects.get(pk=question.article_id).questions_open
