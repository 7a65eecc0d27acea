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
from tests.articles.desk import send_for_review as send

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


@pytest.mark.parametrize("who", ["toms_river_desk", "manager", "administrator", "anonymous"])
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


def test_return_sends_the_comments_back_each_with_its_section(signed_in, client, changed, reviewer):
    answer = decide(signed_in(reviewer), changed, "reject", overview="Why four?", whole="Nearly there.")

    assert "“Heel pain” goes back to its writer, with your comment." in answer.content.decode()
    assert "four weeks" not in client.get("/conditions/heel-pain/").content.decode()
    state = state_of(changed)
    assert (state.status, state.finished_by) == ("rejected", reviewer)
    assert state.comment == "Nearly there.\n\nWhat it is: Why four?"
    assert dict(ReviewComment.objects.values_list("section", "text")) == {
        "": "Nearly there.",
        "overview": "Why four?",
    }


def test_approval_may_carry_comments_which_reach_the_editor(signed_in, changed, editor, reviewer, mailoutbox):
    User.objects.filter(pk=editor.pk).update(email="edith@clinic.example")

    decide(signed_in(reviewer), changed, "approve", overview="Well said.")

    staff_mail.deliver_due()
    assert "What it is: Well said." in mailoutbox[-1].body


def test_one_comment_is_enough_to_return_and_none_is_not(signed_in, changed, reviewer):
    browser = signed_in(reviewer)

    answer = decide(browser, changed, "reject", overview="  ")

    assert answer.status_code == 422
    assert "Write a comment before you return the text" in answer.content.decode()
    assert "What you wrote is still here." not in decide(browser, changed, "reject").content.decode()
    assert state_of(changed).status == "in_progress"


def test_comment_that_is_too_long_is_kept_and_refused(signed_in, changed, reviewer):
    answer = decide(signed_in(reviewer), changed, "reject", overview="x" * 4_001)

    assert answer.status_code == 422
    assert "more than 4000 letters" in answer.content.decode()
    assert "x" * 4_001 in answer.content.decode()
    assert state_of(changed).status == "in_progress"


@pytest.mark.parametrize(
    "broken", [{}, {"action": "publish"}, {"action": "approve"}, {"action": "approve", "round": "x"}]
)
def test_what_our_page_does_not_send_is_refused(signed_in, changed, reviewer, broken):
    assert signed_in(reviewer).post(PAGE.format(changed.pk), broken).status_code == 400
    assert state_of(changed).status == "in_progress"


def test_version_saved_meanwhile_is_not_approved_and_nothing_typed_is_lost(signed_in, changed, reviewer, other):
    browser = signed_in(reviewer)
    soup = open_page(browser, changed)
    changed.body = [overview("<p>Rest your foot for six weeks.</p>")]
    changed.save_revision(user=other)

    answer = browser.post(PAGE.format(changed.pk), form_on(soup, "approve", overview="Mind the dose."))

    assert answer.status_code == 409
    again = read(answer)
    assert "bo saved another version" in words(again.select_one(".problem"))
    assert again.select_one("[name=comment-overview]").text.strip() == "Mind the dose."
    assert marks(again, "ins") == ["six"]
    assert not Article.objects.get(pk=changed.pk).body.raw_data[0]["value"]["content"][0]["value"].count("six")
    assert browser.post(PAGE.format(changed.pk), form_on(again, "approve"), follow=True).status_code == 200
    assert state_of(changed).status == "approved"


def test_version_written_over_meanwhile_is_another_one(signed_in, changed, reviewer, other):
    """The editor saves over its own version as long as it is open."""
    changed.summary = "First words."
    revision = changed.save_revision(user=other)
    browser = signed_in(reviewer)
    soup = open_page(browser, changed)
    changed.summary = "Other words."
    assert changed.save_revision(user=other, overwrite_revision=revision).pk == revision.pk

    assert browser.post(PAGE.format(changed.pk), form_on(soup, "approve")).status_code == 409
    assert state_of(changed).status == "in_progress"


def test_version_that_was_returned_is_not_written_over(changed, editor, reviewer):
    sent = changed.latest_revision
    changed.current_workflow_task.on_action(changed.current_workflow_task_state, reviewer, "reject", comment="Why?")
    changed.summary = "Typed in a tab that was still open."

    saved = changed.save_revision(user=editor, overwrite_revision=sent)

    assert saved.pk != sent.pk
    sent.refresh_from_db()
    assert sent.content["summary"] != changed.summary


