"""The public pages of people and of insurance plans."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from appointments import complaints
from appointments.models import Podiatrist
from appointments.offices import schema_org
from appointments.offices.cache import directory, facilities_of, plans_of, podiatrists
from appointments.offices.plans import by_letter, is_fresh
from common.public_pages import picture_alone, public_page


@public_page
@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    """Everybody who is listed; whom to ask while nobody is. No query."""
    people = podiatrists()
    context = {"people": people, **({"structured": schema_org.people_page(people)} if people else {})}
    return render(request, "appointments/people_list.html", context)


@public_page
@require_safe
def person_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One podiatrist. A query, if articles are to be named."""
    person = next((person for person in podiatrists() if person.slug == slug), None)
    if person is None:
        raise Http404
    known = complaints.sources() if person.treats else {}
    context = {
        "person": person,
        "treats": [(slug, known[slug].label) for slug in person.treats if slug in known],
        "offices_and_days": [
            (office, person.days_at(office.pk)) for office in directory() if person.works_at(office.pk)
        ],
        "structured": schema_org.person_page(person, directory()),
    }
    return render(request, "appointments/person_detail.html", context)


@require_safe
def photo(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """The photo of who is listed, as it was cleaned. One query."""
    row = get_object_or_404(Podiatrist.objects.listed().only("photo"), slug=slug, photo_name=name)
    return picture_alone(HttpResponse(bytes(row.photo or b""), content_type="image/jpeg"))


@public_page
@require_safe
def insurance(request: HttpRequest) -> HttpResponse:
    """The plans and hospitals of each office, with the day of their last check. No query."""
    today = timezone.localdate()
    lists = []
    for office in directory():
        plans = plans_of(office.pk)
        facilities = [(each, is_fresh(each.checked_on, today)) for each in facilities_of(office.pk)]
        letters = [
            (letter, [(plan, is_fresh(plan.checked_on, today)) for plan in group]) for letter, group in by_letter(plans)
        ]
        days = {plan.checked_on for plan in plans}
        all_on = days.pop() if len(days) == 1 else None  # said once, not three hundred times
        checked_on = all_on if is_fresh(all_on, today) else None
        lists.append({"office": office, "checked_on": checked_on, "letters": letters, "facilities": facilities})
    return render(request, "appointments/insurance.html", {"lists": lists})
