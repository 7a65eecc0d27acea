"""What an article is built of: a fixed set of sections, each made of a few kinds of blocks.

Editors fill sections; they choose neither layout nor order. A section is rendered where SECTIONS puts it,
whatever order it was added in.
"""

import re
from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.blocks.list_block import ListValue
from wagtail.blocks.stream_block import StreamValue
from wagtail.images.blocks import ImageBlock
from wagtail.rich_text import RichText

RICH_TEXT_FEATURES = ["h3", "bold", "ol", "ul", "link"]
TAG = re.compile(r"<[^>]*>")  # Wagtail has escaped what else could look like one
ANSWER_FEATURES = [feature for feature in RICH_TEXT_FEATURES if feature != "h3"]  # a question is a heading already

# The drawings that come with the site, in templates/articles/drawings/; a new one needs no migration.
DRAWINGS: dict[str, Promise] = {
    "achilles": _("Achilles tendon"),
    "ankle-pump": _("Foot up and down, the heel on a pillow"),
    "ankle-sprain": _("Ankle ligaments"),
    "arches": _("Footprints of low, normal and high arches"),
    "balance-stance": _("Balance on one foot beside a counter"),
    "bandage-wrap": _("Elastic bandage around an ankle"),
    "buddy-taping": _("A sore toe taped to its neighbor"),
    "bunion": _("Bunion beside a normal foot"),
    "calf-stretch": _("Calf stretch at a wall"),
    "cream-heel": _("Cream rubbed into a heel"),
    "foot-bones": _("Bones of the foot"),
    "foot-check": _("Looking at the sole in a mirror"),
    "foot-soak-dry": _("Drying between the toes"),
    "fungal-nail": _("Fungal nail beside a healthy nail"),
    "growth-plate": _("Growth area of a child’s heel"),
    "hammertoe": _("Hammertoe beside a straight toe"),
    "heel": _("Heel and plantar fascia"),
    "heel-raise": _("Heel raise at a wall"),
    "heel-spur": _("Heel spurs"),
    "ice-pack": _("Ice pack on a raised foot"),
    "ingrown-nail": _("Ingrown nail edge"),
    "insert-fit": _("Foot on an insert that meets its arch"),
    "inserts": _("Three kinds of inserts"),
    "lacing": _("Laces that skip a sore spot"),
    "marble-pickup": _("Picking up marbles with the toes"),
    "metatarsal-pad": _("Pad behind the ball of the foot"),
    "nail-cutting": _("How to cut a toenail"),
    "nail-filing": _("How to file a toenail"),
    "neuroma": _("Nerves between the toes"),
    "pad-with-hole": _("Pad with a hole around a sore spot"),
    "shoe-fit": _("A thumb’s width of room in a shoe"),
    "sole-stretch": _("Stretch of the sole, sitting"),
    "splinter": _("Splinter, drawn out with tweezers"),
    "tarsal-tunnel": _("Nerve at the inner ankle"),
    "tiptoe-test": _("Tiptoe, seen from behind"),
    "toe-ice": _("Ice pack on the big toe joint"),
    "toe-rash": _("Athlete’s foot between the toes, on light and dark skin"),
    "touch-test": _("Touch test of the toes"),
    "towel-curl": _("Pulling a towel with the toes"),
    "wart-corn": _("Wart, corn and callus"),
}


def drawings() -> list[tuple[str, Promise]]:
    """What editors choose from. A function, because migrations keep its name and not the list."""
    return list(DRAWINGS.items())


def is_blank(value: Any) -> bool:
    """Whether nothing was written into a block, or into any of those inside it."""
    if isinstance(value, StreamValue):
        return all(_is_blank_block(child) for child in value)
    if isinstance(value, blocks.StructValue):
        defaults = {name: block.get_default() for name, block in value.block.child_blocks.items()}
        return all(is_blank(part) or part == defaults[name] for name, part in value.items())
    if isinstance(value, ListValue | list):
        return all(is_blank(item) for item in value)
    if isinstance(value, RichText):
        return not TAG.sub("", value.source).strip()
    return not value.strip() if isinstance(value, str) else value is None or value is False