@pytest.mark.parametrize(
    ("action", "said"),
    [("approve", "You have approved “Heel pain” already."), ("reject", "You have returned “Heel pain” already.")],
)
def test_second_click_does_it_once_and_says_so(signed_in, changed, reviewer, action, said):
    browser = signed_in(reviewer)
    sent = form_on(open_page(browser, changed), action, whole="Fine.")

    browser.post(PAGE.format(changed.pk), sent)
    answer = browser.post(PAGE.format(changed.pk), sent, follow=True)

    assert said in answer.content.decode()
    assert TaskState.objects.for_instance(changed).count() == 1
    assert ReviewComment.objects.count() == 1


def test_going_back_and_deciding_otherwise_is_refused_and_keeps_what_was_typed(signed_in, changed, reviewer):
    browser = signed_in(reviewer)
    soup = open_page(browser, changed)
    browser.post(PAGE.format(changed.pk), form_on(soup, "approve"))

    answer = browser.post(PAGE.format(changed.pk), form_on(soup, "reject", overview="On second thought."))

    assert answer.status_code == 409
    assert "You have approved this text." in words(read(answer).select_one(".problem"))
    assert "On second thought." in answer.content.decode()
    assert state_of(changed).status == "approved"


@pytest.mark.parametrize(
    ("first", "said"), [("approve", "bo has approved this text meanwhile."), ("reject", "bo has returned this text")]
)
def test_another_reviewer_who_was_faster_is_named(signed_in, changed, reviewer, other, first, said):
    browser = signed_in(reviewer)
    soup = open_page(browser, changed)
    decide(signed_in(other), changed, first, whole="Mine.")

    answer = browser.post(PAGE.format(changed.pk), form_on(soup, "approve", overview="Typed."))

    assert said in words(read(answer).select_one(".problem"))
    assert "Typed." in answer.content.decode()
    assert state_of(changed).finished_by == other


def test_review_that_was_called_off_is_told(signed_in, changed, reviewer):
    browser = signed_in(reviewer)
    soup = open_page(browser, changed)
    changed.current_workflow_state.cancel()

    answer = browser.post(PAGE.format(changed.pk), form_on(soup, "approve"))

    assert "This text is not with the reviewers any more." in words(read(answer).select_one(".problem"))
    assert "This text is not with the reviewers." in words(read(answer).select_one(".review-top"))


def test_reviewer_who_wrote_a_part_is_told_why_and_may_return_it(signed_in, reviewed, other):
    article = send(reviewed, other, summary="The words of Bo.")
    browser = signed_in(other)
    soup = open_page(browser, article)

    assert "You wrote a part of this text" in words(soup.select_one(".alert"))
    assert [button["value"] for button in soup.select("form#review button")] == ["reject"]
    answer = browser.post(PAGE.format(article.pk), form_on(soup, "approve", overview="Typed."))
    assert answer.status_code == 409
    assert "You wrote a part of this text" in words(read(answer).select_one(".problem"))
    assert read(answer).select_one("[name=comment-overview]").text.strip() == "Typed."
    assert Article.objects.get(pk=article.pk).summary != "The words of Bo."


def test_text_that_somebody_has_locked_is_not_decided(signed_in, changed, editor, reviewer):
    browser = signed_in(reviewer)
    soup = open_page(browser, changed)
    Article.objects.filter(pk=changed.pk).update(locked=True, locked_by=editor, locked_at=timezone.now())

    answer = browser.post(PAGE.format(changed.pk), form_on(soup, "approve"))

    assert "Somebody has locked this text." in words(read(answer).select_one(".problem"))
    assert state_of(changed).status == "in_progress"


def test_text_that_lacks_something_is_not_approved(signed_in, reviewed, editor, reviewer):
    reviewed.summary = ""
    reviewed.save_revision(user=editor, clean=False)
    Workflow.objects.get(name="Medical review").start(reviewed, editor)

    answer = decide(signed_in(reviewer), reviewed, "approve")

    assert "Something is missing or wrong in: summary." in words(read(answer).select_one(".problem"))
    assert state_of(reviewed).status == "in_progress"


