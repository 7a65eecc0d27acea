"""Spam: what is noticed, what is asked for, what is held; and that no patient is lost over it.

The words are tried on two files of messages. Their odd lines were used to choose the phrases, the even ones not.
"""

import base64
import json
from datetime import timedelta
from pathlib import Path

import altcha
import pytest
from django.utils import timezone

from appointments import search_keys
from appointments.models import AppointmentRequest, Mail
from appointments.spam import proof_of_work as proof
from appointments.spam.suspicion import ASK, HOLD, Sign, in_words, signs_of_sender, signs_of_words, weight_of
from tests.appointments.reading import read, words
from tests.conftest import post_steps

pytestmark = pytest.mark.usefixtures("practice")

DATA = Path(__file__).parent / "data"
CHECK = "/appointments/check/"
SALES = {"details": "We offer backlinks for your website, DA 50+, prices at https://links.example.com"}
PHONE = "+17325550142"
LONG_TEXT = "The resident needs her nails cut, is diabetic and walks with help. Please call the nurses’ station."


@pytest.fixture(autouse=True)
def _quick_sums(settings):
    settings.PROOF_TRIES = 4


@pytest.fixture
def clock(settings, monday):
    """The time trap is set."""
    settings.FASTEST_SECONDS = 15
    return monday


def shown(client):
    """What the check page's form would send."""
    return {field["name"]: field.get("value", "") for field in read(client.get(CHECK)).main.form.select("input")}


def solved(response):
    """The proof of work that the page asks for."""
    challenge = json.loads(base64.b64decode(read(response).find("form")["data-challenge"]))
    solution = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
    return altcha.Payload(altcha.Challenge.from_dict(challenge), solution).to_base64()


def scores(kind):
    """The weight of each message's words."""
    lines = (DATA / f"messages-{kind}.txt").read_text().splitlines()
    rows = [line.split(" | ", 1) for line in lines if not line.startswith("#")]
    return [sum(signs_of_words([name], text).values()) for name, text in rows]


def share(part, least):
    return sum(score >= least for score in part) / len(part)


# --- the battery ---


@pytest.mark.thorough
def test_battery_is_large_enough():
    assert min(len(scores("spam")), len(scores("patients"))) >= 200


def test_no_patient_is_held_for_words_and_hardly_one_is_asked():
    patients = scores("patients")

    print(f"\npatients: {len(patients)} messages, {sum(score >= ASK for score in patients)} asked, 0 held")
    assert max(patients) < HOLD
    assert share(patients[::2], ASK) < 0.02
    assert share(patients[1::2], ASK) < 0.02


@pytest.mark.parametrize(("half", "floor"), [(0, 0.9), (1, 0.8)], ids=["tuned", "held out"])
def test_most_spam_is_caught_by_its_words(half, floor):
    part = scores("spam")[half::2]

    print(f"\nspam: {len(part)} messages, {share(part, ASK):.0%} asked, {share(part, HOLD):.0%} held with a proof, too")
    assert share(part, ASK) >= floor


# --- words ---


@pytest.mark.parametrize(
    ("names", "text", "sign"),
    [
        ([], "See https://a.example.com, https://b.example.com and www.c.example.com", Sign.LINKS),
        (["www.pills.example.com"], "hello", Sign.LINKS),
        ([], "more at https://bit.ly/3xyz", Sign.LINKS),
        ([], "[url=http://x.example]pills[/url]", Sign.MARKUP),
        ([], '<a href="http://x.example">pills</a>', Sign.MARKUP),
        ([], "We get you on the first page of Google", Sign.WORDS),
        ([], "ПРОДВИЖЕНИЕ сайтов", Sign.WORDS),
        ([], "提供网站优化服务", Sign.WORDS),
        (["xKjHgFdSaZ"], "hello", Sign.LETTERS),
    ],
)
def test_sign_is_seen_in_the_words(names, text, sign):
    assert signs_of_words(names, text)[sign] >= ASK


@pytest.mark.parametrize(
    "text",
    [
        "My foot doctor said viagra makes ankles swell",
        "My insurance is on https://www.horizonblue.com",
        "write to me: rita.k@comcast.net",
        "I do SEO for a living and my heel hurts",
        "pain <3 days, swelling > before",
        "LaToya McKnight-O'Shea DeShawn McDonald",
        "I paid $45 twice",
        "",
    ],
)
def test_patient_is_not_taken_for_a_seller(text):
    assert sum(signs_of_words(["LaToya McKnight-O'Shea"], text).values()) < ASK


def test_phrase_counts_once_however_often_it_is_said():
    assert weight_of("backlinks backlinks BACKLINKS") == weight_of("backlinks")


def test_own_feet_take_a_little_weight_away_and_not_all():
    assert weight_of("seo") - weight_of("seo, my heel hurts, my toe hurts, my foot is swollen") == 2
    assert weight_of("backlinks, guest posts, seo. my heel hurts, my toe, my foot") >= HOLD


# --- senders ---


def test_first_request_shows_no_sign():
    assert signs_of_sender(PHONE, "192.0.2.1", LONG_TEXT) == {}


