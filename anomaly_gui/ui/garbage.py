"""When Python's garbage collector may look through everything there is, which takes a tenth of a second."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collected_later() -> Iterator[None]:
    """No collection in here: ten thousand new records would call for several, and none of them is garbage."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def spare_present() -> None:
    """What there is now, as the program's own code and widgets, stays and is not looked through again."""
    gc.freeze()
