"""What readers may be told of who reviews articles: of those who are listed among the podiatrists.

The shell knows both apps; `articles` finds this through the setting REVIEWER_PEOPLE. What joins the two is the account.
"""

from appointments.offices import podiatrists
from articles.reviewing.people import Person


def people() -> dict[int, Person]:
    """By the number of the account. No query: kept like the offices."""
    return {
        person.user_id: Person(person.name, person.degree, person.license, person.address)
        for person in podiatrists()
        if person.user_id is not None
    }