def test_many_with_one_phone_in_a_day_are_noticed(make_request, monday):
    for count in range(5):
        make_request(patient_name=f"Patient {count}")

    assert Sign.PHONE in signs_of_sender(PHONE, "203.0.113.9", "")
    monday.shift(timedelta(days=1))
    assert signs_of_sender(PHONE, "203.0.113.9", "") == {}


@pytest.mark.parametrize(("address", "noticed"), [("192.0.2.1", True), ("192.0.2.10", False)])
def test_many_from_one_address_in_an_hour_are_noticed(make_request, monday, address, noticed):
    for count in range(10):
        make_request(phone=f"+1732555{count:04}")

    assert (Sign.ADDRESS in signs_of_sender("+17325559999", address, "")) is noticed
    monday.shift(timedelta(hours=1))
    assert signs_of_sender("+17325559999", address, "") == {}


@pytest.fixture
def sent_from(make_request):
    """Requests from these addresses, each from a phone of its own."""
    count = 0

    def send(*addresses: str) -> None:
        nonlocal count
        for address in addresses:
            count += 1
            made = make_request(phone=f"+1732555{count:04}", details=f"Number {count}")
            made.sender_key = search_keys.sender_key(address, made.created_at)
            made.save()

    return send


def test_strangers_whose_addresses_begin_alike_are_not_counted_together(sent_from):
    sent_from(*(f"192.0.2.{last}" for last in range(10, 20)))

    assert signs_of_sender("+17325559999", "192.0.2.1", "") == {}


@pytest.mark.parametrize("address", ["::ffff:198.51.100.7", "2001:db8::5", "", "unknown"])
def test_odd_address_is_no_sign_after_ten_requests_of_others(sent_from, address):
    sent_from(*(f"192.0.2.{last}" for last in range(10)), *(f"2001:db8:{last}::1" for last in range(10)))

    assert signs_of_sender("+17325559999", address, "") == {}


def test_connection_is_the_same_through_another_kind_of_socket(sent_from):
    sent_from(*["198.51.100.7"] * 10)

    assert Sign.ADDRESS in signs_of_sender("+17325559999", "::ffff:198.51.100.7", "")


def test_ten_requests_without_an_address_are_no_sign(sent_from):
    sent_from(*[""] * 10)

    assert signs_of_sender("+17325559999", "", "") == {}


def test_what_is_stored_of_a_connection_is_another_key_every_hour(monday):
    now = timezone.now()

    keys = {search_keys.sender_key("198.51.100.7", now + timedelta(hours=hour)) for hour in range(48)}

    assert len(keys) == 48


def test_same_words_from_another_phone_are_noticed(make_request):
    make_request(details=LONG_TEXT)

    assert Sign.AGAIN in signs_of_sender("+17325550199", "203.0.113.9", LONG_TEXT.upper())
    assert signs_of_sender(PHONE, "203.0.113.9", LONG_TEXT) == {}


def test_short_words_are_everybodys(make_request):
    make_request(details="Heel pain in the morning")

    assert signs_of_sender("+17325550199", "203.0.113.9", "Heel pain in the morning") == {}


def test_household_on_ipv6_counts_as_one(client, settings):
    settings.MOST_SENT_PER_ADDRESS = 1
    post_steps(client)
    client.post(CHECK, REMOTE_ADDR="2001:db8:1:2:aaaa::1")

    assert Sign.ADDRESS in signs_of_sender("+17325550199", "2001:db8:1:2:bbbb::2", "")
    assert signs_of_sender("+17325550199", "2001:db8:1:22:aaaa::1", "") == {}


def test_nursing_home_sends_all_it_has(client, settings):
    settings.MOST_SENT_PER_ADDRESS = 1
    for name in ("Ada Sample", "Bea Sample", "Cora Sample"):
        post_steps(client, about_you={"patient_name": name}, visit={"details": LONG_TEXT})
        answer = client.post(CHECK)
        if answer.status_code == 200:
            client.post(CHECK, {"asked": "1", "proof": solved(answer)})

    assert [inquiry.status for inquiry in AppointmentRequest.objects.all()] == ["new"] * 3


# --- the check page ---


def test_ordinary_request_meets_no_extra_step(client, clock):
    post_steps(client)
    hidden = shown(client)
    clock.shift(timedelta(seconds=40))

    assert client.post(CHECK, hidden).status_code == 302
    assert AppointmentRequest.objects.get().status == "new"


@pytest.mark.parametrize(
    ("typing", "reading", "asked"), [(5, 1, True), (5, 4, False), (20, 1, False)], ids=["fast", "reads", "types"]
)
def test_whoever_is_faster_than_people_is_asked(client, clock, typing, reading, asked):
    post_steps(client)
    clock.shift(timedelta(seconds=typing))
    hidden = shown(client)
    clock.shift(timedelta(seconds=reading))

    answer = client.post(CHECK, hidden)

    assert (answer.status_code == 200) is asked
    assert AppointmentRequest.objects.exists() is not asked


