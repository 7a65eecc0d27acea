"""What moving a site in costs: `python -m bench.moving_in` prints seconds and the most memory of each import.

The bars: 2,000 posts in at most 60 seconds, and at most 200 MB of memory at an export of 50 MB. Each import runs in a
process of its own, on a database of its own in a temporary folder. The posts are like a practice's: 2.5 KB, with
headings, a list, a link to another post, comments and labels.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

MOST_SECONDS, MOST_MB = 60, 200
POSTS = 2_000
LARGE_POSTS, LARGE_BYTES = 50, 50_000_000
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Old practice</title><link>https://old.example</link>
"""
TAIL = "</channel></rss>\n"
PARAGRAPH = (
    "<p>The band under the foot is sore in the morning, and <strong>eases</strong> when you walk a little. {}</p>\n"
)
ITEM = """<item><title>Foot problem {number}</title><link>https://old.example/foot-problem-{number}/</link>
<dc:creator>office</dc:creator><guid isPermaLink="false">https://old.example/?p={number}</guid>
<content:encoded><![CDATA[{text}]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded>
<wp:post_id>{number}</wp:post_id><wp:post_date>2019-03-12 09:30:00</wp:post_date>
<wp:post_name>foot-problem-{number}</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>
<category domain="category" nicename="heel"><![CDATA[Heel]]></category>
<category domain="post_tag" nicename="band"><![CDATA[band under the foot]]></category>
<wp:postmeta><wp:meta_key>_yoast_wpseo_metadesc</wp:meta_key>
<wp:meta_value>Why the foot hurts.</wp:meta_value></wp:postmeta>
</item>
"""


def text_of(number: int, size: int) -> str:
    """The article of a post, of about so many letters."""
    link = f'<a href="https://www.old.example/foot-problem-{number % POSTS + 1}/">See another problem</a>.'
    parts = [PARAGRAPH.format(link), "<h2>Symptoms</h2>\n<ul><li>Pain</li><li>Swelling</li></ul>\n"]
    parts += ["<h2>What you can do at home</h2>\n", "<h2>When to see a doctor</h2>\n<p>If you can’t walk.</p>\n"]
    while sum(map(len, parts)) < size:
        parts += [PARAGRAPH.format(sentence) for sentence in ("It lasts for weeks.", "Soft shoes help.") * 50][
            : size // 200
        ]
    return "".join(parts)


def posts(many: int, size: int, first: int = 1) -> Iterator[str]:
    """An export."""
    yield HEAD
    for number in range(first, first + many):
        yield ITEM.format(number=number, text=text_of(number, size))
    yield TAIL


def run(path: Path, *options: str) -> tuple[float, int]:
    """Seconds, and the most memory in MB, of an import in a process of its own."""
    code = (
        "import resource, sys, time\n"
        "from django.core.management import call_command\n"
        "import django\ndjango.setup()\n"
        "start = time.perf_counter()\n"
        "call_command('import_articles', *sys.argv[1:])\n"
        "used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(time.perf_counter() - start, used // 1024)\n"
    )
    command = [sys.executable, "-c", code, str(path), *options]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    print("   ", said.splitlines()[0].partition(": ")[2])
    seconds, used = said.splitlines()[-1].split()
    return float(seconds), int(used)


def main() -> None:
    """Set up, measure, print."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update({"DEMO": "1", "VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "clinic.settings"})
        os.environ.pop("DATABASE_URL", None)
        print("Preparing a database (half a minute) ...", flush=True)
        for name in ("migrate", "load_practice", "load_articles"):
            subprocess.run([sys.executable, "manage.py", name, "--verbosity=0"], check=True, capture_output=True)
        many, large = Path(folder, "many.xml"), Path(folder, "large.xml")
        many.write_text("".join(posts(POSTS, 2_500)), encoding="utf-8")
        with large.open("w", encoding="utf-8") as file:
            file.writelines(posts(LARGE_POSTS, LARGE_BYTES // LARGE_POSTS, first=POSTS + 1))
        failed = False
        for name, path, options in (
            (f"{POSTS} posts, {many.stat().st_size / 1e6:.1f} MB", many, ()),
            ("the same again", many, ()),
            (f"{LARGE_POSTS} posts, {large.stat().st_size / 1e6:.0f} MB, dry run", large, ("--dry-run",)),
            (f"{LARGE_POSTS} posts, {large.stat().st_size / 1e6:.0f} MB", large, ()),
        ):
            started = time.perf_counter()
            seconds, used = run(path, *options)
            print(
                f"{name}: {seconds:.1f} s, {used} MB ({time.perf_counter() - started:.0f} s with the start)", flush=True
            )
            failed = failed or seconds > MOST_SECONDS or used > MOST_MB
    print(f"The bars: {MOST_SECONDS} s, {MOST_MB} MB.", "Missed." if failed else "Held.")
    sys.exit(failed)


if __name__ == "__main__":
    main()
