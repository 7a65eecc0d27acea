"""Every change of a request. Each function is one transaction: the change, its event, its mails, its audit entry.

Views, admin buttons and commands call these and change nothing themselves.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import audit, outbox
from appointments.deadlines import NeverOpen, Schedule, add_open_minutes, end_of_next_business_day
from appointments.forms import FIRST_OFFICE
from appointments.models import (
    MOVES,
    AppointmentRequest,
    CloseReason,
    Draft,
    Event,
    Mail,
    Office,
    RedFlag,
    RoutingOverride,
    Status,
    ZipCode,
    make_reference,
)
from appointments.offices import directory, facts_of
from appointments.routing import Candidate, Decision, route
from clinic.common.models import User

REFERENCE_TRIES = 5


class WrongMove(Exception):
    """The request is no longer where the action could be taken. The text says so to the desk."""


@dataclass(frozen=True)
class Actor:
    """Who acts, and from where, for the history and the audit."""

    user: User | None = None
    address: str = ""
    seen: int | None = None  # the last event on the page they act from; None: they acted without looking

    @property
    def name(self) -> str:
        """As the audit writes it."""
        return self.user.get_username() if self.user else "patient"


def decide_office(zip_code: str, chosen: str = "") -> Decision:
    """The office for a ZIP code and a wish ("" or FIRST_OFFICE: none). Three queries at most."""
    zip_row = ZipCode.objects.filter(pk=zip_code).first()
    override = RoutingOverride.objects.filter(zip_code=zip_code).select_related("office").first()
    return route(
        [
            Candidate(office.slug, (office.latitude, office.longitude), office.position, office.taking_requests)
            for office in directory()
        ],
        place=(zip_row.latitude, zip_row.longitude) if zip_row else None,
        chosen="" if chosen == FIRST_OFFICE else chosen,
        override=override.office.slug if override else "",
        near_tie_miles=settings.ROUTING_NEAR_TIE_MILES,
        far_miles=settings.ROUTING_FAR_MILES,
    )


def flag_levels(flags: list[RedFlag]) -> dict[str, str]:
    """Each flag's level, raised to an emergency by the company it keeps."""
    chosen = {flag.pk for flag in flags}
    return {flag.slug: RedFlag.Level.NOW if flag.emergency_with_id in chosen else flag.level for flag in flags}


def call_deadline(schedule: Schedule, *, urgent: bool, start: datetime) -> datetime:
    """When the desk should have called. An office that never opens gets a day."""
    minutes = settings.CALL_BY_URGENT_MINUTES if urgent else settings.CALL_BY_MINUTES
    try:
        return add_open_minutes(start, minutes, schedule)
    except NeverOpen:
        return start + timedelta(days=1)


def promise(schedule: Schedule, *, urgent: bool, start: datetime) -> datetime:
    """By when the patient is told they will be called. An office that never opens gets three days."""
    try:
        if urgent:
            return add_open_minutes(start, settings.PROMISE_URGENT_MINUTES, schedule)
        return end_of_next_business_day(start, schedule)
    except NeverOpen:
        return start + timedelta(days=3)


@transaction.atomic
def submit(*, draft_digest: str, answers: Mapping[str, Any], language: str, actor: Actor) -> AppointmentRequest:
    """Turn a complete draft into a request: request, event, mails and audit entry, and the draft is gone.

    Called again for the same draft (a second click, a second tab) it returns the request made first.
    """
    Draft.objects.select_for_update().filter(pk=draft_digest).first()  # a second click waits here for the first
    if sent := AppointmentRequest.objects.filter(draft_digest=draft_digest).first():
        return sent
    about, visit, contact = answers["about_you"], answers["visit"], answers["contact"]
    safety = answers["safety"]
    flags = list(RedFlag.objects.filter(check_version__version=safety["version"], slug__in=safety["flags"]))
    levels = flag_levels(flags)
    decision = decide_office(about["zip_code"], visit["office"])
    office = Office.objects.get(slug=decision.office)
    schedule = facts_of(office).schedule
    now = timezone.now()
    request = AppointmentRequest(
        office=office,
        urgent=bool(flags),
        check_office=decision.doubtful,
        created_at=now,
        call_by=call_deadline(schedule, urgent=bool(flags), start=now),
        promised_by=promise(schedule, urgent=bool(flags), start=now),
        language=language,
        draft_digest=draft_digest,
        source_article=answers.get("about_article", ""),
        reason=visit["reason"],
        details=visit["details"],
        wishes={"days": visit["days"], "time_of_day": visit["time_of_day"]},
        contact={
            name: contact[name] for name in ("best_way", "voicemail", "language", "other_language", "interpreter")
        },
        safety={
            "version": safety["version"],
            "flags": [
                {"slug": f.slug, "question": f.question, "short": f.short, "level": levels[f.slug]} for f in flags
            ],
        },
        routing=asdict(decision),
        **about,
    )
    _save_with_free_reference(request)
    Event.objects.create(request=request, kind=Event.Kind.RECEIVED, at=now, facts={"routing": asdict(decision)})
    outbox.queue(Mail.Kind.OFFICE_NOTICE, request, office)
    if request.email:
        outbox.queue(Mail.Kind.RECEIPT, request, office)
    Draft.objects.filter(pk=draft_digest).delete()
    _audit(request, actor, "request sent")
    return request


