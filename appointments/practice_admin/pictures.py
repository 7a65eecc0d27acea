"""Pictures that managers put in: photos of podiatrists, the practice's mark."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.pictures import Clean, NoPicture, TooManyPixels

MOST_KEPT = 400_000  # bytes, a third more as text: the whole page may send a megabyte beside its files


class KeptPicture(forms.FileInput):
    """A box for a file whose picture comes along when the page is shown once more: a browser forgets what was chosen.
    What comes back is read like any file.
    """

    def __init__(self) -> None:
        super().__init__(attrs={"accept": "image/*"})
        self.chosen: Clean | None = None

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The file that is chosen now, else the one before."""
        file = super().value_from_datadict(data, files, name)
        if file or not (kept := data.get(_kept(name))):
            return file
        try:
            return SimpleUploadedFile("kept", b64decode(kept, validate=True) or b"none")
        except (NotBase64, ValueError):
            return SimpleUploadedFile("kept", b"none")

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """With the picture that was chosen, and a word on it."""
        box = super().render(name, value, attrs, renderer)
        if self.chosen is None:
            return box
        if len(self.chosen.content) > MOST_KEPT:
            return format_html(
                "{} <strong>{}</strong>", box, _("Choose the picture again: it is too large to be kept.")
            )
        return format_html(
            '{} <strong>{}</strong><input type="hidden" name="{}" value="{}">',
            box,
            _("The picture you chose is kept."),
            _kept(name),
            b64encode(self.chosen.content).decode(),
        )


def _kept(name: str) -> str:
    return f"{name}-kept"


class PictureField(forms.FileField):
    """A picture, written anew: `clean` returns a `common.pictures.Clean`, or None.

    write: `common.pictures.portrait` or `square`. side: of what is written, in pixels.
    """

    widget: KeptPicture

    def __init__(self, *, write: Callable[..., Clean], side: int, **kwargs: Any) -> None:
        super().__init__(**{"widget": KeptPicture(), **kwargs})
        self.write, self.side = write, side

    def to_python(self, data: Any) -> Any:
        """Raises ValidationError for what is no picture."""
        if (file := super().to_python(data)) is None:
            return None
        most = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS
        file.seek(0)  # a page that asks first reads it twice
        try:
            self.widget.chosen = self.write(file.read(), side=self.side, most_pixels=most)
        except TooManyPixels as problem:
            words = _(
                "This photo has too many pixels: %(most)d million are the most. Save a smaller copy and choose that."
            )
            raise ValidationError(words % {"most": most // 1_000_000}) from problem
        except NoPicture as problem:
            raise ValidationError(
                _("This is no photo, or one we can’t read. Save it as JPEG or PNG and choose it again.")
            ) from problem
        return self.widget.chosen
