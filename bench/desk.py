"""How the front desk keeps up with a million requests: `python -m bench.desk [--rows N] [--postgres | --sqlite]`.

It makes 1,000 realistic requests in a new database, measures every page, makes the rest, and measures again; the table
shows queries, milliseconds and their ratio, which should stay below 1.3. PostgreSQL (a server of its own, see
tests/with_postgres.py) with 1,000,000 requests, or SQLite with 100,000. About ten minutes on a quiet machine, and about
8 GB in the temporary folder for a million.

Realistic: four years of requests, 99 % of them closed, each with its history, a mail and what it is searched by;
every ciphertext is a real one, drawn from pools. The audit is left out: it is never read whole by a page.
"""

import argparse
import hashlib
import io
import os
import random
import shutil
import signal
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from tests.with_postgres import cluster, leave

if TYPE_CHECKING:
    from django.db.models import Model

FEW = 1_000
LIMIT = 1.3
ELSEWHERE = 5_000_000  # more than there will be requests
VISITS_A_DAY = 6  # to come, however many requests there are: a day of an office is as long as it is
ROUNDS = 15
YEARS = 4
PEOPLE, STORIES = 20_000, 3_000
BATCH = 20_000  # requests made at a time
NULL = "\\N"  # as COPY writes it
FIRST = "Ada Ada Ada Ben Cleo Dan Eve Finn Gus Hal Ida Jon Kay Leo Mia Ned Ola Pam Quin Rae Sol Tia Uma Vic"
SYLLABLES = "an bel cor dan el far gol han in jor kel lin mor nor ol pel quin ros san tor ul van wel yor zim"
Lines = dict[str, list[str]]  # by table


@dataclass(frozen=True)
class Pools:
    """Texts to draw from, by column."""

    people: list[tuple[dict[str, str], list[int]]]  # columns of the person, search keys
    stories: list[dict[str, str]]
    texts: dict[str, str]
    offices: list[int]
    staff: list[int]


def make_pools(people_count: int = PEOPLE, story_count: int = STORIES) -> Pools:
    """Some seconds of digests."""
    from appointments import search_keys
    from appointments.models import AppointmentRequest, Office
    from common.models import User

    dice = random.Random(7)  # noqa: S311 the same data each time

    def pick(words: str) -> str:
        return dice.choice(words.split())

    people = []
    for number in range(people_count):
        name = f"{pick(FIRST)}{pick(SYLLABLES)} {pick(SYLLABLES).title()}{pick(SYLLABLES)}{pick(SYLLABLES)}"
        person = AppointmentRequest(
            reference="",
            patient_name=name,
            caller_name="",
            phone=f"+1732{2_000_000 + number * 37}",
            birth_date=date(1930, 1, 1) + timedelta(days=dice.randrange(30_000)),
            details="",
        )
        columns = {
            "person_key": str(search_keys.person_key(person.phone, name)),
            "visit_for": "me",
            "patient_name": name,
            "birth_date": person.birth_date.isoformat(),
            "caller_name": "",
            "caller_relation": "",
            "been_before": dice.choice(["yes", "no"]),
            "phone": person.phone,
            "email": f"patient{number}@example.com",
            "zip_code": f"{7001 + number % 1900:05}",
            "insurance": "",
        }
        people.append((columns, sorted(search_keys.keys_of(person))))
    stories = [make_story(dice, pick) for _number in range(story_count)]
    plain = {
        "empty": "{}",
        "list": "[]",
        "closed": '{"reason": "completed"}',
        "note": "Called back, will come with her daughter.",
        "received": '{"routing": {"office": "toms-river", "rule": "nearest", "miles": {}, "skipped": []}}',
        "booked": '{"booked_for": "2026-01-05T15:00:00+00:00"}',
        "rerouted": '{"from": "Toms River", "to": "Belleville"}',
    }
    return Pools(
        people,
        stories,
        plain,
        list(Office.objects.values_list("pk", flat=True)),
        list(User.objects.values_list("pk", flat=True)),
    )


