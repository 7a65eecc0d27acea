"""What public pages showed, and from when on."""

from django.db import models


class PagePart(models.Model):
    """Some lines of a page, compressed, under their digest: kept once, however many pages have them."""

    digest = models.CharField(max_length=32, primary_key=True)
    data = models.BinaryField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.digest


class PageBody(models.Model):
    """A whole page under its digest: the digests of its parts, one after the other."""

    digest = models.CharField(max_length=32, primary_key=True)
    parts = models.TextField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.digest


class PageShown(models.Model):
    """From when on a page was shown like this, until the next row of its path."""

    path = models.CharField(max_length=300)
    body = models.ForeignKey(PageBody, models.PROTECT, related_name="+")
    shown_from = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(name="page_shown", fields=("path", "-shown_from"))]

    def __str__(self) -> str:
        return f"{self.path} {self.shown_from:%Y-%m-%d %H:%M}"
