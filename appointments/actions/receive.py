"""A patient has sent something: it is saved, announced, and gets a reference."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from appointments import answers as table
from appointments import offices, private_link, search_keys
from appointments.actions.moves import Actor, announce, write_audit
from appointments.models import AppointmentRequest, Draft, Event, Office, RequestQuerySet, Status, make_reference
from appointments.offices import facts_of
from appointments.offices.choice import decide_office
from appointments.offices.promises import call_deadline, promise
from appointments.offices.routing import Decision, Rule
from appointments.warning_signs import current, second_look

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


def _office_that_takes(zip_code: str, chosen: str) -> tuple[Decision, Office]:
    """As `decide_office`, but only where somebody will see it. Raises NobodyTakes."""
    for _look in ("as kept for a minute", "as it is now"):
        if offices.somebody_takes():
            decision = decide_office(zip_code, chosen)
            if office := Office.objects.staffed().filter(slug=decision.office).first():
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
    nothing_ticked = {"version": current.newest().version, "flags": [], "conditions": None}
    safety = safety_of(nothing_ticked, answers["details"], so=answers.get("so"))
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
    inquiry: AppointmentRequest, office: Office, draft_digest: str, language: str, actor: Actor, held_because: str
) -> AppointmentRequest:
    """Save a new request with everything that belongs to it."""
    now = timezone.now()
    schedule = facts_of(office).schedule
    inquiry.office = office
    inquiry.draft_digest = draft_digest
    inquiry.language = language
    inquiry.created_at = now
    inquiry.call_by = call_deadline(schedule, urgent=inquiry.urgent, start=now)
    inquiry.promised_by = promise(schedule, urgent=inquiry.urgent, start=now)
    inquiry.call_by = min(inquiry.call_by, inquiry.promised_by)  # overdue before the patient waits in vain
    inquiry.held_because = held_because
    inquiry.status = Status.HELD if held_because else Status.NEW
    inquiry.sender_key = search_keys.sender_key(actor.address, now)
    inquiry.person_key = search_keys.person_key(inquiry.phone, inquiry.patient_name)
    _save_with_free_reference(inquiry)
    search_keys.add(inquiry)
    Event.objects.create(request=inquiry, kind=Event.Kind.RECEIVED, at=now, facts={"routing": inquiry.routing})
    if not held_because:
        announce(inquiry)
    Draft.objects.filter(pk=draft_digest).delete()
    write_audit(inquiry, actor, "request sent")
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
