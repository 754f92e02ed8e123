"""A map is made in the background; what a lasso encloses is labelled in one step, by mouse and by key."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.jobs.map_set import SetMap
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.data_map import MapPart
from tests.jobs.tiny_project import make_project

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def part(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> MapPart:
    """12 + 4 good and 4 defective images; ids count from 1, and lie on a line in their order."""
    make_project(tmp_path).close()
    assert window.session.open_project(tmp_path / "project")
    window.show_page("data")
    window.data_page.parts.show_part("map")
    window.activateWindow()
    qtbot.waitActive(window)
    found = window.data_page.parts.parts["map"]
    assert isinstance(found, MapPart)
    ids = np.arange(1, 21)
    points = np.stack([ids, ids % 2], axis=1).astype(np.float32)
    found.show_map(SetMap(ids=ids, points=points, source="pictures", method="pca", shares=(0.5, 0.2), left_out=0))
    return found


def lasso(qtbot: QtBot, part: MapPart, first: int, last: int) -> None:
    """Around two points and all between."""
    drawn = part.view.map
    places = [drawn.place_of(key) for key in range(first, last + 1)]
    left, right = min(p.x() for p in places) - 8, max(p.x() for p in places) + 8
    top, bottom = min(p.y() for p in places) - 30, max(p.y() for p in places) + 30
    qtbot.mousePress(drawn, LEFT, NONE, QPoint(left, top))
    for place in (QPoint(right, top), QPoint(right, bottom), QPoint(left, bottom)):
        qtbot.mouseMove(drawn, place)
    qtbot.mouseRelease(drawn, LEFT, NONE, QPoint(left, bottom))


def kinds(part: MapPart, *ids: int) -> list[str]:
    return [part.session.images[key].label.kind for key in ids]


def test_what_is_enclosed_is_labelled_in_one_step_and_one_undo_takes_it_back(qtbot: QtBot, part: MapPart) -> None:
    lasso(qtbot, part, 2, 5)
    assert part.view.selection.text() == "4 images selected: 4 good"
    qtbot.mouseClick(part.view.defect, LEFT)
    assert kinds(part, 1, 2, 3, 4, 5, 6) == ["good", "defect", "defect", "defect", "defect", "good"]
    assert part.view.map.selected == [2, 3, 4, 5]
    part.session.undo()
    assert kinds(part, 2, 3, 4, 5) == ["good"] * 4


def test_the_gallerys_keys_label_the_selection_of_the_map(qtbot: QtBot, part: MapPart, window: MainWindow) -> None:
    lasso(qtbot, part, 1, 2)
    qtbot.keyClick(part.view.map, Qt.Key.Key_X)
    assert kinds(part, 1, 2, 3) == ["defect", "defect", "good"]
    window.actions_registry.choose_keys({"data-good": ("J",)})
    qtbot.keyClick(part.view.map, Qt.Key.Key_J)
    assert kinds(part, 1, 2) == ["good", "good"]
    qtbot.keyClick(part.view.map, Qt.Key.Key_Delete)
    assert [part.session.images[key].excluded for key in (1, 2, 3)] == [True, True, False]


def test_types_are_given_and_colours_follow(qtbot: QtBot, part: MapPart) -> None:
    lasso(qtbot, part, 1, 3)
    qtbot.mouseClick(part.view.by.button("type"), LEFT)
    part.view.types.chosen.emit("dent")
    assert part.session.images[2].label.defect_type == "dent"
    assert "dent 3" in part.view.legend.text()
    qtbot.mouseClick(part.view.by.button("split"), LEFT)
    assert "training" in part.view.legend.text()
    qtbot.mouseClick(part.view.by.button("score"), LEFT)
    assert "no score" in part.view.legend.text()


def test_the_selection_is_shown_in_the_gallery(qtbot: QtBot, part: MapPart, window: MainWindow) -> None:
    lasso(qtbot, part, 7, 9)
    qtbot.mouseClick(part.view.gallery, LEFT)
    assert window.data_page.view.gallery.ids == [7, 8, 9]
    assert window.data_page.view.gallery.selected_ids() == [7, 8, 9]


def test_the_map_is_made_by_a_job(qtbot: QtBot, part: MapPart) -> None:
    part.forget()
    assert part.view.empty.isVisible()
    with qtbot.waitSignal(part.session.job_ended, timeout=60_000):
        qtbot.mouseClick(part.view.make, LEFT)
    assert part.view.map.isVisible()
    assert "20 images by" in part.view.sentence.text()
    assert "good 16" in part.view.legend.text()