def test_hidden_box_is_noticed(client):
    post_steps(client)

    answer = client.post(CHECK, {**shown(client), "topic": "https://pills.example"})

    assert "One more step" in words(answer)


def test_one_more_step_says_so_and_shows_the_ways_out(client):
    post_steps(client, visit=SALES)

    page = client.post(CHECK)

    text = words(page)
    assert read(page).title.text.startswith("One more step")
    assert "Nothing has been sent yet." in text
    assert "JavaScript is off" in text
    assert read(page).select_one("[role=alert][autofocus]")
    assert {link["href"] for link in read(page).select("[role=alert] a")} == {"tel:+17325579900", "tel:+19734503035"}
    assert read(page).select_one("script[src*='appointments/proof.js']")
    assert "Harold Sample" in text
    assert not AppointmentRequest.objects.exists()


def test_check_page_has_no_script_otherwise(client):
    post_steps(client)

    assert not read(client.get(CHECK)).select("script[src*='proof']")


def test_soft_sign_with_a_proof_is_accepted(client):
    post_steps(client)
    asked = client.post(CHECK, {"topic": "filled by the browser"})

    client.post(CHECK, {"topic": "filled by the browser", "asked": "1", "proof": solved(asked)})

    inquiry = AppointmentRequest.objects.get()
    assert (inquiry.status, inquiry.held_because) == ("new", "")
    assert Mail.objects.count() == 2


def test_hard_signs_are_held_in_spite_of_a_proof(client):
    post_steps(client, visit=SALES)
    asked = client.post(CHECK, {"topic": "x"})

    client.post(CHECK, {"topic": "x", "asked": "1", "proof": solved(asked)})

    inquiry = AppointmentRequest.objects.get()
    assert inquiry.status == "held"
    assert set(inquiry.held_because.split(",")) == {"links", "words", "box"}


def test_sending_again_without_javascript_is_held_and_confirmed(client, monday):
    post_steps(client, visit=SALES)
    client.post(CHECK)

    page = client.post(CHECK, {"asked": "1", "proof": ""}, follow=True)

    inquiry = AppointmentRequest.objects.get()
    assert (inquiry.status, inquiry.office.slug, inquiry.details) == ("held", "toms-river", SALES["details"])
    first = "A person at the Toms River office looks at your request first, and calls you by"
    assert f"{first} 5 pm on Tuesday, November 24." in words(page)
    assert "We have it, and nothing is lost." in words(page)
    assert "If it is urgent, please do not wait: call the Toms River office" in words(page)
    assert "harold@example.com" not in words(page)
    assert not Mail.objects.exists()


def test_desk_reads_the_signs_in_words():
    assert in_words("words,fast,of old") == "words of advertising, faster than people can type, of old"


def test_longest_list_of_signs_fits_its_column():
    assert len(",".join(Sign)) <= AppointmentRequest._meta.get_field("held_because").max_length


def test_urgent_request_is_never_held_up(client, clock):
    post_steps(client, safety={"flags": ["fever"]}, visit=SALES)

    assert client.post(CHECK, {"topic": "x"}).status_code == 302
    inquiry = AppointmentRequest.objects.get()
    assert (inquiry.status, inquiry.urgent, inquiry.held_because) == ("new", True, "")


# --- the proof ---


def test_proof_counts_once(client):
    post_steps(client, visit=SALES)
    payload = solved(client.post(CHECK))

    assert proof.is_solved(payload)
    assert not proof.is_solved(payload)


def test_proof_grows_old_and_is_asked_for_again(client, monday):
    post_steps(client, visit=SALES)
    payload = solved(client.post(CHECK))
    monday.shift(timedelta(minutes=31))

    answer = client.post(CHECK, {"asked": "1", "proof": payload})

    assert "One more step" in words(answer)
    assert not AppointmentRequest.objects.exists()


@pytest.mark.parametrize(
    "payload", ["", "x", "\x00", "é" * 5000, "W10=", "e30=", "eyJjaGFsbGVuZ2UiOjEsInNvbHV0aW9uIjoxfQ=="]
)
def test_nonsense_is_no_proof(payload):
    assert not proof.is_solved(payload)


def test_easier_challenge_of_ones_own_is_no_proof():
    challenge = altcha.create_challenge("PBKDF2/SHA-256", 1, counter=0, hmac_secret="guess", hmac_key_secret="guess")
    payload = altcha.Payload(challenge, altcha.solve_challenge(challenge)).to_base64()

    assert not proof.is_solved(payload)


def test_wrong_solution_is_no_proof():
    challenge = altcha.Challenge.from_dict(json.loads(base64.b64decode(proof.new_challenge())))
    wrong = altcha.Payload(challenge, altcha.Solution(counter=1, derived_key="00" * 32)).to_base64()

    assert not proof.is_solved(wrong)


def test_work_is_bounded(settings):
    settings.PROOF_TRIES = 6
    for _time in range(5):
        challenge = altcha.Challenge.from_dict(json.loads(base64.b64decode(proof.new_challenge())))
        assert 3 <= altcha.solve_challenge(challenge).counter < 9
