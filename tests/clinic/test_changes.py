"""What visitors see changes on every server, though they share nothing but the database."""

import pytest
from django.db import OperationalError

from appointments.models import Closure, Office, PracticeSettings
from appointments.offices import cache
from articles.models import Article, SitePage
from clinic.web import changes, page_cache
from common.models import ChangeMark

pytestmark = pytest.mark.django_db


@pytest.fixture
def mark(practice):
    """The mark as another server has last seen it."""
    return changes.look(None)


@pytest.mark.parametrize("model", [Article, SitePage, Office, PracticeSettings])
def test_change_gives_the_row_a_new_mark(model, mark, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        model.objects.first().save()

    assert changes.look(mark) != mark


def test_other_server_forgets_offices_and_pages_when_it_looks(mark):
    pages = page_cache._version()
    cache.directory()
    Office.objects.filter(slug="belleville").update(phone="+19735550100")  # by another process
    ChangeMark.objects.update(mark="made new by another server")

    changes.look(mark)

    assert cache.office("belleville").phone == "+19735550100"
    assert page_cache._version() > pages


def test_nothing_is_forgotten_while_nothing_changes(mark):
    pages = page_cache._version()
    kept = cache._current()

    assert changes.look(mark) == mark
    assert page_cache._version() == pages
    assert cache._current() is kept


def test_change_is_saved_and_shown_here_though_the_mark_could_not_be(mark, monkeypatch, caplog):
    pages = page_cache._version()

    def away(*args, **kwargs):
        raise OperationalError

    monkeypatch.setattr(ChangeMark.objects, "update_or_create", away)
    changes.tell()

    assert page_cache._version() > pages
    assert "within the minute" in caplog.text


def test_change_that_is_rolled_back_tells_nobody(mark, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False) as told:
        Closure.objects.create(office=Office.objects.first(), first_day="2026-12-24", last_day="2026-12-24")

    assert told
    assert changes.look(mark) == mark
