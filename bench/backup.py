"""How long a backup and a restore take: `python -m bench.backup [REQUESTS]` makes that many (100,000) and prints both.

Each request comes with two events, two mails and three entries in the audit, as one that was called back and booked.
The measure is 72 hours, in which the proposed HIPAA Security Rule (90 FR 898) wants a practice working again. It makes
a site of its own in a temporary folder: about 2 GB for 100,000; DATABASE_URL may name an empty PostgreSQL database.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BATCH = 1_000
PATIENTS = 500  # different ones
HOURS_ALLOWED = 72


def main() -> None:
    """Make, back up, restore, print."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update({"DEMO": "1", "VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "clinic.settings"})
        key = Path(folder) / "private-key.txt"
        os.environ["BACKUP_PUBLIC_KEYS"] = manage("backup", "--make-key", str(key)).split()[0].partition("=")[2]
        print(f"Making {wanted:,} requests ...", flush=True)
        manage("migrate", "-v0")
        manage("load_practice", "-v0")
        make_requests(wanted)
        file = Path(folder) / "site.backup.age"
        for name, command in (
            ("backup", ("backup", str(file))),
            ("restore", ("restore", str(file), "--key", str(key), "--replace")),
        ):
            started = time.monotonic()
            manage(*command)
            seconds = time.monotonic() - started
            print(
                f"{name:<8} {seconds:8.1f} s   {HOURS_ALLOWED * 3600 / seconds:10,.0f} times in {HOURS_ALLOWED} hours"
            )
        print(f"file     {file.stat().st_size / 1e6:8.1f} MB")


def manage(*arguments: str) -> str:
    """What a command of the site says; stops with its complaint."""
    done = subprocess.run([sys.executable, ROOT / "manage.py", *arguments], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


def make_requests(wanted: int) -> None:
    """Straight into the tables, with an audit that verifies."""
    import django

    django.setup()
    from django.db import transaction
    from django.utils import timezone

    from appointments.models import AppointmentRequest, Event, Mail, Office
    from common.audit import trail
    from common.models import AuditEntry, AuditHead

    office = Office.objects.all()[0]
    now = timezone.now()

    def request(number: int) -> AppointmentRequest:
        patient = number % PATIENTS
        return AppointmentRequest(
            reference=f"GS-{number:06d}",
            office=office,
            created_at=now - timedelta(minutes=5 * (wanted - number)),
            call_by=now,
            promised_by=now,
            draft_digest=secrets.token_hex(32),
            visit_for="me",
            patient_name=f"Sample Patient {patient}",
            birth_date="1954-09-14",
            been_before="no",
            phone=f"+1732555{patient:04d}",
            email=f"patient{patient}@example.com",
            zip_code="08753",
            reason="Heel pain",
            details=f"{patient}: the left heel hurts with the first steps in the morning. " * 3,
            wishes={"days": ["1", "3"], "time_of_day": "morning"},
            contact={"best_way": "call", "voicemail": "yes", "language": "en"},
            safety={"version": 1, "flags": []},
            routing={"office": office.slug, "rule": "nearest", "miles": {}, "skipped": []},
        )

    def of_each(
        rows: list[AppointmentRequest], make: Callable[[AppointmentRequest, int], Any], times: int
    ) -> Iterator[Any]:
        return (make(row, turn) for row in rows for turn in range(times))

    with transaction.atomic():
        head = AuditHead.objects.get_or_create(pk=1)[0]
        for start in range(0, wanted, BATCH):
            rows = AppointmentRequest.objects.bulk_create(map(request, range(start, min(start + BATCH, wanted))))
            Event.objects.bulk_create(
                of_each(rows, lambda row, turn: Event(request=row, kind=("received", "spoke")[turn], at=now), 2)
            )
            Mail.objects.bulk_create(
                of_each(
                    rows,
                    lambda row, turn: Mail(
                        request=row,
                        kind=("office_notice", "receipt")[turn],
                        office=office,
                        message_id=secrets.token_hex(20),
                        created_at=now,
                        due_at=now,
                        sent_at=now,
                    ),
                    2,
                )
            )
            entries = []
            for row in rows:
                for action in ("request sent", "view", "request spoke"):
                    entry = AuditEntry(
                        at=now,
                        actor="desk",
                        action=action,
                        record=row.reference,
                        office=office.slug,
                        previous_hash=head.last_hash,
                    )
                    head.last_hash = entry.hash = trail.hash_of(entry)
                    head.count += 1
                    entries.append(entry)
            AuditEntry.objects.bulk_create(entries)
        head.seal = trail.seal_of(head)
        head.save()


if __name__ == "__main__":
    main()
