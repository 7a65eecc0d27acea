"""Pictures of articles: cleaned on their way in, never changed afterwards, and not deleted while an article shows them.

Held by signals of the picture's own model, so that no door has to think of it: the editors' forms, the import, a shell.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.db.models.signals import pre_delete, pre_save
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.images import get_image_model
from wagtail.models import Revision, TaskState
from wagtail.utils.file import hash_filelike

from articles.models import Article
from common.pictures import NoPicture, clean, own_stem

ORIGINALS = "original_images"  # Wagtail's folder


class NotAllowed(PermissionDenied):
    """The picture must stay as it is. Says why, in words for the editors' desk."""


class CleanFile(ContentFile[bytes]):
    """A picture's file that `cleaned` has written."""


def connect() -> None:
    """Called once, when the site starts."""
    pre_save.connect(_before_saving, get_image_model(), dispatch_uid="pictures")
    pre_delete.connect(_before_deleting, get_image_model(), dispatch_uid="pictures")


def cleaned(content: bytes) -> CleanFile:
    """What is kept of a picture's file. Raises NoPicture and TooManyPixels."""
    found = clean(content, most_pixels=settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS)
    return CleanFile(found.content, name=found.name)


def why_not_delete(numbers: Collection[int]) -> Promise | str | None:
    """Why these pictures may not be deleted, with the first article that needs one; None if they may."""
    found = next(_titles_with(set(numbers)), None)
    if found is None:
        return None
    return _(
        "A picture in “%(article)s” can’t be deleted: readers see it, or a text that is being written or reviewed has "
        "it. Take it out of the article first. It can be deleted once the article without it is public."
    ) % {"article": found}


def numbers_in(value: Any) -> Iterator[int]:
    """The pictures in an article's body, as stored."""
    if isinstance(value, Mapping):
        if isinstance(value.get("image"), int):
            yield value["image"]
        for part in value.values():
            yield from numbers_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from numbers_in(part)


def clean_kept(images: Any, say: Callable[[str], object]) -> int:
    """Clean the files that came in before everything was cleaned; returns how many. What is clean is left alone, so
    it can run again. `images`: Wagtail's model, or what a migration has of it. What can't be read is said, and stays.
    """
    count = 0
    for image in images._default_manager.order_by("pk"):
        try:
            with default_storage.open(image.file.name) as file:
                content = file.read()
            if not PurePosixPath(image.file.name).stem.startswith(own_stem(content)):
                _replace(image, cleaned(content))
                count += 1
        except (OSError, NoPicture):
            say(f"Picture {image.pk} was not cleaned: its file is missing, broken or too large")
    return count


def title_of_file(title: str, name: str) -> str:
    """A title that was made of a file's name keeps the ending, so that it can be told from a description."""
    file = PurePosixPath(name)
    made = title.casefold() in (file.name.casefold(), file.stem.casefold())
    return f"{file.stem[:200]}{file.suffix[:20]}" if made else title


def _titles_with(numbers: set[int]) -> Iterator[str]:
    """The articles that have one of these pictures where readers see it, or may come to see it: in what is public, in
    the newest version, in a review, or in what is to be published on its day.
    """
    shown = Article.objects.filter(Q(live=True) | Q(latest_revision=None))
    for title, body in shown.order_by("pk").values_list("title", "body").iterator():
        if numbers & set(numbers_in(list(body.raw_data))):
            yield title
    newest = Article.objects.exclude(latest_revision=None).values("latest_revision")
    in_review = TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS).values("revision")
    waiting = Q(pk__in=newest) | Q(pk__in=in_review) | Q(approved_go_live_at__isnull=False)
    kind = ContentType.objects.get_for_model(Article)
    for revision in Revision.objects.filter(waiting, base_content_type=kind).order_by("pk").iterator():
        body = revision.content.get("body") or []
        if numbers & set(numbers_in(json.loads(body) if isinstance(body, str) else body)):
            yield str(revision.content.get("title", ""))


def _before_saving(instance: Any, *, raw: bool, **kwargs: object) -> None:
    """A new picture's file is cleaned, unless its form has done so; that of an old one can't be changed."""
    if raw:  # rows of a dump, whose files are where they are
        return
    kept = type(instance).objects.filter(pk=instance.pk).values_list("file", flat=True).first()
    if kept is None:
        if not isinstance(instance.file.file, CleanFile):
            stored = instance.file.name if instance.file._committed else ""
            with instance.open_file() as file:
                instance.file = cleaned(file.read())
            if stored:
                default_storage.delete(stored)
        instance._set_image_file_metadata()
    elif instance.file.name != kept or not instance.file._committed:
        raise NotAllowed(_("A picture’s file can’t be changed. Add the new file as a new picture."))


def _before_deleting(instance: Any, **kwargs: object) -> None:
    if why := why_not_delete({instance.pk}):
        raise NotAllowed(why)


def _replace(image: Any, file: CleanFile) -> None:
    """Put a clean file in the place of a kept one. Its sizes are made anew when they are next shown."""
    name = PurePosixPath(image.file.name)
    renditions = image.renditions.all()
    old = [str(name), *renditions.values_list("file", flat=True)]
    made_of_name = re.fullmatch(re.escape(default_storage.get_valid_name(image.title)) + r"(?:_\w{7})?", name.stem)
    with transaction.atomic():
        image.file = file  # also takes its width and height
        width, height = image.width, image.height
        type(image)._default_manager.filter(pk=image.pk).update(
            title=f"{image.title[:240]}{name.suffix}" if made_of_name else image.title,
            file=default_storage.save(f"{ORIGINALS}/{file.name}", file),
            width=width,
            height=height,
            file_size=file.size,
            file_hash=hash_filelike(file),
        )
        renditions.delete()
        for place in old:
            transaction.on_commit(partial(default_storage.delete, place))