def _is_blank_block(child: StreamValue.StreamChild) -> bool:
    """A block without fields says something by standing there."""
    return is_blank(child.value) and not isinstance(child.block, blocks.StaticBlock)


def _empty_block(block: blocks.Block) -> dict[str, Any]:
    """What the editor's page shows of a block that is not there yet."""
    return {"type": block.name, "value": block.get_form_state(block.get_default()), "id": str(uuid4())}


class WrittenBlock(blocks.StreamBlock):
    """Keeps what was written: a block that was left empty is neither refused nor kept."""

    def value_from_datadict(self, data: Any, files: Any, prefix: str) -> StreamValue:
        """What the editor's page sent, without what is empty in it."""
        sent = super().value_from_datadict(data, files, prefix)
        for child in sent:
            if isinstance(child.value, ListValue):
                rows = [row for row in child.value.bound_blocks if not is_blank(row.value)]
                child.value = ListValue(child.block, bound_blocks=rows)
        written = [child for child in sent if not _is_blank_block(child)]
        return StreamValue(self, [(child.block_type, child.value, child.id) for child in written])

    def get_form_state(self, value: Any) -> list[Any]:
        """What the editor's page shows: each block with a name of its own, which a starter article's blocks lack."""
        return [{**block, "id": block["id"] or str(uuid4())} for block in super().get_form_state(value)]


class LinesBlock(blocks.FieldBlock):
    """Short lines, written one below the other in one box. The value is a list of strings."""

    def __init__(self, *, max_length: int = 200, rows: int = 3, **kwargs: Any) -> None:
        self.field = LinesField(max_length=max_length, rows=rows)
        super().__init__(**{"form_classname": "lines", **kwargs})

    def get_default(self) -> list[str]:
        return []

    def to_python(self, value: Any) -> list[str]:
        """Also of what a list of blocks kept, which this was before."""
        return [str(line["value"] if isinstance(line, dict) else line) for line in value or []]

    def normalize(self, value: Any) -> list[str]:
        return self.to_python(value)

    def bulk_to_python(self, values: Iterable[Any]) -> list[list[str]]:
        return [self.to_python(value) for value in values]

    def value_from_datadict(self, data: Any, files: Any, prefix: str) -> list[str]:
        """Raises LookupError for a form without this box."""
        return self.value_from_form(data[prefix])

    def value_from_form(self, value: str) -> list[str]:
        return [" ".join(line.split()) for line in value.splitlines() if line.strip()]

    def value_for_form(self, value: list[str]) -> str:
        return "\n".join(value)

    def get_searchable_content(self, value: list[str]) -> list[str]:
        return list(value)

    def render_basic(self, value: list[str], context: dict[str, Any] | None = None) -> str:
        """For the comparison of two versions: a line below the other."""
        return format_html_join("", "<p>{}</p>", ((line,) for line in value))

    class Meta:
        icon = "list-ul"


class LinesField(forms.CharField):
    """A box of lines, none of which may be longer than `max_length`."""

    def __init__(self, *, max_length: int, rows: int) -> None:
        self.line_length = max_length
        super().__init__(required=False, strip=False, widget=AdminAutoHeightTextInput(attrs={"rows": rows}))

    def validate(self, value: str) -> None:
        """Raises ValidationError that names the line."""
        for line in value.splitlines():
            if len(line.strip()) > self.line_length:
                raise ValidationError(
                    _("A line may have %(most)d letters at most; this one has %(many)d: “%(line)s…”")
                    % {"most": self.line_length, "many": len(line.strip()), "line": line.strip()[:40]}
                )


class WordBlock(blocks.ChoiceBlock):
    """A choice among words. A kept one is read as it stands; Wagtail would go through the whole list each time."""

    def to_python(self, value: Any) -> Any:
        return value


