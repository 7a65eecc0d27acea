"""What each public page showed at any moment, kept by content: an unchanged part of a page is kept once.

A page is cut between lines, at places that its own words settle: a change moves no other cut, so a publish keeps a part
or two, some kB at most. That a page looks as it did last week again ("closed now") is a row of some bytes.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from common.models import PageBody, PagePart, PageShown

LINES = 8  # of a part, on average
DIGEST_BYTES = 16


@dataclass(frozen=True)
class AsShown:
    """A page as it stood: from when on, and until when (None: still)."""

    html: bytes
    digest: str
    since: datetime
    until: datetime | None


def digest_of(data: bytes) -> str:
    return blake2b(data, digest_size=DIGEST_BYTES).hexdigest()


def cut(body: bytes) -> Iterator[bytes]:
    """The parts of a page; joined they are the page."""
    part: list[bytes] = []
    for line in body.splitlines(keepends=True):
        part.append(line)
        if zlib.crc32(line) % LINES == 0:
            yield b"".join(part)
            part = []
    if part:
        yield b"".join(part)


@transaction.atomic
def keep(path: str, body: bytes, at: datetime) -> bool:
    """Write down that a page shows this from now on. False if it did already."""
    digest = digest_of(body)
    last = PageShown.objects.filter(path=path).order_by("-shown_from", "-pk").first()
    if last and last.body_id == digest:
        return False
    if not PageBody.objects.filter(pk=digest).exists():
        parts = {digest_of(part): part for part in cut(body)}
        known = set(PagePart.objects.filter(pk__in=parts).values_list("pk", flat=True))
        new = [PagePart(digest=name, data=zlib.compress(part)) for name, part in parts.items() if name not in known]
        PagePart.objects.bulk_create(new, ignore_conflicts=True)
        order = "".join(digest_of(part) for part in cut(body))
        PageBody.objects.bulk_create([PageBody(digest=digest, parts=order)], ignore_conflicts=True)
    PageShown.objects.create(path=path, body_id=digest, shown_from=at)
    return True


def shown(path: str, at: datetime) -> AsShown | None:
    """The page as it stood at a moment; None if nothing was kept of it by then."""
    rows = PageShown.objects.filter(path=path)
    row = rows.filter(shown_from__lte=at).select_related("body").order_by("-shown_from", "-pk").first()
    if row is None:
        return None
    following = rows.filter(shown_from__gt=row.shown_from).order_by("shown_from").first()
    order = _parts_of(row.body)
    data = {part.pk: zlib.decompress(bytes(part.data)) for part in PagePart.objects.filter(pk__in=set(order))}
    html = b"".join(data[name] for name in order)
    return AsShown(html, row.body_id, row.shown_from, following.shown_from if following else None)


def is_kept(path: str, at: datetime) -> bool:
    """Whether something was kept of a page by then."""
    return PageShown.objects.filter(path=path, shown_from__lte=at).exists()


def paths() -> list[str]:
    """The pages of which something is kept."""
    return list(PageShown.objects.order_by("path").values_list("path", flat=True).distinct())


def _parts_of(body: PageBody) -> list[str]:
    size = 2 * DIGEST_BYTES
    return [body.parts[place : place + size] for place in range(0, len(body.parts), size)]


@transaction.atomic
def forget_old() -> int:
    """Delete what was replaced more than PAGES_KEPT_DAYS ago. Returns how many rows."""
    limit = timezone.now() - timedelta(days=settings.PAGES_KEPT_DAYS)
    gone = []
    for path in PageShown.objects.filter(shown_from__lt=limit).values_list("path", flat=True).distinct().order_by():
        old = PageShown.objects.filter(path=path, shown_from__lt=limit).order_by("-shown_from", "-pk")
        gone += list(old.values_list("pk", flat=True)[1:])  # the newest of them was still shown then
    if gone:
        PageShown.objects.filter(pk__in=gone).delete()
        PageBody.objects.exclude(pk__in=PageShown.objects.values("body")).delete()
        needed = {name for body in PageBody.objects.all() for name in _parts_of(body)}
        unneeded = set(PagePart.objects.values_list("pk", flat=True)) - needed
        for name in unneeded:
            PagePart.objects.filter(pk=name).delete()
    return len(gone)