def make_story(dice: random.Random, pick: Callable[[str], str]) -> dict[str, str]:
    """What is wrong, wished, and said about reaching them."""
    article = dice.choice(["", "", "heel-pain", "heel-pain", "bunions", "ingrown-toenail", "flat-feet"])
    office = dice.choice(["toms-river", "belleville"])
    return {
        "reason": pick("Bunion Heel Nail Arch Ankle") + " pain",
        "body_area": "",
        "source_article": article,
        "details": " ".join(pick(SYLLABLES) for _word in range(dice.randrange(4, 30))),
        "wishes": f'{{"days": ["{dice.randrange(5)}"], "time_of_day": "morning"}}',
        "contact": (
            '{"best_way": "call", "voicemail": "yes", "language": "en", "other_language": "", "interpreter": false}'
        ),
        "safety": '{"version": 1, "flags": []}',
        "routing": f'{{"office": "{office}", "rule": "nearest", "miles": {{"{office}": 4.2}}, "skipped": []}}',
    }


def tables() -> "list[type[Model]]":
    """What a request consists of in the database."""
    from appointments.models import AppointmentRequest, Event, Mail, SearchKey, Visit

    return [AppointmentRequest, Event, Mail, SearchKey, Visit]


def columns_of(model: "type[Model]") -> list[str]:
    """All of them, as the model has them."""
    return [field.column for field in model._meta.concrete_fields]


def line(model: "type[Model]", texts: dict[str, str], *row: object) -> str:
    """A row as COPY reads it, from its text by column; `row` is what its ciphertexts are bound to.

    Raises ValueError with the columns that only the model or only the bench knows.
    """
    from common.crypto import encrypt
    from common.encrypted_fields import EncryptedTextField

    if strange := sorted(texts.keys() ^ set(columns_of(model))):
        raise ValueError(f"{model._meta.label} and bench/desk.py differ in: {', '.join(strange)}")
    return "\t".join(
        encrypt(text, *field.place(row)) if text and isinstance(field, EncryptedTextField) else text
        for field in model._meta.concrete_fields
        for text in [texts[field.column]]
    )


def reference(number: int) -> str:
    """A different one for each number below 14 ** 6, which has no factor in common with 48,271."""
    from appointments.references import LENGTH, LETTERS, written

    rest, letters = number * 48_271 % len(LETTERS) ** LENGTH, ""
    for _place in range(LENGTH):
        rest, digit = divmod(rest, len(LETTERS))
        letters += LETTERS[digit]
    return written(letters)


def stamp(at: datetime | None) -> str:
    """As both databases take it: UTC without saying so."""
    return at.replace(tzinfo=None).isoformat(" ") if at else NULL


