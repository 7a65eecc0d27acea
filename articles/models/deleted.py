"""Drafts that were deleted and can still be brought back."""

from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.models import User

KEPT = timedelta(days=30)


class DeletedDraft(models.Model):
    """An article that readers never saw, with all that hung on it, out of every list and count of the site."""

    title = models.CharField(_("article"), max_length=255)
    rows = models.TextField()  # Django's JSON of the article and of what went with it
    links = models.JSONField(default=list)  # what stayed and pointed to it: model, column, numbers
    deleted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("deleted by"))
    deleted_at = models.DateTimeField(_("deleted"), default=timezone.now, db_index=True)

    class Meta:
        ordering = ("-deleted_at", "-pk")
        default_permissions = ()
        verbose_name = _("deleted draft")
        verbose_name_plural = _("deleted drafts")

    def __str__(self) -> str:
        return self.title
