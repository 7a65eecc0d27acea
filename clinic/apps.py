"""The shell's own app, and the front desk as Django's default admin site."""

import sys
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig


class ClinicConfig(AppConfig):
    """Templates, static files and the commands that run the whole site."""

    name = "clinic"

    def ready(self) -> None:
        """Wires what happens in the apps to the shell: secrets, audit of sign-ins, kept pages, crashes of commands."""
        from clinic.accounts import second_factor_secrets, sign_in_audit
        from clinic.operations import operator_notes

        second_factor_secrets.connect()
        sign_in_audit.connect()
        if Path(sys.argv[0]).name == "manage.py" and not settings.DEMO:
            sys.excepthook = operator_notes.log_crash
        self._forget_pages()

    def _forget_pages(self) -> None:
        """Whatever readers see changed: the kept pages are forgotten once the change is committed."""
        from django.db import transaction
        from django.db.models.signals import post_delete, post_save

        from appointments.models import (
            Closure,
            Facility,
            FlagRule,
            InsurancePlan,
            Office,
            OpeningHours,
            Podiatrist,
            PodiatristDays,
            PracticeSettings,
            RedFlag,
            SafetyCheck,
        )
        from articles.models import Article, ReaderQuestion, Reviewer, SitePage
        from clinic.web import changes

        def changed(**kwargs: object) -> None:
            transaction.on_commit(changes.tell)

        def question_changed(instance: ReaderQuestion, *, created: bool = False, **kwargs: object) -> None:
            if not created or instance.published_at:  # a question that has only been asked is not to be seen yet
                changed()

        for signal in (post_save, post_delete):
            signal.connect(question_changed, ReaderQuestion, weak=False, dispatch_uid="pages ReaderQuestion")
        for model in (
            *(Article, Reviewer, Office, OpeningHours, Closure, Podiatrist, PodiatristDays, InsurancePlan, Facility),
            *(SafetyCheck, RedFlag, FlagRule, SitePage, PracticeSettings),
        ):
            for signal in (post_save, post_delete):
                signal.connect(changed, model, weak=False, dispatch_uid=f"pages {model.__name__}")


class DeskConfig(AdminConfig):
    """Django's admin with our sign-in, navigation and look."""

    default_site = "clinic.admin_site.Desk"
