"""Every change of a request. Each function is one transaction: the change, its event, its mails, its audit entry.

Views, admin buttons and commands call these and change nothing themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import audit, blind_index, offices, outbox, status_link
from appointments.deadlines import (
    NeverOpen,
    Schedule,
    add_open_minutes,
    end_of_next_business_day,
    open_minutes_between,
)
from appointments.forms import FIRST_OFFICE
from appointments.models import (
    MOST_WRONG_FACTS,
    MOVES,
    OPEN,
    AppointmentRequest,
    CloseReason,
    Draft,
    Event,
    Mail,
    Office,
    RequestQuerySet,
    RoutingOverride,
    Status,
    ZipCode,
    make_reference,
)
from appointments.offices import directory, facts_now, facts_of, practice
from appointments.routing import Candidate, Decision, Rule, route
from appointments.warning_signs import current, second_look
from common.fields import Unreadable
from common.models import User

REFERENCE_TRIES = 5
UNDO_SECONDS = 60  # how long a step can be taken back; mails to the patient wait as long
SAME_PERSON_DAYS = 30  # a second request within these is linked with the first
# What an action may change in a request; a step that is undone puts them back.
WORK_FIELDS = (
    "status",
    "close_reason",
    "office_id",
    "check_office",
    "assigned_to_id",
    "needs_manager",
    "duplicate_of_id",
    "call_by",
    "first_called_at",
    "first_call_minutes",
    "choose_by",
    "offered_times",
    "booked_for",
    "closed_at",
)
MOMENTS = ("call_by", "first_called_at", "choose_by", "booked_for", "closed_at")


class WrongMove(Exception):
    """The request is not, or no longer, where the action could be taken. The text says so to whoever tried."""


class NobodyTakes(Exception):
    """No office takes requests at this moment, so one that is sent would be seen by nobody."""


@dataclass(frozen=True)
class Actor:
    """Who acts, and from where, for the history and the audit."""

    user: User | None = None
    address: str = ""
    seen: int | None = None  # the last event on the page they act from; None: they acted without looking
    worker: bool = False

    @property
    def name(self) -> str:
        """As the audit writes it."""
        if self.worker:
            return "worker"
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
        near_tie_miles=practice().near_tie_miles,
        far_miles=practice().far_miles,
    )


def call_deadline(schedule: Schedule, *, urgent: bool, start: datetime) -> datetime:
    """When the desk should have called. An office that never opens gets a day."""
    minutes = practice().call_by_urgent_minutes if urgent else practice().call_by_minutes
    try:
        return add_open_minutes(start, minutes, schedule)
    except NeverOpen:
        return start + timedelta(days=1)


def promise(schedule: Schedule, *, urgent: bool, start: datetime) -> datetime:
    """By when the patient is told they will be called. An office that never opens gets three days."""
    try:
        if urgent:
            return add_open_minutes(start, practice().promise_urgent_minutes, schedule)
        return end_of_next_business_day(start, schedule)
    except NeverOpen:
        return start + timedelta(days=3)


@transaction.atomic
def submit(
    *, draft_digest: str, answers: Mapping[str, Any], language: str, actor: Actor, held_because: str = ""
) -> AppointmentRequest:
    """Turn a complete draft into a request: request, event, mails and audit entry, and the draft is gone.

    Called again for the same draft (a second click, a second tab) it returns the request made first.
    held_because: the signs of spam; with any, the request waits in quarantine and no mail goes out.
    Raises NobodyTakes.
    """
    Draft.objects.select_for_update().filter(pk=draft_digest).first()  # a second click waits here for the first
    if sent := AppointmentRequest.objects.filter(draft_digest=draft_digest).first():
        return sent
    about, visit, contact = answers["about_you"], answers["visit"], answers["contact"]
    safety = safety_of(answers["safety"], visit["details"], so=answers.get("second_look", {}).get("so"))
    decision, office = _office_that_takes(about["zip_code"], visit["office"])
    request = AppointmentRequest(
        urgent=safety.pop("urgent"),
        check_office=decision.doubtful,
        source_article=answers.get("about_article", ""),
        insurance=contact.get("insurance", ""),
        reason=visit["reason"],
        body_area=visit.get("body_area", ""),
        details=visit["details"],
        wishes={"days": visit["days"], "time_of_day": visit["time_of_day"]},
        contact={
            name: contact[name] for name in ("best_way", "voicemail", "language", "other_language", "interpreter")
        },
        safety=safety,
        routing=asdict(decision),
        **about,
    )
    return _receive(request, office, draft_digest, language, actor, held_because)


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
    request = AppointmentRequest(
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
    return _receive(request, office, draft_digest, language, actor, held_because)


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
    request: AppointmentRequest, office: Office, draft_digest: str, language: str, actor: Actor, held_because: str
) -> AppointmentRequest:
    """Save a new request with everything that belongs to it."""
    now = timezone.now()
    schedule = facts_of(office).schedule
    request.office = office
    request.draft_digest = draft_digest
    request.language = language
    request.created_at = now
    request.call_by = call_deadline(schedule, urgent=request.urgent, start=now)
    request.promised_by = promise(schedule, urgent=request.urgent, start=now)
    request.call_by = min(request.call_by, request.promised_by)  # overdue before the patient waits in vain
    request.held_because = held_because
    request.status = Status.HELD if held_because else Status.NEW
    request.sender_key = blind_index.sender_key(actor.address, now)
    request.person_key = blind_index.person_key(request.phone, request.patient_name)
    _save_with_free_reference(request)
    blind_index.add(request)
    Event.objects.create(request=request, kind=Event.Kind.RECEIVED, at=now, facts={"routing": request.routing})
    if not held_because:
        _announce(request)
    Draft.objects.filter(pk=draft_digest).delete()
    _audit(request, actor, "request sent")
    return request


def _announce(request: AppointmentRequest) -> None:
    """The first mails."""
    outbox.queue(Mail.Kind.OFFICE_NOTICE, request, request.office)
    if request.email:
        outbox.queue(Mail.Kind.RECEIPT, request, request.office)


def _save_with_free_reference(request: AppointmentRequest) -> None:
    """Save under a reference nobody has. Raises IntegrityError when luck runs out, or for any other clash."""
    for tries_left in reversed(range(REFERENCE_TRIES)):
        try:
            request.link_digest = status_link.digest_of(status_link.token(request))
            with transaction.atomic():
                request.save(force_insert=True)
        except IntegrityError:
            taken = AppointmentRequest.objects.filter(reference=request.reference).exists()
            if not (taken and tries_left):
                raise
            request.reference = make_reference()
        else:
            return


def earlier_requests(request: AppointmentRequest) -> RequestQuerySet:
    """What the same person (phone and name) sent in the month before, newest first."""
    requests = AppointmentRequest.objects.select_related("office").order_by("-pk")
    if request.person_key is None:
        return requests.none()
    since = request.created_at - timedelta(days=SAME_PERSON_DAYS)
    same = requests.filter(person_key=request.person_key, created_at__gte=since, pk__lt=request.pk)
    return same.exclude(status=Status.HELD)


# --- What the desk does ---


@transaction.atomic
def open_request(*, request: AppointmentRequest, actor: Actor) -> None:
    """Somebody of the desk looks at it for the first time. Later ones change nothing."""
    if request.opened_at is None:
        locked = AppointmentRequest.objects.select_for_update().get(pk=request.pk)
        if locked.opened_at is None:
            now = timezone.now()
            AppointmentRequest.objects.filter(pk=request.pk).update(opened_at=now)
            Event.objects.create(request=request, kind=Event.Kind.OPENED, at=now, by=actor.user)


@transaction.atomic
def release(*, request: AppointmentRequest, actor: Actor) -> None:
    """Out of quarantine: the desk's clock starts now, and the mails go out. Raises WrongMove.

    A promise that could not be kept meanwhile is made anew, before the receipt says it.
    """
    request = _move(request, actor, Status.NEW, only_from=Status.HELD)
    request.call_by = _next_call(request)
    now = timezone.now()
    if request.promised_by < now:
        request.promised_by = promise(facts_of(request.office).schedule, urgent=request.urgent, start=now)
        request.save(update_fields=["promised_by"])
    request.call_by = min(request.call_by, request.promised_by)
    _announce(request)
    _finish(request, actor, Event.Kind.RELEASED)


@transaction.atomic
def log_call(*, request: AppointmentRequest, actor: Actor, outcome: Event.Kind, note: str = "") -> None:
    """A call was made. Spoken with: followed up by the end of the next business day. Missed: the next try is due
    by the desk's usual clock. Raises WrongMove.
    """
    request = _locked(request, actor)
    if request.status in (Status.CLOSED, Status.HELD):
        raise WrongMove(_("This request is closed or in quarantine, so no call was written down."))
    now = timezone.now()
    schedule = facts_of(request.office).schedule
    if request.first_called_at is None:
        request.first_called_at = now
        request.first_call_minutes = open_minutes_between(request.created_at, now, schedule)
    if outcome == Event.Kind.SPOKE and request.status == Status.NEW:
        request.status = Status.CONTACTED
    if request.status == Status.NEW:
        request.call_by = _next_call(request)
    elif request.status == Status.CONTACTED:
        request.call_by = promise(schedule, urgent=False, start=now)
    _finish(request, actor, outcome, note=note)


@transaction.atomic
def add_note(*, request: AppointmentRequest, actor: Actor, note: str) -> None:
    """Write a note into the history; possible at any time."""
    _finish(_locked(request, actor), actor, Event.Kind.NOTE, note=note)


@transaction.atomic
def propose(*, request: AppointmentRequest, actor: Actor, times: Sequence[datetime]) -> None:
    """Offer times to pick from on the patient's own page, until `choose_by`. Raises WrongMove."""
    request = _move(request, actor, Status.PROPOSED)
    _check_it_is_for_a_visit(request)
    last = max(times)
    schedule = facts_of(request.office).schedule
    try:
        request.choose_by = min(add_open_minutes(timezone.now(), practice().choose_minutes, schedule), last)
    except NeverOpen:
        request.choose_by = last
    request.offered_times = [at.isoformat() for at in sorted(times)]
    request.check_office = False
    _mail_patient(Mail.Kind.OFFER, request)
    _finish(request, actor, Event.Kind.PROPOSED, facts={"times": request.offered_times})


