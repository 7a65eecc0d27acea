"""Imports that were started in the browser: the worker does a few seconds of one at a time, between its other jobs.

A job that was interrupted begins again from the top; what is imported by then is known, and left as it is.
"""

import logging
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from django.utils.text import get_valid_filename

from articles.importing.drafts import Importer
from articles.importing.files import READABLE
from articles.importing.pictures import Pictures
from articles.importing.sources import Options, opened
from articles.importing.unpacking import NotUnpacked
from articles.models import ImportJob

SECONDS = 8  # at a time: mails wait no longer
KEPT_DAYS = 30  # files of a job that nobody finished
ENDINGS = {".xml", ".zip", *READABLE}
MOST_BYTES = 100_000_000  # of a file that is sent
Status = ImportJob.Status
log = logging.getLogger("articles.importing")
_running: dict[int, Iterator[int]] = {}  # the one that is being done, by its number


def keep_file(job: ImportJob, name: str, pieces: Iterator[bytes], *, media: bool = False) -> None:
    """In the job's folder, under a name that leads nowhere else."""
    folder = job.folder / ("media" if media else "sent")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / safe_name(name)).open("wb") as file:
        file.writelines(pieces)


def safe_name(name: str) -> str:
    """The last part of a file's name, in letters that every system takes."""
    path = Path(name.replace("\\", "/").rpartition("/")[2])
    stem = get_valid_filename(path.stem.strip(". ") or "file")[:80].strip(". ") or "file"
    return f"{stem}{path.suffix.lower()[:10]}"


def remove(job: ImportJob) -> None:
    """The job and its files; the drafts that it made stay."""
    _running.pop(job.pk, None)
    forget_files(job)
    job.delete()


def forget_files(job: ImportJob) -> None:
    """What was sent."""
    shutil.rmtree(job.folder, ignore_errors=True)


def step() -> None:
    """Some seconds of the job that waits longest."""
    job = ImportJob.objects.filter(status__in=ImportJob.WAITING).order_by("created_at", "pk").first()
    if job is None:
        _running.clear()
        return
    if job.status in (Status.TO_LOOK, Status.TO_IMPORT) or job.pk not in _running:
        _running.clear()
        looking = job.status in (Status.TO_LOOK, Status.LOOKING)
        _set(job, status=Status.LOOKING if looking else Status.IMPORTING, done=0)
        _running[job.pk] = _run(job)
    until = time.monotonic() + SECONDS
    try:
        for done in _running[job.pk]:
            if time.monotonic() > until:
                _set(job, done=done)
                return
    except NotUnpacked as problem:
        _fail(job, str(problem))
    except Exception:
        log.exception("An import stopped")
        _fail(job, "Something in it stopped the import. The log of the server says what.")
    _running.pop(job.pk, None)


def is_under_way() -> bool:
    """Whether an import waits for no more than its next turn."""
    return bool(_running)


def forget_old() -> None:
    """Files that nobody came back for."""
    for job in ImportJob.objects.filter(created_at__lt=timezone.now() - timedelta(days=KEPT_DAYS)):
        if not job.is_waiting:
            forget_files(job)
            if job.status in (Status.LOOKED, Status.FAILED):
                job.delete()


def _set(job: ImportJob, **values: object) -> None:
    """Only these: a person may have changed what is to be done in the meantime."""
    ImportJob.objects.filter(pk=job.pk).update(**values)


def _fail(job: ImportJob, why: str) -> None:
    _set(job, status=Status.FAILED, failure=why[:300])
    forget_files(job)


def _run(job: ImportJob) -> Iterator[int]:
    """All of a job, in handfuls: how many items are done."""
    keep = job.status not in (Status.TO_LOOK, Status.LOOKING)
    source, media = _file(job.folder / "sent"), _file(job.folder / "media")
    if source is None:
        raise NotUnpacked("its file is no longer there; send it again")
    options = Options(pages=job.pages, types=frozenset(job.types), comments=job.comments or not keep)
    with opened(source, media=media, options=options) as found:
        pictures = Pictures(found.media, keep=keep)
        importer = Importer(pictures, source=job.name, keep=keep, user=None, job=job if keep else None)
        yield from importer.work(found.items)
    report = importer.report
    data = {**report.as_data(), "pictures": len(pictures.kept)}
    if keep:
        _set(job, status=Status.DONE, report=data, done=report.items)
        forget_files(job)
    else:
        _set(job, status=Status.LOOKED, report=data, total=report.items, done=0, kinds=dict(report.kinds))


def _file(folder: Path) -> Path | None:
    return next((path for path in sorted(folder.glob("*")) if path.is_file()), None)
