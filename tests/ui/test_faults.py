"""Exceptions that nobody catches: logged and announced, from whatever thread they come."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.faults import FaultReporter


@pytest.fixture
def faults() -> Iterator[FaultReporter]:
    made = FaultReporter()
    made.install()
    yield made
    made.remove()


def raised(error: BaseException) -> BaseException:
    """*error* with a traceback, given to whoever takes what nobody caught."""
    try:
        raise error
    except BaseException as caught:
        sys.excepthook(type(caught), caught, caught.__traceback__)
        return caught


def test_a_fault_is_logged_with_its_traceback_and_announced(
    qtbot: QtBot, faults: FaultReporter, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR), qtbot.waitSignal(faults.raised) as told:
        error = raised(ValueError("the slot is broken"))
    assert told.args == [error]
    assert "the slot is broken" in caplog.text
    assert "Traceback" in caplog.text


def test_a_fault_in_another_thread_is_announced_in_this_one(qtbot: QtBot, faults: FaultReporter) -> None:
    def fail() -> None:
        raise ValueError("elsewhere")

    with qtbot.waitSignal(faults.raised) as told:
        threading.Thread(target=fail).start()
    assert str(told.args[0]) == "elsewhere"


def test_ctrl_c_is_not_a_fault(qtbot: QtBot, faults: FaultReporter, capsys: pytest.CaptureFixture[str]) -> None:
    faults._before = (lambda *_: None, faults._before[1])
    with qtbot.assertNotEmitted(faults.raised, wait=20):
        raised(KeyboardInterrupt())


def test_removing_it_puts_back_what_was_there() -> None:
    before = (sys.excepthook, threading.excepthook)
    made = FaultReporter()
    made.install()
    assert sys.excepthook != before[0]
    made.remove()
    assert (sys.excepthook, threading.excepthook) == before
