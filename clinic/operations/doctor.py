"""Is this installation right? Each thing that can be wrong is looked at, and what to do is said in one sentence.

`manage.py doctor` asks all of it; the first-day checklist shows what of it a page can look at (`for_checklist`). To
have another thing looked at, write a function that yields findings, and put it into one of the tables.
"""

import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import checks
from django.core.cache import cache
from django.core.mail import EmailMessage, get_connection
from django.db import Error, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.offices import directory, somebody_takes
from clinic import __version__
from clinic.operations import alarms, as_seen, keys, schema
from clinic.operations.plain_reasons import in_words
from common import audit, clock, known_keys
from common.models import AuditEntry, User
from common.times import moment

BACKUP_EVERY = timedelta(days=1)
RESTORE_EVERY = timedelta(days=400)  # once a year, and some weeks
LEAST_FREE_BYTES = 1_000_000_000
LEAST_CERTIFICATE_DAYS = 10  # those of Let's Encrypt are renewed at 30
MOST_FILES = 50_000
ZONE_DEGREES = 22.5  # zones are 15 degrees wide, and their borders crooked
NO_ZONES = {"UTC", "GMT", "Etc/UTC", "Etc/GMT"}
PINS = Path("requirements.txt")


@dataclass(frozen=True)
class Finding:
    """`words` say how it is, or, if that is wrong, what to do. `right` is None for what can't be told from here."""

    about: str
    words: str
    right: bool | None = True


Look = Callable[[], Iterator[tuple[str, bool | None]]]


# --- What needs no database ---


def settings_fit() -> Iterator[tuple[str, bool | None]]:
    """Whether Django's checks for production find nothing. They say of a demonstration that it is one."""
    if settings.DEMO:
        return
    found = [
        message
        for message in checks.run_checks(include_deployment_checks=True)
        if message.is_serious(checks.WARNING) and not message.is_silenced()
    ]
    for message in found:
        yield f"{message.msg} {message.hint or ''}".strip(), False
    if not found:
        yield _("nothing is missing"), True


def demonstration() -> Iterator[tuple[str, bool | None]]:
    """Real patients need a real installation."""
    if settings.DEMO:
        yield _("this is a demonstration: take DEMO away before real patients use the site"), False
    else:
        yield _("this is a real installation, not a demonstration (DEMO)"), True


def operator() -> Iterator[tuple[str, bool | None]]:
    """Somebody hears of errors."""
    if settings.OPERATOR_EMAIL or settings.OPERATOR_WEBHOOK:
        yield _("errors, alarms and the audit’s mark have somebody who hears of them"), True
    else:
        yield (
            _("name who hears of errors, and gets the audit’s mark once a day (OPERATOR_EMAIL, OPERATOR_WEBHOOK)"),
            False,
        )


def files() -> Iterator[tuple[str, bool | None]]:
    """The folder of what the site writes is there, takes files, and is closed to others."""
    folder = Path(settings.VAR_DIR)
    where = {"folder": folder}
    if not folder.is_dir():
        yield _("make the folder %(folder)s (VAR_DIR), owned by the site’s user") % where, False
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield _("give %(folder)s (VAR_DIR) to the site’s user: nothing can be written there") % where, False
        return
    if folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield _("close %(folder)s to other users of this machine: chmod 700 %(folder)s") % where, False
    else:
        yield _("%(folder)s is closed to other users of this machine") % where, True


def owners() -> Iterator[tuple[str, bool | None]]:
    """Whoever runs a command as root leaves files that the site can't write."""
    folder = Path(settings.VAR_DIR)
    if not folder.is_dir():
        return
    owner = folder.stat().st_uid
    if os.geteuid() != owner:
        words = _("run commands as the owner of %(folder)s, user number %(number)d: what they make is theirs, too")
        yield words % {"folder": folder, "number": owner}, False
        return
    for place in _strangers(folder, owner):
        words = _("%(place)s belongs to another user, who once ran a command here: chown it to the site’s user")
        yield words % {"place": place}, False
        return
    yield _("what the site has written is its own"), True


def _strangers(folder: Path, owner: int) -> Iterator[str]:
    seen = 0
    for place, _folders, names in os.walk(folder):
        for path in (place, *(f"{place}/{name}" for name in names)):
            seen += 1
            if seen > MOST_FILES:
                return
            try:
                if os.lstat(path).st_uid != owner:
                    yield path
            except FileNotFoundError:  # gone meanwhile
                continue


