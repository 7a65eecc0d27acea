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
    sounds_like: Mapping[str, str] = field(default_factory=dict)  # a word that is often another one, misheard
    child_age: re.Pattern[str] | None = None  # how people say that it is about a child: "my 10 year old"
    child: str = ""  # the word instead; no longer than what the pattern matches
    # About the body, its ailments and a podiatrist's work: not to be "repaired" into something else, and worth
    # counting when no article is found. People's names must stay out.
    topics: frozenset[str] = frozenset()


def _groups(text: str) -> dict[str, tuple[str, ...]]:
    """Lines of words that mean the same, each standing for all others of its line."""
    alike: dict[str, tuple[str, ...]] = {}
    for line in text.strip().splitlines():
        words = line.split()
        for word in words:
            alike[word] = (*alike.get(word, ()), *(other for other in words if other != word))
    return alike


NO_LEXICON = Lexicon()

ENGLISH = Lexicon(
    stop=frozenset(
        """
        a about after all also always am an and any are as at be because been being but by can cant could did do does
        doesnt doing dont for from get gets getting go goes going good got had has have having he help her hers him his
        how i if ill im in into is isnt it its ive just keep keeps kind like lot make makes me more most much my need no
        not of off on one only or our out over own please really she should so some still such than that thats the their
        them then there these they thing things this those to too until up us very want was we were what whats when
        where which while who why will with without wont would you your yours
        """.split()
    ),
    irregular={
        "feet": "foot", "footed": "foot", "children": "child", "childrens": "child", "kiddo": "kid",
        "swollen": "swell", "swelled": "swell", "broke": "break", "broken": "break", "tore": "tear", "torn": "tear",
        "worn": "wear", "wore": "wear", "grown": "grow", "grew": "grow", "ingrown": "ingrow", "bent": "bend",
        "fell": "fall", "stood": "stand", "stung": "sting", "woke": "wake", "waking": "wake",
        "fungi": "fungus", "fungal": "fungus", "diabetic": "diabetes", "diabetics": "diabetes",
        "arthritic": "arthritis", "gouty": "gout", "verrucae": "verruca", "runner": "run", "runners": "run",
        "dancer": "dance", "dancers": "dance", "walker": "walk", "thickened": "thick", "thickening": "thick",
        "tendinitis": "tendonitis", "tendinosis": "tendinopathy", "infected": "infection", "spurs": "spur",
        "ulcerated": "ulcer", "ulceration": "ulcer", "arched": "arch", "toed": "toe", "knuckles": "knuckle", "pedis": "pedis",
    },
    alike=_groups(
        """
        pain hurt ache sore tender kill throb agony
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
        ingrow grow
        dig grow
        foot pedal
        bone bony
        spike spur
        sit rest
        callus callous
        wart verruca
        joint knuckle
        attack flare
        roll pronate overpronation
        """
    ),
    sounds_like={
        "heal": "heel", "heals": "heels", "soul": "sole", "souls": "soles", "tow": "toe", "tows": "toes",
        "planter": "plantar", "planters": "plantar", "feat": "feet", "callous": "callus", "callouses": "calluses",
        "calloused": "callus",
    },
    child_age=re.compile(r"\b(?:[2-9]|1[0-6])[ -]?(?:(?:years?|yrs?|y)[ /-]?)(?:olds?|o)\b", re.IGNORECASE),
    child="kid",
    topics=frozenset(
        """
        ankle arch ball bone calf foot heel hip instep joint knee leg ligament muscle nail nerve shin skin sole tendon
        thigh toe toenail vein arm back belly chest ear elbow eye face finger hair hand head lip mouth neck nose
        shoulder stomach throat thumb tongue tooth wrist
        ache bleed blister bruise bump burn cramp crack cut discolored flake fracture fungus infection injury itch limp
        lump mole numb odor pain peel pus rash redness scab scar sore spasm splinter spot sprain sting stiff sunburn
        sweat swell tear tender throb tingle tumor twitch ulcer wart weakness wound
        abscess allergy amputation anemia arthritis bite boil bursitis cancer cellulitis chilblains chilblain circulation
        clot clubfoot contracture cyst dermatitis dislocation dystonia eczema edema embolism erythromelalgia fibroma
        fibromyalgia frostbite ganglion gangrene hematoma herpes hives hyperhidrosis hypermobility impetigo ingrown
        jaundice leprosy lipoma lupus lymphedema maceration measles melanoma myositis neuritis neuropathy osteomyelitis
        osteoporosis paralysis paronychia phlebitis polio polydactyly psoriasis psoriatic raynaud raynauds rickets
        scabies sciatica scleroderma scoliosis sepsis shingles spasticity spondylitis staph stroke syndactyly synovitis
        tendonitis thrombosis torn trenchfoot vasculitis verruca vitiligo webbed xerosis
        calcaneus carpal cuboid cuneiform fibula hamstring malleolus navicular peroneal sesamoid talus tarsal tarsi tibia
        tibialis trigonum accessory achilles apophysitis capsulitis claudication coalition deformity dysplasia effusion
        epiphysitis exostosis freiberg haglund iselin kohler lisfranc necrosis neuralgia pernio polyneuropathy tophi
        tophus trigger varicose cheilectomy arthrodesis bunionectomy fusion injections matrixectomy shot steroids
        discharge drainage gait hyperkeratosis insoles intoeing outtoeing peeling pigeon posture pronation
        pregnancy restless tired
        amniotic bandage brace cast compression cortisone crutches cushion debridement injection insole insoles laser
        massage medicine mri ointment orthotic orthotics pedicure physical therapy prp salve shockwave shoe slippers
        sock splint steroid stitches stretch surgery tape ultrasound xray
        """.split()
    ),
)

SPANISH = Lexicon(
    stop=frozenset(
        """
        a al algo como con cual cuando de del desde donde e el ella en entre es esta este esto ha hace hay la las le les
        lo los mas me mi mis mucho muy no nos o para pero por porque que se si sin sobre son su sus tengo tiene tu un
        una uno unos unas y ya yo
        """.split()
    ),
    irregular={
        "duele": "dolor", "duelen": "dolor", "dolores": "dolor", "doler": "dolor", "hinchado": "hinchazon",
        "hinchada": "hinchazon", "hinchados": "hinchazon", "ninos": "nino", "ninas": "nino", "nina": "nino",
        "diabetico": "diabetes", "diabetica": "diabetes", "diabeticos": "diabetes", "encarnada": "encarnado",
    },
    topics=frozenset(
        "ampolla arco callo dedo diabetes dolor hinchazon hongo hueso juanete nervio pie piel planta talon tobillo una "
        "uña verruga".replace("ñ", "n").split()
    ),
)

LEXICONS: Mapping[str, Lexicon] = {"en": ENGLISH, "es": SPANISH}
