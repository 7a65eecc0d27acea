"""Email addresses as people type and paste them, and the slips that are likely in them."""

import re

# Where most of the mail of a practice here goes.
_USUAL = (
    *("gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "comcast.net", "verizon.net"),
    *("optonline.net", "optimum.net", "earthlink.net", "bellsouth.net", "sbcglobal.net", "protonmail.com"),
    *("aol.com", "msn.com", "live.com", "att.net"),
)
_SHORTEST = len("gmail.com")  # of shorter ones a neighbor may well be somebody else's
_ALSO_REAL = {"mail.com", "ymail.com", "email.com"}
# Ends that are none.
_ENDS = {
    **dict.fromkeys(("con", "cmo", "ocm", "comm", "coom", "vom", "xom", "cim", "cpm", "c0m", "clm", "conm"), "com"),
    **dict.fromkeys(("nte", "ner", "bet", "met", "nett", "nrt"), "net"),
    **dict.fromkeys(("ogr", "orgg", "rog"), "org"),
    **dict.fromkeys(("eud", "edi", "eduu"), "edu"),
}
_CLINGS = "<>,;:.\"'()[] "


def plain_email(text: str) -> str:
    """The address alone: without its name, "mailto:", and what else clings to it when it is copied."""
    text = bracketed[1] if (bracketed := re.search(r"<([^<>]*@[^<>]*)>", text)) else text
    text = re.sub(r"\s*@\s*", "@", text.strip(_CLINGS))
    return re.sub(r"^mailto:", "", text, flags=re.IGNORECASE).strip(_CLINGS)


def probably_meant(address: str) -> str:
    """The address without a slip of the finger that is likely in what stands behind its "@"; "" if none is."""
    name, _at, domain = address.rpartition("@")
    typed = domain.casefold()
    label, _dot, end = typed.rpartition(".")
    better = f"{label}.{_ENDS.get(end, end)}"
    if better not in _USUAL and better not in _ALSO_REAL:
        near = [usual for usual in _USUAL if len(usual) >= _SHORTEST and _one_slip(better, usual)]
        better = near[0] if near else better
    return f"{name}@{better}" if name and better != typed else ""


def _one_slip(typed: str, meant: str) -> bool:
    """Whether one letter is missing, too many, wrong, or changed places with the next."""
    start = next((place for place, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), None)
    if start is None:
        return abs(len(typed) - len(meant)) == 1
    t, m = typed[start:], meant[start:]
    return t[1:] == m or t == m[1:] or t[1:] == m[1:] or (t[:2] == m[1::-1] and t[2:] == m[2:])