class TextBlock(blocks.RichTextBlock):
    """Paragraphs, subheadings and lists, bold words and links; nothing that could break the layout."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"features": RICH_TEXT_FEATURES, "label": _("Text"), "icon": "pilcrow", **kwargs})

    class Meta:
        template = "articles/blocks/text.html"
        description = _("Paragraphs, subheadings, lists, bold words, links.")
        preview_value = (
            "<p>A strong band of tissue runs along the sole of your foot. It <b>supports your arch</b>.</p>"
            "<ul><li>Rest your foot.</li><li>Wear soft shoes.</li></ul>"
        )


class FigureBlock(blocks.StructBlock):
    """A photo with a caption; the alternative text is asked for by ImageBlock, or it is marked decorative."""

    image = ImageBlock(label=_("Image"))
    caption = blocks.CharBlock(
        required=False, max_length=300, label=_("Caption"), help_text=_("Everyone sees it, below the picture.")
    )

    class Meta:
        template = "articles/blocks/figure.html"
        icon = "image"
        label = _("Image")
        description = _("A photo from the library, with a description for people who can’t see it.")
        preview_template = "articles/blocks/figure_preview.html"


class DrawingBlock(blocks.StructBlock):
    """One of the drawings that come with the site; it follows the reader's light or dark colors."""

    name = WordBlock(choices=drawings, label=_("Drawing"))
    alt = blocks.TextBlock(
        max_length=400,
        rows=2,
        label=_("Description for people who can’t see it"),
        help_text=_("What the drawing shows here: “Side view of a foot. A red band runs under it.”"),
    )
    caption = blocks.CharBlock(
        required=False, max_length=300, label=_("Caption"), help_text=_("Everyone sees it, below the drawing.")
    )

    class Meta:
        template = "articles/blocks/drawing.html"
        icon = "view"
        label = _("Drawing")
        description = _("One of the drawings that come with the site.")
        preview_value: ClassVar = {
            "name": "heel",
            "alt": "",
            "caption": "The plantar fascia is a band under your foot.",
        }


class DosBlock(blocks.StructBlock):
    """What to do and what to leave, side by side."""

    do = LinesBlock(label=_("Do"))
    do_not = LinesBlock(label=_("Do not"))

    class Meta:
        template = "articles/blocks/dos.html"
        icon = "check"
        label = _("Do and do not")
        description = _("What helps and what to leave, side by side.")
        preview_value: ClassVar = {
            "do": ["Rest your foot.", "Wear soft, low-heeled shoes."],
            "do_not": ["Do not walk barefoot on hard floors."],
        }


class FirstBlock(blocks.StructBlock):
    """The one thing to do before anything else."""

    text = blocks.TextBlock(
        max_length=200,
        rows=2,
        label=_("Do this first"),
        help_text=_("One thing that helps within the hour: “Change into shoes with a soft, thick heel.”"),
    )

    class Meta:
        template = "articles/blocks/first.html"
        icon = "pick"
        label = _("Do this first")
        description = _("The one thing that a reader in pain should do now.")
        preview_value: ClassVar = {"text": "Change into shoes with a soft, thick heel."}


class StepsDrawingBlock(blocks.StructBlock):
    """The drawing beside steps, if there is one."""

    name = WordBlock(choices=drawings, required=False, label=_("Drawing"))
    alt = blocks.TextBlock(max_length=400, rows=2, required=False, label=_("Description for people who can’t see it"))


class StepsBlock(blocks.StructBlock):
    """An action in numbered steps, with how long and how often to do it, and when to stop."""

    heading = blocks.CharBlock(max_length=80, label=_("What to do"), help_text=_("“Stretch your calf”"))
    steps = LinesBlock(label=_("Steps, a line each"), rows=4)
    how_long = blocks.CharBlock(max_length=160, required=False, label=_("How long"))
    how_often = blocks.CharBlock(max_length=160, required=False, label=_("How often"))
    stop_if = blocks.CharBlock(max_length=160, required=False, label=_("Stop if"))
    picture = StepsDrawingBlock(label=_("Drawing"), required=False)

    class Meta:
        template = "articles/blocks/steps.html"
        icon = "list-ol"
        label = _("Steps")
        description = _("One action, step by step: how long, how often, when to stop.")
        preview_value: ClassVar = {
            "heading": "Stretch your calf",
            "steps": ["Stand facing a wall.", "Keep your back knee straight and lean in."],
            "how_long": "30 seconds",
            "how_often": "3 times, twice a day",
            "stop_if": "the pain gets sharper",
            "picture": {"name": "", "alt": ""},
        }


