"""Where the form stops: "please call now", and the one question about what was written."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from appointments import drafts
from appointments.patient.forms import SecondLookForm
from appointments.patient.progress import STEPS, judged, look_again, next_url, start_again, ticked_in
from appointments.warning_signs import current
from appointments.warning_signs.care import care_for
from common.asked_once import SoToday
from common.refused_forms import may_go_on, refusal


@never_cache
@require_safe
def call_now(request: HttpRequest) -> HttpResponse:
    """Something should not wait: where to turn at this moment, and the way on. Never a dead end."""
    key = drafts.key_of(request)
    answers = drafts.load(key)
    judgment = judged(answers) if answers and "safety" in answers else None
    if not answers or judgment is None or not judgment.level.is_urgent:
        return start_again(expired=bool(key) and answers is None)
    table = current.of_version(answers["safety"]["version"])
    ticked = ticked_in(answers)
    told = [row.question for row in table.rows if row.slug in ticked]
    if judgment.level != table.judge(ticked).level:
        told += [f"“{words}”" for words in answers["second_look"]["quoted"]]
    context = {
        "told": told,
        "care": care_for(judgment.level, only_911=judgment.only_911),
        "advice": judgment.gravest.advice if judgment.gravest else "",
        "next": next_url(answers),
        "back": reverse("appointments:new"),
    }
    return render(request, "appointments/call_now.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_look(request: HttpRequest) -> HttpResponse:
    """What the patient wrote may not be able to wait, and nothing like it was ticked: asked once, before sending."""
    key = drafts.key_of(request)
    answers = drafts.load(key)
    if answers is None:
        return start_again(expired=bool(key))
    if any(step.key not in answers for step in STEPS) or not (seen := look_again(answers)).raises:
        return HttpResponseRedirect(next_url(answers))
    form = SecondLookForm(request.POST if request.method == "POST" else None)
    if not may_go_on(request, form):
        context = {"form": form, "quoted": seen.quoted, "back": STEPS[2].url(), "stopped": refusal(request)}
        return render(request, "appointments/second_look.html", context)
    answer = {"quoted": seen.quoted, "so": form.cleaned_data["so"] == SoToday.YES}
    drafts.keep(key, second_look=answer)
    if answer["so"]:
        return redirect("appointments:call_now")
    return HttpResponseRedirect(next_url({**answers, "second_look": answer}))
