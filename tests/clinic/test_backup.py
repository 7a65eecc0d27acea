"""Backups through the commands, on real sites: whole while others write, sealed, and put back only when proved."""

import io
import re
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest

from tests.clinic.conftest import ON_POSTGRES, ROOT, Site

pytestmark = pytest.mark.slow

OTHER_KEY = "other-key-0123456789-abcdefghijklmnopqrstuvwxyz"
# What a request is made of: its number of "received" events, notices and receipts, and entries in the audit.
REQUESTS = """{
    request.reference: [
        request.patient_name,
        request.details,
        request.events.filter(kind="received").count(),
        request.mails.filter(kind="office_notice").count(),
        request.mails.filter(kind="receipt").count(),
        AuditEntry.objects.filter(record=request.reference, action="request sent").count(),
        [event.note for event in request.events.filter(kind="note")],
        AuditEntry.objects.filter(record=request.reference, action="request note").count(),
    ]
    for request in AppointmentRequest.objects.all()
}"""


@pytest.fixture(scope="module")
def key(tmp_path_factory) -> Path:
    """The practice's private key, its public one in the file's first line."""
    path = tmp_path_factory.mktemp("safe") / "key.txt"
    identity = pyrage.x25519.Identity.generate()
    path.write_text(f"# public key: {identity.to_public()}\n{identity}\n")
    return path


@pytest.fixture(scope="module")
def public(key) -> str:
    """The server knows this one."""
    return key.read_text().split()[3]


@pytest.fixture(scope="module")
def site(make_site, public) -> Site:
    """A site with a few requests and a picture. Tests only read it."""
    site = make_site(BACKUP_PUBLIC_KEYS=public)
    with site.busy(threads=1) as busy:
        busy.wait_for(6)
    picture = site.folder / "media/original_images/foot.png"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"\x89PNG a foot")
    return site


@pytest.fixture(scope="module")
def requests(site) -> dict[str, list]:
    """Its requests."""
    return site.ask(REQUESTS)


@pytest.fixture(scope="module")
def backup(site, tmp_path_factory) -> tuple[str, bytes]:
    """What the command said, and what it wrote."""
    path = tmp_path_factory.mktemp("backups") / "site.backup.age"
    said = site.manage("backup", str(path))
    assert path.stat().st_mode & 0o777 == 0o600
    return said, path.read_bytes()


@pytest.fixture
def saved(backup, tmp_path) -> Path:
    """The site's backup."""
    path = tmp_path / "site.backup.age"
    path.write_bytes(backup[1])
    return path


@pytest.fixture
def empty(make_site, public) -> Site:
    """Where nothing is yet."""
    return make_site(empty=True, BACKUP_PUBLIC_KEYS=public)


@pytest.fixture(scope="module")
def restored(make_site, public, backup, key, tmp_path_factory) -> Site:
    """The backup, in an empty place. Tests only read it."""
    empty = make_site(empty=True, BACKUP_PUBLIC_KEYS=public)
    path = tmp_path_factory.mktemp("backups") / "site.backup.age"
    path.write_bytes(backup[1])
    assert "The audit trail is whole." in empty.manage("restore", str(path), "--key", str(key))
    return empty


# --- There and back ---


def test_restored_site_is_the_one_backed_up(restored, requests):
    assert len(requests) >= 3
    assert restored.ask(REQUESTS) == requests
    assert (restored.folder / "media/original_images/foot.png").read_bytes() == b"\x89PNG a foot"


def test_restore_leaves_nothing_beside_it(restored):
    assert [path.name for path in restored.folder.iterdir() if path.name.startswith(("restore-", "backup-"))] == []


def test_backup_and_restore_stand_in_the_audit(restored):
    told = restored.ask("list(AuditEntry.objects.order_by('pk').values_list('action', flat=True))")

    assert told[-2:] == ["backup", "restore"]


def test_backup_that_is_finished_stands_in_the_audit_of_the_site(site, backup):
    finished = site.ask("list(AuditEntry.objects.filter(action='backup finished').values_list('record', flat=True))")

    assert "site.backup.age" in finished


