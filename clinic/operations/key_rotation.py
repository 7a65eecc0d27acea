"""Which keys encrypt what is stored, what of it can't be read, and moving all of it under the newest key.

The columns are found by their field class over all models, so a new one can't be forgotten. How far a rotation has
come stands in the data itself: whatever does not begin as the newest key writes is still to do, be it under another
key or from the time before ciphertexts were bound to their places. So it can stop at any moment and be started again.
"""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Case, Count, ExpressionWrapper, F, IntegerField, Model, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat, Left, StrIndex, Substr

from clinic.accounts.second_factor_secrets import SECRETS, place_of
from common import known_keys
from common.crypto import BOUND, CannotDecrypt, KeyIsMissing, decrypt, encrypt, is_bound, key_of, key_ring
from common.encrypted_fields import EncryptedTextField
from common.models import KeyCheck

BATCH_ROWS = 100
READ_ROWS = 500
SAMPLE_ROWS = 10
MOST_SKIPPED = 10_000
# SQLite has one writer at a time, and who waits for it asks again only every 100 ms.
PAUSE_SECONDS = 0.12
DOT = Value(".")


@dataclass(frozen=True)
class Unread:
    """A stored value that can't be read: where it is, and why, without anything of it."""

    label: str
    pk: object
    name: str
    why: CannotDecrypt

    def __str__(self) -> str:
        return f"{self.label} {self.pk}, {self.name}"


def encrypted_columns() -> Iterator[tuple[type[Model], list[EncryptedTextField]]]:
    """Every model with its encrypted fields."""
    for model in apps.get_models(include_auto_created=True):
        fields = [field for field in model._meta.local_fields if isinstance(field, EncryptedTextField)]
        if fields and model._meta.managed and not model._meta.proxy:
            yield model, fields


def _columns_there(using: str) -> Iterator[tuple[type[Model], list[EncryptedTextField]]]:
    """Those that the database has, which may be of an earlier version; of a table without its row key none."""
    connection = connections[using]
    tables = connection.introspection.table_names()
    for model, fields in encrypted_columns():
        if model._meta.db_table in tables:
            with connection.cursor() as cursor:
                described = connection.introspection.get_table_description(cursor, model._meta.db_table)
            there = {column.name for column in described}
            if {_column(model, name) for name in model.ROW_KEY} <= there:  # type: ignore[attr-defined]
                yield model, [field for field in fields if field.column in there]


def _column(model: type[Model], name: str) -> str:
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]


def _ciphertexts(model: type[Model], names: list[str], using: str) -> QuerySet[Model]:
    """The rows with each named column's stored text as `raw_<name>`, not decrypted."""
    raw = {f"raw_{name}": Cast(F(name), TextField()) for name in names}
    return model._base_manager.using(using).annotate(**raw).order_by()


def values_by_key(using: str = DEFAULT_DB_ALIAS) -> Counter[str]:
    """Key id -> how many stored values it encrypts. Columns that the database does not have yet are passed over."""
    found: Counter[str] = Counter()
    for model, fields in _columns_there(using):
        for name in (field.name for field in fields):
            raw, rest = F(f"raw_{name}"), Substr(f"raw_{name}", len(BOUND) + 1)
            rows = _ciphertexts(model, [name], using).filter(**{f"raw_{name}__gt": ""})
            rows = rows.annotate(end=StrIndex(rest, DOT))
            bound = When(
                **{f"raw_{name}__startswith": BOUND},
                end__gt=0,
                then=Concat(Value(BOUND), Substr(rest, 1, ExpressionWrapper(F("end"), IntegerField()))),
            )
            prefix = Case(bound, default=Left(raw, StrIndex(raw, DOT)), output_field=TextField())
            by_key = rows.values(prefix=prefix).annotate(n=Count("*"))
            for text, count in by_key.values_list("prefix", "n"):
                found[key_of(text)] += count
    for factor, name in _second_factors(using):
        found[key_of(factor.data[name])] += 1
    return found


