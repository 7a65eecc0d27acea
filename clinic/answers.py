"""What the site says of the practice itself, for the search: a row for each thing that people ask for.

The shell knows all pages; `articles` finds these through the setting SITE_ANSWERS. A page that is new gets a row here,
or the `address` of the row that sends people to the phone until then. Of two rows with a phrase of the same length the
first wins.
"""

from dataclasses import replace

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.offices import directory, plans_of, podiatrists
from articles.public.site_pages import Link, site_links
from articles.search.text import words_of
from articles.search.values import Answer


def _phrases(text: str) -> tuple[str, ...]:
    """Lines of phrases with commas between."""
    return tuple(phrase.strip() for line in text.strip().splitlines() for phrase in line.split(",") if phrase.strip())


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ANSWERS = (
    Answer(
        "my-request",
        _("Your request or appointment"),
        _("See where it stands, change how we reach you, ask for another time, or cancel. Or call the office."),
        "phones",
        "my:check",
        _("Check on your request"),
        phrases=_phrases("""
            cancel, cancelar, cancelar cita, cambiar cita, cancel appointment, cancel visit, cancellation
            reschedule, rescheduling, change appointment, change visit, move appointment
            change time of appointment, postpone, another time, different time, confirm appointment
            my appointment, when is my appointment, appointment reminder, missed appointment
            missed my appointment, forgot appointment, running late, late for appointment, my request
            sent request, request status, status, check on request, reference number, reference code
            called me back, call me back, called back, call back, not called, no one called, nobody called
            heard back, heard from you, hear back, when will you call, waiting for call, missed your call
            what time * my visit, what time * my appointment, what time * i come, when is my visit, my visit
            wrong number, wrong phone number, wrong email, changed my number, new phone number, update my phone
            phone wrong, number wrong, email wrong, typed * wrong, mistake on form, mistake in form, made mistake
            typo, form go through, filled out form, filled in form, after i send, what happens next
            how long until you call, get my form, got my form, received my form, sent my form, sent form
            submitted
        """),
        hints=_phrases("""
            someone call me, somebody call me, call me, calling me, nobody called, change time, change day
            change date, move my visit, move my time, not coming, cant come, cant make it, wont make it
            check appointment, check my appointment, different day, got back to me, get back to me, lost code
            my code, confirmation number, confirmation, change phone, change my phone number, change number
            change my email, birthday, birth date, withdraw, withdraw request, resend, resubmit, duplicate
            sent twice
        """),
    ),
    Answer(
        "request",
        _("Ask for an appointment"),
        _("Tell us what bothers you, in a few short steps. The office calls you back."),
        "",
        "appointments:new",
        _("Request an appointment"),
        phrases=_phrases("""
            appointment, appointments, appt, appts, cita, citas, new patient, new patients, first visit
            first appointment, book online, book visit, schedule visit, make visit, book now, schedule online
            soonest, earliest, next opening, next available, first available, any openings
            consultation, evaluation, second opinion, walk ins, walkin, walkins, walk in clinic
            walk in appointment, take walk in, same day
        """),
        hints=_phrases("""
            see doctor, see podiatrist, see somebody, see someone, see specialist, see foot doctor
            need foot doctor, be seen, get seen, get in, come in, come today, come tomorrow, come by, stop by
            talk to doctor, talk to someone, talk to person, real person, need help with foot, get checked
            get it checked, someone look at, somebody look at, doctor look at, have it looked at, want to come
            fit me in, squeeze me in, new here, never been, become patient, take new, taking new, accepting new
            accept new, patient, patients, intake, arrive, arrival, set up visit, find podiatrist, get started
            register, registration
        """),
        words=_words(
            "walk online book booking schedule scheduling request visit soon soonest earliest available availability"
        ),
    ),
    Answer(
        "offices",
        _("Where we are, and when we are open"),
        _("Our hours, the address and how to get here. For more, call us."),
        "offices",
        "offices:index",
        _("See hours and directions"),
        phrases=_phrases("""
            horario, horarios, telefono, estacionamiento, parking, park car, where to park, where do i park
            directions, direction to office, address, addresses, office hours, opening hours, business hours
            hours of operation, what time * open, what time * close, open now, open today, open late
            open tomorrow, open saturday, open sunday, open weekends, are you open, are you closed
            when do you open, when do you close, do you open, phone number, telephone, telephone number
            contact us, contact you, contact number, call office, fax, where are you, where is office, office in
            offices in, where do i go, where to go, near hospital, where is your office, near me office
            nearest office, closest office, how do i get there, get to you, get to office, find office, by bus
            by train, public transportation, how far from, how far is, far away, from airport, holiday, holidays
            holiday hours, handicap parking, wheelchair access, wheelchair accessible, elevator
        """),
        hints=_phrases("""
            office, offices, clinic, clinics, holiday, weekend, weekends, saturday, sunday, located, location
            locations, another location, town, map, building, elevator, station, bus, transit, phone, call, email
            contact, text you, receptionist, front desk, manager, complaint, complaints, message, leave message
            send message, speak to someone, speak with someone, speak to person, talk to nurse, hours
            how to get there, get there, snow day, veterans day, presidents day, columbus day, early morning hours
            donde estan, donde, valet, parking free, pay for parking, ramp, lobby
        """),
        words=_words("""
            sat sun mon mondays tuesdays wednesdays thursdays fridays saturdays sundays
            hour hours open opening close closes closed closing today tomorrow tonight weekend
            weekends weekday evening evenings late monday tuesday wednesday thursday friday saturday sunday
            memorial labor independence thanksgiving christmas eve new year years easter day time times office
            offices clinic clinics where near nearest nearby closest map stairs phone number numbers call email
            mail text contact lunch location locations located bus train transit park wheelchair handicap
            accessible access ramp door building floor suite entrance
        """),
    ),
    Answer(
        "cost",
        _("Cost and insurance"),
        _("Call us and ask what a visit costs you and whether we take your plan. Have your insurance card ready."),
        "phones",
        phrases=_phrases("""
            cost, costs, price, prices, pricing, fee, fees, how much is, how much for visit
            how much do you charge, copay, copays, copayment, co pay, deductible, out of pocket, self pay
            cash price, pay cash, without insurance, no insurance, uninsured, estimate, good faith estimate
            payment, payments, payment plan, pay monthly, pay for, charge for, charge to, is it free
            free consultation, pay bill, my bill, bill, billing, invoice, receipt, financing, care credit, afford
            sliding scale, free visit, installments, seguro, seguros, cuanto cuesta, precio, insurance, insured
            insurances, medicare, medicaid, medicare advantage, hmo, ppo, in network, network, out of network
            workers comp, workmans comp, horizon, aetna, cigna, blue cross, bluecross, united healthcare
            unitedhealthcare, humana, tricare, amerigroup, wellcare, oscar, amerihealth, oxford, referral
            referrals, prior authorization, preauthorization, accept plan, take plan, accept card, credit card
            fsa, hsa
        """),
        hints=_phrases("""
            pay, paying, plan, plans, owe, refund, discount, discounts, charge, charges, cash, dollars, benefit
            benefits, compensation, workers compensation, coverage, covered, expensive, affordable, va
            va benefits, veterans, veteran, medigap, supplement plan, claim, claims, statement, senior discount
            money, policy number
        """),
        words=_words("""
            pay paying paid charge charges charged expensive cheap money dollars cash card credit plan plans cover
            covered covers coverage accept accepts accepted take takes except health visit
        """),
    ),
    Answer(
        "papers",
        _("Records, notes and forms"),
        _("Call the office that you visit. They can tell you how to get it."),
        "phones",
        phrases=_phrases("""
            medical records, medical record, my records, copy of records, records, my chart, portal
            patient portal, test results, my results, lab results, doctors note, doctor note, work note
            note for work, note for school, school note, sick note, excuse note, work excuse, gym note
            new patient forms, forms to print, print forms, forms to fill, patient forms
            disability form, disability forms, disability parking, parking form, handicap form
            disability papers, disability paperwork, fmla, send my xrays
            send xrays, bring xrays, jury duty, handicap placard, refill, refills, prescription refill
        """),
        hints=_phrases("""
            letter, doctor letter, report, reports, mri report, result, results, excuse, school excuse
            certificate, form, forms, paperwork, permit, parking permit, placard, prescription, chart, record
            copies
        """),
        words=_words("fill records record chart results note form forms paperwork papers prescription"),
    ),
    Answer(
        "doctors",
        _("Our podiatrists"),
        _("Call us and ask who sees patients, and on which days."),
        "phones",
        phrases=_phrases("""
            your doctors, who are the doctors, who is the doctor, which doctor, which doctors, what doctors
            female doctor, woman doctor, lady doctor, male doctor, female podiatrist, woman podiatrist
            meet the team, our team, your team, board certified, speak spanish, spanish speaking, habla espanol
            hablan espanol, espanol, speaks spanish, interpreter, translator, sign language, careers, job opening
            job openings, hiring, employment, about us
        """),
        hints=_phrases("""
            best podiatrist, best foot doctor, good podiatrist, doctor nice, who will i see, is dr, does dr
            with dr, doctor, doctors, dr, podiatrist, podiatrists, podiatry, surgeon, surgeons, specialist
            physician, provider, providers, staff, team, practice, your practice, about practice, review, reviews
            language, languages, speak, spanish, portuguese, polish, chinese, hindi, arabic, creole, korean
            italian, russian, tagalog, job, jobs, volunteer, intern, internship, credential, credentials, bio
            bios, degree, does the surgery
        """),
        words=_words("""
            doctor doctors dr podiatrist podiatrists podiatry surgeon surgeons specialist physician physicians
            provider providers team staff reviews jobs who female male woman lady best good speak language spanish
            name names
        """),
    ),
    Answer(
        "services",
        _("What we do"),
        _("Call us and ask. We can tell you what to bring, too."),
        "phones",
        phrases=_phrases("""
            house call, house calls, home visit, home visits, homebound, come to my house, telehealth
            telemedicine, video visit, virtual visit, online visit, what to bring, what do i bring, should i bring
            need to bring, what services, services, wait time, wait times, how long is visit, how long will visit
            after hours
            how long * visit, how long * appointment, how long will it take, how long does it take
        """),
        hints=_phrases("""
            what to wear, what do i wear, what should i wear
            can you make, make custom, make inserts, make orthotics
            do nails, do toenails, do pedicures, xray on site, xrays on site, x ray on site, on site
            do you treat, do you see, do you offer, do you provide, do you do, do you have, do you sell
            do you make, can you do, do you cut, do you trim, what do you do, see children, see kids
            treat children, treat kids, xray, xrays, mri, ultrasound, nursing home, nursing homes, service
            list of medicines, bring list, medicine list, what to wear, sell shoes, do you visit, home care
        """),
        words=_words("xray xrays ray rays mri ultrasound lab bring wait offer service services onsite treat see"),
    ),
    Answer(
        "privacy",
        _("Your privacy"),
        _("What we keep when you use this site, who sees it, and for how long."),
        "",
        "privacy",
        _("Read about privacy"),
        phrases=_phrases("""
            privacy, hipaa, =cookie, =cookies, my data, data protection, personal information, my information
            confidential, confidentiality, who sees my, private information, sell my data, my info, my personal
            share my, reads my, read my message, form secure, site secure, secure site, who can see, is it safe to
            who sees what, who reads what, what i type, what i write, what i wrote, what i typed, is this private
        """),
        hints=_phrases("""
            secure, private, website, web site, encrypted, data, delete my
        """),
    ),
)

