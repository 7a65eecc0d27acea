"""Offices, what patients send them, and the front desk that works it.

    admin, urls, management, apps   the ways in
    dashboard/                 how quickly patients were called, and what came of it
    desk/                      the front desk's pages in Django's admin
    patient/                   the form, the message, the patient's private page
    practice_admin/            what the practice settles for itself
    actions/                   every change of a request
    retention                  what is deleted when its time is over
    mail/                      texts, the outbox, reminders
    spam/                      what tells advertising from patients
    warning_signs/             the one table of what can't wait, and who reads it
    appointment_book           which times of an office are taken: visits, and times held for who may choose
    day_figures, drafts        the days in numbers; forms that are not sent yet
    private_link, search_keys  the private page's address; what is encrypted is found by digests
    offices/                   facts, hours, people, plans, routing, promises, public pages
    models/                    the tables
    call_wishes                when a call suits, and what may be said to who else answers
    answers                    one row for each answer of the form
    vocabulary, references     what answers are stored as, and how people read them; numbers that can be said by phone

Imports go down this list, never up: pyproject.toml holds it.
"""
