"""Where the web server's processes put what each has counted, so that any of them can tell the sum."""

import os
from contextlib import suppress
from pathlib import Path
from socket import gethostname

from django.conf import settings

NAMED_BY = "PROMETHEUS_MULTIPROC_DIR"  # read by prometheus_client when it is imported


def share() -> None:
    """Call it in each process before `prometheus_client` is imported.

    What ended processes left counts on, for a sum that gets smaller would be taken for a new beginning. It is cleared
    when the whole server starts anew. A folder for each machine: on another a process can have the same number.
    """
    folder = Path(settings.VAR_DIR) / "metrics" / gethostname()
    folder.mkdir(parents=True, exist_ok=True)
    left = list(folder.glob("*.db"))
    if not any(_runs(file) for file in left):
        for file in left:
            file.unlink(missing_ok=True)
    os.environ[NAMED_BY] = str(folder)


def _runs(file: Path) -> bool:
    """Whether another process that is there counts into it: "histogram_1204.db"."""
    with suppress(ValueError, ProcessLookupError):
        process = int(file.stem.rpartition("_")[2])
        with suppress(PermissionError):
            os.kill(process, 0)
        return process != os.getpid()
    return False