def _save_with_free_reference(request: AppointmentRequest) -> None:
    """Save under a reference nobody has. Raises IntegrityError when luck runs out, or for any other clash."""
    for tries_left in reversed(range(REFERENCE_TRIES)):
        try:
            with transaction.atomic():
                request.save(force_insert=True)
        except IntegrityError:
            taken = AppointmentRequest.objects.filter(reference=request.reference).exists()
            if not (taken and tries_left):
                raise
            request.reference = make_reference()
        else:
            return


@transaction.atomic
def log_call(*, request: AppointmentRequest, actor: Actor, outcome: Event.Kind, note: str = "") -> None:
    """A call was made. Spoken with: the patient is no longer waiting. Missed: the clock for the next try starts."""
    request = _locked(request, actor)
    if request.status == Status.CLOSED:
        raise WrongMove(_("This request is closed, so no call was written down."))
    if outcome == Event.Kind.SPOKE and request.status == Status.NEW:
        request.status = Status.CONTACTED
    elif request.status == Status.NEW:
        request.call_by = call_deadline(facts_of(request.office).schedule, urgent=request.urgent, start=timezone.now())
    _finish(request, actor, outcome, note=note)


@transaction.atomic
def add_note(*, request: AppointmentRequest, actor: Actor, note: str) -> None:
    """Write a note into the history; possible at any time."""
    _finish(_locked(request, actor), actor, Event.Kind.NOTE, note=note)


@transaction.atomic
def book(*, request: AppointmentRequest, actor: Actor, at: datetime, note: str = "") -> None:
    """Book the visit, or move a booked one. Raises WrongMove."""
    request = _move(request, actor, Status.BOOKED)
    request.booked_for = at
    request.check_office = False
    _finish(request, actor, Event.Kind.BOOKED, note=note, facts={"booked_for": at})


@transaction.atomic
def send_to_office(*, request: AppointmentRequest, actor: Actor, office: Office, reason: str) -> None:
    """Hand the request to another office's desk: its clock starts now, and it is told by mail. Raises WrongMove."""
    request = _locked(request, actor)
    if request.status == Status.CLOSED:
        raise WrongMove(_("This request is closed, so it stays with its office."))
    if request.office_id == office.pk:
        raise WrongMove(_("This request is with that office already."))
    before = request.office
    request.office = office
    request.check_office = False
    request.call_by = call_deadline(facts_of(office).schedule, urgent=request.urgent, start=timezone.now())
    outbox.queue(Mail.Kind.OFFICE_NOTICE, request, office)
    _finish(request, actor, Event.Kind.REROUTED, note=reason, facts={"from": before.name, "to": office.name})


@transaction.atomic
def close(*, request: AppointmentRequest, actor: Actor, reason: CloseReason, note: str = "") -> None:
    """Nothing more is to be done. Raises WrongMove."""
    request = _move(request, actor, Status.CLOSED)
    request.close_reason = reason
    _finish(request, actor, Event.Kind.CLOSED, note=note, facts={"reason": reason})


def _locked(request: AppointmentRequest, actor: Actor) -> AppointmentRequest:
    """The row as it is now, held against other writers until the transaction ends.

    Raises WrongMove if something has happened since the actor looked: a colleague's action, or a second click.
    """
    locked = AppointmentRequest.objects.select_for_update(of=("self",)).select_related("office").get(pk=request.pk)
    last = locked.events.order_by("pk").last()
    if last and actor.seen is not None and last.pk != actor.seen:
        raise WrongMove(
            _("Meanwhile: “%(event)s” (%(who)s). Look at the history, then do it again if it is still right.")
            % {"event": Event.Kind(last.kind).label, "who": last.by or _("patient")}
        )
    return locked


def _move(request: AppointmentRequest, actor: Actor, status: Status) -> AppointmentRequest:
    """The locked row, moved. Raises WrongMove with what it is now."""
    request = _locked(request, actor)
    if status not in MOVES[request.status]:
        raise WrongMove(
            _("This request is “%(now)s” by now, so it can’t become “%(wanted)s”.")
            % {"now": Status(request.status).label, "wanted": status.label}
        )
    request.status = status
    return request


def _finish(
    request: AppointmentRequest, actor: Actor, kind: Event.Kind, *, note: str = "", facts: dict[str, Any] | None = None
) -> None:
    """Write the changed row, its event and its audit entry."""
    request.save(update_fields=["status", "close_reason", "office", "check_office", "call_by", "booked_for"])
    Event.objects.create(request=request, kind=kind, at=timezone.now(), by=actor.user, note=note, facts=facts or {})
    _audit(request, actor, f"request {kind}")


def _audit(request: AppointmentRequest, actor: Actor, action: str) -> None:
    audit.record(
        actor=actor.name, action=action, record=request.reference, office=request.office.slug, address=actor.address
    )