@transaction.atomic
def remind(*, request: AppointmentRequest, actor: Actor) -> None:
    """Send the offer of times again. Raises WrongMove."""
    request = _locked(request, actor)
    if request.status != Status.PROPOSED or not request.email:
        raise WrongMove(_("There is no offer that could be mailed again."))
    _mail_patient(Mail.Kind.OFFER, request)
    _finish(request, actor, Event.Kind.REMINDED)


@transaction.atomic
def book(*, request: AppointmentRequest, actor: Actor, at: datetime, note: str = "") -> None:
    """Book the visit, or move a booked one. Raises WrongMove."""
    request = _move(request, actor, Status.BOOKED)
    _check_it_is_for_a_visit(request)
    _set_booked(request, at)
    _mail_patient(Mail.Kind.BOOKED, request)
    _finish(request, actor, Event.Kind.BOOKED, note=note, facts={"booked_for": at})


@transaction.atomic
def send_to_office(*, request: AppointmentRequest, actor: Actor, office: Office, reason: str) -> None:
    """Hand the request to another office's desk: its clock starts now, and it is told by mail. Raises WrongMove.

    What this office agreed on or offered is off; that desk calls the patient.
    """
    request = _locked(request, actor)
    if request.status == Status.CLOSED:
        raise WrongMove(_("This request is closed, so it stays with its office."))
    if request.office_id == office.pk:
        raise WrongMove(_("This request is with that office already."))
    if why_not := facts_now(office.pk).why_not:
        raise WrongMove(_("%(why_not)s The request stays here.") % {"why_not": why_not})
    before = request.office
    request.office = office
    request.check_office = False
    request.assigned_to = None
    if request.status != Status.HELD:
        _back_to_desk(request)
        request.booked_for = None
        outbox.queue(Mail.Kind.OFFICE_NOTICE, request, office)
    facts = {"from": before.name, "to": office.name}
    _finish(request, actor, Event.Kind.REROUTED, note=reason, facts=facts)