def test_mark_printed_by_the_backup_holds_after_the_restore(restored, backup):
    mark = re.search(r"\d+:[0-9a-f]{64}", backup[0])[0]

    assert "Whole." in restored.manage("verify_audit", "--expect", mark)


def test_backup_is_tried_where_nothing_is_changed_but_the_audit(make_site, public, saved, key):
    site = make_site(BACKUP_PUBLIC_KEYS=public)
    entries = "list(AuditEntry.objects.values_list('action', flat=True))"
    before = site.ask(entries)

    said = site.manage("restore", str(saved), "--key", str(key), "--try")

    assert "It can be restored" in said
    assert site.ask(f"[{entries}, AppointmentRequest.objects.count()]") == [[*before, "restore tried"], 0]
    assert not [path.name for path in site.folder.iterdir() if "before" in path.name]


def test_backup_that_could_not_be_restored_is_found_out_by_trying(make_site, saved, key):
    site = make_site(FIELD_KEYS=f"1:{OTHER_KEY}")

    done = site.run("restore", str(saved), "--key", str(key), "--try")

    assert done.returncode != 0
    assert "FIELD_KEYS" in done.stderr


def test_nobody_is_signed_in_after_a_restore(make_site, public, tmp_path, empty, key):
    site = make_site(BACKUP_PUBLIC_KEYS=public)
    site.ask("__import__('importlib').import_module('django.contrib.sessions.backends.db').SessionStore().create()")
    site.manage("backup", str(tmp_path / "b.age"))

    empty.manage("restore", str(tmp_path / "b.age"), "--key", str(key))

    sessions = "__import__('django.contrib.sessions.models', fromlist=['x']).Session.objects.count()"
    assert (site.ask(sessions), empty.ask(sessions)) == (1, 0)


def test_backup_of_an_earlier_version_is_migrated(make_site, public, key, empty, tmp_path):
    site = make_site(BACKUP_PUBLIC_KEYS=public)
    site.manage("migrate", "articles", "0004", "-v0")
    site.manage("backup", str(tmp_path / "old.age"))

    said = empty.manage("restore", str(tmp_path / "old.age"), "--key", str(key))

    assert "earlier version: migrating" in said
    assert empty.run("migrate", "--check").returncode == 0


def test_backup_taken_while_others_write_is_whole(make_site, public, key, empty, tmp_path):
    site = make_site(BACKUP_PUBLIC_KEYS=public)
    with site.busy(threads=4) as busy:
        before = busy.wait_for(60)
        site.manage("backup", str(tmp_path / "busy.age"))
        busy.wait_for(60)

    empty.manage("restore", str(tmp_path / "busy.age"), "--key", str(key))

    restored, there = empty.ask(REQUESTS), site.ask(REQUESTS)
    for line in before:
        reference, _, noted = line.partition(" ")
        assert reference in restored, "a request confirmed before the backup began is lost"
        assert not noted or restored[reference][6], "a note written before the backup began is lost"
    for reference, (name, details, received, notices, receipts, sent, notes, noted) in restored.items():
        assert (received, notices, receipts, sent) == (1, 1, 1, 1), f"{reference} is there by half"
        assert len(notes) == noted
        assert [name, details] == there[reference][:2]
    assert len(restored) < len(there), "nobody wrote after the backup: the test is idle"
    with empty.busy(threads=2) as busy:
        busy.wait_for(8)
    assert "Whole." in empty.manage("verify_audit"), "the restored site does not go on"


# --- What is there stays ---


def test_restore_replaces_and_keeps_what_was_there(make_site, saved, requests, key, public):
    other = make_site(BACKUP_PUBLIC_KEYS=public)
    (other.folder / "media").mkdir()
    (other.folder / "media/old.png").write_bytes(b"old")

    said = other.manage("restore", str(saved), "--key", str(key), "--replace")

    kept = [line.rpartition(" ")[2] for line in said.splitlines() if "is kept" in line]
    assert other.ask(REQUESTS) == requests
    assert (Path(kept[1]) / "old.png").read_bytes() == b"old"
    if ON_POSTGRES:
        other.database = kept[0]
    else:
        other.settings["DATABASE_URL"] = f"sqlite:///{kept[0]}"
    assert other.ask("[Office.objects.count(), AppointmentRequest.objects.count()]") == [2, 0]


