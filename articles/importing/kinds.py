"""Which words tell what a part of a page is about, in English and Spanish."""

import re

# Which words of a heading mean which section, the most telling first.
KINDS = {
    kind: re.compile(words, re.IGNORECASE)
    for kind, words in {
        "questions": r"\bfaqs?\b|frequently asked|common questions|questions\b|preguntas frecuentes",
        "sources": r"^(?:references|sources|bibliography|citations|footnotes|further reading|referencias|fuentes)\b",
        "urgency": r"\bwhen (?:to|should (?:i|you)) (?:see|seek|call|get|contact|visit|worry)|emergenc|red flags"
        r"|warning signs|\bseek (?:medical|help|care)"
        r"|\b(?:see|call) (?:a|an|your|the|us|our)\b.*\b(?:if|when|right away)\b"
        r"|cu[aá]ndo (?:acudir|ir|ver|llamar|consultar|buscar)"
        r"|señales de alarma",
        "prevention": r"prevent|\bavoid|lower your risk|reduce your risk|keep it from|prevenci|\bprevenir|\bevitar",
        "self_care": r"home (?:care|treatment|remed)|at home|self[- ]care|what (?:you|i) can do|relieve"
        r"|\ben casa\b|qu[eé] puede(?:s|o)? hacer|cuidados",
        "treatment": r"treat|therap|surg|diagnos|\boptions\b|procedure|recover|how we (?:can )?help"
        r"|tratamient|terapia|cirug[ií]a|diagn[oó]stico",
        "symptoms": r"symptom|\bsigns\b|feel like|s[ií]ntoma|\bseñales\b",
        "causes": r"\bcaus|\bwhy (?:it|do|does|is|are)\b|risk factor|who gets|how do (?:you|people) get"
        r"|factores de riesgo|por qu[eé]",
        "overview": r"^(?:what|who) (?:is|are)\b|overview|^about\b|introduction|definition|anatomy|\btypes of\b"
        r"|^¿?qu[eé] (?:es|son)\b|introducci[oó]n|\btipos de\b",
    }.items()
}
CARDS = {
    "now": re.compile(r"\b911\b|emergenc", re.IGNORECASE),
    "today": re.compile(
        r"right away|immediately|same day|today|urgent|as soon as|at once|promptly|de inmediato|hoy mismo|cuanto antes",
        re.IGNORECASE,
    ),
}
