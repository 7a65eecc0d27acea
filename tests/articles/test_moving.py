"""Moving a site in from the browser: sent, looked at, imported by the worker, and listed on the first page."""

import threading
import tracemalloc
from contextlib import nullcontext
from io import BytesIO
from math import inf
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.core.management import call_command
from django.test import RequestFactory
from PIL import Image as Picture

from articles.desk import moving
from articles.importing import drafts, jobs, unpacking
from articles.models import Article, ImportedArticle, ImportJob, ReaderQuestion, SitePage
from clinic.management.commands import worker
from clinic.web.body_limit import FilesAtTheEditorsDesk
from tests.articles.test_import import HEAD, TAIL, post

PAGE = "/cms/moving-in/"
MOST_RESTS = 100  # of a worker that gets nowhere
COMMENT = """<wp:comment><wp:comment_id>5</wp:comment_id><wp:comment_author>Mary</wp:comment_author>
<wp:comment_date_gmt>2020-01-02 03:04:05</wp:comment_date_gmt><wp:comment_approved>{}</wp:comment_approved>
<wp:comment_content><![CDATA[{}]]></wp:comment_content><wp:comment_type>{}</wp:comment_type></wp:comment>"""


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, library):
    """Where files are kept."""
    settings.IMPORTS_ROOT = tmp_path / "imports"
    return tmp_path / "imports"


def export(*items):
    return SimpleUploadedFile("old site.xml", (HEAD + "".join(items) + TAIL).encode())


def zipped(**files):
    packed = BytesIO()
    with ZipFile(packed, "w") as file:
        for name, content in files.items():
            file.writestr(name.replace("__", "/").replace("_", "."), content)
    return packed.getvalue()


def send(browser, file, **more):
    answer = browser.post(PAGE, {"source": file, **more})
    assert answer.status_code == 302, answer.content.decode()
    return ImportJob.objects.get()


def run_worker():
    jobs.step()


def test_file_is_looked_at_first_and_imported_when_somebody_says_so(signed_in, reviewer, folder):
    browser = signed_in(reviewer)
    job = send(browser, export(post(7), post(8, type="conditions", title="Bunion", name="bunion")))

    waiting = browser.get(f"{PAGE}{job.pk}/")
    run_worker()
    looked = browser.get(f"{PAGE}{job.pk}/").content.decode()

    assert waiting.headers["Refresh"] == "3"
    assert "conditions (1)" in looked
    assert not ImportedArticle.objects.exists()

    answer = browser.post(f"{PAGE}{job.pk}/start/", {"kinds": ["conditions"]})
    run_worker()
    done = browser.get(answer.headers["Location"])

    assert "Imported, to look at" in done.content.decode()
    assert "Refresh" not in done.headers
    assert sorted(ImportedArticle.objects.values_list("article__title", "job")) == [
        ("Bunion", job.pk),
        ("Corns", job.pk),
    ]
    assert not Article.objects.filter(imported__isnull=False, live=True).exists()
    assert list(folder.iterdir()) == []


def test_imported_articles_stand_on_the_first_page_until_somebody_saves_them(signed_in, reviewer, editor):
    browser = signed_in(reviewer)
    job = send(browser, export(post(7, text='<p>See <a href="/gone/">this</a> about corns.</p>')))
    run_worker()
    browser.post(f"{PAGE}{job.pk}/start/")
    run_worker()

    page = signed_in(editor).get("/cms/").content.decode()
    Article.objects.get(slug="corns-7").save_revision(user=editor)

    assert "Imported, to look at" in page
    assert "lead nowhere until these pages have moved in: /gone/" in page
    assert "Imported, to look at" not in signed_in(editor).get("/cms/").content.decode()


@pytest.mark.parametrize(
    ("ticked", "articles", "pages"),
    [({}, 0, 0), ({"kinds": ["page"]}, 1, 0), ({"pages": "on"}, 0, 1)],
)
def test_pages_become_what_a_person_says(signed_in, reviewer, ticked, articles, pages):
    browser = signed_in(reviewer)
    job = send(browser, export(post(7, type="page", title="About us", name="about-us")))
    run_worker()
    browser.post(f"{PAGE}{job.pk}/start/", ticked)
    run_worker()

    made = [model.objects.filter(imported__isnull=False).count() for model in (Article, SitePage)]
    assert made == [articles, pages]
    shown = browser.get(f"{PAGE}{job.pk}/").content.decode()
    assert ("/sitepage/edit/" in shown) == bool(pages)
    assert ("About us" in browser.get("/cms/").content.decode()) == bool(articles or pages)