class Maker:
    """Makes requests with all that belongs to them, in batches of lines."""

    def __init__(self, pools: Pools) -> None:
        self.pools, self.dice = pools, random.Random(8)  # noqa: S311
        self.request = self.event = self.mail = self.key = self.visit = 0
        self.days_ahead = 21.0  # for which visits are booked
        self.taken: set[str] = set()  # references that were there before
        self.would_come_earlier = 20  # as many, however many requests there are

    def batches(self, count: int) -> Iterator[Lines]:
        """`count` requests: 99 of 100 closed, and enough open ones of each kind to fill a page."""
        waiting = {
            "new": max(count * 15 // 10_000, 160),
            "contacted": max(count // 1_000, 60),
            "proposed": max(count // 1_000, 60),
            "booked": max(count * 6 // 1_000, 120),
            "held": max(count // 20_000, 110),
        }
        self.days_ahead = waiting["booked"] / VISITS_A_DAY
        statuses = [status for status, number in waiting.items() for _number in range(number)]
        now = datetime.now(UTC)
        start, closed = now - timedelta(days=365 * YEARS), count - len(statuses)
        span = timedelta(days=365 * YEARS - 28) / max(closed, 1)
        lines: Lines = defaultdict(list)
        for number in range(count):
            if number < closed:
                self.make(lines, "closed", start + span * number, now)
            else:
                self.make(lines, statuses[number - closed], now - timedelta(hours=self.dice.random() * 20), now)
            if number % BATCH == BATCH - 1 or number == count - 1:
                yield lines
                lines = defaultdict(list)

    def make(self, lines: Lines, status: str, created: datetime, now: datetime) -> None:
        """One request."""
        from appointments.models import AppointmentRequest, Event, Mail, SearchKey, Visit

        def add(model: "type[Model]", columns: dict[str, str], *row: object) -> None:
            lines[model._meta.db_table].append(line(model, columns, *row))

        dice, texts = self.dice, self.pools.texts
        self.request += 1
        pk, ref = self.request, reference(self.request)
        if ref in self.taken:
            ref = reference(self.request + ELSEWHERE)
        office = dice.choice(self.pools.offices)
        person, keys = dice.choice(self.pools.people)
        minutes = int(dice.gammavariate(2, 70))
        called = created + timedelta(minutes=minutes) if status not in ("new", "held") else None
        booked = None
        if status in ("booked", "moving"):
            booked = now + timedelta(days=dice.random() * self.days_ahead - 1)  # some are to be settled
        closed_at = created + timedelta(days=1 + dice.random() * 18) if status == "closed" else None
        reason = dice.choices(("completed", "no_answer", "declined", "cancelled", "spam"), (70, 10, 8, 8, 4))[0]
        call_by = created + timedelta(hours=4) if status != "new" else now + timedelta(hours=dice.uniform(-1.5, 4.5))
        message = dice.random() < 0.1
        columns = {
            "id": str(pk),
            "kind": "message" if message else "visit",
            "reference": ref,
            "office_id": str(office),
            "channel": dice.choices(("web", "phone", "voicemail", "walk_in", "fax", "referral"), (40, 40, 8, 6, 3, 3))[
                0
            ],
            "status": status,
            "close_reason": reason if closed_at else "",
            "urgent": "1" if dice.random() < 0.06 else "0",
            "check_office": "0",
            "assigned_to_id": str(dice.choice(self.pools.staff)) if dice.random() < 0.1 else NULL,
            "needs_manager": "1" if status == "contacted" else "0",
            "duplicate_of_id": NULL,
            "held_because": "too fast" if status == "held" else "",
            "created_at": stamp(created),
            "call_by": stamp(call_by),
            "call_from": stamp(created),
            "call_after": NULL,
            "call_times": dice.choice("0001246"),
            "promised_by": stamp(created + timedelta(hours=28)),
            "opened_at": stamp(called or created),
            "first_called_at": stamp(called),
            "first_call_minutes": str(minutes) if called else NULL,
            "choose_by": stamp(now + timedelta(days=1)) if status == "proposed" else NULL,
            "booked_for": stamp(booked),
            "visit_kind_id": NULL,
            "visit_minutes": NULL,
            "visit_with": "",
            "visit_note": "",
            "wants_earlier": str(int(bool(booked) and self.would_come_earlier > 0)),
            "reminders": "",
            "coming_at": NULL,
            "missed": "0",
            "charted_at": NULL,
            "chart_number": "",
            "insurance_kind": "",
            "estimate_by": NULL,
            "news_at": stamp(now) if status == "booked" and dice.random() < 0.3 else NULL,
            "estimate_given_at": NULL,
            "network_told_at": NULL,
            "referred_by": "",
            "on_legal_hold": "0",
            "closed_at": stamp(closed_at),
            "language": "en",
            "draft_digest": hashlib.sha256(b"draft %d" % pk).hexdigest(),
            "link_digest": hashlib.sha256(b"link %d" % pk).hexdigest(),
            "link_number": "0",
            "wrong_facts": "0",
            "sender_key": str(dice.randrange(2**63)),
            "offered_times": texts["list"],
        }
        self.would_come_earlier -= int(columns["wants_earlier"])
        add(AppointmentRequest, {**columns, **person, **dice.choice(self.pools.stories)}, ref)
        steps: list[tuple[str, datetime, str, str]] = [("received", created, "", "received")]
        steps.append(("opened", created + timedelta(minutes=5), "", "empty"))
        if called:
            steps.append(("spoke", called, texts["note"], "empty"))
        if booked or (closed_at and reason == "completed"):
            steps.append(("booked", (called or created) + timedelta(minutes=3), "", "booked"))
        if closed_at:
            steps.append(("closed", closed_at, "", "closed"))
        if dice.random() < 0.02 and not message:
            steps.append(("rerouted", created + timedelta(minutes=9), texts["note"], "rerouted"))
        by = str(self.pools.staff[0])
        for kind, at, note, facts in steps:
            self.event += 1
            who = NULL if kind == "received" else by
            event = {
                "id": str(self.event),
                "request_id": str(pk),
                "kind": kind,
                "at": stamp(at),
                "by_id": who,
                "nonce": str(self.event),
                "note": note,
                "facts": texts[facts],
                "before": texts["empty"],
            }
            add(Event, event, pk, kind, self.event)
        self.mail += 1
        sent = stamp(created)
        mail = {
            "id": str(self.mail),
            "request_id": str(pk),
            "kind": "receipt",
            "office_id": str(office),
            "message_id": f"<{pk}@bench.example>",
            "created_at": sent,
            "due_at": sent,
            "tries": "1",
            "problem": "",
            "sent_at": sent,
            "deadline": NULL,
            "mark": "",
            "opened_at": NULL,
        }
        add(Mail, mail)
        if taken_at := booked or (closed_at if reason == "completed" else None):
            self.visit += 1
            visit = {
                "id": str(self.visit),
                "request_id": str(pk),
                "office_id": str(office),
                "starts_at": stamp(taken_at),
                "ends_at": stamp(taken_at + timedelta(minutes=30)),
                "state": "booked" if booked else "came",
                "until": NULL,
            }
            add(Visit, visit)
        for key in {*keys, *reference_keys(ref)}:
            self.key += 1
            add(SearchKey, {"id": str(self.key), "request_id": str(pk), "key": str(key)})


def reference_keys(ref: str) -> Iterator[int]:
    """What the reference alone is found by."""
    from appointments import search_keys

    letters = ref.replace("GS-", "").replace("-", "")
    return (search_keys._key("reference", letters[:length]) for length in range(4, 7))


# --- Into the database ---


def fill(maker: Maker, count: int) -> None:
    """Write them, quickly: PostgreSQL by COPY with its indexes made afterwards."""
    from django.core.management.color import no_style
    from django.db import connection

    from appointments import day_figures
    from appointments.models import AppointmentRequest
    from clinic.operations import sqlite_statistics
    from common.models import WorkerBeat

    maker.taken = set(AppointmentRequest.objects.values_list("reference", flat=True))
    for name, model in zip(("request", "event", "mail", "key", "visit"), tables(), strict=True):
        last = model._default_manager.order_by("pk").last()
        setattr(maker, name, last.pk if last else 0)
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor, without_indexes(cursor) if postgres and count > FEW else nullcontext():
        for lines in maker.batches(count):
            write(lines)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(statement)
        if postgres:
            cursor.execute("VACUUM ANALYZE")
    sqlite_statistics.refresh()  # as the worker does
    WorkerBeat.objects.update(figures_until=None)
    day_figures.count_touched()


def write(lines: Lines) -> None:
    """A batch."""
    from django.db import connection, transaction

    into = copy if connection.vendor == "postgresql" else insert
    with transaction.atomic(), connection.cursor() as cursor:
        for model in tables():
            into(cursor, model._meta.db_table, columns_of(model), lines[model._meta.db_table])


def copy(cursor: Any, table: str, columns: list[str], lines: list[str]) -> None:
    """PostgreSQL's way."""
    text = io.StringIO("\n".join(lines) + "\n")
    cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", text)


def insert(cursor: Any, table: str, columns: list[str], lines: list[str]) -> None:
    """SQLite's way."""
    places = ", ".join(["%s"] * len(columns))
    rows = [[None if value == NULL else value for value in line.split("\t")] for line in lines]
    cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)  # noqa: S608 our names


@contextmanager
def without_indexes(cursor: Any) -> Iterator[None]:
    """Drops what would be kept up row by row, and makes it again from the whole."""
    names = [model._meta.db_table for model in tables()]
    for setting in ("max_wal_size = '16GB'", "checkpoint_timeout = '30min'"):
        cursor.execute(f"ALTER SYSTEM SET {setting}")
    cursor.execute("SELECT pg_reload_conf()")
    cursor.execute("SET maintenance_work_mem = '1GB'")
    cursor.execute(
        "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid::regclass::text = ANY(%s) AND contype IN ('u', 'f') ORDER BY contype DESC",
        [names],
    )
    constraints = cursor.fetchall()
    for table, name, _definition in constraints:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    cursor.execute(
        "SELECT indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index "
        "WHERE indrelid::regclass::text = ANY(%s) AND NOT indisprimary",
        [names],
    )
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _name, definition in indexes:
        cursor.execute(definition)
    for table, name, definition in constraints:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


# --- Measuring ---


def plant() -> int:
    """Three requests of one person by the real way, one of them worked on; returns its number."""
    from appointments import actions
    from appointments.actions import Actor
    from appointments.models import Event, Mail
    from common.models import User

    made = []
    for number in range(3):
        about = {
            "visit_for": "me",
            "caller_name": "",
            "caller_relation": "",
            "patient_name": "Zelda Quickstep",
            "birth_date": "1954-09-14",
            "been_before": "no",
            "phone": "+17325550142",
            "email": "zelda@example.com",
            "zip_code": "08753",
        }
        visit = {"reason": "Heel pain", "details": "Since spring.", "office": "toms-river", "days": ["1"]}
        contact = {"best_way": "call", "voicemail": "yes", "language": "en", "other_language": "", "interpreter": False}
        answers = {
            "about_you": about,
            "visit": {**visit, "time_of_day": "any"},
            "contact": contact,
            "safety": {"version": 1, "flags": []},
        }
        made.append(actions.submit(draft_digest=f"bench {number}", answers=answers, language="en", actor=Actor()))
    actor = Actor(User.objects.get(username="bench"))
    actions.log_call(inquiry=made[0], actor=actor, outcome=Event.Kind.VOICEMAIL, note="Try after 5.")
    actions.add_note(inquiry=made[0], actor=actor, note="Her daughter called.")
    Mail.objects.filter(sent_at=None).update(sent_at=datetime.now(UTC), tries=1)
    return made[0].pk


def pages(client: Any, planted: int) -> dict[str, tuple[str, dict[str, str]]]:
    """What is opened, by name: its address, and what is sent there, if it is."""
    from appointments.models import AppointmentRequest

    desk = "/admin/appointments/appointmentrequest/"
    then = date.today() - timedelta(days=700)  # noqa: DTZ011
    found = {
        "list (needs a call)": desk,
        "list of one office": f"{desk}?office=toms-river",
        "list: may be called now": f"{desk}?now=on",
        "tab: waiting on patient": f"{desk}?tab=waiting",
        "tab: booked": f"{desk}?tab=booked",
        "tab: closed": f"{desk}?tab=closed",
        "tab: quarantine": f"{desk}?tab=quarantine",
        "tab: news": f"{desk}?tab=news",
        "tab: questions": f"{desk}?tab=questions",
        "closed, page 10": f"{desk}?tab=closed&page=10",
        "closed, of one office": f"{desk}?tab=closed&office=belleville",
        "closed, urgent only": f"{desk}?tab=closed&urgent=on",
        "closed, of long ago": f"{desk}?tab=closed&since={then - timedelta(days=400)}&until={then}",
        "closed, manager was asked (none)": f"{desk}?tab=closed&who=manager",
        "one request": f"{desk}{planted}/change/",
        "a day of an office": f"{desk}day/",
        "a week of an office": f"{desk}day/week/",
        "visits to settle": f"{desk}settle/",
        "new request": f"{desk}new/",
        "dashboard, 7 days": "/admin/dashboard/?days=7",
        "dashboard, 30 days": "/admin/dashboard/",
        "dashboard, 90 days": "/admin/dashboard/?days=90",
        "export, first page": f"{desk}export/?tab=closed",
    }
    known = AppointmentRequest.objects.get(pk=planted).reference
    for name, words in {
        "search: full name": "Zelda Quickstep",
        "search: part of a name": "quicks",
        "search: phone": "(732) 555-0142",
        "search: birth date": "9/14/1954",
        "search: reference": known,
        "search: frequent name part": "ada",
    }.items():
        found[name] = client.post(f"{desk}search/", {"words": words})["Location"]
    known_by = {"patient_name": "Zelda Quickstep", "phone": "(732) 555-0142", "look": "on"}
    return {
        **{name: (address, {}) for name, address in found.items()},
        "new request: who is it": (f"{desk}new/", known_by),
    }


@dataclass(frozen=True)
class Cost:
    """Of one answer: queries, median milliseconds by the clock, mean milliseconds of processor time."""

    queries: int
    clock: float
    work: float


def database_seconds(pid: int) -> float:
    """Processor time that PostgreSQL's process for our connection has taken; SQLite works in ours."""
    if not pid:
        return 0
    spent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")


def measure(planted: int) -> dict[str, Cost]:
    """What each page costs, by its name."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from common.models import User

    connection.close()
    connection.settings_dict["CONN_MAX_AGE"] = None  # one process of the database, whose work can be read
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid if connection.vendor == "postgresql" else 0
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.get(username="bench"))
    found = {}
    for name, (address, sent) in pages(client, planted).items():
        ask = partial(client.post if sent else client.get, address, sent)
        for _warm in range(3):
            answer = ask()
            if answer.status_code != 200:
                raise RuntimeError(f"{name}: {answer.status_code}")
        with CaptureQueriesContext(connection) as queries:
            ask()
        said = [query["sql"] for query in queries.captured_queries]  # the next request empties the log
        asked = sum(not sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) for sql in said)
        times, before = [], time.process_time() + database_seconds(pid)
        for _round in range(ROUNDS):
            started = time.perf_counter()
            ask()
            times.append((time.perf_counter() - started) * 1000)
        work = (time.process_time() + database_seconds(pid) - before) * 1000 / ROUNDS
        found[name] = Cost(asked, median(times), work)
    return found


def run(rows: int) -> None:
    """Set up, make, measure, make more, measure again, print."""
    import django
    from django.core.management import call_command

    django.setup()
    print("Preparing a database, and ciphertexts to draw from ...", flush=True)
    from django.contrib.auth.models import Group
    from django.db import connection

    from appointments.models import Office
    from common.models import User

    for command in ("migrate", "load_practice", "load_articles"):
        call_command(command, verbosity=0, stdout=io.StringIO())
    call_command("collectstatic", interactive=False, verbosity=0)
    user = User.objects.create_user("bench", is_staff=True)
    user.groups.add(Group.objects.get(name="Manager"))
    user.offices.set(Office.objects.all())
    Office.objects.update(notice_email="desk@clinic.example")
    maker = Maker(make_pools())
    planted = plant()
    results, started = [], time.perf_counter()
    for count in (FEW, rows - FEW):
        fill(maker, count)
        print(f"{count:,} requests made, {time.perf_counter() - started:.0f} s since the start", flush=True)
        results.append(measure(planted))
    show(f"{connection.vendor}, {FEW:,} and {rows:,} requests", *results)


def show(title: str, few: dict[str, Cost], many: dict[str, Cost]) -> None:
    """The table. On a busy machine the processor time is the steadier measure."""
    print(f"\n{title}: median ms of {ROUNDS} answers, and ms of processor time\n")
    print(f"{'':<34} {'queries':>8} {'few':>8} {'many':>8} {'ratio':>6} {'work few':>9} {'work many':>10} {'ratio':>6}")
    for name, now in many.items():
        then = few[name]
        asked = str(now.queries) if then.queries == now.queries else f"{then.queries}, {now.queries}"
        late = "" if now.work / then.work <= LIMIT else "  over"
        clock = f"{then.clock:>8.1f} {now.clock:>8.1f} {now.clock / then.clock:>6.2f}"
        work = f"{then.work:>9.1f} {now.work:>10.1f} {now.work / then.work:>6.2f}"
        print(f"{name:<34} {asked:>8} {clock} {work}{late}")


def main() -> None:
    """Read what is wanted, and provide a database."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, help="requests: 1,000,000 on PostgreSQL, 100,000 on SQLite")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--postgres", action="store_true", help="on PostgreSQL, which is the default")
    which.add_argument("--sqlite", action="store_true", help="on SQLite")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, leave)  # cleaning up on the way out
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="bench-"))
        stack.callback(shutil.rmtree, folder)
        os.environ.update({"DEMO": "1", "VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "clinic.settings"})
        os.environ["DATABASE_URL"] = (
            f"sqlite:///{folder / 'db.sqlite3'}" if arguments.sqlite else stack.enter_context(cluster(fast=True))
        )
        run(arguments.rows or (100_000 if arguments.sqlite else 1_000_000))


if __name__ == "__main__":
    main()
