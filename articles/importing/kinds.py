"""Which words tell what a part of a page is about."""

import re

# Which words of a heading mean which section, the most telling first.
KINDS = {
    kind: re.compile(words, re.IGNORECASE)
    for kind, words in {
        "questions": r"\bfaqs?\b|frequently asked|common questions|questions\b",
        "sources": r"^(?:references|sources|bibliography|citations|further reading)\b",
        "urgency": r"\bwhen (?:to|should (?:i|you)) (?:see|seek|call|get|contact|visit|worry)|emergenc|red flags"
        r"|warning signs|\bseek (?:medical|help|care)",
        "prevention": r"prevent|\bavoid|lower your risk|reduce your risk|keep it from",
        "self_care": r"home (?:care|treatment|remed)|at home|self[- ]care|what (?:you|i) can do|relieve",
        "treatment": r"treat|therap|surg|diagnos|\boptions\b|procedure|recover|how we (?:can )?help",
        "symptoms": r"symptom|\bsigns\b|feel like",
        "causes": r"\bcaus|\bwhy (?:it|do|does|is|are)\b|risk factor|who gets|how do (?:you|people) get",
        "overview": r"^(?:what|who) (?:is|are)\b|overview|^about\b|introduction|definition|anatomy|\btypes of\b",
    }.items()
}
CARDS = {
    "now": re.compile(r"\b911\b|emergenc", re.IGNORECASE),
    "today": re.compile(r"right away|immediately|same day|today|urgent|as soon as|at once|promptly", re.IGNORECASE),
}
