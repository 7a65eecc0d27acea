"""What an article is built of: a fixed set of sections, each made of a few kinds of blocks.

Editors fill sections; they choose neither layout nor order. A section is rendered where SECTIONS puts it,
whatever order it was added in.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

RICH_TEXT_FEATURES = ["bold", "ol", "ul", "link"]

# The drawings that come with the site, in templates/articles/drawings/; a new one needs no migration.
DRAWINGS: dict[str, Promise] = {
    "achilles": _("Achilles tendon"),
    "ankle-sprain": _("Ankle ligaments"),
    "arches": _("Footprints of low, normal and high arches"),
    "bunion": _("Bunion beside a normal foot"),
    "foot-bones": _("Bones of the foot"),
    "growth-plate": _("Growth area of a child’s heel"),
    "hammertoe": _("Hammertoe beside a straight toe"),
    "heel": _("Heel and plantar fascia"),
    "heel-spur": _("Heel spurs"),
    "ingrown-nail": _("Ingrown nail edge"),
    "nail-cutting": _("How to cut a toenail"),
    "neuroma": _("Nerves between the toes"),
    "tarsal-tunnel": _("Nerve at the inner ankle"),
}


def drawings() -> list[tuple[str, Promise]]:
    """What editors choose from. A function, because migrations keep its name and not the list."""
    return list(DRAWINGS.items())


class TextBlock(blocks.RichTextBlock):
    """Paragraphs and lists, bold words and links; nothing that could break the layout."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"features": RICH_TEXT_FEATURES, "label": _("Text"), "icon": "pilcrow", **kwargs})

    class Meta:
        template = "articles/blocks/text.html"


class FigureBlock(blocks.StructBlock):
    """A photo with a caption; the alternative text is asked for by ImageBlock, or it is marked decorative."""

    image = ImageBlock(label=_("Image"))
    caption = blocks.CharBlock(required=False, max_length=300, label=_("Caption"))

    class Meta:
        template = "articles/blocks/figure.html"
        icon = "image"
        label = _("Image")


class DrawingBlock(blocks.StructBlock):
    """One of the drawings that come with the site; it follows the reader's light or dark colors."""

    name = blocks.ChoiceBlock(choices=drawings, label=_("Drawing"))
    alt = blocks.TextBlock(max_length=400, rows=2, label=_("Description for people who can’t see it"))
    caption = blocks.CharBlock(required=False, max_length=300, label=_("Caption"))

    class Meta:
        template = "articles/blocks/drawing.html"
        icon = "view"
        label = _("Drawing")


class DosBlock(blocks.StructBlock):
    """What to do and what to leave, side by side."""

    do = blocks.ListBlock(blocks.CharBlock(max_length=200), label=_("Do"))
    do_not = blocks.ListBlock(blocks.CharBlock(max_length=200), label=_("Do not"))

    class Meta:
        template = "articles/blocks/dos.html"
        icon = "tick"
        label = _("Do and do not")


class ContentBlock(blocks.StreamBlock):
    """The inside of an ordinary section."""

    text = TextBlock()
    figure = FigureBlock()
    drawing = DrawingBlock()
    dos = DosBlock()

    class Meta:
        required = False


class SectionBlock(blocks.StructBlock):
    """A section with an optional heading of its own."""

    heading = blocks.CharBlock(
        required=False, max_length=80, label=_("Heading"), help_text=_("Empty: the usual heading of this section.")
    )
    content = ContentBlock(label=_("Content"))

    class Meta:
        template = "articles/blocks/section.html"


class UrgencyBlock(blocks.StructBlock):
    """The three cards that say whether to act now. The buttons are added by the page."""

    now = blocks.ListBlock(
        blocks.CharBlock(max_length=200), label=_("Call 911 or go to an emergency room if:"), default=[]
    )
    today = blocks.ListBlock(blocks.CharBlock(max_length=200), label=_("Call us today if:"), default=[])
    soon = blocks.ListBlock(blocks.CharBlock(max_length=200), label=_("Ask for an appointment if:"), default=[])

    class Meta:
        template = "articles/blocks/urgency.html"
        icon = "warning"


class QuestionBlock(blocks.StructBlock):
    """A question people ask, and our answer."""

    question = blocks.CharBlock(max_length=160, label=_("Question"))
    answer = TextBlock(label=_("Answer"))

    class Meta:
        icon = "help"


class SourceBlock(blocks.StructBlock):
    """Where the facts come from."""

    title = blocks.CharBlock(max_length=200, label=_("Title"))
    publisher = blocks.CharBlock(max_length=160, label=_("Publisher"))
    year = blocks.IntegerBlock(min_value=1950, max_value=2100, label=_("Year"))
    url = blocks.URLBlock(required=False, label=_("Address"))

    class Meta:
        icon = "link"


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


class BodyBlock(blocks.StreamBlock):
    """The whole article below its summary; each section at most once."""

    overview = SectionBlock(label=SECTIONS["overview"], icon="info-circle")
    symptoms = SectionBlock(label=SECTIONS["symptoms"], icon="view")
    urgency = UrgencyBlock(label=SECTIONS["urgency"])
    self_care = SectionBlock(label=SECTIONS["self_care"], icon="home")
    treatment = SectionBlock(label=SECTIONS["treatment"], icon="user")
    causes = SectionBlock(label=SECTIONS["causes"], icon="cog")
    prevention = SectionBlock(label=SECTIONS["prevention"], icon="tick")
    questions = blocks.ListBlock(
        QuestionBlock(), label=SECTIONS["questions"], icon="help", template="articles/blocks/questions.html"
    )
    sources = blocks.ListBlock(
        SourceBlock(), label=SECTIONS["sources"], icon="link", template="articles/blocks/sources.html"
    )

    class Meta:
        block_counts = {name: {"max_num": 1} for name in SECTIONS}