# --- What is refused ---

HARM: dict[str, Callable[[bytes], bytes]] = {
    "half of it": lambda data: data[: len(data) // 2],
    "a byte short": lambda data: data[:-1],
    "header only": lambda data: data[:100],
    "empty": lambda data: b"",
    "a bit turned": lambda data: data[:50_000] + bytes([data[50_000] ^ 1]) + data[50_001:],
    "the last bit turned": lambda data: data[:-1] + bytes([data[-1] ^ 1]),
    "longer": lambda data: data + b"more",
    "another file": lambda data: b"not a backup at all",
}
NO_KEYS = {"empty file": "", "other text": "hello", "damaged key": "AGE-SECRET-KEY-1AAAA"}


def repack(data: bytes, key: Path, change: Callable[[str, bytes], bytes]) -> bytes:
    """What anybody can write who knows the public key, here with the contents before them, too."""
    identity = pyrage.x25519.Identity.from_str(key.read_text().split()[-1])
    packed = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(data, [identity]))) as old,
        tarfile.open(fileobj=packed, mode="w:gz") as new,
    ):
        for entry in old:
            contents = change(entry.name, old.extractfile(entry).read())
            entry.size = len(contents)
            new.addfile(entry, io.BytesIO(contents))
    return pyrage.encrypt(packed.getvalue(), [identity.to_public()])


@pytest.fixture(scope="module")
def refused(make_site, public, backup, key, tmp_path_factory) -> dict[str, tuple[str, bool]]:
    """What an empty site answers to backups and keys that won't do, and whether it was left as it was."""
    folder = tmp_path_factory.mktemp("refused")
    attempts: dict[str, tuple[list[str], dict[str, str]]] = {}

    def attempt(name: str, sealed: bytes = backup[1], secret: str = key.read_text(), **settings: str) -> None:
        file, secret_file = folder / f"{len(attempts)}.age", folder / f"{len(attempts)}.txt"
        file.write_bytes(sealed)
        secret_file.write_text(secret)
        attempts[name] = (["restore", str(file), "--key", str(secret_file)], settings)

    for name, harm in HARM.items():
        attempt(name, harm(backup[1]))
    for name, text in NO_KEYS.items():
        attempt(name, secret=text)
    attempt("wrong private key", secret=str(pyrage.x25519.Identity.generate()))
    attempt("other digest key", DIGEST_KEY=OTHER_KEY)
    attempt("other field key", FIELD_KEYS=f"1:{OTHER_KEY}")
    attempt("missing field key", FIELD_KEYS=f"2:{OTHER_KEY}")
    attempt(
        "forged manifest",
        repack(
            backup[1], key, lambda name, data: data.replace(b'"django"', b'"Django"') if "manifest" in name else data
        ),
    )
    attempt("changed picture", repack(backup[1], key, lambda name, data: data + b"x" * name.endswith(".png")))
    attempts["no backup"] = (["restore", "/nowhere/at/all.age", "--key", str(key)], {})
    return make_site(empty=True).attempt(attempts)


@pytest.mark.parametrize("harm", HARM)
def test_damaged_backup_is_refused(refused, harm):
    complaint, unchanged = refused[harm]

    assert "damaged or cut short" in complaint
    assert unchanged


@pytest.mark.parametrize("text", NO_KEYS)
def test_file_without_a_private_key_is_refused(refused, text):
    complaint, unchanged = refused[text]

    assert "private key" in complaint
    assert unchanged


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("wrong private key", "the key is not one it was made for"),
        ("other digest key", "DIGEST_KEY is not the one"),
        ("other field key", "FIELD_KEYS does not open this backup"),
        ("missing field key", "FIELD_KEYS does not open this backup"),
        ("forged manifest", "not made by this site"),
        ("changed picture", "its parts are not those of its manifest"),
        ("no backup", "No such file"),
    ],
)
def test_restore_refuses_before_anything_is_touched(refused, name, reason):
    complaint, unchanged = refused[name]

    assert reason in complaint
    assert "Harold" not in complaint
    assert unchanged


