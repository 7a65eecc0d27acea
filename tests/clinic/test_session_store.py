"""A session that can't be written: ended meanwhile, or the database is busy."""

import pytest
from django.contrib.sessions.backends import db as djangos
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import OperationalError

from clinic.accounts.session_store import SessionStore


def busy(*_given, **_named):
    raise OperationalError("database is locked")


def test_busy_database_is_told_as_such(db, monkeypatch):
    store = SessionStore()
    store.create()
    monkeypatch.setattr(Session, "save", busy)

    with pytest.raises(OperationalError):
        store.save()


def test_session_that_was_ended_meanwhile_stays_ended(db):
    store = SessionStore()
    store.create()
    Session.objects.all().delete()

    with pytest.raises(UpdateError):
        store.save()


def test_sessions_that_django_wrote_are_read(db):
    before = djangos.SessionStore()
    before["seen"] = 1
    before.save()

    assert SessionStore(before.session_key)["seen"] == 1
