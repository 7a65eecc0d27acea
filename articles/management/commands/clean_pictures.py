"""Take out of the pictures that are there what is hidden in their files."""

from typing import Any

from django.core.management.base import BaseCommand
from wagtail.images import get_image_model

from articles.pictures import clean_kept


class Command(BaseCommand):
    """What is clean already is left alone."""

    help = (
        "Clean the pictures in the media folder of places, names, comments and whatever else is hidden in their files. "
        "Pictures are cleaned when they come in; this is for files that were put there by hand. It can run again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """While the site runs."""
        count = clean_kept(get_image_model(), self.stderr.write)
        self.stdout.write(f"Cleaned {count} pictures")
