"""Check on your request: the way to the private page for who has not its link. /my/ is short enough to say.

Either the reference and the second fact, or a code that the office read by phone (`private_link.py` makes it), which
leads to the page's lock. Nobody is told whether there is such a reference, or what of the two was wrong.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from appointments import actions, private_link, references
from appointments.patient.private_page.forms import FactForm
from appointments.patient.private_page.unlocking import TOO_MANY, TRIES, TRY_SECONDS, actor_of, takes_facts, unlock
from common.form_fields import ExactCharField
from common.rate_limit import take_place, take_place_for
from common.refused_forms import may_go_on, refusal

TRIES_PER_CONNECTION = 20  # a few patients may share one
WRONG = _(
    "We could not open it. Check the reference number, and what you entered with it. If it does not open then, call us"
)
NO_REFERENCE = format_lazy(_("Enter a reference number like {example}"), example=references.EXAMPLE)
WRONG_CODE = _("This code is not right, or its time is over. Check it, or call us for a new one")


class CheckForm(FactForm):
    """The reference and one thing more, or the code alone."""

    reference = ExactCharField(
        label=_("Reference number"),
        help_text=format_lazy(
            _(
                "Like {example}. You saw it when you sent your request, and it is in our emails. "
                "Or enter the 12 letters and numbers we read to you."
            ),
            example=references.EXAMPLE,
        ),
        max_length=40,
        error_messages={
            "required": _("Enter your reference number"),
            "max_length": NO_REFERENCE,
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "class": "w-m"}),
    )
    field_order = ("reference", "last_digits", "birth_date")

    def clean_reference(self) -> str:
        """A reference or a code, by its length."""
        typed: str = self.cleaned_data["reference"]
        if not (private_link.is_code(typed) or references.is_whole(typed)):
            raise ValidationError(NO_REFERENCE)
        return typed

    @property
    def is_code(self) -> bool:
        """Once validated: whether the code was typed."""
        return private_link.is_code(self.cleaned_data["reference"])

    @property
    def tells_fact(self) -> bool:
        """Once validated: whether one of the two was filled in."""
        return bool(self.cleaned_data.get("last_digits") or self.cleaned_data.get("birth_date"))

    def clean(self) -> dict[str, Any]:
        """A code needs nothing beside it yet."""
        data = super().clean() or {}
        if not self.errors and not self.is_code and not self.tells_fact:
            self.add_error(
                "last_digits", _("Enter the last 4 digits of your phone number, or the patient’s date of birth")
            )
        return data


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_on(request: HttpRequest) -> HttpResponse:
    """Asks for the reference and the second fact, and opens the page; a code leads on to its lock."""
    form = CheckForm(request.POST if request.method == "POST" else None)
    if not may_go_on(request, form):
        return _show(request, form, stopped=refusal(request))
    typed = form.cleaned_data["reference"]
    if not (
        take_place(request, "own page found", most=TRIES_PER_CONNECTION, seconds=TRY_SECONDS)
        and take_place_for(private_link.named_in(typed), "own page found", most=TRIES, seconds=TRY_SECONDS)
    ):
        response = _show(request, CheckForm(), stopped=TOO_MANY, status=429)
        response.headers["Retry-After"] = str(TRY_SECONDS)
        return response
    inquiry = private_link.find_by_code(typed) if form.is_code else private_link.find_by_reference(typed)
    if inquiry is None:
        return _refuse(request, form)
    if form.is_code:
        actions.told_code(inquiry=inquiry, actor=actor_of(request))
    page = redirect("appointments:status", private_link.token(inquiry))
    if not form.tells_fact:
        return page
    if not takes_facts(request, inquiry):
        return _refuse(request, form)
    if not actions.tell_second_fact(inquiry=inquiry, actor=actor_of(request), right=form.fits(inquiry)):
        return _refuse(request, form)
    unlock(page, inquiry)
    return page


def _refuse(request: HttpRequest, form: CheckForm) -> HttpResponse:
    form.add_error("reference", WRONG_CODE if form.is_code else WRONG)
    return _show(request, form)


def _show(request: HttpRequest, form: CheckForm, *, stopped: str | Promise = "", status: int = 200) -> HttpResponse:
    context = {"form": form, "stopped": stopped}
    return render(request, "appointments/own_page_check.html", context, status=status)
