"""The whole job by hand: import, train, drag the threshold, review three misses, undo one, export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt, QThreadPool
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.export.runtime import Inspection
from anomaly_gui.jobs.evaluate import evaluate
from anomaly_gui.jobs.inspect import inspect
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.project.records import Label, Verdict
from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.widgets.import_dialog import ImportDialog
from anomaly_gui.ui.widgets.new_project_dialog import NewProjectDialog
from tests.jobs.tiny_project import QUICK, SIDE, picture, write
from tests.ui.widgets.mouse import drag
from tests.ui.widgets.test_score_histogram import place_of

LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
JOB_MS = 60_000


class Engineer:
    """Does with mouse and keys what the person at the screen does."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window = window
        self.qtbot = qtbot

    def click(self, widget: QWidget) -> None:
        self.qtbot.waitUntil(lambda: widget.isVisible() and widget.isEnabled())
        self.qtbot.mouseClick(widget, LEFT, pos=widget.rect().center())
        QApplication.processEvents()

    def key(self, key: Qt.Key | str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        # A desktop gives the window back its focus when a dialog closes; the offscreen platform does not.
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)
        self.qtbot.keyClick(self.window, key, modifier)
        QApplication.processEvents()

    def type_into(self, field: QWidget, text: str) -> None:
        """Replace what the field holds."""
        field.setFocus()
        self.qtbot.keyClick(field, Qt.Key.Key_A, CTRL)
        self.qtbot.keyClicks(field, text)
        self.qtbot.keyClick(field, Qt.Key.Key_Tab)

    def dialog(self, kind: type[QWidget]) -> QWidget:
        found: list[QWidget] = []

        def shown() -> bool:
            found[:] = [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]
            return bool(found)

        self.qtbot.waitUntil(shown)
        return found[0]

    def choose_in_file_dialog(self, path: Path) -> None:
        dialog = self.dialog(QFileDialog)
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        self.type_into(field, str(path))
        accept = next(b for b in dialog.findChildren(QPushButton) if b.text().replace("&", "") in ("Choose", "Open"))
        self.click(accept)

    def wait_for_job(self, start: Callable[[], None]) -> None:
        with self.qtbot.waitSignal(self.window.session.job_ended, timeout=JOB_MS) as ended:
            start()
        assert ended.args[0].error is None

    def label_of(self, image_id: int) -> Label:
        return self.window.session.project.image(image_id).label


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    root = tmp_path / "parts"
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[15:21, 18:24] = 255
    number = 0
    for place, count in (("train/good", 12), ("test/good", 4), ("test/hole", 6)):
        for index in range(count):
            number += 1
            write(root / place / f"{index:03d}.png", picture(number, defect="hole" in place))
    for index in range(6):
        write(root / "ground_truth/hole" / f"{index:03d}_mask.png", mask)
    return root


@pytest.mark.timeout(180)
def test_the_main_job_by_hand(window: MainWindow, qtbot: QtBot, tmp_path: Path, dataset: Path) -> None:
    window.resize(1366, 768)
    window.activateWindow()
    qtbot.waitActive(window)
    engineer = Engineer(window, qtbot)
    _make_project(engineer, tmp_path)
    _import(engineer, dataset)
    _train(engineer)
    _miss_defects(engineer)
    first, second, third = _review(engineer)
    bundle = _export(engineer, tmp_path)
    folder = window.session.project.folder
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    QThreadPool.globalInstance().waitForDone()
    with Project.open(folder) as project:
        assert project.image(first).verdict == Verdict("confirmed")
        assert project.image(second).label == Label("good")
        assert project.image(third).verdict is None
        assert project.image(third).label == Label("defect", "hole")
        assert project.verify() == []
        expected = {one.path: one for one in evaluate(project, 1).images}
    found = list(inspect(bundle, [Path(path) for path in expected], ignore_events, CancelToken()))
    assert len(found) == 10
    for one in found:
        assert isinstance(one, Inspection)
        assert one.score == pytest.approx(expected[one.path].score, rel=1e-4)
        assert one.decision == expected[one.path].decision


def _make_project(engineer: Engineer, place: Path) -> None:
    engineer.key(Qt.Key.Key_N, CTRL)
    dialog = engineer.dialog(NewProjectDialog)
    assert isinstance(dialog, NewProjectDialog)
    engineer.type_into(dialog.name, "line 4")
    engineer.type_into(dialog.place, str(place))
    engineer.click(dialog.create_button)
    assert engineer.window.session.project.folder == place / "line 4"


def _import(engineer: Engineer, dataset: Path) -> None:
    page = engineer.window.data_page
    engineer.click(page.view.empty.buttons.dataset)
    engineer.choose_in_file_dialog(dataset)
    dialog = engineer.dialog(ImportDialog)
    assert isinstance(dialog, ImportDialog)
    engineer.wait_for_job(lambda: engineer.click(dialog.start))
    images = engineer.window.session.images.values()
    assert sum(image.label.kind == "good" for image in images) == 16
    assert sum(image.mask_path is not None for image in images) == 6


def _train(engineer: Engineer) -> None:
    view = engineer.window.train_page.view
    engineer.key(Qt.Key.Key_2, CTRL)
    engineer.click(view.detectors.buttons["conv-ae"])
    engineer.click(view.settings.toggleButton())
    for name, value in QUICK.items():
        editor = view.form.editors[name]
        if isinstance(editor, QSpinBox):
            engineer.type_into(editor, str(value))
    engineer.wait_for_job(lambda: engineer.click(view.start))
    assert len(view.loss.points) == QUICK["epochs"]
    assert engineer.window.session.is_scored(1)


def _miss_defects(engineer: Engineer) -> None:
    """Drag the line so far right that every defect is missed."""
    engineer.key(Qt.Key.Key_3, CTRL)
    view = engineer.window.tune_page.view
    histogram = view.histogram
    engineer.qtbot.wait(100)
    viewport, start = histogram.viewport(), place_of(histogram, histogram.threshold.value())
    drag(viewport, start, QPointF(viewport.width() - 2, start.y()))
    assert view.figures.figure("missed") == "6"


def _review(engineer: Engineer) -> tuple[int, int, int]:
    """Confirm the first, call the second good, confirm the third and take that back."""
    engineer.key(Qt.Key.Key_4, CTRL)
    window, page = engineer.window, engineer.window.review_page
    reviewed = []
    for key in (Qt.Key.Key_Return, Qt.Key.Key_G, Qt.Key.Key_Return):
        shown = page.view.list.currentIndex().row()
        reviewed.append(page.view.list.queued.row(shown).image_id)
        engineer.key(key)
    first, second, third = reviewed
    assert len({first, second, third}) == 3
    assert window.session.project.image(third).verdict == Verdict("confirmed")
    engineer.key(Qt.Key.Key_Z, CTRL)
    assert window.session.project.image(third).verdict is None
    engineer.key(Qt.Key.Key_3, CTRL)
    assert window.tune_page.view.figures.figure("missed") == "5"
    return first, second, third


def _export(engineer: Engineer, place: Path) -> Path:
    engineer.key(Qt.Key.Key_5, CTRL)
    view = engineer.window.export_page.view
    engineer.type_into(view.target, str(place / "line 4.anomaly"))
    engineer.wait_for_job(lambda: engineer.click(view.export))
    assert "10 images" in view.result.text()
    return place / "line 4.anomaly"
