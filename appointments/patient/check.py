""" "Check your answers", sending, and the confirmation."""

import logging
from datetime import timedelta
from time import time as time_now

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from appointments import actions, drafts, offices, private_link
from appointments.answers import names
from appointments.call_wishes import by_in_words
from appointments.complaints import in_words
from appointments.drafts import Answers
from appointments.models import AppointmentRequest
from appointments.offices import OfficeFacts, directory, office, somebody_takes
from appointments.patient.progress import STEPS, judged, next_url, sent_from, start_again
from appointments.patient.step_forms import body_areas
from appointments.patient.summary import summarize
from appointments.patient.when_to_call import what_of_the_wishes
from appointments.spam import proof_of_work as proof
from appointments.spam import suspicion
from appointments.vocabulary import BestWay, Text, Voicemail
from appointments.warning_signs.care import care_of
from common.client import client_address
from common.phones import phone_in_words
from common.spam_traps import TrapsForm

log = logging.getLogger(__name__)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Check your answers; the green button sends them. A second click finds the request that the first one made."""
    key = drafts.key_of(request)
    if sent_before := sent_from(key):
        return redirect("appointments:sent", sent_before.reference)
    answers = drafts.load(key)
    if answers is None:
        return start_again(expired=bool(key))
    open_step = next_url(answers)
    if open_step != reverse("appointments:check"):
        return HttpResponseRedirect(open_step)
    if request.method != "POST":
        return _show_check(request, answers)
    about = dict(answers["visit"])
    about["reason"] = in_words(about["reason"])
    about["body_area"] = dict(body_areas()).get(about.get("body_area", ""), "")
    try:
        held_because = _held_because(request, answers)
        if held_because is None:
            return _show_check(request, answers, challenge=proof.new_challenge())
        inquiry = actions.submit(
            draft_digest=key,
            answers={**answers, "visit": about},
            language=translation.get_language() or settings.LANGUAGE_CODE,
            actor=actions.Actor(address=client_address(request)),
            held_because=held_because,
        )
    except actions.NobodyTakes:
        return _show_check(request, answers, status=503)
    except Error:
        log.exception("A request could not be saved")
        return _show_check(request, answers, failed=True, status=503)
    return redirect("appointments:sent", inquiry.reference)


def _held_because(request: HttpRequest, answers: Answers) -> str | None:
    """The signs of spam to hold it for, "" for none; None if a proof of work is to be asked for first."""
    if judged(answers).level.is_urgent:
        return ""  # what can't wait is held up by nothing
    traps = TrapsForm(request.POST)
    traps.is_valid()  # an old page is no mistake here: nothing is typed on it
    whole_time = time_now() - answers.get("started_at", 0)
    signs = suspicion.signs_of(
        names=names(answers),
        text=answers["visit"]["details"],
        phone=answers["about_you"]["phone"],
        address=client_address(request),
        filled_box=traps.filled_box,
        fast=traps.too_fast and whole_time < settings.FASTEST_SECONDS,
    )
    return suspicion.held_because(signs, request.POST)


def _show_check(
    request: HttpRequest, answers: Answers, *, failed: bool = False, challenge: str = "", status: int = 200
) -> HttpResponse:
    """The summary. When sending failed, or no office takes requests: the same page with the phones on top.

    challenge: the proof of work that is asked for before it is sent.
    """
    decision = offices.decide_office(answers["about_you"]["zip_code"], answers["visit"]["office"])
    context = {
        "groups": summarize(answers, decision),
        "office": office(decision.office),
        "failed": failed,
        "form": TrapsForm(),
        "challenge": challenge,
        "back": STEPS[-1].url(),
        "nobody_takes": not somebody_takes(),
    }
    return render(request, "appointments/check.html", context, status=status)


@never_cache
@require_safe
def sent(request: HttpRequest, reference: str) -> HttpResponse:
    """The confirmation, for the browser that sent it, for a while. Anyone else gets a page without details."""
    key = drafts.key_of(request) if "\x00" not in reference else ""
    since = timezone.now() - timedelta(minutes=settings.SENT_PAGE_MINUTES)
    inquiry = (
        AppointmentRequest.objects.filter(reference=reference, draft_digest=key, created_at__gt=since).first()
        if key
        else None
    )
    if inquiry is None:
        return render(request, "appointments/sent_elsewhere.html", status=404)
    facts = next(facts for facts in directory() if facts.pk == inquiry.office_id)
    context = {"inquiry": inquiry, "office": facts, "page": private_link.path(inquiry), "care": care_of(inquiry)}
    context |= {"how": _how(inquiry, facts), "voicemail": _voicemail(inquiry), "wishes": what_of_the_wishes(inquiry)}
    context |= {"by": by_in_words(inquiry.promised_by, inquiry.call_after)}
    # Told only to who also knows the birth date: a name and a phone number are not enough to ask who has been here.
    earlier = [other for other in actions.earlier_requests(inquiry) if other.birth_date == inquiry.birth_date]
    context |= {"page_address": settings.BASE_URL + private_link.path(inquiry), "earlier": earlier}
    context["short_address"] = private_link.short_address()
    return render(request, "appointments/sent.html", context)


def _how(inquiry: AppointmentRequest, facts: OfficeFacts) -> str:
    """How the office will get in touch; "" if that can't be read."""
    way = BestWay.of(inquiry.contact["best_way"]) or BestWay.CALL
    if way == BestWay.TEXT and not facts.sends_texts:  # another office was chosen after that
        way = BestWay.CALL
    if way == BestWay.CALL and not inquiry.phone:
        return ""
    return way.when_sent % {"phone": phone_in_words(inquiry.phone)}


def _voicemail(inquiry: AppointmentRequest) -> Text:
    answer = Voicemail.of(inquiry.contact["voicemail"]) or Voicemail.NO
    return answer.when_sent if inquiry.contact else ""
