"""Articles that move, or go, leave their addresses behind: receivers, which listen from `ArticlesConfig.ready` on."""

from typing import Any

from django.db.models.signals import post_delete, pre_delete, pre_save
from django.dispatch import receiver

from articles.models import Article, OldAddress, SitePage
from articles.old_addresses.paths import of_article, row_of


@receiver(pre_save, sender=Article)
def remember_address(
    instance: Article, *, raw: bool = False, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    """An article that was public and now moves, or is withdrawn, leaves its old address behind. One that takes an
    address over puts an end to what led elsewhere from there.
    """
    if raw or (update_fields is not None and not update_fields & {"slug", "live"}):  # a draft has been saved
        return
    fields = ("slug", "live", "first_published_at", "locale__language_code")
    before = Article.objects.filter(pk=instance.pk).select_related("locale").only(*fields).first()
    if before and before.first_published_at and (before.slug != instance.slug or not instance.live):
        _leave_behind(of_article(before), article=before)
    if instance.live:
        OldAddress.objects.filter(path=of_article(instance)).delete()


@receiver(pre_save, sender=SitePage)
def remember_address_of_page(instance: SitePage, *, raw: bool = False, **kwargs: Any) -> None:
    """A page that was public and now moves leaves its old address behind, too."""
    before = None if raw else SitePage.objects.filter(pk=instance.pk).only("slug", "first_published_at").first()
    if before and before.first_published_at and before.slug != instance.slug:
        _leave_behind(before.get_absolute_url(), page=instance)
    if instance.live and not raw:
        OldAddress.objects.filter(path=instance.get_absolute_url()).delete()


@receiver(pre_delete, sender=Article)
def remember_title(instance: Article, **kwargs: Any) -> None:
    """What leads to a deleted article goes where that one led; if nowhere, it keeps what it was about."""
    onward = row_of(of_article(instance))
    rows = OldAddress.objects.filter(article=instance)
    if onward and onward.article_id not in (None, instance.pk):
        rows.update(article=onward.article_id)
    else:
        rows.update(about=instance.title)


@receiver(post_delete, sender=Article)
def remember_deleted(instance: Article, **kwargs: Any) -> None:
    """So does the address of its own."""
    if instance.first_published_at:
        _leave_behind(of_article(instance), article=None, about=instance.title)


def _leave_behind(path: str, **leads: Any) -> None:
    OldAddress.objects.get_or_create(path=path, defaults={"added_by": OldAddress.AddedBy.MACHINE, **leads})
