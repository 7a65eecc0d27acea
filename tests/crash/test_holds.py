"""Two desks give the same times away at the same moment, and one of them is killed with -9 again and again: each time
goes to one patient, and the book says what the requests say.
"""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.clinic.conftest import ROOT, Site
from tests.crash.conftest import background, inside

pytestmark = pytest.mark.slow

TIMES = int(os.environ.get("CRASH_TIMES", "24"))
KILLS = 3


def desk(which: str, base: str) -> list[str]:
    """The command of a desk that offers, or books, every time to a patient of its own."""
    return [sys.executable, "-m", "tests.crash.inside", "give", which, base]


def test_each_time_is_given_to_one_patient_although_a_desk_is_killed(production_site: Site):
    site = production_site
    inside(site, "requests", str(2 * TIMES))
    base = (datetime.now(UTC) + timedelta(days=7)).isoformat()

    with background(site, *desk("0", base)) as victim:
        other = subprocess.Popen(desk("1", base), cwd=ROOT, env=site.environment)
        for _kill in range(KILLS):
            victim.start()
            time.sleep(4)
            victim.kill()
        assert other.wait(timeout=300) == 0
        victim.start()
        assert victim.process
        assert victim.process.wait(timeout=300) == 0

    told = inside(site, "tell", "book")
    assert told == {"times": TIMES, "given twice": [], "not as the requests say": []}
