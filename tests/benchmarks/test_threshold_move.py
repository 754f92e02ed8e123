"""From the mouse moving the threshold to every view of it painted: a project, and 100,000 scored images."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.evaluation.pixel_rules import PIXEL_RULES
from anomaly_gui.jobs.evaluate import ScoredImages
from anomaly_gui.project.records import PixelThreshold, Threshold
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.tune_curves import PRECISION_RECALL, ROC, TYPES
from anomaly_gui.ui.pages.tune_pixels_state import PixelsState
from anomaly_gui.ui.pages.tune_pixels_view import TunePixelsView
from anomaly_gui.ui.pages.tune_state import TuneState
from anomaly_gui.ui.pages.tune_view import TuneView
from anomaly_gui.ui.widgets.region_tiles import RegionTile
from tests.benchmarks.timing import percentile, print_row
from tests.ui.pages.scored_project import scored_project
from tests.ui.pages.test_tune_pixels_state import many_pixels
from tests.ui.widgets.mouse import press, release
from tests.ui.widgets.test_region_tiles import region_picture
from tests.ui.widgets.test_score_histogram import place_of

pytestmark = pytest.mark.benchmark
MOVES = 200
REPEATS = 3


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
    view = window.tune_page.view
    timings = dragged(view, lambda: view.figures.figure("found"))
    print_row(capsys, "threshold move, 10,000 images", timings, "median 8 ms")
    assert percentile(timings, 50) <= 8
    window.session.shut_down()


def dragged(view: TuneView | TunePixelsView, figure: Callable[[], str], start_at: float = 4.0) -> list[float]:
    """Milliseconds of each move of a long drag to and fro; *figure* must follow the mouse."""
    histogram = view.histogram
    start, end = place_of(histogram, start_at), place_of(histogram, start_at + 2.0)
    # A second drag begins where the first one has left the line.
    press(histogram.viewport(), place_of(histogram, histogram.threshold.value()))
    shown: set[str] = set()
    timings = []
    for step in range(MOVES):
        share = 0.5 - 0.5 * np.cos(step / 20)
        timings.append(moved(histogram.viewport(), start + (end - start) * float(share)))
        shown.add(figure())
    release(histogram.viewport(), end)
    assert len(shown) > MOVES / 10, "the counts did not follow the mouse"
    return timings


def many_scores(count: int) -> ScoredImages:
    """Half good, half defective of eight types."""
    rng = np.random.default_rng(0)
    scores = np.concatenate([rng.normal(3, 1, count // 2), rng.normal(5, 1.5, count // 2)]).astype(np.float32)
    defective = np.arange(count) >= count // 2
    types = tuple(f"type {n % 8}" if defect else "" for n, defect in enumerate(defective.tolist()))
    return ScoredImages(np.arange(count), scores, defective, rng.normal(3, 1, 200).astype(np.float32), types)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("curve", [ROC, PRECISION_RECALL, TYPES])
def test_a_threshold_move_over_a_hundred_thousand_images_is_painted_within_a_frame(
    qtbot: QtBot, capsys: pytest.CaptureFixture[str], curve: str
) -> None:
    costs = {"miss_price": 100.0, "alarm_price": 1.0, "defect_rate": 0.01}
    state = TuneState(many_scores(100_000), Threshold(4.0, "least-cost", recheck=3.0, **costs))
    view = TuneView()
    qtbot.addWidget(view)
    view.resize(1266, 640)
    view.set_state(state)
    view.curves.show_view(curve)
    view.show_pins({"A": 2.0, "B": 3.0, "C": 4.0}, None, state)

    def move(value: float) -> None:
        state.move_to(value)
        view.show_threshold(state)

    view.threshold_dragged.connect(move)
    view.show()
    qtbot.waitExposed(view)
    QTest.qWait(500)
    # Other work on the machine only adds to a time: the best drag of a few is the program's own.
    drags = [dragged(view, lambda: view.figures.figure("found")) for _ in range(REPEATS)]
    for timings in drags:
        print_row(capsys, f"threshold move, 100,000 images, {curve}", timings, "median 8, p99 16 ms")
    assert min(percentile(timings, 50) for timings in drags) <= 8
    assert min(percentile(timings, 99) for timings in drags) <= 16


@pytest.mark.timeout(300)
def test_a_move_of_the_pixel_threshold_over_ten_thousand_images_is_painted_within_a_frame(
    qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    state = PixelsState(many_pixels(10_000), PixelThreshold(2.0), 2.0)
    scale = (0.0, 10.0)
    view = TunePixelsView()
    qtbot.addWidget(view)
    view.resize(1266, 640)
    view.set_state(state, dict.fromkeys(PIXEL_RULES, ""))
    worst = state.worst(48)
    view.tiles.set_tiles([RegionTile(one.image_id, "crack", "crack") for one in worst])
    view.tiles.set_pictures({one.image_id: region_picture(256) for one in worst})

    def move(value: float) -> None:
        state.move_to(value)
        view.show_threshold(state)
        view.tiles.set_level(state.value, scale)

    view.threshold_dragged.connect(move)
    view.show()
    qtbot.waitExposed(view)
    QTest.qWait(500)
    drags = [dragged(view, lambda: view.change.text(), 2.0) for _ in range(REPEATS)]
    for timings in drags:
        print_row(capsys, "pixel threshold move, 10,000 images", timings, "p99 16 ms")
    assert min(percentile(timings, 99) for timings in drags) <= 16
