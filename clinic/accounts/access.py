"""Who gets at patients' requests: given by one person, confirmed by a second, told to all managers.

A role at the front desk (DESK_GROUPS) and an office wait in `RightsWaiting` until somebody confirms them who had no
hand in it. What somebody loses, they lose at once. A password link, or another mail address for a reset, hands over an
account that no second factor protects: its rights wait again. So one person alone can neither make an account that sees
patients nor take one over.

In an emergency a manager gives a colleague another office at once, for some hours; all managers hear of it.

Every function writes into the audit and must be called inside a request, or with who does it.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.models import EmergencyAccess, Office, PracticeSettings, RightsWaiting
from clinic.accounts import sign_in_audit
from clinic.accounts.second_factor_secrets import has_second_factor
from clinic.accounts.sessions import end_sessions
from common import audit, staff_mail
from common.models import User
from common.times import moment

DESK_GROUPS = ("Front desk", "Manager", "Administrator")  # made by appointments' migrations
MAY_CONFIRM, MAY_GIVE_IN_EMERGENCY = "appointments.confirm_rights", "appointments.give_emergency_access"
EMERGENCY_HOURS = 24


class NotNow(Exception):
    """It can't be done; the text says why, to the person who tried."""


@transaction.atomic
def settle(*, person: User, groups: Iterable[Group], offices: Iterable[Office], by: User) -> None:
    """Make these all the roles and offices of this person: less at once, more of a desk's once it is confirmed."""
    groups, offices = set(groups), set(offices)
    has_groups, has_offices = set(person.groups.all()), set(standing_offices(person))
    person.groups.remove(*(has_groups - groups))
    person.offices.remove(*(has_offices - offices))
    person.groups.add(*(group for group in groups - has_groups if group.name not in DESK_GROUPS))
    wait_groups = {group for group in groups - has_groups if group.name in DESK_GROUPS}
    wait_offices = offices - has_offices
    waiting = RightsWaiting.objects.filter(user=person).first()
    new = [*(wait_groups - set(waiting.groups.all() if waiting else ()))]
    new_offices = [*(wait_offices - set(waiting.offices.all() if waiting else ()))]
    if new or new_offices:
        _wait(person, new, new_offices, by)
    waiting = RightsWaiting.objects.filter(user=person).first()
    if waiting:
        waiting.groups.set(wait_groups)
        waiting.offices.set(wait_offices)
        if not (wait_groups or wait_offices):
            waiting.delete()
    _open_desk(person)


@transaction.atomic
def suspend(*, person: User, by: User) -> None:
    """Somebody could take this account over, or has let it in again: what it sees of patients waits to be confirmed."""
    groups = list(person.groups.filter(name__in=DESK_GROUPS))
    offices = list(standing_offices(person))
    waiting = RightsWaiting.objects.filter(user=person).first()
    if waiting:
        waiting.hands.add(by)
    if groups:
        person.groups.remove(*groups)
        person.offices.remove(*offices)
        _wait(person, groups, offices, by)
        _open_desk(person)
        end_sessions(person)


@transaction.atomic
def confirm(*, person: User, by: User | None, reason: str = "") -> None:
    """Give what waits. `by` None: the operator, on the server. Raises NotNow."""
    waiting = RightsWaiting.objects.select_for_update().filter(user=person).first()
    if waiting is None:
        raise NotNow(_("Nothing of this account waits to be confirmed."))
    if by and (why_not := why_not_confirm(waiting, by)):
        raise NotNow(why_not)
    names = _names(waiting.groups.all(), waiting.offices.all())
    person.groups.add(*waiting.groups.all())
    EmergencyAccess.objects.filter(user=person, office__in=waiting.offices.all()).delete()
    person.offices.add(*waiting.offices.all())
    waiting.delete()
    _open_desk(person)
    who = by.get_username() if by else audit.operator()
    about = f"{person.get_username()}, {names}" + (f": {reason}" if reason else "")
    sign_in_audit.record("rights confirmed", actor=who, about=about)
    tell_managers(
        f"Account {person.get_username()}: rights confirmed",
        f"{who} has confirmed the rights of the account {person.get_username()}: {names}.",
    )


def why_not_confirm(waiting: RightsWaiting, by: User) -> str:
    """Why this person can't confirm these rights now; "" if they can."""
    person = waiting.user
    if not by.has_perm(MAY_CONFIRM):
        return _("A manager or an administrator confirms it.")
    if by == person:
        return _("Nobody confirms their own rights.")
    if waiting.hands.contains(by):
        return _("You had a hand in it yourself. Another manager or administrator confirms it.")
    if not person.is_active:
        return _("This account may not sign in.")
    if not person.has_usable_password():
        return _("They have to set their password first, by the link from an administrator.")
    if settings.MFA_REQUIRED and not has_second_factor(person):
        return _("They have to sign in and set up their second factor first.")
    return ""


