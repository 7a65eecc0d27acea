"""Words with a simpler one."""

import re
from collections.abc import Iterator

# Words that officials and clinicians use, and what people say. A noun or verb stands for its plural and past, too.
PLAINER = {
    "abrasion": "scrape",
    "accompanied by": "with",
    "accomplish": "do",
    "accumulate": "build up",
    "additional": "more",
    "adhere to": "follow",
    "administer": "give",
    "adverse": "harmful",
    "alleviate": "ease",
    "ambulate": "walk",
    "ambulation": "walking",
    "analgesic": "pain medicine",
    "anterior": "front",
    "antipyretic": "fever medicine",
    "approximately": "about",
    "ascertain": "find out",
    "assist": "help",
    "asymptomatic": "without symptoms",
    "attempt": "try",
    "benign": "not cancer",
    "bilateral": "on both sides",
    "cease": "stop",
    "cessation": "stopping",
    "chronic": "long-lasting",
    "commence": "start",
    "consequently": "so",
    "contraindicated": "not safe",
    "contusion": "bruise",
    "debilitating": "very bad",
    "debridement": "cleaning the wound",
    "demonstrate": "show",
    "dermal": "of the skin",
    "determine": "find out",
    "discontinue": "stop",
    "distal": "farther from the body",
    "due to the fact that": "because",
    "dysfunction": "problem",
    "edema": "swelling",
    "elevate": "raise",
    "eliminate": "get rid of",
    "endeavor": "try",
    "erythema": "redness",
    "etiology": "cause",
    "evaluate": "check",
    "exacerbate": "make worse",
    "excise": "cut out",
    "excision": "cutting out",
    "facilitate": "help",
    "febrile": "with a fever",
    "frequently": "often",
    "gait": "way of walking",
    "hematoma": "bruise",
    "hemorrhage": "bleeding",
    "hypertension": "high blood pressure",
    "immobilize": "keep still",
    "implement": "carry out",
    "in order to": "to",
    "in the event that": "if",
    "indicate": "show",
    "inferior": "below",
    "inflammation": "irritation",
    "inhibit": "slow down",
    "initial": "first",
    "initiate": "start",
    "inquire": "ask",
    "intervention": "treatment",
    "laceration": "cut",
    "lesion": "sore",
    "localized": "in one place",
    "maintain": "keep",
    "malignant": "cancerous",
    "medication": "medicine",
    "methodology": "method",
    "mitigate": "ease",
    "modality": "treatment",
    "modify": "change",
    "monitor": "watch",
    "necessitate": "need",
    "nocturnal": "at night",
    "numerous": "many",
    "obtain": "get",
    "onset": "start",
    "palpate": "feel",
    "paresthesia": "tingling",
    "participate": "take part",
    "pathology": "disease",
    "perform": "do",
    "persist": "last",
    "physician": "doctor",
    "posterior": "back",
    "prior to": "before",
    "prognosis": "outlook",
    "prophylactic": "preventive",
    "proximal": "nearer to the body",
    "pruritus": "itching",
    "purchase": "buy",
    "purulent": "with pus",
    "receive": "get",
    "recurrence": "return",
    "reside": "live",
    "subsequently": "later",
    "sufficient": "enough",
    "sustain": "keep up",
    "symptomatic": "with symptoms",
    "terminate": "end",
    "topical": "put on the skin",
    "transmit": "pass on",
    "trauma": "injury",
    "ulceration": "open sore",
    "unilateral": "on one side",
    "utilization": "use",
    "utilize": "use",
}


def hard_words(text: str) -> list[tuple[str, str]]:
    """Words with a simpler one, as written, each once."""
    found: dict[str, str] = {}
    for match in _HARD.finditer(text):
        found.setdefault(match[0].casefold(), match[0])
    return [(written, _FORMS[form]) for form, written in found.items()]


def _forms(word: str) -> Iterator[str]:
    """A word with its plural and its past: "utilize", "utilizes", "utilized", "utilizing"."""
    stem = word.removesuffix("e")
    changed = word.removesuffix("y") + "ie" if word.endswith("y") else word
    yield from (word, f"{changed}s", f"{changed.removesuffix('e')}ed", f"{stem}ing")


_FORMS = {form: plain for word, plain in PLAINER.items() for form in _forms(word)}
_HARD = re.compile(rf"\b(?:{'|'.join(sorted(_FORMS, key=len, reverse=True))})\b", re.IGNORECASE)
