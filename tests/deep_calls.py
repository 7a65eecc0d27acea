"""Room for deep calls: a third of the time of `make test`.

Python 3.11 keeps the frames of calls in chunks of 16 kB and hands a chunk back as soon as it is empty. Where a loop
near the end of one calls a function, each call maps memory and unmaps it again, and below pytest the site's calls lie
just there. A frame that does not fit into a chunk gets a larger one, and what it calls finds room in the rest of it:
https://github.com/python/cpython/blob/3.11/Python/pystate.c (`push_chunk`).
"""

from collections.abc import Callable
from typing import Any

import pytest
from _pytest import runner

SLOTS = 15_500  # of 8 bytes; the chunk that holds so many and a thousand more has 256 kB

_made: dict[str, Any] = {}
_names = " = ".join(f"_{number}" for number in range(SLOTS))
exec(f"def with_room(call):\n if not call: {_names} = None\n return call()", _made)
with_room: Callable[[Callable[[], bool]], bool] = _made["with_room"]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """As pytest runs a test, in a frame with room."""
    return with_room(lambda: runner.pytest_runtest_protocol(item, nextitem))
