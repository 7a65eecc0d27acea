"""Forms that our editor's page never sends: an answer that says what is wrong, never an error of ours."""

import pytest

from articles.models import Article, RelatedArticle
from tests.articles.desk import ADD, EDIT, form_of

PREVIEW = "/cms/snippets/articles/article/preview/{}/"
CONTENT = "body-0-value-content"
TEXT = f"{CONTENT}-0-value"
GONE = object()
DEEP = "[" * 50_000
MALFORMED = {
    "no form at all": None,
    **{
        f"without {name}": {name: GONE}
        for name in (
            "title",
            "slug",
            "summary",
            "body-count",
            "body-0-deleted",
            "body-0-order",
            "body-0-type",
            "body-0-value-heading",
            f"{CONTENT}-count",
            TEXT,
            "related_links-TOTAL_FORMS",
            "related_links-INITIAL_FORMS",
        )
    },
    **{
        f"{name}={value[:30]}": {name: value}
        for name, values in {
            "body-count": ("", "x", "-1", "1e9", "2", "9" * 30),
            "body-0-order": ("", "x", "9" * 30),
            "body-0-type": ("nonsense", "urgency", "sources"),
            f"{CONTENT}-count": ("x", "-5", "1000000000"),
            f"{CONTENT}-0-type": ("figure", "drawing", "dos"),
            TEXT: ("", "x", "[]", "{}", "null", "7", '{"blocks": 7}', '{"blocks": [{}], "entityMap": {}}', DEEP),
            "related_links-TOTAL_FORMS": ("", "x", "-1", "1", "1000", "999999999", "9" * 5_000),
            "related_links-INITIAL_FORMS": ("x", "3"),
            "go_live_at": ("tomorrow", "0000-00-00 00:00", "99999-01-01 00:00"),
            "expire_at": ("never", "2020-01-01 00:00"),
            "home_position": ("x", "-1", "9" * 30),
            "areas": ("nowhere",),
            "title": ("\0",),
            "slug": ("a b", "../x", "\0"),
            "loaded_revision_id": ("x", "9" * 30),
            "overwrite_revision_id": ("x", "999999", "9" * 30, "9" * 5_000),
            "workflow-action-name": ("nonsense",),
        }.items()
        for value in values
    },
    "a picture that is none": {
        f"{CONTENT}-0-type": "figure",
        f"{TEXT}-image-image": "x",
        f"{TEXT}-image-alt_text": "",
        f"{TEXT}-caption": "",
    },
    "a picture that is gone": {
        f"{CONTENT}-0-type": "figure",
        f"{TEXT}-image-image": "999999",
        f"{TEXT}-image-alt_text": "",
        f"{TEXT}-caption": "",
    },
    "an article that is gone": {
        "related_links-TOTAL_FORMS": "1",
        "related_links-0-related": "999999",
        "related_links-0-ORDER": "x",
        "related_links-0-id": "",
    },
    "a related row that is gone": {
        "related_links-TOTAL_FORMS": "1",
        "related_links-INITIAL_FORMS": "1",
        "related_links-0-related": "1",
        "related_links-0-ORDER": "1",
        "related_links-0-id": "999999",
    },
    "a correction by who may not": {"action-correct": "1"},
    "an approval by who may not": {"action-workflow-action": "1", "workflow-action-name": "approve"},
}
TELLING = (
    "no form at all",
    "without body-count",
    "without body-0-order",
    "body-count=x",
    "body-count=2",
    "body-0-type=urgency",
    f"{TEXT}=x",
    f"{TEXT}=[]",
    "a picture that is none",
    "related_links-TOTAL_FORMS=1",
    "overwrite_revision_id=x",
)


@pytest.fixture
def send(article, signed_in, editor):
    """Sends a broken form as the editor; the answer's status, whatever is raised."""
    RelatedArticle.objects.filter(article=article).delete()
    browser = signed_in(editor)
    browser.raise_request_exception = False

    def post(address, changes, **headers):
        data = {} if changes is None else form_of(article, slug="other-heel") | changes
        form = {name: value for name, value in data.items() if value is not GONE}
        return browser.post(address, form, headers=headers)

    return post


@pytest.mark.parametrize("changes", [MALFORMED[name] for name in TELLING], ids=TELLING)
def test_broken_form_is_answered_with_400_and_nothing_is_kept(article, send, changes):
    for headers in ({}, {"Accept": "application/json"}):
        assert send(EDIT.format(article.pk), changes, **headers).status_code == 400

    assert not article.revisions.filter(user__username="edith").exists()


def test_broken_form_is_told_what_to_do(article, send):
    page = send(EDIT.format(article.pk), {"body-count": "x"}).content.decode()

    assert "Go back" in page


def test_long_article_has_room_for_all_its_fields(article, send, editor):
    many = {f"{CONTENT}-count": "401"}
    for place in range(1, 401):
        prefix = f"{CONTENT}-{place}"
        many |= {f"{prefix}-deleted": "", f"{prefix}-order": str(place), f"{prefix}-type": "text", f"{prefix}-id": ""}
        many[f"{prefix}-value"] = "null"
    assert len(many) > 2000

    assert send(EDIT.format(article.pk), many).status_code == 302


@pytest.mark.slow
@pytest.mark.parametrize("changes", MALFORMED.values(), ids=MALFORMED)
@pytest.mark.parametrize("address", [EDIT, ADD, PREVIEW])
def test_broken_form_is_never_an_error_of_ours(article, send, address, changes):
    before = Article.objects.count()

    for headers in ({}, {"Accept": "application/json"}):
        assert send(address.format(article.pk), changes, **headers).status_code < 500

    assert Article.objects.count() <= before + 2
    assert Article.objects.get(pk=article.pk).title == "Heel pain"
