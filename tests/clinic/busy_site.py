"""Patients send requests, and the desk makes notes: `python -m tests.clinic.busy_site THREADS`.

A line of output is a request whose confirmation a patient has seen, then "noted" when the desk's note is in, too. Runs
on the site that the environment describes, like any command of it; ends when its standard input does.
"""

import os
import sys
import threading
from itertools import count
from uuid import uuid4


def answers(number: int) -> dict[str, dict[str, object]]:
    """Those of a complete draft; `details` is told from the others' by its number."""
    return {
        "about_you": {
            "visit_for": "me",
            "caller_name": "",
            "caller_relation": "",
            "patient_name": f"Harold Sample {number}",
            "birth_date": "1954-09-14",
            "been_before": "no",
            "phone": "+17325550142",
            "email": "harold@example.com",
            "zip_code": "08753",
        },
        "visit": {
            "reason": "Heel pain",
            "details": f"Left heel, worse in the morning {number}",
            "office": "toms-river",
            "days": ["1", "3"],
            "time_of_day": "morning",
        },
        "contact": {
            "best_way": "call",
            "voicemail": "yes",
            "language": "en",
            "other_language": "",
            "interpreter": False,
        },
        "safety": {"version": 1, "flags": []},
    }


def take_requests() -> None:
    """Both offices have somebody on their staff and an address for notices, so they take requests."""
    from django.contrib.auth.models import Group

    from appointments.models import Office
    from common.models import User

    keeper, _made = User.objects.get_or_create(username="keeper", defaults={"is_staff": True})
    keeper.groups.set(Group.objects.filter(name="Front desk"))
    for office in Office.objects.all():
        office.notice_email = f"{office.slug}@clinic.example"
        office.save()
        office.staff.add(keeper)


def main() -> None:
    """Busy until the end of standard input."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "clinic.settings"
    import django

    django.setup()
    from django.db import connection

    from appointments import actions

    take_requests()
    stop = threading.Event()
    say = threading.Lock()

    def tell(line: str) -> None:
        with say:
            print(line, flush=True)

    def work() -> None:
        for number in count():
            if stop.is_set():
                break
            inquiry = actions.submit(
                draft_digest=uuid4().hex,
                answers=answers(number),
                language="en",
                actor=actions.Actor(address="192.0.2.1"),
            )
            tell(inquiry.reference)
            actions.add_note(inquiry=inquiry, actor=actions.Actor(address="192.0.2.1"), note=f"Note of {number}")
            tell(f"{inquiry.reference} noted")
        connection.close()

    workers = [threading.Thread(target=work) for _worker in range(int(sys.argv[1]))]
    for worker in workers:
        worker.start()
    sys.stdin.read()
    stop.set()
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main()
