"""What each mail says. No mail carries a name, a phone number of a patient, or anything about health.

They are made when they are sent, so the outbox holds neither text nor address.
"""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from appointments.models import Mail
from appointments.offices import facts_of


class NoAddress(Exception):
    """There is no address to send this mail to."""


def compose(mail: Mail) -> EmailMultiAlternatives:
    """The message of an outbox row. Raises NoAddress."""
    request = mail.request
    to_patient = mail.kind == Mail.Kind.RECEIPT
    address = request.email if to_patient else mail.office.notice_email
    if not address:
        raise NoAddress
    with translation.override(request.language if to_patient else settings.LANGUAGE_CODE):
        subject = {
            Mail.Kind.RECEIPT: _("We got your request (%(reference)s)"),
            Mail.Kind.OFFICE_NOTICE: _("New appointment request %(reference)s"),
        }[Mail.Kind(mail.kind)] % {"reference": request.reference}
        context = {
            "request": request,
            "office": facts_of(mail.office),
            "subject": subject,
            "practice_name": settings.PRACTICE_NAME,
            "emergency_number": settings.EMERGENCY_NUMBER,
            "desk_link": f"{settings.BASE_URL}{request.get_absolute_url()}",
        }
        message = EmailMultiAlternatives(
            subject=subject,
            body=render_to_string(f"appointments/mail/{mail.kind}.txt", context),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[address],
            headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(render_to_string(f"appointments/mail/{mail.kind}.html", context), "text/html")
    return message
