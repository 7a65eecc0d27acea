"""A site that is being moved in from the browser."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.models import User


class ImportJob(models.Model):
    """A file that was sent, what is to be done with it, and what came of it. The worker does it.

    The files lie in a folder of their own outside of what is served, and go with the row.
    """

    class Status(models.TextChoices):
        """A dry run comes first; only a person starts the import itself."""

        TO_LOOK = "to_look", _("Waiting to be looked at")
        LOOKING = "looking", _("Being looked at")
        LOOKED = "looked", _("Looked at: nothing has been imported")
        TO_IMPORT = "to_import", _("Waiting to be imported")
        IMPORTING = "importing", _("Being imported")
        DONE = "done", _("Imported")
        FAILED = "failed", _("Stopped")

    WAITING = (Status.TO_LOOK, Status.LOOKING, Status.TO_IMPORT, Status.IMPORTING)

    name = models.CharField(_("file"), max_length=200)
    media_name = models.CharField(_("pictures"), max_length=200, blank=True)
    pages = models.BooleanField(_("pages become pages of this site"), default=False)
    types = models.JSONField(_("kinds of items that are articles too"), default=list)
    comments = models.BooleanField(_("readers’ comments become questions"), default=False)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.TO_LOOK)
    total = models.PositiveIntegerField(default=0)  # items in the source, counted by the dry run
    done = models.PositiveIntegerField(default=0)
    kinds = models.JSONField(default=dict)  # of items that could be articles: how many
    report = models.JSONField(default=dict)  # see Report.as_data
    failure = models.CharField(max_length=300, blank=True)
    started_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("sent by"))
    created_at = models.DateTimeField(_("sent"), default=timezone.now)

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.name

    @property
    def folder(self) -> Path:
        """Its files' place."""
        return Path(settings.IMPORTS_ROOT) / str(self.pk)

    @property
    def is_waiting(self) -> bool:
        """Whether the worker has it."""
        return self.status in self.WAITING

    @property
    def percent(self) -> int:
        """How far it is."""
        return min(99, self.done * 100 // self.total) if self.total else 0
