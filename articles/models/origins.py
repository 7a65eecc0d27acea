"""Where an article came from: the starter library, or another site."""

from django.db import models
from django.utils import timezone


class LibraryEntry(models.Model):
    """A starter text's file as it was last loaded; kept when editors delete the article or page, so it stays away.

    A page's is called `page:` and its address.
    """

    slug = models.CharField(max_length=130, primary_key=True)
    digest = models.CharField(max_length=64)
    article = models.OneToOneField("articles.Article", models.SET_NULL, null=True, related_name="library_entry")
    page = models.OneToOneField("articles.SitePage", models.SET_NULL, null=True, related_name="library_entry")

    def __str__(self) -> str:
        return self.slug


class ImportedArticle(models.Model):
    """Where an imported article, or page, came from; kept when editors delete it, so that it stays away."""

    source = models.CharField(max_length=500, unique=True)  # a WordPress export's GUID, or a file in its folder
    article = models.OneToOneField("articles.Article", models.SET_NULL, null=True, related_name="imported")
    page = models.OneToOneField("articles.SitePage", models.SET_NULL, null=True, related_name="imported")
    job = models.ForeignKey("articles.ImportJob", models.SET_NULL, null=True, related_name="imported")
    imported_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.source
