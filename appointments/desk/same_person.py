"""What else has come from the same person, or with the same phone: earlier and later, open and closed."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from appointments import search_keys
from appointments.models import AppointmentRequest, RequestQuerySet, SearchKey, Status

MOST = 20  # the newest of them; the search finds the rest
MOST_ALIKE = 500  # looked at


@dataclass(frozen=True)
class Other:
    """Another inquiry, whether this reader may open it, and what it has to do with this one.

    name: whom it is for, where that may be somebody else.
    """

    inquiry: AppointmentRequest
    mine: bool
    words: str
    name: str


def others_of(inquiry: AppointmentRequest, visible: RequestQuerySet) -> list[Other]:
    """Newest first. Of other offices only what is surely the same person's: it is named, and leads nowhere. Three
    queries at most.

    A family has one phone, and twins one birth date: so each says what is the same, and nothing is taken for granted.
    """
    phone_keys = search_keys.phone_keys(inquiry.phone) if inquiry.phone else set()
    born_keys = search_keys.born_keys(inquiry.birth_date) if inquiry.birth_date else set()
    alike = _found(phone_keys | born_keys)
    phone, born = ({pk for key, pk in alike if key in keys} for keys in (phone_keys, born_keys))
    names = search_keys.name_keys(inquiry.patient_name)
    named = {pk for _key, pk in _found(names, among=born - phone)} if born - phone else set()
    bound = Q(duplicate_of=inquiry) | Q(pk=inquiry.duplicate_of_id or 0)  # not "or is NULL": SQLite would read it all
    if inquiry.person_key is not None:
        bound |= Q(person_key=inquiry.person_key) & ~Q(status=Status.HELD)
    mine = visible.filter(pk=OuterRef("pk"))
    found = AppointmentRequest.objects.filter(bound | Q(Exists(mine), pk__in=phone | named)).exclude(pk=inquiry.pk)
    found = found.select_related("office").annotate(mine=Exists(mine)).order_by("-pk")[:MOST]
    return [
        Other(
            other,
            mine=other.mine,  # type: ignore[attr-defined]
            words=_words(inquiry, other, same_phone=other.pk in phone, same_birth_date=other.pk in born),
            name=other.patient_name if other.mine and other.patient_name != inquiry.patient_name else "",  # type: ignore[attr-defined]
        )
        for other in found
    ]


def _found(keys: set[int], among: set[int] | None = None) -> list[tuple[int, int]]:
    """What has one of these keys, newest first: (key, number of the request)."""
    rows = SearchKey.objects.filter(key__in=keys)
    rows = rows if among is None else rows.filter(request__in=among)
    return list(rows.order_by("-request").values_list("key", "request")[:MOST_ALIKE])


def _words(inquiry: AppointmentRequest, other: AppointmentRequest, *, same_phone: bool, same_birth_date: bool) -> str:
    if other.pk == inquiry.duplicate_of_id:
        return _("This one is its duplicate")
    if other.duplicate_of_id == inquiry.pk:
        return _("A duplicate of this one")
    if inquiry.person_key is not None and other.person_key == inquiry.person_key:
        return _("Sent earlier by the same person") if other.pk < inquiry.pk else _("Sent later by the same person")
    if same_phone and same_birth_date:
        return _("Same phone and birth date")
    return _("Same phone") if same_phone else _("Same name and birth date")