def unbound(using: str = DEFAULT_DB_ALIAS) -> Iterator[tuple[str, int]]:
    """Model -> how many of its rows hold a value that is bound to no place."""
    for model, fields in _columns_there(using):
        names = [field.name for field in fields]
        old = Q()
        for name in names:
            old |= Q(**{f"raw_{name}__gt": ""}) & ~Q(**{f"raw_{name}__startswith": BOUND})
        if count := _ciphertexts(model, names, using).filter(old).count():
            yield model._meta.label, count
    if count := sum(not is_bound(factor.data[name]) for factor, name in _second_factors(using)):
        yield Authenticator._meta.label, count


def samples(using: str = DEFAULT_DB_ALIAS, key_id: str = "") -> Iterator[tuple[str, bool]]:
    """Of some stored values the key's id, and whether the key at hand opens it: of each table's oldest and newest rows;
    or only of values under a certain key, wherever they are. Old values are read here.
    """
    for model, fields in _columns_there(using):
        names = [field.name for field in fields]
        rows = _ciphertexts(model, names, using)
        if key_id:
            under = Q()
            for name in names:
                under |= Q(**{f"raw_{name}__startswith": f"{BOUND}{key_id}."})
                under |= Q(**{f"raw_{name}__startswith": f"{key_id}."})
            rows = rows.filter(under)
        keys: tuple[str, ...] = model.ROW_KEY  # type: ignore[attr-defined]
        columns = rows.values_list(*keys, *(f"raw_{name}" for name in names))
        for values in (*columns.order_by("pk")[:SAMPLE_ROWS], *columns.order_by("-pk")[:SAMPLE_ROWS]):
            row, stored = tuple(values[: len(keys)]), values[len(keys) :]
            for field, text in zip(fields, stored, strict=True):
                if text and key_id in ("", key_of(text)):
                    yield key_of(text), _opens(text, *field.place(row))
    for factor, name in _second_factors(using):
        text = factor.data[name]
        if key_id in ("", key_of(text)):
            yield key_of(text), _opens(text, *place_of(factor, name))


def _opens(text: str, *place: object) -> bool:
    try:
        decrypt(text, *place, unbound=True)
    except CannotDecrypt:
        return False
    return True


def _second_factors(using: str = DEFAULT_DB_ALIAS) -> Iterator[tuple[Any, str]]:
    """Of each authenticator with a secret of ours (`clinic.accounts.adapters`) its `pk`, `user_id`, `type` and `data`,
    and the secret's name; passkeys have none.
    """
    if Authenticator._meta.db_table in connections[using].introspection.table_names():
        rows = Authenticator.objects.using(using).filter(Q(data__has_key="secret") | Q(data__has_key="seed"))
        for factor in rows.order_by("pk").values_list("pk", "user_id", "type", "data", named=True):
            yield factor, next(name for name in SECRETS if name in factor.data)


# --- What can't be read ---


def unreadable(using: str = DEFAULT_DB_ALIAS) -> Iterator[Unread | None]:
    """Read every stored value, in short steps; yields those that can't be read, and None after each step."""
    for model, fields in _columns_there(using):
        names = [field.name for field in fields]
        keys: tuple[str, ...] = model.ROW_KEY  # type: ignore[attr-defined]
        rows = _ciphertexts(model, names, using).order_by("pk")
        columns = ("pk", *keys, *(f"raw_{name}" for name in names))
        last: object = None
        while True:
            ahead = rows if last is None else rows.filter(pk__gt=last)
            batch = list(ahead.values_list(*columns)[:READ_ROWS])
            for pk, *values in batch:
                row, stored = tuple(values[: len(keys)]), values[len(keys) :]
                for field, text in zip(fields, stored, strict=True):
                    if text:
                        try:
                            field.read(text, row, using)
                        except CannotDecrypt as problem:
                            yield Unread(model._meta.label, pk, field.name, problem)
            yield None
            if not batch:
                break
            last = batch[-1][0]
    for factor, name in _second_factors(using):
        try:
            _secret(factor, name, using)
        except CannotDecrypt as problem:
            yield Unread(Authenticator._meta.label, factor.pk, name, problem)


