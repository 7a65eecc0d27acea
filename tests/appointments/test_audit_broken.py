"""A trail that was cut by hand stays broken, however much is written afterwards, until somebody answers for it."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from common import audit
from common.audit import trail
from common.models import AuditEntry, AuditHead, User
from tests.conftest import AUDIT_BEGINS, AUDIT_LOCK, unlocked_audit

pytestmark = pytest.mark.django_db


def write(*actions: str) -> None:
    for action in actions:
        audit.record(actor="tess", action=action, record="GS-7K4M-39")


def verify(**options: str) -> str:
    said = StringIO()
    call_command("verify_audit", stdout=said, **options)
    return said.getvalue()


def delete(*pks: int) -> None:
    with unlocked_audit():
        AuditEntry.objects.filter(pk__in=pks).delete()


def pks() -> list[int]:
    return list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))


def drop_the_last_two_and_fit_the_head() -> None:
    delete(*pks()[-2:])
    last = AuditEntry.objects.order_by("pk").last()
    AuditHead.objects.update(count=3, last_hash=last.hash)


def drop_the_last_two() -> None:
    delete(*pks()[-2:])


def drop_all() -> None:
    delete(*pks())


def drop_all_and_empty_the_head() -> None:
    delete(*pks())
    AuditHead.objects.update(count=0, last_hash="")


def drop_all_and_the_head() -> None:
    delete(*pks())
    AuditHead.objects.all().delete()


def drop_the_head() -> None:
    AuditHead.objects.all().delete()


def change_an_entry() -> None:
    with unlocked_audit():
        AuditEntry.objects.filter(pk=pks()[1]).update(actor="nobody")


def change_the_newest_entry() -> None:
    with unlocked_audit():
        AuditEntry.objects.filter(pk=pks()[-1]).update(actor="nobody")


def drop_one_in_the_middle() -> None:
    delete(pks()[2])


def put_in_a_forged_entry() -> None:
    last = AuditEntry.objects.order_by("pk").last()
    AuditEntry.objects.bulk_create(
        [AuditEntry(at=last.at, actor="mona", action="view", previous_hash=last.hash, hash="f" * 64)]
    )


def put_in_a_forged_entry_and_fit_the_head() -> None:
    put_in_a_forged_entry()
    AuditHead.objects.update(count=6, last_hash="f" * 64)


def turn_the_length_back() -> None:
    AuditHead.objects.update(count=1)


def say_that_the_first_was_pruned() -> None:
    first = AuditEntry.objects.order_by("pk").first()
    delete(first.pk)
    AuditHead.objects.update(pruned_count=1, pruned_hash=first.hash)


WAYS = [
    drop_the_last_two_and_fit_the_head,
    drop_the_last_two,
    drop_all,
    drop_all_and_empty_the_head,
    drop_all_and_the_head,
    drop_the_head,
    change_an_entry,
    change_the_newest_entry,
    drop_one_in_the_middle,
    put_in_a_forged_entry,
    put_in_a_forged_entry_and_fit_the_head,
    turn_the_length_back,
    say_that_the_first_was_pruned,
]
cut_in_each_way = pytest.mark.parametrize("cut", WAYS, ids=lambda way: way.__name__)


@cut_in_each_way
def test_trail_that_was_cut_is_broken(cut):
    write("view", "list", "search", "view", "list")

    cut()

    with pytest.raises(audit.Broken):
        audit.verify()


@cut_in_each_way
def test_trail_that_was_cut_stays_broken_when_more_is_written(cut):
    write("view", "list", "search", "view", "list")
    cut()

    write("view", "search")

    with pytest.raises(audit.Broken):
        audit.verify()
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")][-2:] == ["view", "search"]


@pytest.mark.parametrize(
    "cut",
    [way for way in WAYS if way not in (change_an_entry, drop_one_in_the_middle)],
    ids=lambda way: way.__name__,
)
def test_whatever_is_wrong_at_the_end_is_written_down_by_the_next_entry(cut):
    write("view", "list", "search", "view", "list")
    cut()

    write("view")

    assert AuditEntry.objects.filter(action="audit broken").count() == 1


@cut_in_each_way
def test_incident_is_closed_once_and_for_all(cut):
    write("view", "list", "search", "view", "list")
    cut()
    write("view")

    call_command("close_audit_incident", reason="disk fault, ticket 12", stdout=StringIO())
    write("search")

    said = verify()
    assert "disk fault, ticket 12 (operator " in said
    assert "Whole since entry " in said


@cut_in_each_way
def test_more_damage_after_an_incident_was_closed_is_a_new_one(cut):
    write("view", "list", "search", "view", "list")
    cut()
    write("view", "list")
    audit.close_incident(actor="operator olivia", reason="seen")
    write("view")

    with unlocked_audit():  # of the entries before the one that closed the incident
        AuditEntry.objects.filter(pk=pks()[-4]).update(actor="nobody")

    with pytest.raises(audit.Broken, match=r"does not follow|found broken"):
        audit.verify()


def test_head_of_an_earlier_day_stays_found_when_more_is_written():
    write("view")
    old_head = AuditHead.objects.values().get()
    write("list")
    AuditHead.objects.update(**old_head)

    write("view")

    with pytest.raises(audit.Broken, match="The newest entry is not the last that was written"):
        audit.verify()


def test_whatever_is_deleted_before_a_closed_incident_is_found():
    write("view", "list", "search")
    drop_the_head()
    write("view")
    audit.close_incident(actor="operator olivia", reason="seen")
    audit.verify()

    for taken in (1, 2, 3):  # the head's loss is the only fault, and stays so
        delete(*pks()[:1])
        with pytest.raises(audit.Broken):
            audit.verify()
        assert AuditEntry.objects.filter(action="audit broken").exists(), taken


def test_incident_is_closed_only_by_who_has_the_key():
    write("view", "list", "search")
    drop_the_last_two()
    write("view")
    last = AuditEntry.objects.order_by("pk").last()
    forged = AuditEntry(
        at=last.at, actor="operator", action="audit incident closed", previous_hash=last.hash, hash="f" * 64
    )
    AuditEntry.objects.bulk_create([forged])

    with pytest.raises(audit.Broken):
        audit.verify()


def test_what_was_found_and_what_the_head_said_is_written_down():
    write("view", "list", "search")
    AuditHead.objects.update(count=77)

    write("view")

    entry = AuditEntry.objects.get(action="audit broken")
    assert entry.actor == "audit"
    assert entry.record.startswith("The head of the trail was changed; it said 77:")


def test_break_is_written_down_once():
    write("view", "list")
    drop_the_head()

    write("view", "list", "search")

    assert AuditEntry.objects.filter(action="audit broken").count() == 1


def test_break_is_logged_as_an_error(caplog):
    write("view", "list")
    drop_the_head()

    write("view")

    assert "The audit trail was found broken" in caplog.text
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_closing_a_whole_trail_is_refused_and_writes_nothing():
    write("view")

    with pytest.raises(CommandError, match="is whole"):
        call_command("close_audit_incident", reason="to be sure", stdout=StringIO())

    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201], ids=["none", "blank", "long"])
def test_incident_is_not_closed_without_a_reason(reason):
    write("view")
    drop_the_head()

    with pytest.raises(CommandError, match="Give a reason"):
        call_command("close_audit_incident", reason=reason, stdout=StringIO())

    with pytest.raises(audit.Broken):
        audit.verify()


def test_closing_finds_what_nobody_had_written_down_yet():
    write("view", "list")
    drop_all_and_the_head()
    said = StringIO()

    call_command("close_audit_incident", reason="seen", stdout=said)

    assert "The head of the trail is gone" in said.getvalue()
    audit.verify()


def test_wrong_key_for_a_while_is_found_and_no_dead_end(settings):
    write("view", "list")
    key, settings.DIGEST_KEY = settings.DIGEST_KEY, "a-mistyped-key-0123456789-abcdefghijklmnopqrstuvwxyz"
    write("view", "list")
    settings.DIGEST_KEY = key
    write("search")
    with pytest.raises(audit.Broken):
        audit.verify()

    audit.close_incident(actor="operator olivia", reason="mistyped key")

    assert [audit.reason_of(entry) for entry in audit.verify().closed] == ["mistyped key"]


def test_closing_puts_the_lock_back_that_was_lifted():
    write("view")
    with connection.cursor() as cursor:
        for statement in AUDIT_LOCK.UNLOCK[connection.vendor]:
            cursor.execute(statement)

    call_command("close_audit_incident", reason="seen", stdout=StringIO())

    assert "Whole." in verify()
    assert AuditEntry.objects.get(action="audit locked again").record == "seen"


def test_pruning_stops_at_a_head_that_was_changed_without_the_key(trusted_clock):
    write("view")
    long_ago = timezone.now() - timedelta(days=7 * 366)
    with unlocked_audit():
        AuditEntry.objects.update(at=long_ago)
    entry = AuditEntry.objects.get()
    entry.hash = trail.hash_of(entry)
    with unlocked_audit():
        AuditEntry.objects.update(hash=entry.hash)
    AuditHead.objects.update(last_hash=entry.hash)  # but not its seal

    with pytest.raises(audit.Broken, match="head of the trail was changed"):
        audit.prune()

    assert AuditEntry.objects.count() == 1


def test_record_of_a_whole_trail_costs_one_query_more_than_writing(django_assert_num_queries):
    write("view")

    with django_assert_num_queries(6):  # savepoint, head, newest entry, entry, head, savepoint
        write("list")


# --- The beginning ---


def test_new_database_has_a_trail_without_entries():
    assert audit.verify().entries == 0


def test_trail_of_a_used_database_is_not_begun_again(django_user_model):
    User.objects.bulk_create([User(username="tess")])
    drop_all_and_the_head()

    AUDIT_BEGINS.begin(_Apps(), _Editor())

    assert not AuditHead.objects.exists()


def test_trail_of_a_new_database_is_begun():
    with patch("clinic.accounts.sign_in_audit.record"):
        User.objects.all().delete()
    AuditHead.objects.all().delete()

    AUDIT_BEGINS.begin(_Apps(), _Editor())

    assert audit.verify().entries == 0


class _Apps:
    """The models as they are."""

    get_model: Callable = staticmethod(__import__("django.apps", fromlist=["apps"]).apps.get_model)


class _Editor:
    """A schema editor, as far as the migration asks for it."""

    class connection:
        alias = "default"
