"""Accounts of the staff: who they are, what they do, for which offices. Nothing else can be given here.

What a person may do comes from their groups alone; whether they may open the desk follows from the groups. Nobody sets
a password for somebody else: a new person gets a link that works once and sets their own. Who gives rights can't give
them to themselves, and what opens patients' requests waits until a second person confirms it (`access.py`). The audit
hears of each change by the signals in `sign_in_audit.py`.
"""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import actions
from appointments.models import Office, RightsWaiting
from appointments.practice_admin import touched
from clinic.accounts import access, sign_in_audit
from clinic.accounts.sessions import end_sessions
from clinic.accounts.staff_forms import GROUPS, OwnAccountForm, StaffForm
from common.client import client_address
from common.confirm import AsksFirst
from common.models import User


class StaffAdmin(AsksFirst):
    """The people who sign in."""

    form = StaffForm
    fields = ("username", "first_name", "last_name", "email", "groups", "offices", "is_active")
    list_display = (
        *("username", "first_name", "last_name", "what_they_do", "their_offices", "waits", "is_active", "last_login"),
    )
    list_filter = ("is_active", ("groups", admin.RelatedOnlyFieldListFilter), "offices")
    search_fields = ("username", "first_name", "last_name")
    ordering = ("username",)
    change_form_template = "admin/common/user_change.html"

    def get_urls(self) -> list[URLPattern]:
        """With the page that makes a link to set a password; without Django's redirect of any other address."""
        link = self.admin_site.admin_view(self.password_link)
        usual = [url for url in super().get_urls() if url.name]
        return [path("<int:pk>/password-link/", link, name="common_user_password_link"), *usual]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """The operator's own accounts are nobody else's business."""
        people = super().get_queryset(request)
        if not request.user.is_superuser:
            people = people.filter(is_superuser=False)
        offices = Prefetch("offices", Office.objects.only("name", "position"))
        return people.select_related("rights_waiting").prefetch_related("groups", offices)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """One's own rights are given by somebody else."""
        if obj and obj.pk == request.user.pk:
            return ("username", "what_they_do", "their_offices", "is_active")
        return ("username",) if obj else ()

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        if obj and obj.pk == request.user.pk:
            return ("username", "first_name", "last_name", "email", "what_they_do", "their_offices", "is_active")
        return self.fields

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        """A form of its own for oneself: fields that a form declares are in it whatever is read-only."""
        if obj and obj.pk == request.user.pk:
            kwargs["form"] = OwnAccountForm
        return super().get_form(request, obj, change, **kwargs)

    @admin.display(description=gettext_lazy("what they do"))
    def what_they_do(self, user: User) -> str:
        return ", ".join(sorted(group.name for group in user.groups.all()))

    @admin.display(description=gettext_lazy("offices"))
    def their_offices(self, user: User) -> str:
        return ", ".join(office.name for office in user.offices.all())

    @admin.display(description=gettext_lazy("to be confirmed"), boolean=True)
    def waits(self, user: User) -> bool:
        """Whether they were given something that a second person has yet to confirm."""
        return hasattr(user, "rights_waiting")

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Never: history and audit name them. Who leaves is not let in any more."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """A new person has no password yet."""
        form.staffed_before = list(Office.objects.select_for_update().staffed().values_list("pk", flat=True))
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if change and not obj.is_active:
            end_sessions(obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Groups of other software stay. Who lets somebody in again, or moves their mail, has a hand in it. Asks about
        requests that this touches.
        """
        person, by = form.instance, _user(request)
        if "groups" not in form.fields:
            super().save_related(request, form, formsets, change)
            self._mind_requests(request, form)
            return
        groups, offices = form.cleaned_data["groups"], form.cleaned_data["offices"]
        form.cleaned_data["groups"] = person.groups.all()  # what it may become is not the form's to say
        super().save_related(request, form, formsets, change)
        readmitted = "is_active" in form.changed_data and person.is_active
        mail_moved = "email" in form.changed_data and access.opens_by_password_alone(person)
        if change and (readmitted or mail_moved):
            access.suspend(person=person, by=by)
        others = person.groups.exclude(name__in=GROUPS) if change else Group.objects.none()
        access.settle(person=person, groups=[*groups, *others], offices=offices, by=by)
        self._mind_requests(request, form)
        if not change:
            name = person.get_username()
            access.tell_managers(
                f"Account {name}: made", f"{by.get_username()} has made the account {name}. It has no password yet."
            )
        if not (groups or others):
            words = _("%(name)s has no role, so there is nothing they can do here: give them one.")
            messages.warning(request, words % {"name": person})
        if RightsWaiting.objects.filter(user=person).exists():
            messages.warning(
                request,
                _("%(name)s has no access to requests yet: another manager or administrator confirms it under Access.")
                % {"name": person},
            )

    def _mind_requests(self, request: HttpRequest, form: Any) -> None:
        """Ask first about what nobody would see, or whose job it would be no more; then it is nobody's job."""
        self.confirm(request, touched.by_person(form.staffed_before, form.instance, request.user))
        actions.unassign_in_vain(actor=actions.Actor(_user(request), client_address(request)), person=form.instance)

    @method_decorator(transaction.atomic)
    def password_link(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A link with which this person sets a password, shown once. It does not sign anybody in.

        Whoever makes it could use it: unless a second factor stands in the way, the account's rights wait again.
        """
        person = self.get_object(request, str(pk))
        if person is None or not self.has_change_permission(request, person):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if person.pk == request.user.pk or person.is_superuser or not person.is_active:
            raise PermissionDenied
        key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
        address = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        name, by = person.get_username(), _user(request)
        sign_in_audit.record("password link made", about=name, request=request)
        access.tell_managers(
            f"Account {name}: link to a password",
            f"{by.get_username()} has made a link that sets a new password for {name}.",
        )
        if access.opens_by_password_alone(person):
            access.suspend(person=person, by=by)
        context = {
            **self.admin_site.each_context(request),
            "title": _("A link for %(name)s") % {"name": person},
            "opts": self.opts,
            "person": person,
            "link": f"{settings.BASE_URL}{address.replace('UID-KEY', key)}",
            "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60),
            "waits": RightsWaiting.objects.filter(user=person).exists(),
        }
        return TemplateResponse(request, "admin/common/user_password_link.html", context)


def _user(request: HttpRequest) -> User:
    """Who is signed in; the admin lets in nobody else."""
    assert isinstance(request.user, User)  # noqa: S101  # says so to the type checker
    return request.user
