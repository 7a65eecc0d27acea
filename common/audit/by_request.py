"""Entries for what somebody who is signed in does or looks at."""

from collections.abc import Iterable

from django.http import HttpRequest

from common.audit import trail
from common.client import client_address
from common.models import AuditEntry

LONGEST_RECORD: int = AuditEntry._meta.get_field("record").max_length or 0


def record_by(request: HttpRequest, *, action: str, record: str = "", office: str = "") -> None:
    """Append an entry: who sends this request did it, from where."""
    trail.record(
        actor=request.user.get_username(),
        action=action,
        record=record,
        office=office,
        address=client_address(request),
    )


def in_records(references: Iterable[str]) -> list[str]:
    """The references, as many in one record as it takes."""
    records: list[str] = []
    for reference in references:
        if records and len(longer := f"{records[-1]}, {reference}") <= LONGEST_RECORD:
            records[-1] = longer
        else:
            records.append(reference)
    return records
