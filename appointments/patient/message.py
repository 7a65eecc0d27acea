"""Contact without an appointment: a short message to an office, on one page, tracked like a request."""

import logging
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from appointments import actions, private_link
from appointments.models import AppointmentRequest
from appointments.offices import directory, office
from appointments.patient.forms import offer_offices, offer_ways, pick, refuse_texts, way_to_answer, with_office
from appointments.spam import proof_of_work as proof
from appointments.spam import suspicion
from appointments.vocabulary import BestWay
from appointments.warning_signs.care import care_of
from common.asked_once import AskedOnceForm
from common.client import client_address
from common.crypto import digest, digests
from common.form_fields import CleanCharField, CleanEmailField, PhoneField, WordsField
from common.form_layout import Question, asks
from common.phones import phone_in_words
from common.refused_forms import why_refused

log = logging.getLogger(__name__)

LONGEST = 600
TOPICS = {
    "hours": _("Opening hours or how to get there"),
    "records": _("My records, or a note from the doctor"),
    "bill": _("A bill or insurance"),
    "other": _("Something else"),
}


class MessageForm(AskedOnceForm):
    """Who writes to which office about what, and how to answer."""

    text_name = "message"

    office = pick(_("Which office?"), [], _("Choose an office"))
    about = pick(_("What is it about?"), list(TOPICS.items()), _("Choose what it is about"))
    name = CleanCharField(
        label=_("Your full name"),
        max_length=200,
        error_messages={
            "required": _("Enter your full name"),
            "max_length": _("Your name must be 200 characters or fewer"),
        },
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = PhoneField(
        label=_("Phone number"),
        help_text=_("So that we can reach you about this."),
    )
    email = CleanEmailField(
        label=_("Email"),
        help_text=_("We send a receipt here."),
        required=False,
    )
    message = WordsField(
        label=_("Your message"),
        help_text=_("Up to 600 characters. Please leave out anything about your health."),
        most=LONGEST,
        rows=5,
        error_messages={"required": _("Enter your message")},
    )
    best_way = way_to_answer()

    field_order = ("office", "about", "name", "phone", "email", "message", "best_way")
    helper = asks(  # but for what is asked once more, which comes first and with the words it is about
        Question("office", one=True),
        Question("about", one=True),
        "name",
        "phone",
        "email",
        "message",
        Question("best_way", one=True),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cards = [
            (facts.slug, format_html("<b>{}</b><small>{}</small>", facts.title, facts.street))
            for facts in directory()
            if not facts.missing
        ]
        offer_offices(self, cards)
        offer_ways(self, texts=any(facts.sends_texts for facts in directory()), email=True)

    def clean(self) -> dict[str, Any]:
        """An answer by email needs an address."""
        data = with_office(super().clean() or {})
        if data.get("best_way") == BestWay.EMAIL and "email" in data and not data["email"]:
            self.add_error("email", _("Enter an email address, or choose another way to answer you"))
        chosen = office(data.get("office", ""))
        if chosen and data.get("best_way") == BestWay.TEXT and not chosen.sends_texts:
            words = _("The %(office)s office can’t send texts. Choose another way to answer you")
            self.add_error("best_way", words % {"office": chosen.name})
        refuse_texts(self, data)
        return data

    def answers(self) -> dict[str, Any]:
        """As `actions.send_message` takes them; of voicemail and interpreters nobody is asked here."""
        data = self.cleaned_data
        language = translation.get_language() or settings.LANGUAGE_CODE
        return {
            "office": data["office"],
            "topic": str(TOPICS[data["about"]]),
            "details": data["message"],
            "patient_name": data["name"],
            "phone": data["phone"],
            "email": data["email"],
            "contact": {"best_way": data["best_way"], "language": language},
            "so": self.said_so,
        }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def message_new(request: HttpRequest) -> HttpResponse:
    """The page, and what it sends. A second click finds the message that the first one made."""
    if request.method != "POST":
        return _show(request, MessageForm(initial={"office": request.GET.get("office")}))
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _show(request, form)
    answers = form.answers()
    secret = form.once("\0".join([answers["office"], answers["patient_name"], answers["phone"], answers["details"]]))
    try:
        inquiry = _sent(secret)
        if inquiry is None:
            # What can’t wait is held up by nothing.
            held_because = "" if form.said_so else suspicion.held_because(_signs(request, form), request.POST)
            if held_because is None:
                return _show(request, form, challenge=proof.new_challenge())
            inquiry = actions.send_message(
                draft_digest=digest("message", secret),
                answers=answers,
                language=translation.get_language() or settings.LANGUAGE_CODE,
                actor=actions.Actor(address=client_address(request)),
                held_because=held_because,
            )
    except actions.NobodyTakes:
        return _show(request, MessageForm(request.POST), status=503)  # without that office
    except Error:
        log.exception("A message could not be saved")
        return _show(request, form, failed=True, status=503)
    response = redirect("appointments:message_sent", inquiry.reference)
    response.set_cookie(
        settings.MESSAGE_COOKIE, secret, httponly=True, secure=not settings.DEMO, samesite="Lax"
    )  # its confirmation opens for this browser only
    return response


@never_cache
@require_safe
def message_sent(request: HttpRequest, reference: str) -> HttpResponse:
    """The confirmation, for the browser that sent it, for a while. Anyone else gets a page without details."""
    inquiry = _sent(request.COOKIES.get(settings.MESSAGE_COOKIE, ""))
    since = timezone.now() - timedelta(minutes=settings.SENT_PAGE_MINUTES)
    if inquiry is None or inquiry.reference != reference or inquiry.created_at <= since:
        return render(request, "appointments/sent_elsewhere.html", status=404)
    facts = next(facts for facts in directory() if facts.pk == inquiry.office_id)
    context = {"inquiry": inquiry, "office": facts, "page": private_link.path(inquiry), "care": care_of(inquiry)}
    way = BestWay.of(inquiry.contact["best_way"]) or BestWay.CALL
    context["how"] = way.when_message_sent % {"phone": phone_in_words(inquiry.phone), "email": inquiry.email}
    context |= {"calls": way == BestWay.CALL, "short_address": private_link.short_address()}
    return render(request, "appointments/message_sent.html", context)


@never_cache
def ask_again(request: HttpRequest) -> HttpResponse:
    """A message that came without its token: the page again, with what was typed, and nothing kept of it."""
    form = MessageForm(request.POST)
    form.is_valid()
    return _show(request, form, stopped=why_refused(request), status=403)


def _signs(request: HttpRequest, form: MessageForm) -> suspicion.Signs:
    data = form.cleaned_data
    return suspicion.signs_of(
        names=[data["name"]],
        text=data["message"],
        phone=data["phone"],
        address=client_address(request),
        filled_box=form.filled_box,
        fast=form.too_fast,
    )


def _sent(secret: str) -> AppointmentRequest | None:
    """The message that was sent under this secret of its browser."""
    return AppointmentRequest.objects.filter(draft_digest__in=digests("message", secret)).first() if secret else None


def _show(request: HttpRequest, form: MessageForm, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"form": form, "nobody_takes": all(facts.missing for facts in directory()), **more}
    return render(request, "appointments/message_new.html", context, status=status)
