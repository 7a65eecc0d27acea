"""Which keys encrypt what is stored, and moving all of it under the newest one.

The columns are found by their field class over all models, so a new one can't be forgotten. How far a rotation has
come stands in the data itself: whatever begins with another key's id is still to do, so it can stop at any moment and
be started again.
"""

import time
from collections import Counter
from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Count, F, Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Left, StrIndex

from clinic.common.crypto import CannotDecrypt, decrypt, encrypt, key_ring
from clinic.common.fields import EncryptedTextField

BATCH_ROWS = 100
# SQLite has one writer at a time, and who waits for it asks again only every 100 ms.
PAUSE_SECONDS = 0.12


def encrypted_columns() -> Iterator[tuple[type[Model], list[EncryptedTextField]]]:
    """Every model with its encrypted fields."""
    for model in apps.get_models(include_auto_created=True):
        fields = [field for field in model._meta.local_fields if isinstance(field, EncryptedTextField)]
        if fields and model._meta.managed and not model._meta.proxy:
            yield model, fields


def _ciphertexts(model: type[Model], names: list[str], using: str) -> QuerySet[Model]:
    """The rows with each named column's stored text as `raw_<name>`, not decrypted."""
    raw = {f"raw_{name}": Cast(F(name), TextField()) for name in names}
    return model._base_manager.using(using).annotate(**raw).order_by()


def values_by_key(using: str = DEFAULT_DB_ALIAS) -> Counter[str]:
    """Key id -> how many stored values it encrypts. Columns that the database does not have yet are passed over.

    One value of each column and key is decrypted. Raises CannotDecrypt, naming what can't be read.
    """
    found: Counter[str] = Counter()
    connection = connections[using]
    for model, fields in encrypted_columns():
        with connection.cursor() as cursor:
            if model._meta.db_table not in connection.introspection.table_names(cursor):
                continue
            described = connection.introspection.get_table_description(cursor, model._meta.db_table)
        there = {column.name for column in described}
        for name in (field.name for field in fields if field.column in there):
            rows = _ciphertexts(model, [name], using).filter(**{f"raw_{name}__gt": ""})
            by_key = rows.values(prefix=Left(f"raw_{name}", StrIndex(f"raw_{name}", Value(".")))).annotate(n=Count("*"))
            for prefix, count in by_key.values_list("prefix", "n"):
                sample = rows.annotate(prefix=Left(f"raw_{name}", len(prefix))).filter(prefix=prefix)
                _read(model, name, *sample.values_list("pk", f"raw_{name}")[:1][0])
                found[prefix.removesuffix(".")] += count
    if Authenticator._meta.db_table in connection.introspection.table_names():
        for factor in _second_factors(using):
            stored = factor.data[_secret_name(factor)]
            _read(Authenticator, _secret_name(factor), factor.pk, stored)
            found[stored.rpartition(".")[0]] += 1
    return found


def _second_factors(using: str = DEFAULT_DB_ALIAS) -> QuerySet[Authenticator]:
    """Authenticators whose JSON holds a secret of ours (`clinic.accounts.SecondFactorAdapter`); passkeys have none."""
    return Authenticator.objects.using(using).filter(Q(data__has_key="secret") | Q(data__has_key="seed")).order_by("pk")


def _secret_name(factor: Authenticator) -> str:
    return "secret" if "secret" in factor.data else "seed"


def _rotate_second_factors(newest: str) -> int:
    """How many were moved; few enough for one transaction, a practice has few people."""
    moved = 0
    with transaction.atomic():
        for factor in _second_factors().select_for_update():
            name = _secret_name(factor)
            if not factor.data[name].startswith(newest):
                factor.data[name] = encrypt(_read(Authenticator, name, factor.pk, factor.data[name]))
                factor.save(update_fields=["data"])
                moved += 1
    return moved


def _read(model: type[Model], name: str, pk: object, stored: str) -> str:
    try:
        return decrypt(stored)
    except CannotDecrypt as problem:
        raise CannotDecrypt(f"{model._meta.label} {pk}, {name}: {problem}") from None


def rotate() -> Iterator[tuple[str, int]]:
    """Encrypt again whatever is not under the newest key; yields a model's name and its rows, batch by batch.

    A batch is a transaction that locks its rows, so what a request changes meanwhile is neither overwritten nor missed.
    Raises CannotDecrypt, naming the value; the batches before it are done, its own is not.
    """
    newest = f"{next(iter(key_ring(settings.FIELD_KEYS)))}."
    for model, fields in encrypted_columns():
        names = [field.name for field in fields]
        stale = Q()
        for name in names:
            stale |= Q(**{f"raw_{name}__gt": ""}) & ~Q(**{f"prefix_{name}": newest})
        prefixes = {f"prefix_{name}": Left(f"raw_{name}", len(newest)) for name in names}
        rows = _ciphertexts(model, names, DEFAULT_DB_ALIAS).annotate(**prefixes).filter(stale).order_by("pk")
        last: object = None
        while True:
            with transaction.atomic():
                ahead = rows if last is None else rows.filter(pk__gt=last)
                columns = ("pk", *(f"raw_{name}" for name in names))
                batch = list(ahead.select_for_update().values_list(*columns)[:BATCH_ROWS])
                for pk, *stored in batch:
                    changes = {
                        name: Value(encrypt(_read(model, name, pk, text)), output_field=TextField())
                        for name, text in zip(names, stored, strict=True)
                        if text and not text.startswith(newest)
                    }
                    model._base_manager.filter(pk=pk).update(**changes)
            if not batch:
                break
            last = batch[-1][0]
            yield model._meta.label, len(batch)
            time.sleep(PAUSE_SECONDS)
    if moved := _rotate_second_factors(newest):
        yield Authenticator._meta.label, moved
