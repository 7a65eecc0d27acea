"""Bring an existing site's articles in, as drafts."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm  # type: ignore[import-untyped]

from articles.importing.drafts import Importer
from articles.importing.pictures import Pictures
from articles.importing.report import MOST_NAMES, Report
from articles.importing.sources import Options, opened
from articles.importing.unpacking import NotUnpacked


class Command(BaseCommand):
    """Makes a draft of each article in the source. Run again, it makes only those that are new."""

    help = (
        "Read a WordPress export (.xml), a ZIP file or a folder of Markdown, HTML, Word or text files, or one such "
        "file, and make a draft of each article. Nothing becomes public."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What, from where, and whether only to look."""
        parser.add_argument("source", type=Path, help="the export, the folder, or the file")
        parser.add_argument(
            "--media", type=Path, help="the folder, or a ZIP file, with the pictures, such as wp-content/uploads"
        )
        parser.add_argument("--pages", action="store_true", help="WordPress’s pages come along, as pages of this site")
        parser.add_argument(
            "--types",
            default="",
            help="kinds of WordPress’s items that are articles, too: page,conditions",
        )
        parser.add_argument(
            "--comments", action="store_true", help="readers’ comments become questions that wait for an answer"
        )
        parser.add_argument("--dry-run", action="store_true", help="only report what would happen")

    def handle(self, *args: Any, source: Path, media: Path | None, dry_run: bool, **options: Any) -> None:
        """Everything that can be read is imported; the report names the rest with its reasons."""
        if not source.exists():
            raise CommandError(f"There is no {source}")
        if media and not media.is_dir() and media.suffix.lower() != ".zip":
            raise CommandError(f"{media} is not a folder")
        types = frozenset(filter(None, options["types"].split(",")))
        wanted = Options(pages=options["pages"], types=types, comments=options["comments"])
        try:
            with opened(source, media=media, options=wanted) as found:
                pictures = Pictures(found.media, keep=not dry_run)
                importer = Importer(pictures, source=source.name, keep=not dry_run)
                for _done in importer.work(tqdm(found.items, unit=" items", disable=None)):
                    pass
        except NotUnpacked as problem:
            raise CommandError(f"{source.name}: {problem}") from problem
        self._tell(source, importer.report, len(pictures.kept), dry_run=dry_run, details=options["verbosity"] > 1)

    def _tell(self, source: Path, report: Report, pictures: int, *, dry_run: bool, details: bool) -> None:
        """What came in, what did not, and why."""
        made = "would be made" if dry_run else "made"
        lines = [f"{source}: {report.items} items. Drafts {made}: {len(report.drafts)}. Pictures: {pictures}."]
        if report.again:
            lines.append(f"Imported before, left alone: {report.again}")
        if report.comments:
            lines.append(f"Readers’ comments that wait as questions: {report.comments}")
        lines += report.notes
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
