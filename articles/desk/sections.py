"""The sections of an article in the editor: each stands once and stays; a button empties it."""

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.telepath import register
from wagtail.blocks.stream_block import StreamBlockAdapter

from articles.blocks import BodyBlock


class SectionsAdapter(StreamBlockAdapter):
    """Hands the sections to our script: Wagtail's would take one out until the text is opened again."""

    js_constructor = "articles.Sections"

    def js_args(self, block: BodyBlock) -> list[Any]:
        """With what the button says."""
        *rest, meta = super().js_args(block)
        return [*rest, {**meta, "emptyLabel": _("Empty this section")}]

    @cached_property
    def media(self) -> forms.Media:
        """Ours comes after Wagtail's, which it extends."""
        return super().media + forms.Media(js=[versioned_static("articles/cms/sections.js")])


def register_sections() -> None:
    """For every editor of an article."""
    register(SectionsAdapter(), BodyBlock)