@transaction.atomic
def assign(*, request: AppointmentRequest, actor: Actor, to: User | None) -> None:
    """Make it somebody's job, or nobody's. Raises WrongMove for who does not work at the office."""
    request = _locked(request, actor)
    if to and not AppointmentRequest.objects.visible_to(to).filter(pk=request.pk).exists():
        raise WrongMove(_("%(name)s does not work this office’s requests.") % {"name": to})
    request.assigned_to = to
    _finish(request, actor, Event.Kind.ASSIGNED, facts={"to": str(to) if to else ""})


def unassign_in_vain(*, actor: Actor, person: User | None = None) -> int:
    """What is the job of somebody (of `person`) who can't see it becomes nobody's. Returns how many."""
    in_vain = AppointmentRequest.objects.assigned_in_vain()
    theirs = in_vain.filter(assigned_to=person) if person else in_vain
    unassigned = 0
    for pk in list(theirs.values_list("pk", flat=True)):
        with transaction.atomic():
            if request := theirs.select_for_update(of=("self",)).filter(pk=pk).first():
                assign(request=request, actor=actor, to=None)
                unassigned += 1
    return unassigned


@transaction.atomic
def ask_manager(*, request: AppointmentRequest, actor: Actor, note: str) -> None:
    """Mark it for a manager, with the question. Raises WrongMove."""
    request = _locked(request, actor)
    if request.status == Status.CLOSED:
        raise WrongMove(_("This request is closed. Open it again before you ask about it."))
    request.needs_manager = True
    _finish(request, actor, Event.Kind.ASKED, note=note)