# The pages that tell more, by what the site calls them.
PAGES = {"cost": "cost", "services": "first-visit"}


def answers() -> tuple[Answer, ...]:
    """All of them, with the practice's own names: of its offices and towns, and of its podiatrists. These have a page
    once one is listed; so has the insurance, once an office has a list of plans, and what the practice has a page for.
    Every public page is found by its title, too.
    """
    places = {" ".join(words_of(place)) for office in directory() for place in (office.name, office.city)}
    names = {" ".join(words_of(person.name)) for person in podiatrists()}
    plans = any(plans_of(office.pk) for office in directory())
    links = site_links()
    pages = links.by_role

    def of_now(answer: Answer) -> Answer:
        if answer.shows == "offices":
            return replace(answer, phrases=(*answer.phrases, *sorted(places)))
        if answer.name == "doctors" and names:
            text = _("Their degrees, licenses and languages, and who sees patients on which days.")
            phrases = (*answer.phrases, *sorted(names))
            link = _("See our podiatrists")
            return replace(answer, text=text, address="people:index", link=link, phrases=phrases)
        if answer.name == "cost" and plans:
            return replace(answer, address="insurance", link=_("See the insurance plans we take"))
        page = pages.get(PAGES.get(answer.name, ""))
        return replace(answer, address=page.address, link=page.title) if page else answer

    told = [link for role, link in pages.items() if role not in PAGES.values()]
    return (*map(_page, [*told, *links.others]), *map(of_now, ANSWERS))


def _page(link: Link) -> Answer:
    """A page is found by its title: a word alone may be that of a problem, several settle it."""
    words = words_of(link.title)
    asked = (" ".join(words),)
    phrases, hints = (asked, ()) if len(words) > 1 else ((), asked)
    read = gettext("Read “%(title)s”") % {"title": link.title}
    name = f"page {link.address}"
    return Answer(name, link.title, link.description, "", link.address, read, phrases=phrases, hints=hints)