@pytest.fixture(scope="module")
def complaints(site, backup, key, tmp_path_factory) -> dict[str, tuple[str, bool]]:
    """What the site answers to commands that won't do."""
    folder = tmp_path_factory.mktemp("complaints")
    (folder / "there.age").write_bytes(backup[1])
    new = str(folder / "new.age")
    return site.attempt(
        {
            "in use": (["restore", str(folder / "there.age"), "--key", str(key)], {}),
            "no public key": (["backup", new], {"BACKUP_PUBLIC_KEYS": []}),
            "damaged public key": (["backup", new], {"BACKUP_PUBLIC_KEYS": ["age1nonsense"]}),
            "file there": (["backup", str(folder / "there.age")], {}),
            "no folder": (["backup", "/nowhere/at/all.age"], {}),
            "key there": (["backup", "--make-key", str(key)], {}),
            "nothing named": (["backup"], {}),
        }
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("in use", "There is a database"),
        ("no public key", "backup --make-key FILE"),
        ("damaged public key", "no age public key"),
        ("file there", "is there already"),
        ("no folder", "No such file"),
        ("key there", "File exists"),
        ("nothing named", "Name a file or a folder"),
    ],
)
def test_command_says_what_is_missing(complaints, name, reason):
    complaint, _unchanged = complaints[name]

    assert reason in complaint


def test_restore_touches_nothing_of_a_site_in_use(complaints):
    assert complaints["in use"][1]


@pytest.mark.skipif(not ON_POSTGRES, reason="SQLite needs no program")
def test_backup_says_which_package_brings_pg_dump(make_site, public, tmp_path):
    site = make_site(BACKUP_PUBLIC_KEYS=public, PATH="/nowhere")

    done = site.run("backup", str(tmp_path / "b.age"))

    assert "apt install postgresql-client-" in done.stderr


# --- The file and the keys ---


def test_backup_shows_nothing_of_the_data_and_no_key(backup):
    sealed = backup[1]

    assert not any(text in sealed for text in (b"Harold", b"toms-river", b"manifest", b"field-key", b"SQLite"))


def test_backup_holds_no_key_of_the_server(site, saved, key):
    identity = pyrage.x25519.Identity.from_str(key.read_text().split()[-1])
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(saved.read_bytes(), [identity]))) as plain:
        contents = b"".join(plain.extractfile(entry).read() for entry in plain)

    assert not any(site.environment[name].encode() in contents for name in ("SECRET_KEY", "FIELD_KEYS", "DIGEST_KEY"))


def test_backup_leaves_no_plain_copy(site, saved):
    assert [path.name for path in site.folder.iterdir() if path.name.startswith("backup-")] == []