def _secret(factor: Any, name: str, using: str = DEFAULT_DB_ALIAS) -> str:
    text = factor.data[name]
    old = not is_bound(text) and known_keys.unbound_is_read(using)
    return decrypt(text, *place_of(factor, name), unbound=old)


# --- Rotating ---


def rotate(skipped: list[Unread]) -> Iterator[tuple[str, int]]:
    """Encrypt again, for its place, whatever is not as the newest key writes it; yields a model's name and how many of
    its rows, batch by batch. What can't be read stays as it is and is put into `skipped`.

    A batch is a transaction that locks its rows, so what a request changes meanwhile is neither overwritten nor missed.
    """
    newest = f"{BOUND}{next(iter(key_ring(settings.FIELD_KEYS)))}."
    for model, fields in encrypted_columns():
        names = [field.name for field in fields]
        keys: tuple[str, ...] = model.ROW_KEY  # type: ignore[attr-defined]
        stale = Q()
        for name in names:
            stale |= Q(**{f"raw_{name}__gt": ""}) & ~Q(**{f"front_{name}": newest})
        fronts = {f"front_{name}": Left(f"raw_{name}", len(newest)) for name in names}
        rows = _ciphertexts(model, names, DEFAULT_DB_ALIAS).annotate(**fronts).filter(stale).order_by("pk")
        last: object = None
        while True:
            with transaction.atomic():
                ahead = rows if last is None else rows.filter(pk__gt=last)
                columns = ("pk", *keys, *(f"raw_{name}" for name in names))
                batch = list(ahead.select_for_update().values_list(*columns)[:BATCH_ROWS])
                moved = 0
                for pk, *values in batch:
                    row, stored = tuple(values[: len(keys)]), values[len(keys) :]
                    changes = {}
                    for field, text in zip(fields, stored, strict=True):
                        if not text or text.startswith(newest):
                            continue
                        try:
                            plain = field.to_text(field.read(text, row))
                        except CannotDecrypt as problem:
                            skipped.append(Unread(model._meta.label, pk, field.name, problem))
                            continue
                        changes[field.name] = Value(encrypt(plain, *field.place(row)), output_field=TextField())
                    if changes:
                        model._base_manager.filter(pk=pk).update(**changes)
                        moved += 1
            if not batch:
                break
            if len(skipped) > MOST_SKIPPED:
                return  # a key is wrong; what is done is complete
            last = batch[-1][0]
            if moved:
                yield model._meta.label, moved
                time.sleep(PAUSE_SECONDS)
    if moved := _rotate_second_factors(newest, skipped):
        yield Authenticator._meta.label, moved


def _rotate_second_factors(newest: str, skipped: list[Unread]) -> int:
    """How many were moved; few enough for one transaction, a practice has few people."""
    moved = 0
    with transaction.atomic():
        list(Authenticator.objects.select_for_update().order_by("pk").values("pk"))
        for factor, name in _second_factors():
            if factor.data[name].startswith(newest):
                continue
            try:
                plain = _secret(factor, name)
            except CannotDecrypt as problem:
                skipped.append(Unread(Authenticator._meta.label, factor.pk, name, problem))
                continue
            data = {**factor.data, name: encrypt(plain, *place_of(factor, name))}
            Authenticator.objects.filter(pk=factor.pk).update(data=data)
            moved += 1
    return moved


def stop_reading_unbound(skipped: list[Unread]) -> bool:
    """From now on values that are bound to no place are refused. Returns whether they were read until now.

    Not while one of them could still be read: it came in meanwhile, or its key is missing and may come back.
    """
    damaged = {unread.label for unread in skipped if not isinstance(unread.why, KeyIsMissing)}
    missing = any(isinstance(unread.why, KeyIsMissing) for unread in skipped)
    if missing or len(skipped) > MOST_SKIPPED or any(label not in damaged for label, _count in unbound()):
        return False
    deleted, _by_model = KeyCheck.objects.filter(name=known_keys.UNBOUND).delete()
    known_keys.forget()
    return bool(deleted)
