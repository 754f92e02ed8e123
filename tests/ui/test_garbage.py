from __future__ import annotations

import gc

import pytest

from anomaly_gui.ui.garbage import collected_later, spare_present


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
