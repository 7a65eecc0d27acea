"""What is owed besides the call: the chart's entry, the estimate; and that nothing may be deleted."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from appointments.desk.presenters.facts import Fact
from appointments.desk.presenters.pills import Pill
from appointments.models import AppointmentRequest
from appointments.offices import facilities_of, plans_of
from appointments.offices.plans import is_fresh, named
from appointments.vocabulary import InsuranceKind
from common.encrypted_fields import Unreadable
from common.phones import phone_in_words
from common.times import NO_BREAK_SPACE, clock, day_in_list, local, recent


def owed(inquiry: AppointmentRequest, now: datetime) -> list[Pill]:
    """Pills for its page, the lists and the day."""
    pills = []
    if inquiry.visit_stands and inquiry.charted_at is None:
        pills.append(Pill(_("Not in the chart"), "due", "note"))
    if inquiry.estimate_is_owed and inquiry.estimate_by:
        late = inquiry.estimate_by < now
        words = _("Estimate was due by %(day)s") if late else _("Estimate due by %(day)s")
        day = day_in_list(local(inquiry.estimate_by).date())
        pills.append(Pill(words % {"day": day}, "late" if late else "soon", "clock"))
    if inquiry.on_legal_hold:
        pills.append(Pill(_("Legal hold"), "wait", "info"))
    return pills


def chart_fields(inquiry: AppointmentRequest) -> list[Fact]:
    """What a chart asks for, in its order, as one types it there; nine, for the nine digits."""
    born: Any = inquiry.birth_date
    visit = local(inquiry.booked_for) if inquiry.booked_for else None
    return [
        Fact(_("Name"), _plain(inquiry.patient_name)),
        Fact(_("Date of birth"), date_format(born, "m/d/Y") if born else "" if born is None else str(born)),
        Fact(_("Phone"), _plain(phone_in_words(inquiry.phone))),
        Fact(_("Email"), _plain(inquiry.email)),
        Fact(_("ZIP"), _plain(inquiry.zip_code)),
        Fact(_("Insurance"), InsuranceKind.in_words(inquiry.insurance_kind, inquiry.insurance)),
        Fact(_("Referred by"), _plain(inquiry.referred_by)),
        Fact(_("Main problem"), _plain(inquiry.reason)),
        Fact(_("Visit"), _plain(f"{visit:%m/%d/%Y} {clock(visit)}") if visit else ""),
    ]


def in_chart(inquiry: AppointmentRequest) -> str:
    """Since when, and under which number; "" if it is not."""
    if inquiry.charted_at is None:
        return ""
    if inquiry.chart_number == "":
        return _("In the chart since %(time)s, without a number") % {"time": recent(inquiry.charted_at)}
    words = _("In the chart since %(time)s, number %(number)s")
    return words % {"time": recent(inquiry.charted_at), "number": inquiry.chart_number}


class Network(NamedTuple):
    """Whether the office is in the network of a patient's plan (N.J.S.A. 26:2SS-5): in a few words, the sentence to say
    aloud, and since when the patient knows ("" if nobody has told them).
    """

    words: str
    say: str
    told: str


def network(inquiry: AppointmentRequest, today: date) -> Network | None:
    """None where no plan is used, or what is known can't be read. A name that only the patient typed is no plan yet."""
    kind, name = InsuranceKind.of(inquiry.insurance_kind), inquiry.insurance
    if isinstance(name, Unreadable) or (kind and kind.needs_estimate):
        return None
    told = _("Told: %(time)s") % {"time": recent(inquiry.network_told_at)} if inquiry.network_told_at else ""
    plans = plans_of(inquiry.office_id)
    plan = named(name, plans)
    if plan and plan.checked_on and is_fresh(plan.checked_on, today):
        checked = day_in_list(plan.checked_on)
        say = _("This office is in the network of %(plan)s. We last checked on %(day)s.")
        words = _("In network here, checked %(day)s") % {"day": checked}
        return Network(words, f"{say % {'plan': plan.name, 'day': checked}}{_places(inquiry.office_id)}", told)
    if name and (plan or not plans):
        words = _("On the list, but not checked lately") if plan else _("This office has no list of plans yet")
        say = _("We have to ask %(plan)s whether we are in its network. We will call you back before the visit.")
        return Network(_("%(why)s: ask the insurer first") % {"why": words}, say % {"plan": name}, told)
    if name and kind == InsuranceKind.PLAN:
        say = _(
            "We are not in the network of %(plan)s at this office. A visit may cost you more than at an office that "
            "is, and what is above your usual share is yours to pay. You can ask us for the amount or an estimate "
            "in writing, with the billing codes. Please ask your insurance company what it pays."
        )
        return Network(_("Not on this office’s list"), f"{say % {'plan': name}}{_places(inquiry.office_id)}", told)
    words = _("Typed by the patient, and not on the list: write down who pays first") if name else _("Plan not known")
    say = _(
        "What does your insurance card say as the name of the plan? If you can’t find it: please ask your insurance "
        "company, before the visit, whether we are in its network."
    )
    return Network(words, say, told)


def _places(office: int) -> str:
    """Where else its podiatrists treat patients: a sentence to say, too; "" if that is not told."""
    places = "; ".join(f"{place.name}, {place.city}" for place in facilities_of(office))
    return " " + _("Our podiatrists here also treat patients at %(places)s.") % {"places": places} if places else ""


def estimate(inquiry: AppointmentRequest) -> str:
    """How it stands with the good-faith estimate, in a sentence; "" where none is owed."""
    kind = InsuranceKind.of(inquiry.insurance_kind)
    if inquiry.estimate_given_at:
        return _("Estimate given: %(time)s.") % {"time": recent(inquiry.estimate_given_at)}
    if kind is None or not kind.needs_estimate:
        return ""
    if inquiry.estimate_is_owed:
        return _("The law asks for a good-faith estimate of the charges.")
    if inquiry.visit_stands:
        return _("Booked too shortly before the visit for an estimate to be owed: give one if the patient asks.")
    return _("A good-faith estimate of the charges may be owed once a visit is booked.")


def _plain(value: str) -> str:
    """As it is typed."""
    return str(value).replace(NO_BREAK_SPACE, " ")