def test_pages_that_are_to_be_both_are_asked_about_again(signed_in, reviewer):
    browser = signed_in(reviewer)
    job = send(browser, export(post(7, type="page")))
    run_worker()

    answer = browser.post(f"{PAGE}{job.pk}/start/", {"kinds": ["page"], "pages": "on"})

    assert answer.status_code == 422
    assert "Choose whether pages become articles, or pages of this site." in answer.content.decode()
    assert len(BeautifulSoup(answer.content, "html.parser").select("input[checked]")) == 2  # as it was sent
    job.refresh_from_db()
    assert job.status == "looked"


@pytest.mark.parametrize(("comments", "many"), [(False, 0), (True, 2)])
def test_comments_become_questions_only_if_asked_for(signed_in, reviewer, comments, many):
    said = [
        COMMENT.format(1, "My toe hurts, call 732-555-0142 or a@example.com. Is it a corn?", ""),
        COMMENT.format(0, "Long " * 300, "comment"),
        COMMENT.format("spam", "Buy", ""),
        COMMENT.format(1, "A link", "pingback"),
    ]
    said[1] = said[1].replace("<wp:comment_id>5", "<wp:comment_id>6")
    browser = signed_in(reviewer)
    job = send(browser, export(post(7, more="".join(said))))
    run_worker()
    browser.post(f"{PAGE}{job.pk}/start/", {"comments": "on"} if comments else {})
    run_worker()

    questions = ReaderQuestion.objects.order_by("pk")
    assert questions.count() == many
    if many:
        assert questions[0].status == "held"
        assert questions[0].text == "My toe hurts, call […] or […]. Is it a corn?"
        assert questions[0].asked_at.year == 2020
        assert len(questions[1].text) <= 500
        assert "Mary" not in "".join(question.text for question in questions)


def test_zip_of_markdown_with_its_pictures(signed_in, reviewer):
    picture = BytesIO()
    Picture.new("RGB", (40, 30), "red").save(picture, "PNG")
    packed = zipped(
        site__flat__index_md="# Flat\n\n![An arch](arch.png)\n\nSee [heel](../heel.md).",
        site__heel_md="# Heel\n\nIt hurts.",
        site__flat__arch_png=picture.getvalue(),
    )
    browser = signed_in(reviewer)
    job = send(browser, SimpleUploadedFile("site.zip", packed))
    run_worker()
    browser.post(f"{PAGE}{job.pk}/start/")
    run_worker()

    heel = Article.objects.get(imported__source="site/site/heel.md")
    flat = Article.objects.get(imported__source="site/site/flat/index.md")
    kinds = [block["type"] for block in flat.body.raw_data[0]["value"]["content"]]
    assert kinds == ["figure", "text"]
    assert f'<a linktype="article" id="{heel.pk}">heel</a>' in str(flat.body.get_prep_value())


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.exe", b"MZ", "This kind of file"),
        ("a.xml", b"", "This file is empty"),
        ("a", b"text", "This kind of file"),
    ],
)
def test_file_that_is_none_is_refused_with_a_sentence(signed_in, reviewer, name, content, why):
    answer = signed_in(reviewer).post(PAGE, {"source": SimpleUploadedFile(name, content)})

    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not ImportJob.objects.exists()


def test_zip_that_is_none_stops_with_the_reason_and_leaves_nothing(signed_in, reviewer, folder):
    job = send(signed_in(reviewer), SimpleUploadedFile("a.zip", b"PK no zip at all"))
    run_worker()

    job.refresh_from_db()
    assert (job.status, job.failure) == ("failed", "it is not a ZIP file, or a broken one")
    assert list(folder.iterdir()) == []


def test_broken_worker_goes_on_from_the_top_and_makes_nothing_twice(signed_in, reviewer, monkeypatch):
    browser = signed_in(reviewer)
    job = send(
        browser,
        export(
            *[
                post(number, text=f'<p>See <a href="/2019/03/corns-{49 - number}/">it</a>.</p>')
                for number in range(1, 49)
            ]
        ),
    )
    run_worker()
    browser.post(f"{PAGE}{job.pk}/start/")
    monkeypatch.setattr(jobs, "SECONDS", -1)
    monkeypatch.setattr(drafts, "MOST_SECONDS", inf)  # on a busy machine a handful is smaller
    run_worker()
    assert ImportedArticle.objects.count() == 20
    assert "20 of 48" in browser.get(f"{PAGE}{job.pk}/").content.decode()

    jobs._running.clear()  # the worker was started anew
    for _round in range(5):
        run_worker()

    job.refresh_from_db()
    assert (job.status, job.report["many"], job.report["again"]) == ("done", 48, 0)
    assert ImportedArticle.objects.count() == 48
    assert all("linktype" in str(one.article.body.get_prep_value()) for one in ImportedArticle.objects.all())


