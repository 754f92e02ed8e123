"""Drawing on an image of 5120 × 5120: a segment of a stroke, and from the mouse to the painted frame."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.imaging.mask_areas import brush_area
from anomaly_gui.imaging.mask_edits import MaskEdits
from anomaly_gui.jobs.import_candidates import ImportRequest
from anomaly_gui.jobs.import_images import import_images
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from tests.benchmarks.timing import percentile, print_row
from tests.jobs.tiny_project import write
from tests.ui.pages.mask_window import Editing

pytestmark = pytest.mark.benchmark
SIDE = 5120
MOVES = 150
ZOOMS = 40
REPEATS = 3
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1e3


@pytest.mark.parametrize("diameter", [15, 151])
def test_a_segment_of_a_stroke_is_masked_at_once(capsys: pytest.CaptureFixture[str], diameter: int) -> None:
    rng = np.random.default_rng(0)
    edits = MaskEdits(np.zeros((SIDE, SIDE), bool))
    place = np.array([2500.0, 2500.0])
    timings = []
    edits.begin()
    for _ in range(500):
        following = np.clip(place + rng.normal(0, 40, 2), 0, SIDE - 1)
        start, end = (place[0], place[1]), (following[0], following[1])
        timings.append(timed(lambda s=start, e=end: edits.add(brush_area(s, e, diameter / 2, (SIDE, SIDE)))))
        place = following
    edits.end()
    print_row(capsys, f"segment of a stroke, {diameter} px, 5120 × 5120", timings, "median 5 ms")
    assert percentile(timings, 50) <= 5


@pytest.fixture
def editing(qtbot: QtBot, tmp_path: Path) -> Iterator[Editing]:
    rng = np.random.default_rng(0)
    write(tmp_path / "parts" / "large.png", rng.integers(90, 110, (SIDE, SIDE, 1), np.uint8))
    with Project.create(tmp_path / "project") as project:
        import_images(project, ImportRequest(good=(str(tmp_path / "parts"),)), ignore_events, CancelToken())
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    window.resize(1920, 1080)
    assert window.session.open_project(tmp_path / "project")
    window.activateWindow()
    qtbot.waitActive(window)
    made = Editing(qtbot, window)
    window.data_page.view.gallery.select([1])
    window.data_page._show_selection()
    window.data_page.draw_mask()
    qtbot.waitUntil(lambda: made.page.is_ready, timeout=60_000)
    yield made
    window.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("zoom", "diameter"), [("fitted", 151), ("fitted", 15), ("full size", 41)])
def test_strokes_and_pans_are_painted_within_a_frame(
    editing: Editing, capsys: pytest.CaptureFixture[str], zoom: str, diameter: int
) -> None:
    page, pane, navigator = editing.page, editing.pane, editing.page.view.navigator
    paints = Paints(pane)
    page.tools.choose("brush")
    page.tools._set_brush(diameter)
    if zoom == "full size":
        navigator.show_full_size()
    best: dict[str, float] = {}
    for _ in range(REPEATS):
        # Other work on the machine only adds to a time: the best of a few is the program's own.
        for what, button in (("stroke", LEFT), ("pan", Qt.MouseButton.MiddleButton)):
            timings = dragged(pane, button)
            print_row(capsys, f"{what}, {zoom}, brush {diameter} px, 5120 × 5120", timings, "median 16 ms")
            best[what] = min(best.get(what, np.inf), percentile(timings, 50))
        zooms = [timed(lambda n=n: painted((navigator.zoom_out, navigator.zoom_in)[n % 2])) for n in range(ZOOMS)]
        print_row(capsys, f"zoom, {zoom}, 5120 × 5120", zooms, "median 16 ms")
        best["zoom"] = min(best.get("zoom", np.inf), percentile(zooms, 50))
    assert paints.count > 0.9 * REPEATS * (2 * MOVES + ZOOMS), "not every frame was painted"
    assert max(best.values()) <= 16
    assert page.drawn is not None
    assert page.drawn.any()


class Paints(QObject):
    """How often a widget was painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def painted(work: Callable[[], object]) -> None:
    work()
    QApplication.processEvents()


def dragged(pane: QWidget, button: Qt.MouseButton) -> list[float]:
    middle = QPointF(pane.width() / 2, pane.height() / 2)
    send(pane, QEvent.Type.MouseButtonPress, middle, button, button)
    timings = []
    for step in range(MOVES):
        at = middle + QPointF(200 * np.sin(step / 9), 150 * np.sin(step / 7))
        timings.append(timed(lambda at=at: painted(lambda: send(pane, QEvent.Type.MouseMove, at, NONE, button))))
    send(pane, QEvent.Type.MouseButtonRelease, middle, button, NONE)
    return timings


def send(pane: QWidget, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
    event = QMouseEvent(kind, at, pane.mapToGlobal(at), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(pane, event)
