"""The version of the warning signs that is asked now, kept in the process for a minute like the offices."""

import time as monotonic_time

from django.db import Error
from django.db.models.signals import post_delete, post_save

from appointments.models import FlagRule, RedFlag, RiskCondition, SafetyCheck
from appointments.vocabulary import Level
from appointments.warning_signs.table import Condition, Rule, Sign, Table

KEEP_SECONDS = 60

_kept: tuple[float, Table] | None = None
_by_version: dict[int, Table] = {}  # a version never changes, and its word list takes a while to read in


def newest() -> Table:
    """The version asked now, straight from the database; version 0 if there is none. One query for one kept before."""
    return of_version(SafetyCheck.objects.order_by("-version").values_list("version", flat=True).first() or 0)


def of_version(version: int) -> Table:
    """That version; version 0, which knows nothing, if there is no such. Four queries the first time."""
    if version not in _by_version:
        check = SafetyCheck.objects.filter(version=version).prefetch_related("flags", "conditions", "rules").first()
        if check is None:
            return Table()
        _by_version[version] = _table(check)
    return _by_version[version]


def current() -> Table:
    """The newest version, as public pages show it: a minute old at most, or as last read while the database is away."""
    global _kept
    now = monotonic_time.monotonic()
    if _kept and now < _kept[0]:
        return _kept[1]
    try:
        table = newest()
    except Error:
        if _kept is None:
            return Table()
        table = _kept[1]
    _kept = (now + KEEP_SECONDS, table)
    return table


def look_again() -> None:
    """Ask the database at the next need which version is the newest."""
    global _kept
    _kept = None


def forget(**kwargs: object) -> None:
    """Read the database again at the next need, also what never changes but in a database that was put back."""
    look_again()
    _by_version.clear()


def _table(check: SafetyCheck) -> Table:
    return Table(
        version=check.version,
        signs=tuple(
            Sign(
                slug=flag.slug,
                question=flag.question,
                short=flag.short,
                level=Level(flag.level),
                advice=flag.advice,
                home=flag.home,
                only_911=flag.only_911,
                words=flag.words,
            )
            for flag in check.flags.all()
        ),
        conditions=tuple(Condition(row.slug, row.question, row.short, row.words) for row in check.conditions.all()),
        rules=tuple(
            Rule(frozenset(rule.signs), Level(rule.level), rule.with_condition, rule.home) for rule in check.rules.all()
        ),
    )


for _model in (SafetyCheck, RedFlag, RiskCondition, FlagRule):
    post_save.connect(forget, _model)
    post_delete.connect(forget, _model)