OUT_OF = (10, 100, 1000)


class Chance(blocks.StructValue):
    """What a chance block holds."""

    def people(self) -> list[bool]:
        """Ten people, and whether it happens to each; nobody if it is not told of ten."""
        return [person < (self["many"] or 0) for person in range(10)] if self["out_of"] == "10" else []


class ChanceBlock(blocks.StructBlock):
    """What usually happens, in plain numbers with their source; or that nobody knows."""

    many = blocks.IntegerBlock(
        required=False,
        min_value=0,
        label=_("How many people"),
        help_text=_("Empty if nobody has counted it well: the page says so."),
    )
    out_of = WordBlock(choices=[(str(n), str(n)) for n in OUT_OF], default="10", label=_("Of how many"))
    outcome = blocks.CharBlock(
        max_length=200,
        label=_("What happens"),
        help_text=_(
            "With a number: “people with heel pain are better within a year”. Without: “how many need surgery”."
        ),
    )
    source = blocks.CharBlock(
        max_length=200, required=False, label=_("Source"), help_text=_("The title of one of the sources below.")
    )

    def clean(self, value: Any) -> Any:
        """Raises ValidationError for more people than there are, and for a number without a source."""
        cleaned = super().clean(value)
        errors = {}
        if cleaned["many"] is not None and cleaned["many"] > int(cleaned["out_of"]):
            errors["many"] = ValidationError(_("This is more than all of them."))
        if cleaned["many"] is not None and not cleaned["source"].strip():
            errors["source"] = ValidationError(_("A number needs its source."))
        if errors:
            raise blocks.StructBlockValidationError(errors)
        return cleaned

    class Meta:
        template = "articles/blocks/chance.html"
        value_class = Chance
        icon = "group"
        label = _("A chance in numbers")
        description = _("What usually happens: “About 8 of 10 people are better within a year”, with the source.")
        preview_value: ClassVar = {
            "many": 8,
            "out_of": "10",
            "outcome": "people with heel pain are better within a year",
            "source": "Plantar Fasciitis",
        }


class ContentBlock(WrittenBlock):
    """The inside of an ordinary section."""

    text = TextBlock(required=False)  # an empty one is not kept
    figure = FigureBlock()
    drawing = DrawingBlock()
    dos = DosBlock()
    first = FirstBlock()
    steps = StepsBlock()
    chance = ChanceBlock()

    def get_form_state(self, value: Any) -> list[Any]:
        """What the editor's page shows: with nothing in it yet, a box to write in."""
        return super().get_form_state(value) or [_empty_block(self.child_blocks["text"])]

    class Meta:
        required = False


class SectionBlock(blocks.StructBlock):
    """A section with an optional heading of its own."""

    heading = blocks.CharBlock(
        required=False, max_length=80, label=_("Heading"), help_text=_("Leave blank to keep the heading above.")
    )
    content = ContentBlock(label=_("Content"))

    class Meta:
        template = "articles/blocks/section.html"
        description = _("Text, drawings, photos, and lists of what to do.")
        preview_value: ClassVar = {
            "heading": "",
            "content": [{"type": "text", "value": "<p>Sharp pain under your heel with your first steps.</p>"}],
        }


