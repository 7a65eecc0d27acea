"""Bring an existing site's articles in, as drafts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from tqdm import tqdm  # type: ignore[import-untyped]

from articles.importing import files, wordpress
from articles.importing.drafts import Importer
from articles.importing.items import Item, LeftOut, Refused
from articles.importing.pictures import Pictures
from articles.importing.report import Report

MOST_NAMES = 10  # of pictures, after each reason


class Command(BaseCommand):
    """Makes a draft of each article in the source. Run again, it makes only those that are new."""

    help = (
        "Read a WordPress export (.xml), a folder of Markdown, HTML or text files, or one such file, and make a draft "
        "of each article. Nothing becomes public."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What, from where, and whether only to look."""
        parser.add_argument("source", type=Path, help="the export, the folder, or the file")
        parser.add_argument("--media", type=Path, help="the folder with the pictures, such as wp-content/uploads")
        parser.add_argument(
            "--pages", action="store_true", help="WordPress’s pages are articles too, not only its posts"
        )
        parser.add_argument("--dry-run", action="store_true", help="only report what would happen")

    def handle(self, *args: Any, source: Path, media: Path | None, pages: bool, dry_run: bool, **options: Any) -> None:
        """Everything that can be read is imported; the report names the rest with its reasons."""
        if not source.exists():
            raise CommandError(f"There is no {source}")
        if media and not media.is_dir():
            raise CommandError(f"{media} is not a folder")
        pictures = Pictures(media, keep=not dry_run)
        importer = Importer(pictures, source=source.name, keep=not dry_run)
        is_export = source.suffix.lower() == ".xml" and source.is_file()
        found: Iterator[Item | LeftOut | Refused] = (
            wordpress.read(source, pages=pages) if is_export else files.read(source)
        )
        for item in tqdm(found, unit=" items", disable=None):
            importer.take(item)
        with transaction.atomic():
            importer.finish()
        self._tell(source, importer.report, len(pictures.kept), dry_run=dry_run, details=options["verbosity"] > 1)

    def _tell(self, source: Path, report: Report, pictures: int, *, dry_run: bool, details: bool) -> None:
        """What came in, what did not, and why."""
        made = "would be made" if dry_run else "made"
        lines = [f"{source}: {report.items} items. Drafts {made}: {len(report.drafts)}. Pictures: {pictures}."]
        if report.again:
            lines.append(f"Imported before, left alone: {report.again}")
        lines += [f"Left out: {count} {why}" for why, count in report.left_out.most_common()]
        lines += [f"Refused: {item.name}: {item.why}" for item in report.refused]
        for why, names in report.pictures_refused.items():
            shown = ", ".join([*names][:MOST_NAMES]) + (" ..." if len(names) > MOST_NAMES else "")
            lines.append(f"Pictures left out: {len(names)}, {why}: {shown}")
        if report.without_alt:
            lines.append(f"Pictures that need a description: {report.without_alt}")
        if details:
            for name, slug, notes in report.drafts:
                lines += [f"Draft: {slug} ({name})", *(f"    {note}" for note in notes)]
        elif any(notes for _name, _slug, notes in report.drafts):
            lines.append("What editors should look at is in each draft’s history; -v 2 prints it here.")
        self.stdout.write("\n".join(lines))
