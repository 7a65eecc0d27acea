"""The audit is kept: the database refuses to change it, the command proves it whole, and only its years end it."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from clinic.management.commands import worker
from common import audit
from common.audit import pruning, verifying
from common.models import AuditEntry, AuditHead
from tests.conftest import unlocked_audit

LONG_AGO = datetime(2015, 3, 4, 12, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("trusted_clock")]


def write(*actions: str, at: datetime | None = None) -> list[AuditEntry]:
    """Entries of one moment, now or then."""
    with time_machine.travel(at or timezone.now(), tick=False):
        for action in actions:
            audit.record(actor="tess", action=action, record="GS-7K4M-39")
    return list(AuditEntry.objects.order_by("pk"))


def verify(**options: str) -> str:
    """What the command says."""
    said = StringIO()
    call_command("verify_audit", stdout=said, **options)
    return said.getvalue()


def mark_of(said: str) -> str:
    """The line to note down."""
    return re.search(r"\d+:[0-9a-f]{64}", said)[0]


# --- The database refuses ---


def test_database_refuses_to_change_an_entry():
    (entry,) = write("view")

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(actor="nobody")

    assert AuditEntry.objects.get().actor == "tess"


def test_database_refuses_to_delete_an_entry():
    write("view")

    with pytest.raises(IntegrityError, match="kept for six years"), transaction.atomic():
        AuditEntry.objects.all().delete()

    assert AuditEntry.objects.count() == 1


def test_database_refuses_to_delete_a_day_before_six_years_are_over():
    write("view", at=timezone.now() - timedelta(days=6 * 365))

    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.all().delete()


def test_database_lets_an_entry_go_after_six_years():
    write("view", at=timezone.now() - timedelta(days=6 * 366 + 1))

    AuditEntry.objects.all().delete()

    assert not AuditEntry.objects.exists()


def test_database_refuses_to_change_even_an_entry_of_seven_years():
    write("view", at=LONG_AGO)

    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.update(at=timezone.now())


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_database_refuses_to_empty_the_table():
    write("view")

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE appointments_auditentry")


def test_migrated_database_is_locked():
    assert audit.is_locked()


# --- The command proves ---


def test_command_tells_how_much_is_whole():
    write("view", "list", "search")

    said = verify()

    assert "Entries: 3 " in said
    assert "Whole." in said
    assert mark_of(said) == f"3:{AuditHead.objects.get().last_hash}"


def test_command_finds_the_empty_trail_whole():
    assert "Entries: 0 " in verify()


def test_command_finds_a_changed_entry():
    _first, second, _third = write("view", "list", "search")
    with unlocked_audit():
        AuditEntry.objects.filter(pk=second.pk).update(actor="nobody")

    with pytest.raises(CommandError, match=f"broken. Entry {second.pk} does not follow"):
        verify()


def test_command_finds_a_removed_entry():
    _first, second, third = write("view", "list", "search")
    with unlocked_audit():
        AuditEntry.objects.filter(pk=second.pk).delete()

    with pytest.raises(CommandError, match=f"Entry {third.pk} does not follow"):
        verify()


def test_command_finds_an_inserted_entry():
    *_others, last = write("view", "list", "search")
    forged = AuditEntry(at=last.at, actor="mona", action="view", previous_hash=last.hash, hash="f" * 64)
    AuditEntry.objects.bulk_create([forged])

    with pytest.raises(CommandError, match=f"Entry {forged.pk} does not follow"):
        verify()


def test_command_finds_the_end_cut_off():
    *_others, last = write("view", "list", "search")
    with unlocked_audit():
        AuditEntry.objects.filter(pk=last.pk).delete()

    with pytest.raises(CommandError, match="missing at the end"):
        verify()


def test_command_finds_a_head_that_was_changed():
    write("view", "list")
    AuditHead.objects.update(count=1)

    with pytest.raises(CommandError, match="head of the trail was changed"):
        verify()


def test_command_finds_a_head_that_was_removed():
    write("view", "list")
    AuditHead.objects.all().delete()

    with pytest.raises(CommandError, match="head of the trail is gone"):
        verify()


def test_command_finds_the_head_of_an_earlier_day():
    write("view")
    old_head = AuditHead.objects.values().get()
    write("list")
    AuditHead.objects.update(**old_head)

    with pytest.raises(CommandError, match="more entries than the head"):
        verify()


def test_command_finds_the_lock_lifted():
    write("view")
    with unlocked_audit(), pytest.raises(CommandError, match="triggers are missing"):
        verify()


def test_old_copy_put_back_passes_only_without_the_mark():
    write("view")
    old_head = AuditHead.objects.values().get()
    *_others, last = write("list")
    noted = mark_of(verify())
    with unlocked_audit():
        AuditEntry.objects.filter(pk=last.pk).delete()
    AuditHead.objects.update(**old_head)

    assert "Whole." in verify()
    with pytest.raises(CommandError, match="Entry number 2 is not the one in the mark"):
        verify(expect=noted)


def test_mark_of_an_earlier_day_still_holds():
    write("view", "list")
    noted = mark_of(verify())
    write("search")

    assert "Entries: 3 " in verify(expect=noted)


def test_mark_of_the_empty_trail_still_holds():
    noted = mark_of(verify())
    write("view")

    assert "Whole." in verify(expect=noted)


@pytest.mark.parametrize("mark", ["3", "3:abc", "x:" + "0" * 64])
def test_mark_that_is_none_is_refused(mark):
    with pytest.raises(CommandError, match="A mark is the number of entries"):
        verify(expect=mark)


def test_entry_written_while_the_command_reads_is_no_fault(monkeypatch):
    write("view", "list")
    read = verifying.entries_in_order

    def read_slowly(using):
        for number, entry in enumerate(read(using)):
            if number == 0:
                write("search")
            yield entry

    monkeypatch.setattr(verifying, "READ_ROWS", 1)
    monkeypatch.setattr(verifying, "entries_in_order", read_slowly)

    assert "Whole." in verify()


# --- Only its years end it ---


def test_prune_deletes_what_is_older_than_its_years():
    write("view", "list", at=LONG_AGO)
    *_old, young = write("search")

    assert audit.prune() == 2
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["search", "audit pruned"]
    assert AuditEntry.objects.filter(pk=young.pk).exists()


def test_chain_goes_on_after_pruning():
    write("view", "list", at=LONG_AGO)
    write("search")
    audit.prune()
    write("view")

    said = verify()

    assert "Entries: 3 (and 2 deleted" in said
    assert mark_of(said).startswith("5:")


def test_mark_from_before_the_pruning_still_holds():
    write("view", "list", at=LONG_AGO)
    write("search")
    noted = mark_of(verify())
    audit.prune()

    assert "Whole." in verify(expect=noted)


def test_mark_of_an_entry_long_pruned_says_so():
    write("view", at=LONG_AGO)
    noted = mark_of(verify())
    write("list", at=LONG_AGO)
    audit.prune()

    with pytest.raises(CommandError, match="too old to compare"):
        verify(expect=noted)


def test_first_entry_removed_after_pruning_is_found():
    write("view", at=LONG_AGO)
    write("list", "search")
    audit.prune()
    first = AuditEntry.objects.order_by("pk").first()
    with unlocked_audit():
        AuditEntry.objects.filter(pk=first.pk).delete()

    with pytest.raises(audit.Broken, match="does not follow"):
        audit.verify()


def test_pruned_mark_can_not_be_forged_without_the_key():
    first, *_others = write("view", "list")
    with unlocked_audit():
        AuditEntry.objects.filter(pk=first.pk).delete()
    AuditHead.objects.update(pruned_count=1, pruned_hash=first.hash)

    with pytest.raises(audit.Broken, match="head of the trail was changed"):
        audit.verify()


def test_prune_leaves_what_does_not_hang_together():
    first, second = write("view", "list", at=LONG_AGO)
    with unlocked_audit():
        AuditEntry.objects.filter(pk=second.pk).update(actor="nobody")

    with pytest.raises(CommandError, match="Nothing more is deleted"):
        call_command("prune_audit", stdout=StringIO())

    assert list(AuditEntry.objects.order_by("pk")) == [first, second]


def test_prune_leaves_old_entries_that_do_not_hang_together_under_a_whole_end():
    first, *_others = write("view", "list", at=LONG_AGO)
    write("search")
    with unlocked_audit():
        AuditEntry.objects.filter(pk=first.pk).update(actor="nobody")

    with pytest.raises(audit.Broken, match="does not follow"):
        audit.prune()

    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["view", "list", "search"]


@pytest.mark.parametrize("change", [{"count": 1}, {"last_hash": "0" * 64}, {"seal": ""}], ids=str)
def test_prune_deletes_nothing_under_a_head_that_was_changed(change):
    """What was done to the head must not be sealed anew by deleting."""
    write("view", "list", at=LONG_AGO)
    AuditHead.objects.update(**change)

    with pytest.raises(audit.Broken, match="head of the trail was changed"):
        audit.prune()

    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["view", "list"]


def test_prune_finds_nothing_more_on_the_same_day():
    write("view", at=LONG_AGO)
    audit.prune()

    assert audit.prune() == 0
    assert AuditEntry.objects.count() == 1  # the one that tells of the first time


def test_prune_keeps_as_many_years_as_the_setting_says(settings):
    write("view", at=timezone.now() - timedelta(days=7 * 366))
    settings.AUDIT_YEARS = 10

    assert audit.prune() == 0


@pytest.mark.parametrize(("days", "gone"), [(-1, 0), (1, 1)], ids=["a day before", "a day after"])
def test_prune_waits_until_the_years_of_the_setting_are_over(settings, days, gone):
    settings.AUDIT_YEARS = 8
    write("view", at=timezone.now() - timedelta(days=8 * 366 + days))

    assert audit.prune() == gone


def test_prune_takes_many_steps_for_many_entries(monkeypatch):
    monkeypatch.setattr(pruning, "PRUNE_ROWS", 2)
    write("view", "view", "view", "view", "view", at=LONG_AGO)
    said = StringIO()

    call_command("prune_audit", stdout=said)

    assert "5 audit entries deleted" in said.getvalue()
    audit.verify()


def test_worker_prunes():
    assert audit.prune in worker.JOBS


def test_site_does_not_start_with_fewer_years_than_the_law_asks_for(tmp_path):
    environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), "DEMO": "1", "AUDIT_YEARS": "5"}

    started = subprocess.run(
        [sys.executable, "-c", "import clinic.settings"], cwd=ROOT, env=environment, capture_output=True, text=True
    )

    assert "AUDIT_YEARS must be 6 or more" in started.stderr