def test_address_that_another_article_took_stops_the_approval(signed_in, changed, reviewer):
    browser = signed_in(reviewer)
    soup = open_page(browser, changed)
    changed.slug = "gout"
    revision = changed.latest_revision
    revision.content["slug"] = "gout"
    revision.save(update_fields=["content"])

    answer = browser.post(PAGE.format(changed.pk), form_on(soup, "approve"))

    assert answer.status_code == 409
    assert state_of(changed).status == "in_progress"
    assert "two weeks" in Article.objects.get(pk=changed.pk).body.raw_data[0]["value"]["content"][0]["value"]


@pytest.mark.parametrize("hours", [1, -1])
def test_button_says_when_the_text_becomes_public(signed_in, client, reviewed, editor, reviewer, monday, hours):
    article = send(reviewed, editor, summary="New.", go_live_at=timezone.now() + timedelta(hours=hours))

    soup = open_page(signed_in(reviewer), article)

    button = words(soup.select_one("button[value=approve]")).replace("\N{NO-BREAK SPACE}", " ")
    assert (
        button.startswith("Approve; public on Monday, November 23 at") if hours > 0 else button == "Approve and publish"
    )
    answer = decide(signed_in(reviewer), article, "approve")
    assert ("becomes public on Monday" in answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")) is (hours > 0)
    assert ("New." in client.get("/conditions/heel-pain/").content.decode()) is (hours < 0)


# --- what it is compared with ---


def test_text_that_was_never_public_is_new_and_has_no_marks(signed_in, library, editor, reviewer):
    article = Article(title="Shin splints", summary="S.", description="D.", body=[overview(TEXT)])
    article.live = False
    article.save()
    article = send(article, editor)

    soup = open_page(signed_in(reviewer), article)

    assert "New text: it has not been public before." in words(soup.select_one(".review-top"))
    assert (marks(soup, "ins"), marks(soup, "del")) == ([], [])


def test_starter_article_is_compared_with_what_readers_see(signed_in, article, editor, reviewer):
    article = send(article, editor, summary="The new words.")

    soup = open_page(signed_in(reviewer), article)

    assert "Compared with what readers see now." in words(soup.select_one(".review-top"))
    assert "The new words." in " ".join(marks(soup, "ins"))


def test_text_that_was_sent_unchanged_says_so(signed_in, reviewed, editor, reviewer):
    soup = open_page(signed_in(reviewer), send(reviewed, editor))

    assert "Nothing has changed." in words(soup.select_one(".review-top"))
    assert soup.select(".review-changed") == []


def test_second_round_shows_what_changed_since_the_return_with_the_old_comments(signed_in, changed, editor, reviewer):
    browser = signed_in(reviewer)
    decide(browser, changed, "reject", overview="Why four?", whole="Nearly there.")
    article = send(changed, editor, body=[overview("<p>Rest your foot for four days.</p>")])

    since_return = open_page(browser, article)
    since_approval = open_page(browser, article, "?since=approval")

    assert (marks(since_return, "del"), marks(since_return, "ins")) == (["weeks"], ["days"])
    assert "Compared with the version that you returned" in words(since_return.select_one(".review-top"))
    assert (marks(since_approval, "del"), marks(since_approval, "ins")) == (["two weeks"], ["four days"])
    assert "Why four?" in words(since_return.select_one("h2#what-it-is ~ .review-said"))
    assert "Nearly there." in words(since_return.select_one(".review-top .review-said"))
    assert len(since_return.select(".review-switch a")) == 2


def test_another_reviewer_is_told_who_returned_it(signed_in, changed, editor, reviewer, other):
    decide(signed_in(reviewer), changed, "reject", overview="Why four?")
    article = send(changed, editor, summary="New.")

    top = words(open_page(signed_in(other), article).select_one(".review-top"))

    assert "the version that rita returned" in top


def test_comment_on_a_section_that_is_gone_stands_on_top(signed_in, changed, editor, reviewer):
    browser = signed_in(reviewer)
    decide(browser, changed, "reject", overview="Leave this out.")
    article = send(changed, editor, body=[])
    article = send_back_and_again(article, browser, editor)

    top = words(open_page(browser, article).select_one(".review-top"))

    assert "Sections, please." in top


def send_back_and_again(article, browser, editor):
    decide(browser, article, "reject", whole="Sections, please.")
    return send(article, editor, summary="Newer.")


def test_after_an_approval_an_older_return_is_no_base_any_more(signed_in, changed, editor, reviewer):
    browser = signed_in(reviewer)
    decide(browser, changed, "reject", overview="Why four?")
    article = send(changed, editor, body=[overview("<p>Rest your foot for four days.</p>")])
    decide(browser, article, "approve")
    article = send(Article.objects.get(pk=article.pk), editor, summary="New.")

    soup = open_page(browser, article)

    assert "Compared with the version approved on" in words(soup.select_one(".review-top"))
    assert "Why four?" not in words(soup)


def test_old_round_shows_what_the_reviewer_saw_and_takes_no_decision(signed_in, changed, editor, reviewer):
    browser = signed_in(reviewer)
    decide(browser, changed, "reject", overview="Why four?")
    old = state_of(changed).pk
    send(changed, editor, body=[overview("<p>Rest your foot for four days.</p>")])

    soup = open_page(browser, changed, f"?round={old}")

    assert (marks(soup, "del"), marks(soup, "ins")) == (["two"], ["four"])
    assert "rita returned this text" in words(soup.select_one(".review-top"))
    assert "Why four?" in words(soup.select_one("h2#what-it-is ~ .review-said"))
    assert soup.select("form, textarea") == []


def test_version_that_was_decided_on_is_kept_not_the_one_that_was_sent(changed, editor, reviewer):
    changed.summary = "Mended in the editor by the reviewer."
    mended = changed.save_revision(user=reviewer)

    changed.current_workflow_task.on_action(changed.current_workflow_task_state, reviewer, "reject", comment="Why?")

    assert state_of(changed).revision_id == mended.pk


def test_missing_description_of_a_picture_is_told(signed_in, reviewed, editor, reviewer):
    drawing = {"type": "drawing", "value": {"name": "heel", "alt": "", "caption": ""}}
    body = [{"type": "overview", "value": {"heading": "", "content": [drawing]}}]

    soup = open_page(signed_in(reviewer), send(reviewed, editor, body=body))

    assert "A picture has no description" in words(soup.select_one(".alert"))
    assert "Drawing" in words(soup.select_one(".review-unseen"))


@pytest.mark.parametrize(
    ("change", "part", "new"),
    [
        ({"title": "Sore heel"}, "Title and summary", "Sore"),
        ({"medical_name": "fasciosis"}, "Title and summary", "fasciosis"),
        ({"summary": "All new here."}, "Title and summary", "All new here."),
        ({"description": "All new here."}, "Lists, search and address", "All new here."),
        ({"areas": ["toes"]}, "Lists, search and address", "Toes"),
        ({"lay_names": "sole burn"}, "Lists, search and address", "sole burn"),
        ({"ask": "Still sore today?"}, "Lists, search and address", "Still sore today?"),
        ({"slug": "sore-heel"}, "Lists, search and address", "sore-heel"),
    ],
)
def test_every_field_that_readers_meet_counts(signed_in, reviewed, editor, reviewer, change, part, new):
    soup = open_page(signed_in(reviewer), send(reviewed, editor, **change))

    assert words(soup.select_one(".review-changed ul")) == part
    assert new.lower() in " ".join(marks(soup, "ins")).lower()


def test_marks_in_names_of_sections_and_in_answers_stand_open(signed_in, reviewed, editor, reviewer):
    questions = {
        "type": "questions",
        "value": [{"question": f"Number {n}?", "answer": "<p>Yes.</p>"} for n in (1, 2)],
    }
    soup = open_page(
        signed_in(reviewer), send(reviewed, editor, body=[overview(TEXT, heading="What heel pain is"), questions])
    )

    assert words(soup.select_one(".review-changed ul")) == "What heel pain is Common questions"
    assert all(box.has_attr("open") for box in soup.select("details.ask"))
    assert "Number 2?" in " ".join(marks(soup, "ins"))


def test_words_of_an_editor_stay_words(signed_in, reviewed, editor, reviewer):
    article = send(reviewed, editor, summary="<script>alert(1)</script> & more")
    browser = signed_in(reviewer)

    assert "<script>alert(1)" not in browser.get(PAGE.format(article.pk)).content.decode()
    assert "<script>alert(1)</script> & more" in open_page(browser, article).select_one("p.lead").text


def test_long_text_in_its_second_round_takes_few_queries(
    signed_in, article, editor, reviewer, django_assert_max_num_queries
):
    browser = signed_in(reviewer)
    sent = send(article, editor, summary="New.")
    decide(browser, sent, "reject", whole="Say more.")
    long = send(Article.objects.get(pk=sent.pk), editor, summary="New, and longer.")
    assert len(open_page(browser, long).select(".review-text h2")) > 8

    with django_assert_max_num_queries(25):
        open_page(browser, long)


# --- back at the editor's ---


@pytest.fixture
def returned(signed_in, changed, reviewer):
    """With a comment on its section, and one on the whole."""
    decide(signed_in(reviewer), changed, "reject", overview="Why four?", whole="Nearly there.")
    return Article.objects.get(pk=changed.pk)


def banner(browser, article):
    return read(browser.get(EDIT.format(article.pk))).select_one(".desk-returned")


def test_editor_of_a_returned_text_sees_the_comments_on_top(signed_in, returned, editor):
    shown = banner(signed_in(editor), returned)

    assert "rita returned this text" in words(shown)
    assert "Nearly there." in words(shown)
    section = returned.get_latest_revision_as_object().body[0]
    assert shown.select_one("dt a")["href"] == f"#block-{section.id}-section"
    assert words(shown.select_one("dt")) == "What it is"
    assert f"/cms/articles/review/{returned.pk}/?round={state_of(returned).pk}" in str(shown)


def test_comment_given_in_the_editor_is_shown_too(signed_in, changed, editor, reviewer):
    changed.current_workflow_task.on_action(changed.current_workflow_task_state, reviewer, "reject", comment="Why?")

    assert "Why?" in words(banner(signed_in(editor), changed))


def test_text_that_did_not_come_back_has_no_banner(signed_in, changed, article, editor, reviewer):
    assert banner(signed_in(reviewer), changed) is None


def test_send_again_sends_what_is_saved(signed_in, returned, editor, reviewer):
    browser = signed_in(editor)
    returned.body = [overview("<p>Rest your foot for four days.</p>")]
    saved = returned.save_revision(user=editor)

    answer = browser.post(AGAIN.format(returned.pk), follow=True)

    assert "“Heel pain” is with the medical reviewers again." in answer.content.decode()
    state = state_of(returned)
    assert (state.status, state.revision_id) == ("in_progress", saved.pk)
    assert ModelLogEntry.objects.filter(action="wagtail.workflow.resume", user=editor).count() == 1
    assert banner(browser, returned) is None


def test_send_again_is_no_get(signed_in, returned, editor):
    assert signed_in(editor).get(AGAIN.format(returned.pk)).status_code == 405


def test_sending_twice_sends_once(signed_in, returned, editor):
    browser = signed_in(editor)
    browser.post(AGAIN.format(returned.pk))

    answer = browser.post(AGAIN.format(returned.pk), follow=True)

    assert "This text is with the reviewers already." in answer.content.decode()
    assert TaskState.objects.for_instance(returned).count() == 2


def test_what_was_not_returned_is_not_sent_again(signed_in, reviewed, editor):
    answer = signed_in(editor).post(AGAIN.format(reviewed.pk), follow=True)

    assert "This text is not waiting to be sent again." in answer.content.decode()
    assert not reviewed.workflow_in_progress


def test_text_that_lacks_something_is_not_sent_again(signed_in, returned, editor):
    returned.summary = ""
    returned.save_revision(user=editor, clean=False)

    answer = signed_in(editor).post(AGAIN.format(returned.pk), follow=True)

    assert "Something is missing or wrong in: summary." in answer.content.decode()
    assert state_of(returned).status == "rejected"


def test_text_that_somebody_else_has_locked_is_not_sent_again(signed_in, returned, editor, other):
    Article.objects.filter(pk=returned.pk).update(locked=True, locked_by=other, locked_at=timezone.now())

    answer = signed_in(editor).post(AGAIN.format(returned.pk), follow=True)

    assert "Somebody has locked this text." in answer.content.decode()
    assert state_of(returned).status == "rejected"


# --- the ways to it ---


def test_first_page_note_and_mail_lead_to_it(signed_in, reviewed, editor, reviewer, mailoutbox):
    User.objects.filter(pk=reviewer.pk).update(email="rita@clinic.example")
    signed_in(editor).post(EDIT.format(reviewed.pk), form_of(reviewed, title="Sore heel") | {"action-submit": "1"})
    browser = signed_in(reviewer)
    staff_mail.deliver_due()

    address = PAGE.format(reviewed.pk)
    link = read(browser.get("/cms/")).find("a", href=address)
    assert words(link) == "Sore heel"
    assert read(browser.get(EDIT.format(reviewed.pk))).find("a", href=address)
    assert f"https://testserver{address}" in mailoutbox[-1].body