@transaction.atomic
def answer_desk(*, request: AppointmentRequest, actor: Actor, note: str) -> None:
    """A manager's answer takes the mark away. Raises WrongMove."""
    request = _locked(request, actor)
    if not request.needs_manager:
        raise WrongMove(_("Nothing was asked of the manager, or it has been answered."))
    request.needs_manager = False
    _finish(request, actor, Event.Kind.ANSWERED, note=note)


@transaction.atomic
def close(*, request: AppointmentRequest, actor: Actor, reason: CloseReason, note: str = "") -> None:
    """Nothing more is to be done. Raises WrongMove."""
    request = _move(request, actor, Status.CLOSED)
    _set_closed(request, reason)
    _finish(request, actor, Event.Kind.CLOSED, note=note, facts={"reason": reason})


@transaction.atomic
def mark_duplicate(*, request: AppointmentRequest, actor: Actor, of: AppointmentRequest) -> None:
    """Close it in favor of another request, which is open and so goes on. Raises WrongMove."""
    pair = AppointmentRequest.objects.select_for_update().filter(pk__in=(request.pk, of.pk)).order_by("pk")
    of = next((row for row in pair if row.pk == of.pk), of)  # both at once, lest each is closed in favor of the other
    if of.pk == request.pk or of.duplicate_of_id == request.pk:
        raise WrongMove(_("A request can’t be the duplicate of itself, or of its own duplicate."))
    if why_not := why_it_does_not_go_on(of):
        raise WrongMove(why_not)
    request = _move(request, actor, Status.CLOSED)
    request.duplicate_of = of
    _set_closed(request, CloseReason.DUPLICATE)
    _finish(request, actor, Event.Kind.DUPLICATE, facts={"of": of.reference})


