"""Pictures that managers put in: photos of podiatrists, the practice's mark."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.pictures import Clean, NoPicture, TooManyPixels


class PictureField(forms.FileField):
    """A picture, written anew: `clean` returns a `common.pictures.Clean`, or None.

    write: `common.pictures.portrait` or `square`. side: of what is written, in pixels.
    """

    def __init__(self, *, write: Callable[..., Clean], side: int, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.FileInput(attrs={"accept": "image/*"}), **kwargs})
        self.write, self.side = write, side

    def to_python(self, data: Any) -> Any:
        """Raises ValidationError for what is no picture."""
        if (file := super().to_python(data)) is None:
            return None
        most = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS
        try:
            return self.write(file.read(), side=self.side, most_pixels=most)
        except TooManyPixels as problem:
            words = _(
                "This photo has too many pixels: %(most)d million are the most. Save a smaller copy and choose that."
            )
            raise ValidationError(words % {"most": most // 1_000_000}) from problem
        except NoPicture as problem:
            raise ValidationError(
                _("This is no photo, or one we can’t read. Save it as JPEG or PNG and choose it again.")
            ) from problem