@pytest.mark.parametrize("who", ["editor", "manager", "toms_river_desk"])
def test_nobody_else_moves_in(request, signed_in, who, folder):
    browser = signed_in(request.getfixturevalue(who))
    job = ImportJob.objects.create(name="x.xml", status="looked")

    for address in (PAGE, f"{PAGE}{job.pk}/"):
        assert browser.get(address).status_code in (302, 403)
    for address in (PAGE, f"{PAGE}{job.pk}/start/", f"{PAGE}{job.pk}/remove/"):
        assert browser.post(address, {"source": export(post(7))}).status_code in (302, 400, 403)
    job.refresh_from_db()
    assert job.status == "looked"
    assert not folder.exists()


def test_file_of_who_may_not_send_one_is_refused_before_it_is_stored(editor, reviewer):
    for user, refused in ((AnonymousUser(), True), (editor, True), (reviewer, False)):
        request = RequestFactory().post(PAGE)
        request.user = user
        handler = FilesAtTheEditorsDesk(request)
        with pytest.raises(BadRequest) if refused else nullcontext():
            handler.new_file("source", "site.xml", "text/xml", 1)


@pytest.mark.parametrize("troubled", [False, True])
def test_worker_rests_only_when_an_import_is_done_or_something_is_wrong(signed_in, reviewer, monkeypatch, troubled):
    job = send(signed_in(reviewer), export(*[post(number) for number in range(1, 49)]))
    monkeypatch.setattr(jobs, "SECONDS", -1)
    monkeypatch.setattr(drafts, "MOST_SECONDS", inf)
    rests = []

    class Stop(threading.Event):
        def wait(self, timeout=None):
            rests.append(timeout)
            if not jobs.is_under_way() or len(rests) > MOST_RESTS:
                self.set()
            return True

    def trouble():
        if troubled:
            raise OSError

    monkeypatch.setattr(worker, "close_old_connections", lambda: None)  # the test's own transaction lives in it
    monkeypatch.setattr(worker, "threading", SimpleNamespace(Event=Stop))
    monkeypatch.setattr(worker, "signal", SimpleNamespace(SIGINT=2, SIGTERM=15, signal=lambda *_given: None))
    monkeypatch.setattr(worker, "JOBS", (jobs.step, trouble))
    call_command("worker")

    job.refresh_from_db()
    assert (job.status, len(rests) > 1) == ("looked", troubled)


@pytest.mark.thorough
def test_large_file_is_never_held_in_memory(reviewer, folder):
    before = b'--x\r\nContent-Disposition: form-data; name="source"; filename="site.xml"\r\n\r\n'
    body = before + b"y" * 20_000_000 + b"\r\n--x--\r\n"
    kind = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(len(body))}
    request = WSGIRequest({"REQUEST_METHOD": "POST", "PATH_INFO": PAGE, "wsgi.input": BytesIO(body), **kind})
    request.user = reviewer

    tracemalloc.start()
    try:
        assert moving.moving(request).status_code == 302
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        request.close()

    assert next((folder / str(ImportJob.objects.get().pk) / "sent").iterdir()).stat().st_size == 20_000_000
    assert most < 6_000_000


def test_nobody_waits_to_write_while_a_file_is_only_looked_at(signed_in, reviewer, folder, monkeypatch):
    monkeypatch.setattr(drafts, "transaction", SimpleNamespace(atomic=lambda: pytest.fail("keeps others from writing")))

    job = send(signed_in(reviewer), export(post(7), post(8)))
    run_worker()

    job.refresh_from_db()
    assert job.status == "looked"


def test_others_write_between_articles_that_take_long(signed_in, reviewer, folder, monkeypatch):
    browser = signed_in(reviewer)
    job = send(browser, export(post(7), post(8)))
    run_worker()
    browser.post(f"{PAGE}{job.pk}/start/")
    monkeypatch.setattr(jobs, "SECONDS", -1)
    monkeypatch.setattr(drafts, "MOST_SECONDS", -1)
    run_worker()

    assert ImportedArticle.objects.count() == 1


