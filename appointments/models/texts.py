"""The practice's own wording of mails and calls."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    pass


class MessageText(models.Model):
    """What a mail or a call says, in one language, where the practice wants other words than `data/messages.yaml`."""

    key = models.CharField(_("used for"), max_length=32)
    language = models.CharField(_("language"), max_length=8)
    subject = models.CharField(_("subject"), max_length=120, blank=True)
    body = models.TextField(_("text"))

    class Meta:
        ordering = ("key", "language")
        constraints = [models.UniqueConstraint(name="message_text_once_per_language", fields=("key", "language"))]
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self) -> str:
        return f"{self.key} ({self.language})"
