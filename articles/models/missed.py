"""What people looked for and did not find."""

from contextlib import suppress
from typing import Any, ClassVar

from django.db import DatabaseError, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MissedQuerySet(models.QuerySet[Any]):
    """What people looked for."""

    def count_up(self, what: str) -> None:
        """Count what was asked for in vain. Lost while the database takes no writes; the page is not."""
        key = {self.model.COUNTED: what}
        with suppress(DatabaseError), transaction.atomic():
            if self.filter(**key).update(count=F("count") + 1, last_at=timezone.now()):
                return
            self._make_room()
            self.create(**key)

    def _make_room(self) -> None:
        """Drop the rarest and oldest when the table is full, so that nobody can fill the disk by asking."""
        surplus = self.count() - self.model.MOST + 1
        if surplus > 0:
            rarest = list(self.order_by("count", "last_at").values_list("pk", flat=True)[:surplus])
            self.filter(pk__in=rarest).delete()


class Missed(models.Model):
    """Something that was asked for in vain, and how often. Nothing about who asked."""

    MOST = 2_000  # rows
    COUNTED: ClassVar[str]  # the field that says what was asked for

    count = models.PositiveIntegerField(_("times"), default=1)
    last_at = models.DateTimeField(_("last time"), default=timezone.now)

    objects = MissedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("-count", "-last_at")

    def __str__(self) -> str:
        return str(getattr(self, self.COUNTED))


class MissedSearch(Missed):
    """Words for which the search had no article: what editors could write about."""

    COUNTED = "words"

    words = models.CharField(_("searched for"), max_length=160, unique=True)

    class Meta(Missed.Meta):
        verbose_name = _("search without result")
        verbose_name_plural = _("searched, not found")


class MissedAddress(Missed):
    """A page that people asked for and that is not there: what an old address could be made for."""

    COUNTED = "path"
    LENGTH = 200

    path = models.CharField(_("address"), max_length=LENGTH, unique=True)

    class Meta(Missed.Meta):
        verbose_name = _("page not found")
        verbose_name_plural = _("pages not found")