def why_it_does_not_go_on(request: AppointmentRequest) -> str:
    """Why no other request may be closed in favor of this one, in a sentence; "" if one may."""
    if request.status in OPEN:
        return ""
    reference = {"reference": request.reference}
    if request.status == Status.HELD:
        return _("%(reference)s is in quarantine, so nobody would call. Check it first, or keep this one.") % reference
    return _("%(reference)s is closed, so nobody would call. Open it again first, or keep this one.") % reference


@transaction.atomic
def reopen(*, request: AppointmentRequest, actor: Actor, note: str) -> None:
    """A closed request needs a call after all. Raises WrongMove."""
    request = _move(request, actor, Status.NEW, only_from=Status.CLOSED)
    request.close_reason = ""
    request.closed_at = request.booked_for = request.duplicate_of = None
    request.call_by = _next_call(request)
    _finish(request, actor, Event.Kind.REOPENED, note=note)


@transaction.atomic
def tell_second_fact(*, request: AppointmentRequest, actor: Actor, right: bool) -> bool:
    """Whether the private page opens to somebody who told a right or a wrong fact. The last wrong one closes it."""
    request = _locked(request, actor)
    if request.page_is_closed:
        return False
    request.wrong_facts = 0 if right else request.wrong_facts + 1
    request.save(update_fields=["wrong_facts"])
    _audit(request, actor, "own page opened" if right else "own page wrong fact")
    if request.wrong_facts == MOST_WRONG_FACTS:
        Event.objects.create(request=request, kind=Event.Kind.LOCKED, at=request.acted_at)
        _audit(request, actor, "own page closed")
    return right


def second_fact_refused(*, request: AppointmentRequest, actor: Actor) -> None:
    """Somebody tried too often, or on a closed page; nothing that they told was looked at."""
    _audit(request, actor, "own page refused")


@transaction.atomic
def open_page_again(*, request: AppointmentRequest, actor: Actor) -> None:
    """The private page takes second facts again, after a word with the patient. Raises WrongMove."""
    request = _locked(request, actor)
    if not request.page_is_closed:
        raise WrongMove(_("The patient’s private page is not closed."))
    request.wrong_facts = 0
    request.save(update_fields=["wrong_facts"])
    _finish(request, actor, Event.Kind.UNLOCKED, undoable=False)


def can_undo(request: AppointmentRequest, user: User, last: Event | None) -> bool:
    """Whether `user` may take back the last step: their own, within a minute, and nothing mailed since."""
    if last is None or last.by_id != user.pk or not last.before:
        return False
    if timezone.now() - last.at > timedelta(seconds=UNDO_SECONDS):
        return False
    return not any(mail.tries for mail in request.mails.all() if mail.created_at >= last.at)


@transaction.atomic
def undo(*, request: AppointmentRequest, actor: Actor) -> None:
    """Put the request back to what it was before the last step; mails still waiting are dropped. Raises WrongMove."""
    request = _locked(request, actor)
    last = request.events.order_by("pk").last()
    waiting = list(request.mails.select_for_update().filter(created_at__gte=last.at)) if last else []
    if last is None or actor.user is None or not can_undo(request, actor.user, last):
        raise WrongMove(_("The last step can’t be undone any more."))
    if request.status in OPEN and request.duplicates.filter(closed_at__gte=last.at).exists():
        raise WrongMove(_("Meanwhile another request was closed in favor of this one, so this one has to go on."))
    for mail in waiting:
        mail.delete()
    for name, value in last.before["work"].items():
        setattr(request, name, datetime.fromisoformat(value) if value and name in MOMENTS else value)
    _finish(request, actor, Event.Kind.UNDONE, facts={"undone": last.kind, "event": last.pk}, undoable=False)


# --- What the patient does on their own page ---


