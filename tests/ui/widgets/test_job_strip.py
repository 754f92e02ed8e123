from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.progress import EpochFinished, Progress
from anomaly_gui.ui.widgets.job_strip import JobStrip

SHOWN_AFTER_MS = 400


@pytest.fixture
def strip(qtbot: QtBot) -> JobStrip:
    made = JobStrip()
    qtbot.addWidget(made)
    made.resize(1366, made.height())
    made.show()
    return made


def test_the_last_sentence_can_be_undone_if_that_is_offered(qtbot: QtBot, strip: JobStrip) -> None:
    strip.say("Labelled 3 images good", undo=True)
    with qtbot.waitSignal(strip.undo_wanted):
        qtbot.mouseClick(strip.undo, Qt.MouseButton.LeftButton)
    strip.say("Imported 3 images", undo=False)
    assert not strip.undo.isVisible()
    assert strip.sentence.text() == "Imported 3 images"


def test_progress_rate_and_time_left_are_said(qtbot: QtBot, strip: JobStrip) -> None:
    strip.start_job("Training")
    strip.show_event(Progress("Training", 300, 1200, 118.0, 88.0, "epoch 3 of 15"))
    qtbot.waitUntil(lambda: strip.bar.isVisible())
    assert strip.job.text() == "Training · epoch 3 of 15 · 118 images/s · about 1 min 30 s left"
    assert strip.bar.value() / strip.bar.maximum() == pytest.approx(0.25)


def test_an_epoch_moves_the_bar(qtbot: QtBot, strip: JobStrip) -> None:
    strip.start_job("Training")
    strip.show_event(EpochFinished(3, 12, 0.1, 0.1, 10.0, 5.0, True))
    assert strip.bar.value() / strip.bar.maximum() == pytest.approx(0.25)


def test_a_job_that_is_over_at_once_does_not_make_the_line_flicker(qtbot: QtBot, strip: JobStrip) -> None:
    strip.start_job("Exporting")
    strip.end_job()
    qtbot.wait(SHOWN_AFTER_MS)
    assert not strip.bar.isVisible()
    assert not strip.cancel.isVisible()


def test_cancel_is_announced_and_then_waited_for(qtbot: QtBot, strip: JobStrip) -> None:
    strip.start_job("Training")
    qtbot.waitUntil(lambda: strip.cancel.isVisible())
    with qtbot.waitSignal(strip.cancel_wanted):
        qtbot.mouseClick(strip.cancel, Qt.MouseButton.LeftButton)
    strip.show_stopping()
    assert not strip.cancel.isEnabled()
    assert "stopping" in strip.job.text()
    strip.end_job()
    strip.start_job("Training")
    assert strip.cancel.isEnabled()


def test_a_long_sentence_leaves_room_for_the_job(qtbot: QtBot, strip: JobStrip) -> None:
    strip.say("x" * 400, undo=True)
    strip.start_job("Training")
    qtbot.waitUntil(lambda: strip.cancel.isVisible())
    assert strip.minimumSizeHint().width() < 800
    for widget in (strip.undo, strip.bar, strip.cancel):
        assert strip.rect().contains(widget.geometry())
