"""From the mouse moving the threshold to every view of it painted, with 10,000 scored images."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.main_window import MainWindow
from tests.benchmarks.timing import percentile, print_row
from tests.ui.pages.scored_project import scored_project
from tests.ui.widgets.mouse import press, release
from tests.ui.widgets.test_score_histogram import place_of

pytestmark = pytest.mark.benchmark
MOVES = 200


def moved(widget: QWidget, at: QPointF) -> float:
    """Milliseconds from the event to the end of all painting that it caused."""
    QTest.qWait(15)  # pyqtgraph passes over moves that follow one another faster than a hundred a second
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    kind, modifiers = QEvent.Type.MouseMove, Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(kind, at, widget.mapToGlobal(at), none, left, modifiers)
    started = time.perf_counter()
    QApplication.sendEvent(widget, event)
    QApplication.processEvents()
    return (time.perf_counter() - started) * 1e3


@pytest.mark.timeout(300)
def test_a_threshold_move_over_ten_thousand_images_is_painted_at_once(
    qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    project = scored_project(
        tmp_path,
        good=rng.normal(3, 1, 6000).tolist(),
        defects=[("scratch", float(score)) for score in rng.normal(5, 1.5, 4000)],
        held_out=rng.normal(3, 1, 200).tolist(),
        threshold=4.0,
    )
    folder = project.folder
    project.close()
    window = MainWindow()
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    window.open_project(folder)
    window.show_page("tune")
    QTest.qWait(500)
    histogram = window.tune_page.view.histogram
    start, end = place_of(histogram, 4.0), place_of(histogram, 6.0)
    press(histogram.viewport(), start)
    shown: set[str] = set()
    timings = []
    for step in range(MOVES):
        share = 0.5 - 0.5 * np.cos(step / 20)
        timings.append(moved(histogram.viewport(), start + (end - start) * float(share)))
        shown.add(window.tune_page.view.figures.figure("found"))
    release(histogram.viewport(), end)
    print_row(capsys, "threshold move, 10,000 images", timings, "median 8 ms")
    assert len(shown) > MOVES / 10, "the counts did not follow the mouse"
    assert percentile(timings, 50) <= 8
    window.session.shut_down()
