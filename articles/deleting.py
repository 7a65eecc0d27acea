"""Drafts that readers never saw can be deleted by who began them, and brought back for 30 days.

What is deleted is no article any more, so that no list, search or count can show it; it waits in a row of its own.
"""

from typing import Any

from django.apps import apps
from django.contrib.admin.utils import NestedObjects
from django.core import serializers
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry, Revision

from articles.importing.drafts import LOG_ACTION
from articles.models import Article, DeletedDraft, ImportedArticle, free_slug
from articles.models.deleted import KEPT
from articles.reviewing import rules
from common.models import User

BEGUN = ("wagtail.create", LOG_ACTION)
BROUGHT_BACK = "articles.brought_back"  # in Wagtail's log


def why_not_delete(article: Article, user: User) -> Promise | None:
    """Why a user may not delete an article; None if they may."""
    if not user.has_perm("articles.change_article"):
        return _("You do not have the right to delete articles.")
    if article.live or article.first_published_at:
        return _("Readers have seen this article, so it stays on record. A medical reviewer can take it off the site.")
    if article.workflow_in_progress:
        return _("This text is with the medical reviewer.")
    if rules.approved_revision_id(article):
        return _("A medical reviewer has approved this text.")
    if not (_begun_by(article) == user.pk or ImportedArticle.objects.filter(article=article).exists()):
        return _("Somebody else began this article. Ask them to delete it.")
    return None


def _begun_by(article: Article) -> int | None:
    entries = ModelLogEntry.objects.for_instance(article).filter(action__in=BEGUN).order_by("timestamp", "pk")
    if entry := entries.first():
        found: int | None = entry.user_id
        return found
    revision = article.revisions.order_by("created_at", "pk").first()
    return revision.user_id if revision else None


@transaction.atomic
def put_away(article: Article, user: User) -> DeletedDraft:
    """Delete it, so that it can come back. Raises NotAllowed."""
    locked = Article.objects.select_for_update().get(pk=article.pk)
    if reason := why_not_delete(locked, user):
        raise rules.NotAllowed(reason)
    collector = NestedObjects(using="default")
    collector.collect([locked])
    hung_on_it = [row for rows in collector.data.values() for row in rows if row._meta.app_label != "wagtailsearch"]
    title = (locked.latest_revision and locked.latest_revision.object_str) or str(locked)
    deleted = DeletedDraft.objects.create(
        title=title, rows=serializers.serialize("json", hung_on_it), links=_links_to(locked), deleted_by=user
    )
    log(instance=locked, action="wagtail.delete", user=user)
    locked.delete()
    return deleted


def _links_to(article: Article) -> list[Any]:
    """Rows that stay without it."""
    found = []
    for relation in Article._meta.related_objects:
        model: Any = relation.related_model
        if relation.on_delete is models.SET_NULL:
            rows = model._default_manager.filter(**{relation.field.name: article})
            if keys := list(rows.values_list("pk", flat=True)):
                found.append([model._meta.label, relation.field.name, keys])
    return found


@transaction.atomic
def bring_back(deleted: DeletedDraft, user: User) -> Article:
    """The article as it was, with its number, its history and what pointed to it."""
    rows = [row.object for row in serializers.deserialize("json", deleted.rows, ignorenonexistent=True)]
    there = {(row._meta.label, row.pk) for row in rows}
    article = next(row for row in rows if isinstance(row, Article))
    _take_free_address(rows, article)
    for row in rows:
        if _can_come_back(row, there):
            row.save_base(raw=True)
    for label, column, keys in deleted.links:
        apps.get_model(label)._default_manager.filter(pk__in=keys, **{column: None}).update(**{column: article.pk})
    log(instance=article, action=BROUGHT_BACK, user=user)
    deleted.delete()
    return article


def _can_come_back(row: models.Model, there: set[tuple[str, Any]]) -> bool:
    """Whether all that it needs is still there; what it can do without is emptied."""
    for field in row._meta.concrete_fields:
        key, model = getattr(row, field.attname), field.related_model
        if key is None or not isinstance(field, models.ForeignKey) or not isinstance(model, type):
            continue
        if (model._meta.label, key) in there or model._base_manager.filter(
            **{field.target_field.attname: key}
        ).exists():
            continue
        if not field.null:
            return False
        setattr(row, field.attname, None)
    return True


def _take_free_address(rows: list[models.Model], article: Article) -> None:
    """Its own may have been given away."""
    others = Article.objects.filter(locale=article.locale_id).exclude(pk=article.pk)
    taken = set(others.values_list("slug", flat=True))
    if article.slug in taken:
        article.slug = free_slug(article.slug, taken)
    for row in rows:
        if isinstance(row, Revision) and row.content.get("slug") in taken:
            row.content["slug"] = free_slug(row.content["slug"], taken)


def forget_old() -> None:
    """After 30 days they go for good."""
    DeletedDraft.objects.filter(deleted_at__lt=timezone.now() - KEPT).delete()
