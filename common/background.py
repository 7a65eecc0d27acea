"""Work that no visitor waits for."""

from collections.abc import Callable
from threading import Thread

from django.db import close_old_connections

Start = Callable[[Callable[[], None]], None]


def in_background(work: Callable[[], None]) -> None:
    """Run it in a thread that does not keep the process from ending, nor its connection to the database open."""

    def run() -> None:
        try:
            work()
        finally:
            close_old_connections()

    Thread(target=run, daemon=True, name=f"{work.__module__}.{work.__qualname__}").start()
