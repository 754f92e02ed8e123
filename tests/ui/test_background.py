"""Questions in the background: the last one counts, and the window's thread is free."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.imaging import unreachable
from anomaly_gui.progress import CancelToken
from anomaly_gui.ui.background import Background


@pytest.fixture
def background(qtbot: QtBot) -> Iterator[Background]:
    made = Background()
    yield made
    made.stop()


def test_an_answer_is_worked_out_elsewhere_and_told_here(qtbot: QtBot, background: Background) -> None:
    told: list[int] = []
    background.answered.connect(lambda _: told.append(threading.get_ident()))
    with qtbot.waitSignal(background.answered) as heard:
        background.ask(lambda _cancel: threading.get_ident())
    assert heard.args != [threading.get_ident()]
    assert told == [threading.get_ident()]


def test_a_newer_question_cancels_the_one_before_whose_answer_is_dropped(qtbot: QtBot, background: Background) -> None:
    started, answers = threading.Event(), []
    background.answered.connect(answers.append)

    def slow(cancel: CancelToken) -> str:
        started.set()
        while not cancel.cancelled:
            pass
        return "old"

    background.ask(slow)
    assert started.wait(10)
    with qtbot.waitSignal(background.answered):
        background.ask(lambda _cancel: "new")
    QApplication.processEvents()
    assert answers == ["new"]


def test_what_goes_wrong_is_told(qtbot: QtBot, background: Background) -> None:
    def wrong(_cancel: CancelToken) -> None:
        raise ValueError("no")

    with qtbot.waitSignal(background.failed) as heard:
        background.ask(wrong)
    assert isinstance(heard.args[0], ValueError)


def test_nothing_is_told_after_a_stop(qtbot: QtBot, background: Background) -> None:
    answers: list[object] = []
    background.answered.connect(answers.append)
    background.ask(lambda _cancel: "late")
    background.stop()
    QApplication.processEvents()
    assert answers == []


def test_nobody_waits_for_a_question_that_hangs(qtbot: QtBot) -> None:
    answering, answers = threading.Event(), []
    background = Background(may_hang=True)
    background.answered.connect(answers.append)
    try:
        background.ask(lambda _cancel: answering.wait(60))
        with qtbot.waitSignal(background.answered):
            background.ask(lambda _cancel: "newer")
        background.stop()
        background.deleteLater()
        QApplication.processEvents()
        assert answers == ["newer"]
    finally:
        answering.set()


def test_a_question_that_hangs_keeps_nobody_waiting_for_long(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unreachable, "SILENCE_S", 0.2)
    background, share_is_back = Background(), threading.Event()
    background.ask(lambda _cancel: share_is_back.wait(30))
    started = time.monotonic()
    background.stop()
    assert time.monotonic() - started < 10
    share_is_back.set()
