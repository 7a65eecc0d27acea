"""What the editor's page sends, for tests of the editors' desk."""

from collections.abc import Sequence

from wagtail.models import Workflow
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

EDIT = "/cms/snippets/articles/article/edit/{}/"
ADD = "/cms/snippets/articles/article/add/"
LIST = "/cms/snippets/articles/article/"


def form_of(article, *, text="<p>Plain words.</p>", sections: Sequence | None = None, **changes):
    """The editor's form for an article with one section of text, or with the given ones."""
    body = sections if sections is not None else [overview(text)]
    return nested_form_data(
        {
            "title": article.title,
            "medical_name": article.medical_name,
            "short_title": article.short_title,
            "slug": article.slug,
            "summary": article.summary,
            "description": article.description,
            "areas": article.areas,
            "lay_names": article.lay_names,
            "ask": article.ask,
            "home_position": article.home_position or "",
            "body": streamfield(body),
            "related_links": inline_formset([]),
            **changes,
        }
    )


def overview(text):
    """The first section, with rich text as the browser sends it."""
    return (
        "overview",
        {
            "heading": "",
            "content": streamfield([("text", rich_text(text, features=["bold", "ol", "ul", "link"]))]),
        },
    )


def texts_of(article):
    """The rich text of all sections, as it is kept."""
    return "".join(
        block.value.source
        for section in article.body
        if hasattr(section.value, "get") and section.value.get("content")
        for block in section.value["content"]
        if block.block_type == "text"
    )


def send_for_review(text, user, **changes):
    """Save a version and send it to the reviewers, for the first time or again."""
    for name, value in changes.items():
        setattr(text, name, value)
    text.save_revision(user=user)
    state = text.current_workflow_state
    if state:
        state.resume(user)
    else:
        Workflow.objects.get(name="Medical review").start(text, user)
    return type(text).objects.get(pk=text.pk)
