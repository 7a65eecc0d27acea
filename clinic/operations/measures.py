"""What the database says of how things go, as figures for Prometheus: counts and ages, nothing of a patient, no office.

They are the same from every process and every server. What is closed is counted by its last day: all of it would be
read again at every scrape.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from math import inf

from django.conf import settings
from django.db import Error
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from appointments.models import TO_CALL, AppointmentRequest, Mail, Status
from clinic import __version__
from clinic.operations import alarms, rehearsal
from common.models import AuditEntry, StaffMail, WorkerBeat

DAY = timedelta(days=1)


class Measures(Collector):
    """Asked anew at each scrape. While the database is away it says just that."""

    def collect(self) -> Iterator[Metric]:
        """About ten short queries."""
        try:
            found = [*_requests(), *_mails(), *_ages(), *_alarms()]
        except Error:
            found = []
        yield _one("clinic_database_away", "1 while the database does not answer", not found)
        yield from found
        yield InfoMetricFamily("clinic_build", "Which version runs", value={"version": __version__})

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked when it is registered."""
        return []


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=float(value))


def _requests() -> Iterator[Metric]:
    now = timezone.now()
    rows = AppointmentRequest.objects.order_by()
    going = GaugeMetricFamily("clinic_requests", "What is not closed", labels=["state", "channel"])
    for state, channel, count in rows.unsettled().values_list("status", "channel").annotate(Count("pk")):
        going.add_metric([state, channel], count)
    yield going
    received = rows.filter(created_at__gt=now - DAY)
    yield _by_channel("clinic_requests_received_day", "What came in within 24 hours", received)
    closed = rows.filter(status=Status.CLOSED, closed_at__gt=now - DAY)
    yield _by_channel("clinic_requests_closed_day", "What was closed within 24 hours", closed)
    late = rows.filter(status__in=TO_CALL, call_by__lt=now)
    counted = late.aggregate(all=Count("pk"), urgent=Count("pk", filter=Q(urgent=True)))
    yield _one("clinic_requests_overdue", "Not called in time", counted["all"])
    yield _one("clinic_requests_overdue_urgent", "Not called in time, and urgent", counted["urgent"])


def _by_channel(name: str, words: str, rows: QuerySet[AppointmentRequest]) -> Metric:
    found = GaugeMetricFamily(name, words, labels=["channel"])
    for channel, count in rows.values_list("channel").annotate(Count("pk")):
        found.add_metric([channel], count)
    return found


def _mails() -> Iterator[Metric]:
    owed = GaugeMetricFamily("clinic_mails_owed", "Mails that wait to be sent", labels=["queue"])
    oldest = GaugeMetricFamily("clinic_mail_oldest_seconds", "Since when the oldest of them waits", labels=["queue"])
    for queue, rows in (("requests", Mail.objects.owed().for_people()), ("staff", StaffMail.objects.all())):
        counted = rows.order_by().aggregate(count=Count("pk"), since=Min("created_at"))
        owed.add_metric([queue], counted["count"])
        oldest.add_metric([queue], _seconds_since(counted["since"]) if counted["since"] else 0)
    yield owed
    yield oldest


def _ages() -> Iterator[Metric]:
    beat = WorkerBeat.objects.values_list("at", flat=True).first()
    yield _one("clinic_worker_heartbeat_age_seconds", "Since the worker was heard of", _seconds_since(beat))
    backups = AuditEntry.objects.filter(action="backup finished").order_by("-pk")
    made = backups.values_list("at", flat=True).first()
    yield _one("clinic_backup_age_seconds", "Since the last backup; infinite without one", _seconds_since(made))
    proven = _seconds_since(rehearsal.last_success()) if settings.REHEARSAL else 0
    yield _one("clinic_rehearsal_age_seconds", "Since the last one went all the way; 0 if it is switched off", proven)


def _alarms() -> Iterator[Metric]:
    found = GaugeMetricFamily("clinic_alarm", "1 for each alarm that stands", labels=["name"])
    told = [name for name, _text in alarms.standing()[1]]
    for name in told:
        found.add_metric([name], 1)
    yield found
    yield _one("clinic_alarms", "How many alarms stand", len(told))


def _seconds_since(moment: datetime | None) -> float:
    """At least 0, whatever the clocks say; infinite if it never was."""
    return max((timezone.now() - moment).total_seconds(), 0) if moment else inf
