"""What the editors' desk costs with many articles: `python -m bench.cms` prints a table.

CPU milliseconds and queries of the first page, the list and the editor, with 50 and with 5,000 articles, and their
ratio, which must be 1.5 at most. Like is compared with like: each page shows as many rows with many articles as with
few, so the same number is overdue, and the search is for words that fit a page of them. It makes a database of its own
in a temporary folder.
"""

import argparse
import copy
import os
import sys
import tempfile
from typing import TYPE_CHECKING

from bench.pages import cpu_ms

if TYPE_CHECKING:
    from articles.models import Article

FEW, MANY = 50, 5_000
MOST_RATIO = 1.5
ROUNDS = 6
PER_PAGE = 20
PAGES = {
    "first page": "/cms/",
    "list": "/cms/snippets/articles/article/",
    "list, overdue": "/cms/snippets/articles/article/?review=overdue",
    "list, drafts": "/cms/snippets/articles/article/?status=draft",
    "list, search": "/cms/snippets/articles/article/?q=heel+pain",
    "list, last edited": "/cms/snippets/articles/article/?ordering=-latest_revision_id",
    "list, by status": "/cms/snippets/articles/article/?ordering=status",
    "list, middle": "/cms/snippets/articles/article/?p={middle}",
    "editor": "/cms/snippets/articles/article/edit/{article}/",
    "link chooser": "/cms/articles/link/?q=heel",
}


def main() -> None:
    """Set up, measure, print."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update({"DEMO": "1", "VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "clinic.settings"})
        os.environ.pop("DATABASE_URL", None)
        sys.exit(measure())


def measure() -> int:
    """The table. Returns 1 if something grows too much."""
    import django
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    django.setup()
    print("Preparing a database and static files (a minute) ...", flush=True)
    for command in ("migrate", "load_practice", "load_articles"):
        call_command(command, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)

    from django.contrib.auth.models import Group

    from articles.models import Article, Reviewer
    from common.models import User

    user = User.objects.create_user("bench")
    user.groups.set(Group.objects.filter(name__in=["Editors", "Medical reviewers"]))
    Reviewer.objects.create(user=user, name="Bench", credentials="DPM")
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(user)
    article = Article.objects.get(slug="heel-pain")

    def costs(articles: int) -> dict[str, tuple[float, int]]:
        found = {}
        for name, address in PAGES.items():
            url = address.format(article=article.pk, middle=articles // PER_PAGE // 2 + 1)
            answer = client.get(url)
            if answer.status_code != 200:
                raise SystemExit(f"{url}: {answer.status_code}")
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            asked = len(queries)  # the next request empties the log
            found[name] = (cpu_ms(lambda url=url: client.get(url), ROUNDS), asked)  # type: ignore[misc]
        return found

    _fill(article, FEW)
    few = costs(FEW)
    _fill(article, MANY)
    many = costs(MANY)
    print(f"{'page':<20} {f'{FEW} ms':>9} {'queries':>8} {f'{MANY} ms':>9} {'queries':>8} {'ratio':>6}")
    worst = 0.0
    for name in PAGES:
        (ms, queries), (ms_many, queries_many) = few[name], many[name]
        worst = max(worst, ms_many / ms)
        print(f"{name:<20} {ms:>9.1f} {queries:>8} {ms_many:>9.1f} {queries_many:>8} {ms_many / ms:>6.2f}")
    print(f"At most {MOST_RATIO} times: {'yes' if worst <= MOST_RATIO else 'NO'}")
    return int(worst > MOST_RATIO)


def _fill(pattern: "Article", number: int) -> None:
    """Copies of an article up to `number`, each with a revision and an approval; ten are overdue, ten are drafts."""
    from datetime import timedelta
    from uuid import uuid4

    from django.contrib.contenttypes.models import ContentType
    from django.utils import timezone
    from wagtail.models import Revision, TaskState, WorkflowState

    from articles.models import Article

    start, today = Article.objects.count(), timezone.localdate()
    overdue, drafts, copies = range(30, 40), range(40, 50), []
    for place in range(start, number):
        one = copy.copy(pattern)
        one.pk = None
        one.__dict__.update(
            slug=f"heel-pain-{place}",
            title=f"Heel pain {place}",
            translation_key=uuid4(),
            live=place not in drafts,
            has_unpublished_changes=place in drafts,
            sample=False,
            next_review=today + timedelta(days=-5 if place in overdue else 400),
            latest_revision_id=None,
            live_revision_id=None,
        )
        copies.append(one)
    made = Article.objects.bulk_create(copies, batch_size=500)
    kind = ContentType.objects.get_for_model(Article)
    revisions = Revision.objects.bulk_create(
        [
            Revision(
                content_type=kind,
                base_content_type=kind,
                object_id=str(article.pk),
                created_at=timezone.now(),
                object_str=article.title,
                content=article.serializable_data(),
            )
            for article in made
        ],
        batch_size=500,
    )
    for article, revision in zip(made, revisions, strict=True):
        article.latest_revision = revision
        article.live_revision = revision if article.live else None
    Article.objects.bulk_update(made, ["latest_revision", "live_revision"], batch_size=200)
    workflow = pattern.get_workflow()
    task = workflow.tasks.first()
    states = WorkflowState.objects.bulk_create(
        [
            WorkflowState(
                content_type=kind,
                base_content_type=kind,
                object_id=str(article.pk),
                workflow=workflow,
                status=WorkflowState.STATUS_APPROVED,
            )
            for article in made
        ],
        batch_size=500,
    )
    TaskState.objects.bulk_create(
        [
            TaskState(workflow_state=state, task=task, revision=revision, status=TaskState.STATUS_APPROVED)
            for state, revision in zip(states, revisions, strict=True)
        ],
        batch_size=500,
    )


if __name__ == "__main__":
    main()
