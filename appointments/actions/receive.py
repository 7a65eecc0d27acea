"""Somebody asks for something, on the web or at the desk: it is saved, announced, and gets a reference."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import answers as table
from appointments import offices, private_link, search_keys
from appointments.actions.call_clock import deadline_of, promise_call, take_call_wishes
from appointments.actions.moves import Actor, WrongMove, announce, finish, lock, write_audit
from appointments.models import (
    TO_CALL,
    AppointmentRequest,
    Draft,
    Event,
    Office,
    RequestQuerySet,
    Status,
)
from appointments.offices import facts_now, facts_of
from appointments.offices.choice import decide_office
from appointments.offices.promises import promise
from appointments.offices.routing import Decision, Rule
from appointments.references import make_reference
from appointments.vocabulary import Channel
from appointments.warning_signs import current, second_look
from common.models import User

REFERENCE_TRIES = 5
SAME_PERSON_DAYS = 30  # a second request within these is linked with the first


class NobodyTakes(Exception):
    """No office takes requests at this moment, so one that is sent would be seen by nobody."""


@transaction.atomic
def submit(
    *, draft_digest: str, answers: Mapping[str, Any], language: str, actor: Actor, held_because: str = ""
) -> AppointmentRequest:
    """Turn a complete draft into a request: request, event, mails and audit entry, and the draft is gone.

    Called again for the same draft (a second click, a second tab) it returns the request made first.
    held_because: the signs of spam; with any, the request waits in quarantine and no mail goes out.
    Raises NobodyTakes, and UnknownAnswer.
    """
    Draft.objects.select_for_update().filter(pk=draft_digest).first()  # a second click waits here for the first
    if sent := AppointmentRequest.objects.filter(draft_digest=draft_digest).first():
        return sent
    columns = table.columns(answers)
    safety = safety_of(answers["safety"], columns["details"], so=answers.get("second_look", {}).get("so"))
    decision, office = _office_that_takes(columns["zip_code"], answers["visit"]["office"])
    inquiry = AppointmentRequest(
        urgent=safety.pop("urgent"),
        check_office=decision.doubtful,
        source_article=answers.get("about_article", ""),
        safety=safety,
        routing=asdict(decision),
        **columns,
    )
    return _receive(inquiry, office, draft_digest, language, actor, held_because)


@transaction.atomic
def write_down(
    *, draft_digest: str, answers: Mapping[str, Any], channel: Channel, actor: Actor, note: str = ""
) -> AppointmentRequest:
    """What somebody asked the desk for, in a call or a letter: as `submit`, and the actor has written it down.

    answers: as those of the form; "safety" is None where nobody was asked, which is urgent until somebody is. Besides
    "referred_by", and "consent", whether the patient agreed to the use of what they told. note: why this office.
    Raises NobodyTakes, and UnknownAnswer.
    """
    assert actor.user  # noqa: S101  # says so to the type checker
    User.objects.select_for_update(no_key=True).get(pk=actor.user.pk)  # a second click waits here for the first
    if sent := AppointmentRequest.objects.filter(draft_digest=draft_digest).first():
        return sent
    columns = table.columns({name: given for name, given in answers.items() if name not in ("safety", "second_look")})
    given = answers["safety"]
    safety = safety_of(given or nothing_ticked(), columns["details"], so=answers["second_look"]["so"])
    if given is None:
        safety |= {"asked": False, "urgent": True}
    decision, office = _office_that_takes(columns["zip_code"], answers["visit"]["office"])
    inquiry = AppointmentRequest(
        channel=channel,
        urgent=safety.pop("urgent"),
        check_office=decision.doubtful,
        referred_by=answers["referred_by"],
        safety=safety,
        routing=asdict(decision),
        **columns,
    )
    facts = {"channel": channel.value, "consent": answers["consent"]}
    return _receive(inquiry, office, draft_digest, settings.LANGUAGE_CODE, actor, "", note=note, facts=facts)


@transaction.atomic
def ask_safety(*, inquiry: AppointmentRequest, actor: Actor, answers: Mapping[str, Any], so: bool | None) -> None:
    """The safety questions, which nobody had asked, are answered: how urgent it is, and by when to call, follows.

    answers, so: as for `safety_of`. Raises WrongMove.
    """
    inquiry = lock(inquiry, actor)
    if inquiry.status == Status.CLOSED:
        raise WrongMove(_("This request is closed. Open it again before you ask."))
    if inquiry.safety_asked:
        raise WrongMove(_("The safety questions have been asked."))
    safety = safety_of(answers, inquiry.details or "", so=so)
    inquiry.urgent = safety.pop("urgent")
    inquiry.safety = safety
    if inquiry.urgent:
        soon = promise(facts_now(inquiry.office_id).schedule, urgent=True, start=timezone.now())
        inquiry.promised_by = min(inquiry.promised_by, soon)
    if inquiry.status in TO_CALL:
        inquiry.call_by = deadline_of(inquiry)
    finish(inquiry, actor, Event.Kind.SAFETY, facts={"level": safety["level"]})


def _office_that_takes(zip_code: str, chosen: str) -> tuple[Decision, Office]:
    """As `decide_office`, but only where somebody will see it. Raises NobodyTakes."""
    takers = Office.objects.staffed().select_for_update(no_key=True)  # its hours stay until the promise is made
    for _look in ("as kept for a minute", "as it is now"):
        if offices.somebody_takes():
            decision = decide_office(zip_code, chosen)
            if office := takers.filter(slug=decision.office).first():
                return decision, office
        offices.forget()
    raise NobodyTakes


@transaction.atomic
def send_message(
    *, draft_digest: str, answers: Mapping[str, Any], language: str, actor: Actor, held_because: str = ""
) -> AppointmentRequest:
    """A message to an office about something else than an appointment; tracked like a request.

    answers: {"office": slug, "topic", "details", "patient_name", "phone", "email", "contact", "so"}; `so`: whether what
    the words speak of is so today, None if nobody was asked. Sent twice: as `submit`. Raises NobodyTakes for an office
    where nobody would read it.
    """
    rows = Office.objects.with_staffed().select_for_update(no_key=True)
    office = rows.get(slug=answers["office"])  # a second click waits here
    if sent := AppointmentRequest.objects.filter(draft_digest=draft_digest).first():
        return sent
    if facts_of(office).missing or not office.staffed:  # type: ignore[attr-defined]  # the facts are a minute old
        offices.forget()
        raise NobodyTakes
    safety = safety_of(nothing_ticked(), answers["details"], so=answers.get("so"))
    inquiry = AppointmentRequest(
        kind=AppointmentRequest.Kind.MESSAGE,
        urgent=safety.pop("urgent"),
        patient_name=answers["patient_name"],
        phone=answers["phone"],
        email=answers["email"],
        reason=answers["topic"],
        details=answers["details"],
        wishes={},
        contact=answers["contact"],
        safety=safety,
        routing=asdict(Decision(office.slug, Rule.CHOSEN)),
    )
    return _receive(inquiry, office, draft_digest, language, actor, held_because)


def nothing_ticked() -> dict[str, Any]:
    """The answers of who was not asked."""
    return {"version": current.newest().version, "flags": [], "conditions": None}


def safety_of(answers: Mapping[str, Any], text: str, *, so: bool | None) -> dict[str, Any]:
    """What is kept of the safety check: what was ticked, what the own words speak of, and what both come to.

    "level" is what the patient told us of, by ticking or by saying that the words are so today. "urgent" is true for
    words alone, too: a person reads them first.
    """
    table = current.of_version(answers["version"])
    ticked = {*answers["flags"], *(answers.get("conditions") or [])}
    seen = second_look.look(table, text, ticked)
    told = seen.together if so else seen.ticked
    return {
        "version": answers["version"],
        "level": told.level,
        "urgent": told.level.is_urgent or seen.raises,
        "only_911": told.only_911,
        "conditions": [
            {"slug": row.slug, "question": row.question, "short": row.short}
            for row in table.conditions
            if row.slug in ticked
        ],
        "flags": [
            {"slug": row.slug, "question": row.question, "short": row.short, "level": seen.ticked.levels[row.slug]}
            for row in table.signs
            if row.slug in ticked
        ],
        "words": [{"sign": short, "words": words} for short, words in seen.words] if seen.raises else [],
        "so": so if seen.raises else None,
    }


def _receive(
    inquiry: AppointmentRequest,
    office: Office,
    draft_digest: str,
    language: str,
    actor: Actor,
    held_because: str,
    *,
    note: str = "",
    facts: Mapping[str, Any] | None = None,
) -> AppointmentRequest:
    """Save a new request with everything that belongs to it. note, facts: for the first line of its history.

    Who left a voicemail was promised what everybody is; the desk calls them as soon as what is urgent.
    """
    now = timezone.now()
    inquiry.office = office
    inquiry.draft_digest = draft_digest
    inquiry.language = language
    inquiry.created_at = now
    inquiry.held_because = held_because
    inquiry.status = Status.HELD if held_because else Status.NEW
    take_call_wishes(inquiry)
    promise_call(inquiry)
    inquiry.sender_key = None if actor.user else search_keys.sender_key(actor.address, now)
    inquiry.person_key = search_keys.person_key(inquiry.phone, inquiry.patient_name)
    _save_with_free_reference(inquiry)
    search_keys.add(inquiry)
    Event.objects.create(
        request=inquiry,
        kind=Event.Kind.RECEIVED,
        at=now,
        by=actor.user,
        note=note,
        facts={"routing": inquiry.routing, **(facts or {})},
    )
    if not held_because:
        announce(inquiry, actor.user)
    Draft.objects.filter(pk=draft_digest).delete()
    write_audit(inquiry, actor, "request written down" if actor.user else "request sent")
    return inquiry


def _save_with_free_reference(inquiry: AppointmentRequest) -> None:
    """Save under a reference nobody has. Raises IntegrityError when luck runs out, or for any other clash."""
    for tries_left in reversed(range(REFERENCE_TRIES)):
        try:
            inquiry.link_digest = private_link.digest_of(private_link.token(inquiry))
            with transaction.atomic():
                inquiry.save(force_insert=True)
        except IntegrityError:
            taken = AppointmentRequest.objects.filter(reference=inquiry.reference).exists()
            if not (taken and tries_left):
                raise
            inquiry.reference = make_reference()
        else:
            return


def earlier_requests(inquiry: AppointmentRequest) -> RequestQuerySet:
    """What the same person (phone and name) sent in the month before, newest first."""
    requests = AppointmentRequest.objects.select_related("office").order_by("-pk")
    if inquiry.person_key is None:
        return requests.none()
    since = inquiry.created_at - timedelta(days=SAME_PERSON_DAYS)
    same = requests.filter(person_key=inquiry.person_key, created_at__gte=since, pk__lt=inquiry.pk)
    return same.exclude(status=Status.HELD)
