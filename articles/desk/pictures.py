"""Pictures at the editors' desk: what may come in, what stays as it is, and the doors that are shut.

A picture's title, tags and focal point may be changed at any time: readers see none of them, and our pages cut nothing
off. Its alternative text stands in the article, and is reviewed with it.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, re_path
from django.utils.translation import gettext_lazy as _
from PIL.Image import DecompressionBombError
from wagtail.admin import messages
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.account import AvatarSettingsPanel
from wagtail.images import get_image_model
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtail.images.views import images, multiple

from articles.pictures import CleanFile, cleaned, title_of_file, why_not_delete
from common.pictures import TooManyPixels

FILE_STAYS = _("The picture itself stays as it is. To show another one, add it as a new picture and choose it instead.")


class PictureField(WagtailImageField):
    """A file of a kind that is shown, of a size that can be worked on, and with nothing in it but pixels."""

    def to_python(self, data: UploadedFile | None) -> CleanFile | None:
        """Wagtail's own checks; then the picture is written anew."""
        try:
            file = super().to_python(data)
            return cleaned(file.read()) if file else None
        except ValidationError:
            raise
        except (TooManyPixels, DecompressionBombError) as problem:
            raise ValidationError(
                _("This picture has too many pixels: %(most)d million are the most. Save a smaller copy and add that.")
                % {"most": settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS // 1_000_000}
            ) from problem
        except Exception as problem:  # Pillow raises many kinds for a broken file, and Wagtail passes them on
            raise ValidationError(
                _("This picture is broken, or of a kind we can’t show. Save it as JPEG or PNG and add it again.")
            ) from problem


class PictureForm(BaseImageForm):
    """A new picture's file is cleaned; that of an old one can't be changed, because no review would see it."""

    file = PictureField(label=_("File"), widget=BaseImageForm.Meta.widgets["file"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("file", None)
            self["title"].help_text = FILE_STAYS  # Wagtail has bound it already

    def clean(self) -> dict[str, Any]:
        """Says so when somebody sends another file for a picture; a picture without a title of its own is found by
        its file's name.
        """
        data: dict[str, Any] = super().clean()
        if self.instance.pk and self.files:
            raise ValidationError(FILE_STAYS)
        if name := self._file_name():
            data["title"] = title_of_file(data.get("title", ""), name)
        return data

    def full_clean(self) -> None:
        """A file that came with other mistakes is not kept anywhere: Wagtail would keep it as it came."""
        super().full_clean()
        if self.errors and self._file_name() and "file" not in self.errors:
            self.add_error("file", _("Correct the other fields, and choose the picture again."))

    def _file_name(self) -> str:
        """As the editor's machine has it."""
        file = self.files.get(self.add_prefix("file")) if self.is_bound else None
        return file.name or "" if file and not self.instance.pk else ""


def gone(request: HttpRequest) -> HttpResponse:
    """What Wagtail has and this site has not."""
    raise Http404


class NoDocuments:
    """Every page of Wagtail's admin names the address of its documents, which are not installed."""

    model = type(None)

    @staticmethod
    def get_urlpatterns() -> list[URLPattern]:
        """A name for nothing."""
        return [path("", gone, name="listing")]


@require_admin_access
def delete(request: HttpRequest, image_id: int) -> HttpResponse:
    """Wagtail's page, unless an article needs the picture."""
    if why := why_not_delete({image_id}):
        messages.error(request, why)
        return redirect("wagtailimages:edit", image_id)
    return images.DeleteView.as_view()(request, image_id=image_id)


@require_admin_access
def delete_multiple(request: HttpRequest, image_id: int) -> HttpResponse:
    """The same, for the page on which several are added."""
    if why := why_not_delete({image_id}):
        return JsonResponse({"success": False, "error_message": str(why)}, status=409)
    return multiple.DeleteView.as_view()(request, image_id=image_id)


def keep_what_is_shown(
    request: HttpRequest, action_type: str, objects: Sequence[Any], action: Any
) -> HttpResponse | None:
    """Before a bulk action: none of several is deleted if an article needs one."""
    if action_type != "delete" or action.model is not get_image_model():
        return None
    if why := why_not_delete({picture.pk for picture in objects}):
        messages.error(request, why)
        return redirect("wagtailimages:index")
    return None


def take_over() -> None:
    """Wagtail offers a picture's title as its alternative text, and people upload a picture of themselves."""
    get_image_model().default_alt_text = property(lambda picture: picture.description)
    AvatarSettingsPanel.is_active = lambda panel: False


# Below /cms/, in front of Wagtail's own.
urlpatterns = [
    re_path(r"^(?:pages|documents|api/main/documents|bulk/wagtaildocs|failwhale)/", gone, name="gone"),
    re_path(r"^images/[0-9]+/(?:generate_url|preview)/", gone, name="gone"),
    re_path(r"^images/multiple/(?:create_from_uploaded_image|delete_upload)/", gone, name="gone"),
    path("images/<int:image_id>/delete/", delete),
    path("images/multiple/<int:image_id>/delete/", delete_multiple),
]