class UrgencyBlock(blocks.StructBlock):
    """The three cards that say whether to act now. The buttons are added by the page."""

    now = LinesBlock(label=_("Call 911 or go to an emergency room if:"))
    today = LinesBlock(label=_("Call us today if:"))
    soon = LinesBlock(label=_("Ask for an appointment if:"))

    class Meta:
        template = "articles/blocks/urgency.html"
        icon = "warning"
        description = _("Three cards: call 911, call us today, ask for an appointment. Every article needs them.")
        preview_value: ClassVar = {
            "now": ["you can’t put weight on your foot after a fall"],
            "today": ["your foot is hot, red and swollen"],
            "soon": ["the pain lasts longer than two weeks"],
        }


class QuestionBlock(blocks.StructBlock):
    """A question people ask, and our answer."""

    question = blocks.CharBlock(max_length=160, label=_("Question"))
    answer = TextBlock(label=_("Answer"), features=ANSWER_FEATURES)

    class Meta:
        icon = "help"
        label = _("Question")


class SourceBlock(blocks.StructBlock):
    """Where the facts come from."""

    title = blocks.CharBlock(max_length=200, label=_("Title"))
    publisher = blocks.CharBlock(max_length=160, label=_("Publisher"))
    year = blocks.IntegerBlock(min_value=1950, max_value=2100, label=_("Year"))
    url = blocks.URLBlock(required=False, label=_("Address"))

    class Meta:
        icon = "link"
        label = _("Source")


# The sections an article can have, in the order they are shown, with their usual heading.
SECTIONS: dict[str, Promise] = {
    "overview": _("What it is"),
    "symptoms": _("Symptoms"),
    "urgency": _("When to get help"),
    "self_care": _("What you can do"),
    "treatment": _("How we treat it"),
    "causes": _("Why it happens"),
    "prevention": _("Prevention"),
    "questions": _("Common questions"),
    "sources": _("Sources"),
}


class BodyBlock(WrittenBlock):
    """The whole article below its summary; each section at most once. The editor's page shows all of them."""

    overview = SectionBlock(label=SECTIONS["overview"], icon="info-circle")
    symptoms = SectionBlock(label=SECTIONS["symptoms"], icon="view")
    urgency = UrgencyBlock(label=SECTIONS["urgency"])
    self_care = SectionBlock(label=SECTIONS["self_care"], icon="home")
    treatment = SectionBlock(label=SECTIONS["treatment"], icon="user")
    causes = SectionBlock(label=SECTIONS["causes"], icon="cog")
    prevention = SectionBlock(label=SECTIONS["prevention"], icon="check")
    questions = blocks.ListBlock(
        QuestionBlock(),
        label=SECTIONS["questions"],
        icon="help",
        template="articles/blocks/questions.html",
        description=_("What people ask, each with a short answer."),
        preview_value=[{"question": "How long does it last?", "answer": "<p>Often a few months.</p>"}],
    )
    sources = blocks.ListBlock(
        SourceBlock(),
        label=SECTIONS["sources"],
        icon="link",
        template="articles/blocks/sources.html",
        description=_("Where the facts come from. Every article needs them."),
        preview_value=[{"title": "Plantar Fasciitis", "publisher": "OrthoInfo", "year": 2022, "url": ""}],
    )

    class Meta:
        block_counts = {name: {"max_num": 1} for name in SECTIONS}

    def value_from_datadict(self, data: Any, files: Any, prefix: str) -> Any:
        """Raises BadRequest (400) for what our editor's page does not send: Wagtail takes its fields on trust."""
        try:
            return super().value_from_datadict(data, files, prefix)
        except (LookupError, ValueError, TypeError, AttributeError, RecursionError) as problem:
            raise BadRequest("The sections of the article came in a broken form") from problem

    def get_form_state(self, value: Any) -> list[Any]:
        """What the editor's page shows: the sections that are still empty stand open in their places."""
        written = super().get_form_state(value)
        return [
            _empty_block(self.child_blocks[kind]) if place is None else written[place]
            for kind, place in _with_empty_ones(section["type"] for section in written)
        ]

    def clean(self, value: StreamValue) -> StreamValue:
        """Raises StreamBlockValidationError, by the places on the editor's page."""
        try:
            return super().clean(value)
        except blocks.StreamBlockValidationError as refusal:
            shown = [place for _kind, place in _with_empty_ones(section.block_type for section in value)]
            refusal.block_errors = {shown.index(place): error for place, error in refusal.block_errors.items()}
            raise