def test_folder_keeps_as_many_backups_as_asked(site, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in ("01", "02", "03"):
        (folder / f"clinic-202601{day}T000000Z.backup.age").write_text("older")
    (folder / "something-else.age").write_text("not ours")

    site.manage("backup", str(folder), "--keep", "2")

    names = sorted(path.name for path in folder.iterdir())
    assert names[0] == "clinic-20260103T000000Z.backup.age"
    assert names[-1] == "something-else.age"
    assert len(names) == 3


def test_new_key_opens_what_is_sealed_to_it(site, tmp_path):
    said = site.manage("backup", "--make-key", str(tmp_path / "new.txt"))

    public = said.split()[0].removeprefix("BACKUP_PUBLIC_KEYS=")
    private = pyrage.x25519.Identity.from_str((tmp_path / "new.txt").read_text().split()[-1])
    assert str(private.to_public()) == public
    assert (tmp_path / "new.txt").stat().st_mode & 0o777 == 0o600


def test_backup_stopped_by_a_full_disk_leaves_nothing(site, tmp_path):
    limited = ["/bin/sh", "-c", 'ulimit -f 40; exec "$@"', "sh", sys.executable, "manage.py"]
    command = [*limited, "backup", str(tmp_path / "b.age")]

    done = subprocess.run(command, env=site.environment, cwd=ROOT, capture_output=True, text=True)

    assert "No backup was made" in done.stderr
    assert not list(tmp_path.glob("b.age*"))
    assert [path.name for path in site.folder.iterdir() if path.name.startswith("backup-")] == []


# --- What a backup says of itself, and the way out ---


DAMAGED = "AppointmentRequest.objects.filter(pk=1).update(phone=fields.Ciphertext('v2.1.' + 'A' * 60))"


@pytest.fixture
def troubled(make_site, public) -> Site:
    """A site with a trail that is not what was written, and a value that nobody can read."""
    site = make_site(BACKUP_PUBLIC_KEYS=public)
    with site.busy(threads=1) as busy:
        busy.wait_for(3)
    site.ask("AuditHead.objects.update(seal='0' * 64)")
    site.ask(DAMAGED)
    return site


def test_backup_says_that_it_has_verified_what_it_took(backup):
    assert "Verified: its audit trail is whole, and every value in it can be read." in backup[0]


def test_backup_says_that_it_has_not_verified(site, tmp_path):
    done = site.run("backup", str(tmp_path / "quick.age"), "--unverified")

    assert done.returncode == 0
    assert "Nobody has verified what is in it" in done.stderr
    assert "Verified" not in done.stdout


def test_troubled_site_is_backed_up_says_so_and_has_a_way_back(troubled, empty, key, tmp_path):
    path = tmp_path / "troubled.age"

    done = troubled.run("backup", str(path))

    assert done.returncode == 0, done.stderr
    assert "Its audit trail is broken" in done.stderr
    assert "Values in it that can't be read: 1: appointments.AppointmentRequest 1, phone." in done.stderr

    refused = empty.run("restore", str(path), "--key", str(key))
    assert refused.returncode == 1
    assert "What the backup says of itself: Its audit trail is broken" in refused.stderr
    assert "--audit-broken REASON" in refused.stderr

    said = empty.manage("restore", str(path), "--key", str(key), "--audit-broken", "the only one there is")
    assert "Can't be read, and stays as it is: appointments.AppointmentRequest 1, phone" in said
    assert "The audit trail was broken" in said
    actions = empty.ask("list(AuditEntry.objects.order_by('pk').values_list('action', 'record'))")
    assert any("restored all the same: the only one there is" in record for _action, record in actions)
    assert "the only one there is" in empty.manage("verify_audit")


def test_restore_says_how_many_requests_came_in_since(make_site, public, key, tmp_path):
    site = make_site(BACKUP_PUBLIC_KEYS=public)
    path = tmp_path / "early.age"
    site.manage("backup", str(path))
    time.sleep(1.1)  # the backup knows its moment to the second
    with site.busy(threads=1) as busy:
        busy.wait_for(3)
    newer = site.ask("AppointmentRequest.objects.count()")

    done = site.run("restore", str(path), "--key", str(key), "--replace")

    assert done.returncode == 0, done.stderr
    assert f"{newer} requests came in after this backup was made." in done.stderr


def test_backup_of_a_later_version_is_refused(make_site, public, key, empty, tmp_path):
    site, path = make_site(BACKUP_PUBLIC_KEYS=public), tmp_path / "later.age"
    later = "__import__('django.db.migrations.recorder', fromlist=['x']).MigrationRecorder.Migration.objects"
    site.ask(f"{later}.create(app='appointments', name='9999_of_a_later_version').pk")
    site.manage("backup", str(path))

    done = empty.run("restore", str(path), "--key", str(key))

    assert done.returncode == 1
    assert "newer version of this software: install that one first" in done.stderr
    assert empty.ask("__import__('django.db').db.connection.introspection.table_names()") == []
