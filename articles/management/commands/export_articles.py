"""Write all articles and pages to text files, with their pictures."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm  # type: ignore[import-untyped]
from wagtail.images.models import AbstractImage

from articles.exporting import PICTURES, Exported, page_to_text, to_text
from articles.models import Article, SitePage


class Command(BaseCommand):
    """One Markdown file for each article and page, in the form that import_articles reads back."""

    help = (
        "Write all articles and pages, drafts too, to Markdown files with their pictures, readers’ questions and "
        "history. import_articles reads them back."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and which."""
        parser.add_argument("folder", type=Path, help="an empty folder, or one to be made")
        parser.add_argument(
            "--published", action="store_true", help="only what readers see now; without it the newest version of each"
        )

    def handle(self, *args: Any, folder: Path, published: bool, **options: Any) -> None:
        """Texts in the site's first language lie in the folder itself, others in one named for their language; pages in
        the folder "pages" there.
        """
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(f"{folder} is not an empty folder")
        self.folder, self.copied = folder, set[str]()
        slug_of = dict(Article.objects.values_list("pk", "slug"))
        counts = [
            self._write(Article, "", published, lambda version: to_text(version, slug_of)),
            self._write(SitePage, "pages", published, lambda version: page_to_text(version, slug_of)),
        ]
        wrote = "{} articles, {} pages".format(*counts)
        self.stdout.write(f"Wrote {wrote} and {len(self.copied)} pictures to {folder}")

    def _write(
        self, model: type[Article] | type[SitePage], below: str, published: bool, write: Callable[[Any], Exported]
    ) -> int:
        """All texts of a kind; how many there were."""
        texts = model._default_manager.published() if published else model._default_manager.all()
        taken = set(model._default_manager.values_list("slug", flat=True))
        count = 0
        for text in tqdm(texts.select_related("locale").order_by("pk"), unit=" texts", disable=None):
            version = text if published else text.get_latest_revision_as_object()
            language = text.locale.language_code
            place = (self.folder if language == settings.LANGUAGE_CODE else self.folder / language) / below
            place.mkdir(parents=True, exist_ok=True)
            exported = write(version)
            # A draft may be about to take an address that still belongs to another text.
            name = text.slug if version.slug in taken else version.slug
            (place / f"{name}.md").write_text(exported.text, encoding="utf-8")
            for file_name, picture in exported.pictures.items():
                self._copy(picture, place / PICTURES / file_name)
            count += 1
        return count

    def _copy(self, picture: AbstractImage, target: Path) -> None:
        target.parent.mkdir(exist_ok=True)
        with picture.file.storage.open(picture.file.name) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        self.copied.add(target.name)
