"""What the search knows of a language: filler words, odd forms, words that mean or sound the same.

Words are folded: no capitals, accents or apostrophes. A language without an entry is searched too, only less cleverly.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Lexicon:
    """A language's words."""

    stop: frozenset[str] = frozenset()  # say nothing about the problem
    irregular: Mapping[str, str] = field(default_factory=dict)  # a form, and the word it belongs to
    alike: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # a word people type, and words articles use
    sounds_like: Mapping[str, str] = field(default_factory=dict)  # a word that often stands for another one
    child_age: re.Pattern[str] | None = None  # how people say that it is about a child: "my 10 year old"
    child: str = ""  # the word for it; no longer than what the pattern matches
    # About the body, its ailments and a podiatrist's work: not to be "repaired" into something else, and worth
    # counting when no article is found. Words that are people's names, too, must stay out.
    topics: frozenset[str] = frozenset()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _forms(text: str) -> dict[str, str]:
    """Lines of a word and its odd forms."""
    lines = [line.split() for line in text.strip().splitlines()]
    return {form: word for word, *forms in lines for form in forms}


def _groups(text: str) -> dict[str, tuple[str, ...]]:
    """Lines of words that mean much the same, each standing for all others of its line; before a ":" only that one."""
    alike: dict[str, tuple[str, ...]] = {}
    for line in text.strip().splitlines():
        first, colon, rest = line.rpartition(":")
        words = [*first.split(), *rest.split()]
        for word in words[:1] if colon else words:
            alike[word] = (*alike.get(word, ()), *(other for other in words if other != word))
    return alike


NO_LEXICON = Lexicon()

ENGLISH = Lexicon(
    stop=_words("""
        a about after all also always am an and any are as at be because been being but by can cant could did do does
        doesnt doing dont for from get gets getting go goes going good got had has have having he help her hers him his
        how i if ill im in into is isnt it its ive just keep keeps kind like lot make makes me more most much my need no
        not of off on one only or our out over own please really she should so some still such than that thats the their
        them then there these they thing things this those to too until up us very want was we were what whats when
        where which while who why will with without wont would you your yours
    """),
    irregular=_forms("""
        foot feet footed
        toe toed
        arch arched
        child children childrens
        kid kiddo
        swell swollen swelled
        break broke broken
        tear tore torn
        wear wore worn
        grow grew grown
        ingrow ingrown
        bend bent
        fall fell
        stand stood
        sting stung
        wake woke waking
        run runner runners
        dance dancer dancers
        walk walker
        thick thickened thickening
        fungus fungi fungal
        diabetes diabetic diabetics
        arthritis arthritic
        gout gouty
        verruca verrucae
        tendonitis tendinitis
        tendinopathy tendinosis
        infection infected
        ulcer ulcerated ulceration
    """),
    alike=_groups("""
        pain hurt ache tender kill throb agony
        sore: pain hurt ache tender
        child kid son daughter boy girl toddler teen baby pediatric
        bottom under underneath beneath underside sole plantar
        swell puffy
        bump lump knot knob
        nail toenail
        behind back
        itch scratch
        crack split
        peel flake
        bend curl crook claw
        twist roll turn sprain
        roll pronate overpronation
        smell stink odor
        collapse fallen drop
        inside inner inward
        outside outer outward
        front forefoot
        little small pinky baby
        numb feeling
        tingle prickle pin needle
        pebble stone rock marble
        pop snap
        wound ulcer sore cut
        discolored yellow brown black purple blue
        burn fire hot
        shock electric
        run jog sport soccer basketball football baseball gymnastics marathon
        crumble brittle
        break fracture
        morning wake
        sugar diabetes
        thick hard
        ingrow grow dig
        spike spur
        sit rest
        callus callous
        wart verruca
        joint knuckle
        attack flare
    """),
    sounds_like=_forms("""
        heel heal
        heels heals
        sole soul
        soles souls
        toe tow
        toes tows
        feet feat
        plantar planter planters
        callus callous calloused
        calluses callouses
    """),
    child_age=re.compile(r"\b(?:[2-9]|1[0-6])[ -]?(?:(?:years?|yrs?|y)[ /-]?)(?:olds?|o)\b", re.IGNORECASE),
    child="kid",
    topics=_words("""
        ankle arch ball bone calf foot heel hip instep joint knee leg ligament muscle nail nerve shin skin sole tendon
        thigh toe toenail vein arm back belly chest ear elbow eye face finger hair hand head lip mouth neck nose
        shoulder stomach throat thumb tongue tooth wrist
        calcaneus carpal cuboid cuneiform fibula hamstring malleolus metatarsal navicular peroneal sesamoid talus tarsal
        tibia tibialis trigonum
        ache bleed blister bruise bump burn cramp crack cut discolored flake fracture fungus infection injury itch limp
        lump mole numb odor pain peel pus rash redness restless scab scar sore spasm splinter sprain sting stiff sunburn
        sweat swell tear tender throb tingle tired tumor twitch ulcer wart weakness wound
        abscess allergy amputation anemia apophysitis arthritis bite boil bursitis cancer capsulitis cellulitis
        chilblain circulation claudication clot clubfoot coalition contracture cyst deformity dermatitis dislocation
        dysplasia dystonia eczema edema effusion embolism erythromelalgia exostosis fibroma fibromyalgia frostbite
        ganglion gangrene haglund hematoma herpes hives hyperhidrosis hypermobility impetigo ingrown intoeing leprosy
        lipoma lisfranc lupus lymphedema maceration measles melanoma myositis necrosis neuralgia neuritis neuropathy
        osteomyelitis osteoporosis outtoeing paralysis paronychia pernio phlebitis pigeon polio polydactyly
        polyneuropathy pregnancy psoriasis psoriatic raynaud rickets scabies sciatica scleroderma scoliosis sepsis
        shingles spasticity spondylitis staph stroke syndactyly synovitis tendonitis thrombosis tophi trenchfoot
        varicose vasculitis verruca vitiligo webbed xerosis
        arthrodesis bandage brace bunionectomy cast cheilectomy compression cortisone crutches cushion debridement
        fusion gait injection insole laser massage matrixectomy medicine mri ointment orthotic orthotics pedicure
        physical posture pronation prp salve shockwave shoe shot slippers sock splint steroid stitches stretch surgery
        tape therapy ultrasound xray
    """),
)

SPANISH = Lexicon(
    stop=_words("""
        a al algo como con cual cuando de del desde donde e el ella en entre es esta este esto ha hace hay la las le les
        lo los mas me mi mis mucho muy no nos o para pero por porque que se si sin sobre son su sus tengo tiene tu un
        una uno unos y ya yo
    """),
    irregular=_forms("""
        dolor duele duelen doler
        hinchazon hinchado hinchada hinchados hinchadas
        niño niña niñas nino nina ninos
        uña unas
        diabetes diabetico diabetica diabeticos
    """),
    topics=_words(
        "ampolla arco callo dedo diabetes dolor hinchazon hongo hueso juanete nervio pie piel planta talon "
        "tobillo uña verruga"
    ),
)

LEXICONS: Mapping[str, Lexicon] = {"en": ENGLISH, "es": SPANISH}