def static_files() -> Iterator[tuple[str, bool | None]]:
    """Without them pages come without style, or not at all."""
    if (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        yield _("style and scripts are collected"), True
    else:
        yield _("run “manage.py collectstatic --noinput”: style and scripts are missing"), False


def disk() -> Iterator[tuple[str, bool | None]]:
    """Room for what patients send."""
    folder = Path(settings.VAR_DIR)
    try:
        free = shutil.disk_usage(folder).free
    except OSError:  # `files` tells of it
        return
    shown = {"free": f"{free / 1e9:,.1f}", "folder": folder}
    if free < LEAST_FREE_BYTES:
        yield _("make room on the disk of %(folder)s: %(free)s GB are free") % shown, False
    else:
        yield _("%(free)s GB are free on the disk of %(folder)s") % shown, True


def packages() -> Iterator[tuple[str, bool | None]]:
    """The packages are those that were tested together."""
    pinned = re.findall(r"^([\w.-]+)(?:\[\w+\])?==([^\s;\\]+)", (settings.BASE_DIR / PINS).read_text(), re.MULTILINE)
    wrong = []
    for name, wanted in pinned:
        try:
            there = version(name)
        except PackageNotFoundError:
            there = _("missing")
        if there != wanted:
            wrong.append(f"{name} {there}, {wanted}")
    if wrong:
        words = _("run “pip install --require-hashes -r requirements.txt”; installed and wanted: %(wrong)s")
        yield words % {"wrong": "; ".join(wrong[:5])}, False
    else:
        yield _("version %(version)s, with the packages that it was tested with") % {"version": __version__}, True


# --- What the database knows ---


def database() -> Iterator[tuple[str, bool | None]]:
    """It answers, and over a network nobody can listen."""
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if connection.vendor == "postgresql" and not _is_near() and not _has_tls():
        yield _("end DATABASE_URL with ?sslmode=verify-full: what passes between here and there is in clear"), False
    yield _("%(name)s answers") % {"name": connection.display_name}, True


def _is_near() -> bool:
    host = connection.settings_dict.get("OPTIONS", {}).get("host") or connection.settings_dict["HOST"]
    return not host or host.startswith("/") or host in ("localhost", "127.0.0.1", "::1")


def _has_tls() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        row = cursor.fetchone()
    return bool(row and row[0])


def writes() -> Iterator[tuple[str, bool | None]]:
    """It takes what patients send."""
    try:
        cache.set("doctor", 1)
    except Error as problem:
        words = _("see why the database takes no writes (a full disk, a standby server?): %(why)s")
        yield words % {"why": in_words(problem)}, False
    else:
        yield _("the database takes writes"), True


def tables() -> Iterator[tuple[str, bool | None]]:
    """They are those of this version of the code."""
    missing, later = schema.differences()
    if later:
        named = {"names": ", ".join(sorted(f"{app} {name}" for app, name in later)[:5])}
        yield _("install the newer version that the database is of: it has had %(names)s") % named, False
    if missing:
        named = {"names": ", ".join(sorted(f"{app} {name}" for app, name in missing)[:5])}
        yield _("run “manage.py migrate”, with web server and worker stopped: missing are %(names)s") % named, False
    if not (missing or later):
        yield _("the tables are those of this version"), True


def keys_fit() -> Iterator[tuple[str, bool | None]]:
    """They are those that the database was written with."""
    found = keys.problems()
    for words in found:
        yield _("put back the right key: %(problem)s") % {"problem": words}, False
    if not found:
        yield _("the database was written with %(keys)s") % {"keys": ", ".join(known_keys.wanted())}, True


def clock_right() -> Iterator[tuple[str, bool | None]]:
    """As far as the database's times tell."""
    trouble = clock.trouble()
    yield trouble or _("the clock says %(now)s") % {"now": moment(timezone.now())}, not trouble


def time_zone() -> Iterator[tuple[str, bool | None]]:
    """It is that of the offices, whose place on the globe is known."""
    zone = {"zone": settings.TIME_ZONE}
    if settings.TIME_ZONE in NO_ZONES:
        yield _("set TIME_ZONE to the one of the offices: %(zone)s is no practice’s") % zone, False
        return
    now = timezone.now().astimezone(ZoneInfo(settings.TIME_ZONE))
    offset = (now.utcoffset() or timedelta()) - (now.dst() or timedelta())
    degrees = offset.total_seconds() / 3600 * 15
    for office in directory():
        if abs(office.longitude - degrees) > ZONE_DEGREES:
            words = _("set TIME_ZONE to the one of %(office)s: %(zone)s is far from there")
            yield words % {**zone, "office": office.name}, False
            return
    yield _("offices live by %(zone)s") % zone, True


def worker() -> Iterator[tuple[str, bool | None]]:
    """It runs; without it no mail goes out."""
    late, _told = alarms.standing()
    if late:
        yield _("keep the worker running: it has not been heard of for five minutes, and no mail goes out"), False
    else:
        yield _("the worker runs"), True


def standing_alarms() -> Iterator[tuple[str, bool | None]]:
    """What the worker has found and nobody has mended."""
    _late, told = alarms.standing()
    for text in dict.fromkeys(text for _name, text in told):
        yield text, False
    if not told:
        yield _("none stands"), True


def backup_keys() -> Iterator[tuple[str, bool | None]]:
    """Backups can be written."""
    if not settings.BACKUP_PUBLIC_KEYS:
        yield _("make a key for backups with “manage.py backup --make-key FILE”, and set BACKUP_PUBLIC_KEYS"), False
    elif connection.vendor == "postgresql" and not shutil.which("pg_dump"):
        major = connection.cursor().connection.server_version // 10_000
        words = _("install pg_dump, or no backup can be made: apt install postgresql-client-%(version)d")
        yield words % {"version": major}, False
    else:
        yield _("backups can be written"), True


def last_backup() -> Iterator[tuple[str, bool | None]]:
    """Made within a day."""
    last = AuditEntry.objects.filter(action="backup finished").order_by("-pk").values_list("at", flat=True).first()
    if last and timezone.now() - last < BACKUP_EVERY:
        yield _("the last was made at %(at)s") % {"at": moment(last)}, True
    elif last:
        words = _("make a backup every day: the last is of %(at)s; “systemctl status clinic-backup” may tell why")
        yield words % {"at": moment(last)}, False
    else:
        yield _("make a backup every day: there has been none"), False


def last_restore() -> Iterator[tuple[str, bool | None]]:
    """A backup that nobody has tried to open may be none."""
    done = AuditEntry.objects.filter(action__in=["restore tried", "restore"]).order_by("-pk")
    last = done.values_list("at", flat=True).first()
    if last and timezone.now() - last < RESTORE_EVERY:
        yield _("one was tried at %(at)s") % {"at": moment(last)}, True
    else:
        yield _("try a backup once a year: “manage.py restore FILE --key KEY --try” changes nothing"), False


def offices() -> Iterator[tuple[str, bool | None]]:
    """Each has staff, hours and an address for notices."""
    for office in directory():
        if office.missing:
            yield _("in /admin/, Offices: %(why)s") % {"why": office.why_not}, False
        else:
            yield office.why_not or _("%(office)s takes requests") % {"office": office.name}, True
    if not somebody_takes():
        yield _("let an office take requests, in /admin/, Offices: until then patients are asked to call"), False


def people() -> Iterator[tuple[str, bool | None]]:
    """One alone can neither confirm anybody's rights nor be away."""
    count = User.objects.filter(is_active=True, groups__name__in=["Manager", "Administrator"]).distinct().count()
    if count < 2:
        words = ngettext(
            "give a second person the role of a manager or administrator: there is %(count)d",
            "give a second person the role of a manager or administrator: there are %(count)d",
            count,
        )
        yield words % {"count": count}, False
    else:
        yield _("more than one person manages the site"), True


def mail_tried() -> Iterator[tuple[str, bool | None]]:
    """A mail that really arrives was sent once."""
    if AuditEntry.objects.filter(action="mail tried").exists():
        yield _("a mail was sent to see whether mails arrive"), True
    else:
        yield _("see that mail arrives: “manage.py doctor --mail YOUR-ADDRESS” sends one"), False


# --- What lies outside ---


def proxy() -> Iterator[tuple[str, bool | None]]:
    """The site's own address leads here, over HTTPS, and the site sees who asks."""
    address = {"address": settings.BASE_URL}
    try:
        seen, status, leads_to = as_seen.ask()
    except OSError as problem:
        why = in_words(problem)
        if "certificate" in why:
            yield (
                _("renew the certificate of %(address)s, or put the right one in: %(why)s")
                % {
                    **address,
                    "why": why,
                },
                False,
            )
        else:
            words = _("%(address)s can’t be reached from here: %(why)s. Ask it from elsewhere")
            yield words % {**address, "why": why}, None
        return
    if seen is None:
        words = _("lead %(address)s to this site, and restart its web server with the settings of now: another answers")
        yield words % address, False
        return
    if seen["certificate_days"] < LEAST_CERTIFICATE_DAYS:
        words = _("renew the certificate of %(address)s: it is good for %(days)d more days")
        yield words % {**address, "days": seen["certificate_days"]}, False
    yield from _proxy_seen(seen)
    if seen["secure"] and status in (301, 302, 307, 308):
        yield _("have the proxy lead to the site, not on to %(place)s") % {"place": leads_to[:200]}, False
    elif status == 400:
        yield _("have the proxy hand on the name it was asked by (nginx: proxy_set_header Host $host)"), False
    elif status >= 500:
        yield _("see the logs of proxy and web server: a page answers %(status)d") % {"status": status}, False


def _proxy_seen(seen: dict[str, object]) -> Iterator[tuple[str, bool | None]]:
    hops, proxies = settings.TRUSTED_PROXY_HOPS, seen["proxies"]
    if hops != proxies:
        words = (
            _("set TRUSTED_PROXY_HOPS=%(proxies)d, for so many proxies stand in front: all visitors are taken for one")
            if isinstance(proxies, int) and hops < proxies
            else _(
                "set TRUSTED_PROXY_HOPS=%(proxies)d, for so many proxies stand in front: visitors can say who they are"
            )
        )
        yield words % {"proxies": proxies}, False
    elif not seen["secure"] and not settings.DEMO:
        yield _("have the proxy say that it was asked by HTTPS (nginx: X-Forwarded-Proto $scheme)"), False
    else:
        words = _("the site sees this machine as %(client)s, behind %(proxies)d proxies")
        yield words % {"client": seen["client"], "proxies": proxies}, True
    if seen["version"] != __version__:
        words = _("restart the web server: it runs version %(old)s, and here is %(new)s")
        yield words % {"old": seen["version"], "new": __version__}, False


def mail_server() -> Iterator[tuple[str, bool | None]]:
    """It takes us in."""
    try:
        connection = get_connection()
        connection.open()
        connection.close()
    except OSError as problem:  # an SMTPException is one
        yield _("see to the mail server of EMAIL_URL: %(why)s") % {"why": in_words(problem)}, False
    else:
        yield _("the mail server takes us in"), True


def send_mail(address: str) -> Iterator[tuple[str, bool | None]]:
    """One mail, really."""
    subject = _("A mail from %(site)s, to see whether it arrives") % {"site": settings.BASE_URL}
    body = _("It has arrived. Was it among the spam? Then have SPF and DKIM set up for the domain of FROM_EMAIL.")
    try:
        EmailMessage(subject, body, to=[address]).send()
    except OSError as problem:
        yield _("no mail could be sent: %(why)s") % {"why": in_words(problem)}, False
        return
    yield _("a mail is under way to %(address)s: see that it arrives") % {"address": address}, True
    audit.record(actor=audit.operator(), action="mail tried")


WITHOUT_DATABASE: dict[str, Look] = {
    "settings": settings_fit,
    "demonstration": demonstration,
    "operator": operator,
    "versions": packages,
    "files": files,
    "owners": owners,
    "static files": static_files,
    "disk": disk,
}
BY_DATABASE: dict[str, Look] = {
    "database": database,
    "migrations": tables,
}
BY_TABLES: dict[str, Look] = {
    "writes": writes,
    "keys": keys_fit,
    "clock": clock_right,
    "time zone": time_zone,
    "worker": worker,
    "alarms": standing_alarms,
    "backup": backup_keys,
    "last backup": last_backup,
    "last restore": last_restore,
    "offices": offices,
    "people": people,
    "mail tried": mail_tried,
}
OUTSIDE: dict[str, Look] = {"proxy": proxy, "mail": mail_server}
# What the checklist shows: the others take seconds, stand there in words of its own, or would show before it does.
IN_CHECKLIST = (
    *("demonstration", "operator", "files", "disk", "migrations", "keys", "clock", "time zone", "worker"),
    *("backup", "last backup", "last restore", "people", "mail tried"),
)


LOOKS = {**WITHOUT_DATABASE, **BY_DATABASE, **BY_TABLES, **OUTSIDE}


def findings(mail_to: str = "") -> Iterator[Finding]:
    """All of it, in the order in which it is best mended. What stands on something that is wrong is left out."""
    for about in WITHOUT_DATABASE:
        yield from ask(about)
    answers = True
    for about in (*BY_DATABASE, *BY_TABLES):
        if not answers or (about == "mail tried" and mail_to):
            continue
        found = ask(about)
        yield from found
        answers = about not in BY_DATABASE or any(finding.right for finding in found)
    for about in OUTSIDE:
        yield from ask(about)
    if mail_to:
        yield from ask("mail sent", lambda: send_mail(mail_to))


def for_checklist() -> Iterator[Finding]:
    """What a page can look at; alarms are told there beside it."""
    for about in IN_CHECKLIST:
        yield from ask(about)


def ask(about: str, look: Look | None = None) -> list[Finding]:
    """What there is to say about one thing. A look that fails is a finding, too."""
    try:
        return [Finding(about, words, right) for words, right in (look or LOOKS[about])()]
    except (Error, OSError) as problem:
        why = in_words(problem) or type(problem).__name__
        return [Finding(about, _("could not be looked at: %(why)s") % {"why": why}, False)]
