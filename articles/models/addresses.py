"""Addresses that articles once had."""

from django.contrib import admin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class OldAddress(models.Model):
    """An address that once had an article, here or on the site before this one, and the article it leads to now.

    Readers are led on while that article is public; otherwise they are told that it is gone (articles/old_addresses/).
    """

    LENGTH = 300

    class AddedBy(models.TextChoices):
        HAND = "hand", _("An editor")
        MACHINE = "machine", _("The site")

    path = models.CharField(
        _("old address"),
        max_length=LENGTH,
        unique=True,
        help_text=_("As it was, without the site’s name: “/blog/2019/heel-pain/”, “/heel-pain.html”, “/?p=123”."),
    )
    article = models.ForeignKey(
        "articles.Article",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="old_addresses",
        verbose_name=_("leads to"),
        help_text=_("Empty: readers are told that the page is gone, and see related articles."),
    )
    page = models.ForeignKey(
        "articles.SitePage", models.CASCADE, null=True, blank=True, editable=False, related_name="old_addresses"
    )
    about = models.CharField(_("was about"), max_length=120, blank=True, editable=False)  # a deleted article's title
    added_by = models.CharField(
        _("added by"), max_length=7, choices=AddedBy.choices, default=AddedBy.HAND, editable=False
    )
    created_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    class Meta:
        ordering = ("-created_at", "path")
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")

    def __str__(self) -> str:
        return self.path

    @admin.display(description=_("what readers get"))
    def effect(self) -> str:
        """In words, for the editors' list."""
        if self.page is not None:
            return gettext("The page")
        if self.article is None:
            return gettext("“Page is gone”")
        if self.article.is_public():
            return gettext("The article")
        if self.article.first_published_at is None:
            return gettext("Nothing until it is published")
        return gettext("“Page is gone”, unless it was merged")
