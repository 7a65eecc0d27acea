"""Write all articles to text files, with their pictures."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm  # type: ignore[import-untyped]

from articles.exporting import PICTURES, to_text
from articles.models import Article


class Command(BaseCommand):
    """One Markdown file for each article, in the form that import_articles reads back."""

    help = "Write all articles, drafts too, to Markdown files with their pictures. import_articles reads them back."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and which."""
        parser.add_argument("folder", type=Path, help="an empty folder, or one to be made")
        parser.add_argument(
            "--published", action="store_true", help="only what readers see now; without it the newest version of each"
        )

    def handle(self, *args: Any, folder: Path, published: bool, **options: Any) -> None:
        """Articles in the site's first language lie in the folder itself, others in one named for their language."""
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(f"{folder} is not an empty folder")
        slug_of = dict(Article.objects.values_list("pk", "slug"))
        taken = set(slug_of.values())
        articles = Article.objects.published() if published else Article.objects.all()
        copied: set[str] = set()
        count = 0
        for article in tqdm(articles.select_related("locale").order_by("pk"), unit=" articles", disable=None):
            version = article if published else article.get_latest_revision_as_object()
            language = article.locale.language_code
            place = folder if language == settings.LANGUAGE_CODE else folder / language
            place.mkdir(parents=True, exist_ok=True)
            exported = to_text(version, slug_of)
            # A draft may be about to take an address that still belongs to another article.
            name = article.slug if version.slug in taken else version.slug
            (place / f"{name}.md").write_text(exported.text, encoding="utf-8")
            for file_name, picture in exported.pictures.items():
                target = place / PICTURES / file_name
                target.parent.mkdir(exist_ok=True)
                with picture.file.storage.open(picture.file.name) as source, target.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
                copied.add(file_name)
            count += 1
        self.stdout.write(f"Wrote {count} articles and {len(copied)} pictures to {folder}")