def _with_empty_ones(kinds: Iterable[str]) -> list[tuple[str, int | None]]:
    """Every section, and where it stands among those of a text; None for one that the text does not have."""
    laid: list[tuple[str, int | None]] = [(kind, place) for place, kind in enumerate(kinds)]
    order = list(SECTIONS)
    for kind in [kind for kind in order if kind not in dict(laid)]:
        later = [place for place, (other, _place) in enumerate(laid) if order.index(other) > order.index(kind)]
        laid.insert(min(later, default=len(laid)), (kind, None))
    return laid


# Languages that pages may have a text in, with their names in themselves. A notice asks for these in New Jersey:
# 45 CFR 92.11.
FOREIGN: dict[str, tuple[Promise, str]] = {
    "es": (_("Spanish"), "Español"),
    "zh-Hant": (_("Chinese (traditional)"), "繁體中文"),
    "zh-Hans": (_("Chinese (simplified)"), "简体中文"),
    "ko": (_("Korean"), "한국어"),
    "pt": (_("Portuguese"), "Português"),
    "gu": (_("Gujarati"), "ગુજરાતી"),
    "ar": (_("Arabic"), "العربية"),
    "pl": (_("Polish"), "Polski"),
    "ht": (_("Haitian Creole"), "Kreyòl Ayisyen"),
    "ru": (_("Russian"), "Русский"),
    "hi": (_("Hindi"), "हिन्दी"),
    "tl": (_("Tagalog"), "Tagalog"),
    "it": (_("Italian"), "Italiano"),
    "vi": (_("Vietnamese"), "Tiếng Việt"),
    "ur": (_("Urdu"), "اردو"),
    "fr": (_("French"), "Français"),
}
RIGHT_TO_LEFT = {"ar", "ur"}


def foreign() -> list[tuple[str, Promise]]:
    """What editors choose from."""
    return [(code, name) for code, (name, _own) in FOREIGN.items()]


class ForeignBlock(blocks.StructBlock):
    """A text in another language, which browsers and screen readers are told."""

    language = WordBlock(choices=foreign, label=_("Language"))
    text = blocks.TextBlock(rows=3, label=_("Text"), help_text=_("PHONES becomes the phone numbers of the offices."))

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With what the language is called, and its direction."""
        code = value["language"]
        name, own = FOREIGN.get(code, (code, code))
        direction = "rtl" if code in RIGHT_TO_LEFT else "ltr"
        context: dict[str, Any] = super().get_context(value, parent_context)
        return {**context, "name": name, "own": own, "direction": direction}

    class Meta:
        template = "articles/blocks/foreign.html"
        icon = "globe"
        label = _("Text in another language")


class PhonesBlock(blocks.StaticBlock):
    """The offices with their phones."""

    class Meta:
        template = "articles/blocks/phones.html"
        icon = "mail"
        label = _("Phones of the offices")
        admin_text = _("The offices with their phones stand here.")


class PageContentBlock(ContentBlock):
    """The inside of a section of a page."""

    foreign = ForeignBlock()
    phones = PhonesBlock()


class PageSectionBlock(blocks.StructBlock):
    """A section under a heading of its own."""

    heading = blocks.CharBlock(max_length=120, label=_("Heading"))
    content = PageContentBlock(label=_("Content"))

    class Meta:
        template = "articles/blocks/section.html"
        icon = "pilcrow"
        label = _("Section")


class PageBody(WrittenBlock):
    """A page below its summary: sections in the editor's order."""

    section = PageSectionBlock()
    questions = blocks.ListBlock(
        QuestionBlock(), label=_("Questions and answers"), icon="help", template="articles/blocks/questions.html"
    )
