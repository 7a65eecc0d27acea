"""The texts of the starter pages: whether what a rule asks for is there, before the practice has filled in its facts.

What the rules ask for stands here as facts: element of the rule, the section that holds it, words it can't do without.
"""

import re
import unicodedata
from pathlib import Path

import pytest
import yaml
from django.urls import Resolver404, resolve
from markdown_it import MarkdownIt

from articles.page_library import of_states, parse_page
from articles.readability import GRADES, judge

PAGES = Path(__file__).parents[2] / "articles" / "library" / "pages"
RAW = {path.stem: path.read_text() for path in sorted(PAGES.glob("*.md"))}
FILES = {page: of_states(text, {"NJ"}) for page, text in RAW.items()}
ELSEWHERE = {page: of_states(text, {"CO", "AZ"}) for page, text in RAW.items()}
HEADER = (  # 45 CFR 164.520(b)(1)(i): the only sentence in the words of the rule
    "THIS NOTICE DESCRIBES HOW MEDICAL INFORMATION ABOUT YOU MAY BE USED AND DISCLOSED AND HOW YOU CAN GET ACCESS TO "
    "THIS INFORMATION. PLEASE REVIEW IT CAREFULLY."
)
FOREIGN = re.compile(r"^```(\S+)\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
BRACKETS = re.compile(r"\[([^\]]*)\](?!\()")
SCRIPTS = {
    "ar": "ARABIC",
    "ur": "ARABIC",
    "gu": "GUJARATI",
    "hi": "DEVANAGARI",
    "ko": "HANGUL",
    "ru": "CYRILLIC",
    "zh-Hans": "CJK",
    "zh-Hant": "CJK",
} | dict.fromkeys(("es", "pt", "pl", "ht", "tl", "it", "vi", "fr"), "LATIN")
OWN_LETTERS = {"es": "ñ", "pt": "ç", "pl": "ś", "ht": "ò", "it": "Ne", "vi": "ữ", "fr": "à", "tl": "mga"}
OWN_LETTERS |= {"ur": "ے", "ar": "ة", "zh-Hans": "语", "zh-Hant": "語"}

RULES_ASK_FOR = {"notice-of-privacy-practices", "nondiscrimination", "good-faith-estimate", "language-help"}
NEEDED = {
    "notice-of-privacy-practices": [  # 45 CFR 164.520(b)(1)
        ("(i)", "About this notice", [HEADER]),
        (
            "(ii)(A)",
            "To treat you, get paid, and run our offices",
            [
                "treat you",
                "get paid",
                "run our",
            ],
        ),
        (
            "(ii)(B), (D)",
            "When we may share without asking you",
            [
                *(
                    "When a law requires it",
                    "public health",
                    "abuse, neglect",
                    "oversight",
                    "court",
                    "police",
                    "coroner",
                ),
                *("organ", "research", "threat", "military", "prison", "workers’ compensation", "Family", "disaster"),
            ],
        ),
        ("(ii)(C)", "Where a stricter law applies", ["HIV", "genetic", "stricter"]),
        (
            "(ii)(E)",
            "When we need your written permission",
            ["psychotherapy notes", "marketing", "sell", "does not describe", "take your permission back"],
        ),
        ("(iii)(A), (E)", "Raising money", ["right to say no", "drug or alcohol", "chance to say no"]),
        (
            "(iii)(D)",
            "Records of treatment for drug or alcohol use",
            [
                "civil",
                "criminal",
                "agency",
                "lawmakers",
                "testify",
                "written consent",
                "court order",
                "heard",
                "subpoena",
            ],
        ),
        ("(iv)(A)", "Your right to ask us to limit sharing", ["do not have to agree", "paid in full", "health plan"]),
        ("(iv)(B)", "Your right to be reached in private", ["writing", "reasonable request"]),
        ("(iv)(C)", "Your right to see and copy your record", ["see", "copy", "30 days", "fee"]),
        ("(iv)(D)", "Your right to have it corrected", ["60 days", "statement"]),
        ("(iv)(E)", "Your right to know with whom we shared", ["six years", "12 months"]),
        ("(iv)(F)", "Your right to a paper copy", ["paper", "even if you agreed"]),
        ("(v)(A), (B)", "What we must do", ["private", "notice of our legal duties", "breach", "in effect"]),
        ("(v)(C)", "When we change this notice", ["reserve the right", "old and new", "copy"]),
        (
            "(vi)",
            "If you think your privacy was not respected",
            ["complain to us", "Health and Human Services", "not hold it against you"],
        ),
        ("(vii)", "Whom to ask", ["[name or title", "PHONES"]),
        ("(viii)", "The date it takes effect", ["at the top of this page", "in effect from"]),
    ],
    "nondiscrimination": [  # 45 CFR 92.10(a)(1)
        (
            "(i)",
            "We do not discriminate",
            ["race", "color", "national origin", "speak English", "sex", "age", "disability"],
        ),
        (
            "(ii)",
            "Free help if you have a disability",
            ["changes", "sign language interpreter", "braille", "free", "in time"],
        ),
        ("(iii)", "Free help in your language", ["interpreter", "papers in your language", "free", "in time"]),
        ("(iv)", "How to ask for help", ["PHONES", "711"]),
        ("(v)", "The person in charge", ["Section 1557 coordinator", "PHONES", "please fill in"]),
        ("(vi)", "How to complain to us", ["grievance", "please fill in"]),
        ("(vii)", "How to complain to the government", ["Office for Civil Rights", "180 days", "1-800-368-1019"]),
        ("(viii)", "Where to find this notice", ["address of this page"]),
    ],
    "good-faith-estimate": [  # 45 CFR 149.610(b)(1), (c)(1), 149.620(b)
        ("who", "Who has this right", ["no health insurance", "not to use it", "in writing"]),
        (
            "when",
            "When you get it",
            ["10 or more", "3 to 9", "within 1 business day", "within 3 business days after you ask"],
        ),
        ("what", "What it tells you", ["not a contract"]),
        ("dispute", "If the bill is $400 or more above it", ["$400", "120 days", "$25", "cms.gov/nosurprises"]),
        ("who to call", "Whom to ask", ["PHONES", "1-800-985-3059"]),
    ],
    "accessibility": [
        ("aim", "What we aim at", ["WCAG 2.2", "AA"]),
        ("tests", "How we test it", ["date of the last test"]),
        ("limits", "What we know does not work yet", ["English"]),
        ("contact", "Tell us if something does not work", ["PHONES"]),
    ],
    "editorial-policy": [
        ("who writes", "Who writes", ["please fill in"]),
        ("drafts", "How the first pages were made", ["software", "Sample page"]),
        ("review", "Who checks, and how often", ["podiatrist", "approve", "due"]),
        ("errors", "If something is wrong", ["/appointments/message/"]),
        ("money", "No advertising, no money for content", ["no ads", "No one pays us"]),
    ],
}


def front(text):
    return yaml.safe_load(text.split("---\n")[1])


def body(text):
    return text.split("---\n", 2)[2]


def sections(text):
    parts = re.split(r"^## (.+)$", body(text), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def spoken(text):
    """The English words of a page without its marks, headings, sources, foreign texts and what is to be filled in."""
    own = "\n".join(part for heading, part in sections(FOREIGN.sub("", text)).items() if heading != "Sources")
    own = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", own.replace("**", "").replace(HEADER, "").replace("PHONES", ""))
    return re.sub(r"^(- |\d+\. )", "", BRACKETS.sub("", own), flags=re.MULTILINE)


@pytest.mark.parametrize("page", NEEDED)
def test_every_element_of_the_rule_has_its_passage(page):
    found = sections(FILES[page])

    missing = [
        (element, word)
        for element, heading, words in NEEDED[page]
        for word in words
        if word.casefold() not in found.get(heading, "").casefold()
    ]

    assert not missing


def test_the_privacy_notice_gives_an_example_of_each_of_the_three_uses():
    uses = sections(FILES["notice-of-privacy-practices"])["To treat you, get paid, and run our offices"]

    assert [line.count("Example:") for line in uses.splitlines() if line.startswith("- ")] == [1, 1, 1]


def test_language_help_stands_in_the_fifteen_languages_of_the_state():
    texts = dict(FOREIGN.findall(FILES["language-help"]))

    assert len(FOREIGN.findall(FILES["language-help"])) == len(texts)
    assert set(texts) == set(SCRIPTS)
    assert len(texts) == 15 + 1  # Chinese in two scripts
    assert [code for code, text in texts.items() if not text.endswith("PHONES")] == []
    assert [code for code, letters in OWN_LETTERS.items() if letters not in texts[code]] == []


def test_each_language_is_written_in_its_own_script():
    wrong = [
        (code, letter)
        for code, text in FOREIGN.findall(FILES["language-help"])
        for letter in text.replace("PHONES", "")
        if letter.isalpha() and not unicodedata.name(letter).startswith(SCRIPTS[code])
    ]

    assert not wrong


def test_every_page_says_what_it_is():
    fronts = {page: front(text) for page, text in FILES.items()}

    assert len({found["role"] for found in fronts.values()}) == len(FILES) == 10
    assert {page for page, found in fronts.items() if found["kind"] == "notice"} == {*NEEDED, "language-help"}
    assert {page for page, found in fronts.items() if "law" in found} == RULES_ASK_FOR
    assert [page for page, found in fronts.items() if len(found["summary"].split()) > 45] == []
    assert [page for page, found in fronts.items() if len(found["description"]) > 155] == []


def test_what_stands_in_brackets_is_to_be_filled_in():
    """The first-day checklist finds it by these words."""
    others = [
        found for text in FILES.values() for found in BRACKETS.findall(text) if not found.endswith(": please fill in")
    ]

    assert not others


def test_links_lead_somewhere():
    lost = []
    for page, text in FILES.items():
        for href in re.findall(r"\]\(([^)]+)\)", body(text)):
            if href.startswith("https://") or href.strip("/") in FILES:
                continue
            try:
                resolve(href)
            except Resolver404:
                lost.append((page, href))

    assert not lost


def test_pages_use_only_what_editors_have():
    allowed = {"heading", "paragraph", "bullet_list", "ordered_list", "list_item", "inline"}

    others = {
        (page, token.type)
        for page, text in FILES.items()
        for token in MarkdownIt("commonmark").parse(FOREIGN.sub("", body(text)))
        if token.type.removesuffix("_open").removesuffix("_close") not in allowed
    }

    assert not others


def test_pages_are_easy_to_read():
    """All but the sentence that the privacy rule gives, which is left out here."""
    readings = {page: judge(spoken(text)) for page, text in FILES.items()}

    assert {page: found.grade for page, found in readings.items() if found.grade > GRADES[1]} == {}
    assert {page: found.long_sentences for page, found in readings.items() if found.long_sentences} == {}
    assert {page: found.hard_words for page, found in readings.items() if found.hard_words} == {}


def test_nothing_is_said_of_the_practice_that_it_did_not_say():
    """No name, place, phone or price: the offices’ phones come from their data."""
    public = {"1-800-368-1019", "1-800-537-7697", "1-833-653-2748", "1-800-985-3059", "1-800-633-4227"}
    text = "\n".join(FILES.values())

    assert set(re.findall(r"1-\d{3}-\d{3}-\d{4}|\(\d{3}\) \d{3}-\d{4}", text)) == public
    assert set(re.findall(r"\$\d+", text)) == {"$400", "$25"}
    assert not re.search(r"Garden State|Toms River|Belleville|gsfagroup", text)


def test_pages_of_a_practice_elsewhere_tell_nothing_of_new_jersey():
    told = {page: re.findall(r"New Jersey|\bNJ\b|N\.J\.|njcivilrights|\{", text) for page, text in ELSEWHERE.items()}

    assert {page: words for page, words in told.items() if words} == {}
    assert all("{" not in text for text in FILES.values())


def test_pages_of_a_practice_elsewhere_keep_what_the_federal_rules_ask_for():
    sections_of = {page: list(sections(text)) for page, text in FILES.items()}

    assert {page: len(sections(text)) for page, text in ELSEWHERE.items()} == {
        page: len(found) for page, found in sections_of.items()
    }
    for page, text in ELSEWHERE.items():
        assert [found for found in BRACKETS.findall(text) if not found.endswith(": please fill in")] == [], page
        assert parse_page(text, page).body


@pytest.mark.parametrize(
    ("states", "kept"),
    [({"NJ"}, "a\nb\n- d"), ({"NY"}, "a\nc\n- d"), ({"NJ", "NY"}, "a\nb\n- d"), (set(), "a\nc\n- d")],
)
def test_line_of_a_state_is_told_where_the_practice_has_an_office(states, kept):
    assert of_states("a\n{NJ} b\n{not NJ} c\n- d", states) == kept
