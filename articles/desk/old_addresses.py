"""Old addresses at the desk."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from articles import old_addresses
from articles.desk.typed_before import TypedBefore
from articles.models import Article, OldAddress


class OldAddressForm(WagtailAdminModelForm):
    """An old address as an editor writes it, or copies it from a browser."""

    def clean_path(self) -> str:
        """As the table keeps it, so that the same address is not added twice."""
        try:
            return old_addresses.canonical(self.cleaned_data["path"])
        except ValueError as problem:
            raise ValidationError(_("Start with a slash: “/heel-pain/”.")) from problem

    def clean(self) -> dict[str, Any]:
        """It must be able to work."""
        data: dict[str, Any] = super().clean()
        if "path" in data:
            old_addresses.check(data["path"], data.get("article"))
        return data

    def save(self, commit: bool = True) -> OldAddress:
        """What an editor has looked at is the editor's."""
        self.instance.added_by = OldAddress.AddedBy.HAND
        old: OldAddress = super().save(commit)
        old_addresses.editor_set_target(old)
        return old


class OldAddressIndex(generic.IndexView):
    """The list, with what each address leads to."""

    def get_base_queryset(self) -> QuerySet[OldAddress]:
        """One query for all."""
        rows: QuerySet[OldAddress] = super().get_base_queryset()
        return rows.select_related("article")


class OldAddressCreate(TypedBefore, generic.CreateView):
    """A new one; from the list of pages not found it comes with the address, and the article that may be meant."""

    def get_initial(self) -> dict[str, Any]:
        """What the form begins with."""
        path = self.request.GET.get("path", "")
        meant = old_addresses.related_to(path)[:1] if path else []
        article = Article.objects.published().in_language().filter(slug__in=[document.slug for document in meant])
        return {**super().get_initial(), "path": path, "article": article.first()}


class OldAddressEdit(TypedBefore, generic.EditView):
    """One that is there."""


class OldAddressViewSet(ModelViewSet):
    """Addresses that articles once had, here or on the site before."""

    model = OldAddress
    icon = "redirect"
    menu_label = _("Old addresses")
    menu_order = 210
    add_to_admin_menu = True
    list_display = (
        "path",
        Column("article", label=_("Leads to"), accessor=lambda old: Truncator(old.article or "").chars(40)),
        "effect",
        "added_by",
        "created_at",
    )
    list_filter = ("added_by",)
    search_fields = ("path", "about")
    search_backend_name = None
    ordering = ("-created_at", "path")
    list_per_page = 50
    index_view_class = OldAddressIndex
    add_view_class = OldAddressCreate
    edit_view_class = OldAddressEdit
    edit_handler = ObjectList([FieldPanel("path"), FieldPanel("article")], base_form_class=OldAddressForm)
    add_to_reference_index = False
    copy_view_enabled = False