def test_administrator_moves_in_and_sees_no_article(signed_in, administrator):
    browser = signed_in(administrator)

    assert send(browser, export(post(7)))
    assert "Moving in" in browser.get("/cms/").content.decode()
    assert browser.get("/cms/snippets/articles/article/").status_code == 302


def test_what_starts_or_deletes_takes_no_get(signed_in, reviewer):
    job = ImportJob.objects.create(name="x.xml", status="looked")

    for what in ("start", "remove"):
        assert signed_in(reviewer).get(f"{PAGE}{job.pk}/{what}/").status_code == 405
    assert signed_in(reviewer).get(f"{PAGE}999999/").status_code == 404


def test_import_that_runs_is_not_started_again(signed_in, reviewer):
    job = ImportJob.objects.create(name="x.xml", status="importing")

    signed_in(reviewer).post(f"{PAGE}{job.pk}/start/")

    job.refresh_from_db()
    assert job.status == "importing"


def test_deleted_file_leaves_its_drafts(signed_in, reviewer, folder):
    browser = signed_in(reviewer)
    job = send(browser, export(post(7)))
    run_worker()
    browser.post(f"{PAGE}{job.pk}/start/")
    run_worker()

    browser.post(f"{PAGE}{job.pk}/remove/")

    assert not ImportJob.objects.exists()
    assert ImportedArticle.objects.get().article.title == "Corns"


def test_files_that_nobody_came_back_for_go(monday, trusted_clock, folder):
    job = ImportJob.objects.create(name="x.xml", status="looked")
    jobs.keep_file(job, "x.xml", iter([b"x"]))
    jobs.forget_old()
    assert job.folder.exists()

    monday.shift(31 * 24 * 3600)
    jobs.forget_old()

    assert not folder.exists() or list(folder.iterdir()) == []
    assert not ImportJob.objects.exists()


# --- ZIP files ---


@pytest.mark.parametrize(
    "name", ["../out.md", "/etc/out.md", "a/../../out.md", "a\\out.md", "c:out.md", "x" * 241 + ".md"]
)
def test_name_that_leads_out_of_the_folder_is_refused(tmp_path, name):
    packed = tmp_path / "a.zip"
    with ZipFile(packed, "w") as file:
        file.writestr(name, "out")
        file.writestr("in.md", "in")

    refused = unpacking.unpack(packed, tmp_path / "into")

    assert len(refused) == 1
    assert [path.name for path in (tmp_path / "into").rglob("*")] == ["in.md"]


def test_link_in_a_zip_is_refused(tmp_path):
    packed = tmp_path / "a.zip"
    with ZipFile(packed, "w") as file:
        from zipfile import ZipInfo

        link = ZipInfo("link.md")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")

    assert [one.why for one in unpacking.unpack(packed, tmp_path / "into")] == ["it is a link"]


def test_zip_bomb_is_refused_by_what_it_says_and_by_what_it_does(tmp_path, monkeypatch):
    packed = tmp_path / "a.zip"
    with ZipFile(packed, "w", compression=8) as file:
        file.writestr("a.md", b"0" * 3_000_000)
    monkeypatch.setattr(unpacking, "MOST_BYTES", 2_000_000)

    with pytest.raises(unpacking.NotUnpacked, match="unpacked it is larger than"):
        unpacking.check(packed, size=2_000_000)
    monkeypatch.setattr(unpacking, "check", lambda path: None)  # it lies about its size
    with pytest.raises(unpacking.NotUnpacked, match="larger unpacked than there is room for"):
        unpacking.unpack(packed, tmp_path / "into")


def test_zip_of_too_many_files_is_refused(tmp_path):
    packed = tmp_path / "a.zip"
    with ZipFile(packed, "w") as file:
        for number in range(12):
            file.writestr(f"{number}.md", "x")

    with pytest.raises(unpacking.NotUnpacked, match="12 files; 10 are the most"):
        unpacking.check(packed, files=10)


def test_name_of_a_file_leads_nowhere_else():
    assert [jobs.safe_name(name) for name in ("../../etc/passwd", "a b.XML", "C:\\x\\y.zip", ".htaccess", "")] == [
        "passwd",
        "a_b.xml",
        "y.zip",
        "htaccess",
        "file",
    ]
    assert Path(jobs.safe_name("x" * 300 + ".docx")).suffix == ".docx"
