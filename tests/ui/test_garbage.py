from __future__ import annotations

import gc
import sys

import pytest

from anomaly_gui.ui.garbage import collected_later, spare_new_libraries, spare_present


def interrupted() -> None:
    with collected_later():
        assert not gc.isenabled()
        with collected_later():
            pass
        assert not gc.isenabled(), "one inside another ends with the outer one"
        raise ZeroDivisionError


def test_nothing_is_collected_until_it_is_over_even_if_it_fails() -> None:
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError):
        interrupted()
    assert gc.isenabled()


def test_what_is_there_is_spared() -> None:
    before = gc.get_freeze_count()
    try:
        spare_present()
        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()


def test_what_libraries_brought_since_is_spared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        spare_present()
        before = gc.get_freeze_count()
        kept = [[] for _ in range(1000)]
        spare_new_libraries()
        assert gc.get_freeze_count() <= before, "nothing was imported"
        for number in range(100):
            monkeypatch.setitem(sys.modules, f"new_{number}", sys)
        spare_new_libraries()
        spared = gc.get_freeze_count()
        assert spared >= before + len(kept)
        kept += [[] for _ in range(1000)]
        spare_new_libraries()
        assert gc.get_freeze_count() <= spared
    finally:
        gc.unfreeze()
