"""Tiles by hand: the real window, a project of large images, and the settings of the run that comes of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPropertyAnimation, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.detectors import registry
from anomaly_gui.jobs.import_images import ImportRequest, import_images
from anomaly_gui.jobs.tile_advice import keep_timing
from anomaly_gui.jobs.train import TrainReport, TrainRequest, train
from anomaly_gui.progress import CancelToken, EventSink, ignore_events
from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.train import TrainPage
from tests.jobs.tiny_project import make_project, quick, write

HEIGHT, WIDTH = 1100, 1400
MS = 20_000


def large_project(folder: Path) -> Path:
    rng = np.random.default_rng(0)
    for number in range(6):
        levels = rng.integers(0, 255, (HEIGHT, WIDTH, 1), np.uint8)
        write(folder / "data/train/good" / f"{number}.png", levels)
    with Project.create(folder / "project") as project:
        import_images(project, ImportRequest(dataset=str(folder / "data")), ignore_events, CancelToken())
        return project.folder


def shown(qtbot: QtBot, window: MainWindow, folder: Path) -> TrainPage:
    assert window.session.open_project(folder)
    window.show_page("train")
    window.activateWindow()
    qtbot.waitActive(window)
    return window.train_page


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> TrainPage:
    return shown(qtbot, window, large_project(tmp_path))


def type_width(qtbot: QtBot, page: TrainPage, text: str) -> None:
    tiles = page.view.tiles
    tiles.smallest.setFocus()
    tiles.smallest.selectAll()
    qtbot.keyClicks(tiles.smallest, text)


def test_the_width_of_a_defect_proposes_tiles_which_the_next_run_has(
    qtbot: QtBot, page: TrainPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[TrainRequest] = []

    def noted(_project: Project, request: TrainRequest, _emit: EventSink, _cancel: CancelToken) -> TrainReport:
        asked.append(request)
        return TrainReport(
            run=1, run_name="", status="cancelled", epochs=0, best_epoch=0, seconds=0, images_per_s=0, scored=False
        )

    monkeypatch.setattr("anomaly_gui.ui.pages.train.train", noted)
    view, tiles = page.view, page.view.tiles
    page.view.tiles_part.toggleButton().click()
    qtbot.waitUntil(lambda: tiles.grid.has_picture, timeout=MS)
    assert tiles.grid.plan is None
    assert not tiles.use.isEnabled()
    folding = view.tiles_part.findChild(QPropertyAnimation)
    qtbot.waitUntil(lambda: folding.state() == QPropertyAnimation.State.Stopped, timeout=MS)
    QApplication.processEvents()
    place = tiles.grid.y()

    type_width(qtbot, page, "5")

    assert "5 px at full size is 4 px at 1024: use tiles of 256 at full size" in tiles.reason.text()
    assert tiles.grid.plan is not None
    assert (len(tiles.grid.plan.tops), len(tiles.grid.plan.lefts)) == (5, 7)
    assert "the first run" in tiles.cost.text()
    assert view.form.overrides == {}, "nothing is filled in unasked"
    QApplication.processEvents()
    assert tiles.grid.y() == place

    qtbot.keyClick(tiles.use, Qt.Key.Key_Space)

    taken, suited = registry.for_tiles("auto")
    assert view.detectors.current == taken
    assert view.settings.text().startswith("Settings (")
    assert not tiles.use.isEnabled()
    with qtbot.waitSignal(page.session.job_ended, timeout=MS):
        qtbot.mouseClick(view.start, Qt.MouseButton.LeftButton)
    (request,) = asked
    assert request.detector == taken
    assert {**suited, "tile_px": 256}.items() <= request.settings.items()
    assert (view.form.values["tile_overlap"], view.form.values["scales"]) == (0.125, "1+1/4")


def test_the_width_is_kept_with_the_project(qtbot: QtBot, window: MainWindow, page: TrainPage, tmp_path: Path) -> None:
    page.view.tiles_part.expand(animate=False)
    type_width(qtbot, page, "7")
    folder = page.session.project.folder
    window.session.close_project()
    assert not page.view.tiles.grid.has_picture
    make_project(tmp_path / "small").close()
    shown(qtbot, window, tmp_path / "small" / "project")
    assert page.view.tiles.smallest.value() == 0
    assert not page.view.tiles_part.isExpanded()
    type_small = page.view.tiles
    type_small.set_smallest(5)
    assert "need no tiles" in type_small.reason.text()
    shown(qtbot, window, folder)
    assert page.view.tiles.smallest.value() == 7
    assert page.view.tiles_part.isExpanded()


def test_the_time_of_a_former_run_is_told(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    with make_project(tmp_path) as project:
        train(project, quick(tile_px=128), ignore_events, CancelToken())
        keep_timing(project.run_folder(1), 10, 30.0)
        name = project.run(1).name
    page = shown(qtbot, window, tmp_path / "project")
    page.view.detectors.buttons["conv-ae"].click()
    page.view.form.set_values({"tile_px": 128})
    page._show_choices()
    page.view.tiles_part.expand(animate=False)
    cost = page.view.tiles.cost
    qtbot.waitUntil(lambda: f"about 3 s going by run {name}" in cost.text(), timeout=MS)


def test_a_picture_that_is_gone_is_named(qtbot: QtBot, page: TrainPage) -> None:
    for image in page.session.images.values():
        Path(image.path).unlink()
    page.view.tiles_part.expand(animate=False)
    qtbot.waitUntil(lambda: "cannot be read" in page.view.tiles.grid._message, timeout=MS)


def test_opened_by_hand_the_tiles_come_into_view_on_a_small_screen(
    qtbot: QtBot, window: MainWindow, page: TrainPage
) -> None:
    window.resize(1366, 768)
    qtbot.keyClick(page.view.tiles_part.toggleButton(), Qt.Key.Key_Space)
    grid = page.view.tiles.grid
    qtbot.waitUntil(lambda: grid.visibleRegion().boundingRect().size() == grid.size(), timeout=MS)


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_start_stays_in_view_with_the_tiles_open(window: MainWindow, page: TrainPage, size: tuple[int, int]) -> None:
    window.resize(*size)
    page.view.tiles_part.expand(animate=False)
    page.view.tiles.set_smallest(5)
    QApplication.processEvents()
    assert window.size().toTuple() == size
    assert page.view.start.visibleRegion().boundingRect().size() == page.view.start.size()
