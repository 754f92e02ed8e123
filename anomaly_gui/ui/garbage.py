"""When Python's garbage collector may look through everything there is, which takes a tenth of a second."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_MANY_MODULES = 100
_modules_spared = 0


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
    global _modules_spared
    _modules_spared = len(sys.modules)
    gc.freeze()


def spare_new_libraries() -> None:
    """The same, if much was imported since: with what training and export import, looking through everything took
    0.17 s, during which a press of Cancel waited.

    Only what is young is collected before, so that the window does not wait now instead.
    """
    if len(sys.modules) >= _modules_spared + _MANY_MODULES:
        gc.collect(1)
        spare_present()