@transaction.atomic
def choose_time(*, request: AppointmentRequest, actor: Actor, at: datetime) -> None:
    """Pick one of the offered times. Raises WrongMove, with the reason in the patient's words."""
    request = _locked(request, actor)
    if request.status == Status.BOOKED and request.booked_for == at:
        return  # a second click
    if request.status != Status.PROPOSED or at.isoformat() not in request.offered_times:
        raise WrongMove(_("That time is not on offer any more."))
    if at <= timezone.now():
        raise WrongMove(_("That time has passed. Please choose another one, or call us."))
    if not facts_of(request.office).schedule.is_open(at):
        raise WrongMove(_("The office has since closed for that time. Please choose another one, or call us."))
    request.status = Status.BOOKED
    _set_booked(request, at)
    _tell_both(Mail.Kind.BOOKED, request)
    _finish(request, actor, Event.Kind.CHOSEN, facts={"booked_for": at})


@transaction.atomic
def no_time_suits(*, request: AppointmentRequest, actor: Actor) -> None:
    """None of the offered times: the desk calls again. A second click changes nothing. Raises WrongMove."""
    request = _locked(request, actor)
    if request.status != Status.PROPOSED:
        if request.events.order_by("pk").last().kind == Event.Kind.NONE_SUITS:  # type: ignore[union-attr]
            return
        raise WrongMove(_("These times are not on offer any more."))
    _back_to_desk(request)
    outbox.queue(Mail.Kind.OFFICE_NEWS, request, request.office)
    _finish(request, actor, Event.Kind.NONE_SUITS)


@transaction.atomic
def change_contact(
    *, request: AppointmentRequest, actor: Actor, phone: str, contact: dict[str, Any], wishes: dict[str, Any]
) -> None:
    """The patient can be reached in another way, or at other times. Raises WrongMove."""
    request = _locked(request, actor)
    if request.status == Status.CLOSED:
        raise WrongMove(_("This request is closed."))
    wanted = {"phone": phone, "contact": contact, "wishes": wishes}
    changed = [name for name, value in wanted.items() if getattr(request, name) != value]
    if not changed:
        return
    request.phone, request.contact, request.wishes = phone, contact, wishes
    if request.patient_name:
        request.person_key = blind_index.person_key(phone, request.patient_name)
    request.save(update_fields=["phone", "contact", "wishes", "person_key"])
    blind_index.add(request)
    outbox.queue(Mail.Kind.OFFICE_NEWS, request, request.office)
    _finish(request, actor, Event.Kind.CHANGED, facts={"changed": changed})


@transaction.atomic
def cancel(*, request: AppointmentRequest, actor: Actor) -> None:
    """The patient does not want the visit. A second click changes nothing. Raises WrongMove."""
    request = _locked(request, actor)
    if request.close_reason == CloseReason.CANCELLED:
        return
    if request.status == Status.CLOSED:
        raise WrongMove(_("This request is closed already."))
    request.status = Status.CLOSED
    _set_closed(request, CloseReason.CANCELLED)
    _tell_both(Mail.Kind.CANCELLED, request)
    _finish(request, actor, Event.Kind.CANCELLED)


# --- What time does ---


def lapse_offers() -> int:
    """Offers that nobody chose from: each goes back to the desk for a call. Returns how many."""
    lapsed = 0
    for request in AppointmentRequest.objects.filter(status=Status.PROPOSED, choose_by__lte=timezone.now()):
        with transaction.atomic():
            locked = _locked(request, Actor())
            if locked.status == Status.PROPOSED and locked.choose_by and locked.choose_by <= timezone.now():
                _back_to_desk(locked)
                _finish(locked, Actor(worker=True), Event.Kind.LAPSED)
                lapsed += 1
    return lapsed


def _next_call(request: AppointmentRequest) -> datetime:
    """By when to call, counted from now."""
    return call_deadline(facts_of(request.office).schedule, urgent=request.urgent, start=timezone.now())


def _check_it_is_for_a_visit(request: AppointmentRequest) -> None:
    if request.is_message:
        raise WrongMove(_("This is a message, not a request for a visit. Answer it, then close it."))