@transaction.atomic
def give_in_emergency(*, person: User, office: Office, reason: str, by: User | None) -> EmergencyAccess:
    """The office's requests from now on, for EMERGENCY_HOURS. `by` None: the operator. Raises NotNow."""
    if by and not by.has_perm(MAY_GIVE_IN_EMERGENCY):
        raise NotNow(_("A manager gives access in an emergency."))
    if by == person:
        raise NotNow(_("Nobody gives it to themselves. Ask another manager, or the person who runs the server."))
    if not (person.is_active and person.has_perm("appointments.view_appointmentrequest")):
        raise NotNow(_("Only somebody who works at a front desk already can be given another office."))
    if standing_offices(person).filter(pk=office.pk).exists():
        raise NotNow(_("This person works for that office already."))
    who = by.get_username() if by else audit.operator()
    ends_at = timezone.now() + timedelta(hours=EMERGENCY_HOURS)
    access, _made = EmergencyAccess.objects.update_or_create(
        user=person, office=office, defaults={"given_by": who, "reason": reason, "ends_at": ends_at}
    )
    person.offices.add(office)
    about = f"{person.get_username()}, office {office.slug}: {reason}"
    sign_in_audit.record("emergency access to office", actor=who, about=about)
    tell_managers(
        f"Emergency access: {person.get_username()}",
        f"{who} has given the account {person.get_username()} the requests of the office {office.name} until "
        f"{moment(ends_at)}. Reason: {access.get_reason_display()}.",
    )
    return access


@transaction.atomic
def end_emergency(*, access: EmergencyAccess, by: User | None) -> None:
    """Before its time, or by the worker when that is over."""
    access.user.offices.remove(access.office)
    access.delete()
    sign_in_audit.record(
        "emergency access ended",
        actor=by.get_username() if by else "worker",
        about=f"{access.user.get_username()}, office {access.office.slug}",
    )


def end_over() -> int:
    """End the emergency access whose time is over: it counts no more already. Returns how many."""
    over = list(EmergencyAccess.objects.filter(ends_at__lte=timezone.now()).select_related("user", "office"))
    for access in over:
        end_emergency(access=access, by=None)
    return len(over)


def standing_offices(person: User) -> QuerySet[Office]:
    """The offices somebody works for good, without those of an emergency."""
    return Office.objects.filter(staff=person).exclude(emergencies__user=person)


def opens_by_password_alone(person: User) -> bool:
    """Whether who sets this account's password is in."""
    return not (settings.MFA_REQUIRED and has_second_factor(person))


def tell_managers(subject: str, text: str) -> None:
    """By mail, once the transaction is done. Names accounts and offices, never a patient."""
    managers = User.objects.filter(groups__name="Manager", is_active=True).exclude(email="")
    practice = PracticeSettings.objects.exclude(manager_email="").values_list("manager_email", flat=True)
    for address in sorted({*managers.values_list("email", flat=True), *practice}):
        staff_mail.queue(
            address,
            subject,
            f"{text}\n\nIf you did not expect this, look at it now: {settings.BASE_URL}/admin/access/\n",
        )


def _wait(person: User, groups: Iterable[Group], offices: Iterable[Office], by: User) -> None:
    waiting, _made = RightsWaiting.objects.get_or_create(user=person, defaults={"since": timezone.now()})
    waiting.groups.add(*groups)
    waiting.offices.add(*offices)
    waiting.hands.add(by)
    names = _names(groups, offices)
    about = f"{person.get_username()}, {names}"
    sign_in_audit.record("rights to be confirmed", actor=by.get_username(), about=about)
    tell_managers(
        f"Account {person.get_username()}: rights to be confirmed",
        f"{by.get_username()} has given the account {person.get_username()}: {names}. It has no access yet. "
        f"Speak to the person, then confirm it; {by.get_username()} can't.",
    )


def _names(groups: Iterable[Group], offices: Iterable[Office]) -> str:
    return ", ".join([*sorted(group.name for group in groups), *sorted(f"office {office.slug}" for office in offices)])


def _open_desk(person: User) -> None:
    """The desk opens by role, never by a tick of its own."""
    may = person.is_superuser or person.groups.filter(name__in=DESK_GROUPS).exists()
    if person.is_staff != may:
        person.is_staff = may
        person.save(update_fields=["is_staff"])