def _back_to_desk(request: AppointmentRequest) -> None:
    """Needs a call again."""
    request.status = Status.NEW
    _withdraw_offer(request)
    request.call_by = _next_call(request)


def _withdraw_offer(request: AppointmentRequest) -> None:
    """No time is on offer any more. Times that can't be read stay as they are: nobody can choose them."""
    request.choose_by = None
    if request.offered_times:
        request.offered_times = []


def _set_booked(request: AppointmentRequest, at: datetime) -> None:
    request.booked_for = at
    request.check_office = False
    _withdraw_offer(request)


def _set_closed(request: AppointmentRequest, reason: CloseReason) -> None:
    request.close_reason = reason
    request.closed_at = timezone.now()
    request.needs_manager = False


def _mail_patient(kind: Mail.Kind, request: AppointmentRequest) -> None:
    """To who asked for mail; it waits until the step can't be undone any more."""
    if request.email:
        outbox.queue(kind, request, request.office, wait=timedelta(seconds=UNDO_SECONDS))


def _tell_both(kind: Mail.Kind, request: AppointmentRequest) -> None:
    """What the patient did, to the office, and for the patient's own mailbox."""
    outbox.queue(Mail.Kind.OFFICE_NEWS, request, request.office)
    if request.email:
        outbox.queue(kind, request, request.office)


def _locked(request: AppointmentRequest, actor: Actor) -> AppointmentRequest:
    """The row as it is now, held against other writers until the transaction ends.

    Raises WrongMove if something has happened since the actor looked: a colleague's action, or a second click.
    """
    locked = AppointmentRequest.objects.select_for_update(of=("self",)).select_related("office").get(pk=request.pk)
    if actor.seen is not None:
        last = locked.events.order_by("pk").last()
        if last and last.pk != actor.seen:
            raise WrongMove(
                _("Meanwhile: “%(event)s” (%(who)s). Look at the history, then do it again if it is still right.")
                % {"event": Event.Kind(last.kind).label, "who": _("you") if last.by == actor.user else last.doer}
            )
    locked.before_action = _work_of(locked)
    locked.acted_at = timezone.now()
    return locked


def _work_of(request: AppointmentRequest) -> dict[str, Any]:
    return {name: getattr(request, name) for name in WORK_FIELDS}


def _move(
    request: AppointmentRequest, actor: Actor, status: Status, *, only_from: Status | None = None
) -> AppointmentRequest:
    """The locked row, moved. Raises WrongMove with what it is now."""
    request = _locked(request, actor)
    if status not in MOVES[request.status] or only_from not in (None, request.status):
        raise WrongMove(
            _("This request is “%(now)s” by now, so it can’t become “%(wanted)s”.")
            % {"now": Status(request.status).label, "wanted": status.label}
        )
    if request.status == Status.PROPOSED:
        _withdraw_offer(request)
    request.status = status
    return request


def _finish(
    request: AppointmentRequest,
    actor: Actor,
    kind: Event.Kind,
    *,
    note: str = "",
    facts: dict[str, Any] | None = None,
    undoable: bool = True,
) -> None:
    """Write the changed row, its event and its audit entry. A step of the desk can be undone for a minute."""
    request.save(update_fields=WORK_FIELDS)
    now = _work_of(request)
    changed = {name: value for name, value in (request.before_action or {}).items() if value != now[name]}
    lost = any(isinstance(value, Unreadable) for value in changed.values())  # nobody could put it back
    Event.objects.create(
        request=request,
        kind=kind,
        at=request.acted_at,  # before the mails of this step, so that undoing it finds them
        by=actor.user,
        note=note,
        facts=facts or {},
        before={"work": changed} if actor.user and undoable and not lost else {},
    )
    _audit(request, actor, f"request {kind}")


def _audit(request: AppointmentRequest, actor: Actor, action: str) -> None:
    address = actor.address if actor.user else audit.connection_key(actor.address)
    audit.record(actor=actor.name, action=action, record=request.reference, office=request.office.slug, address=address)
