"""The region is drawn by mouse and by keyboard in the real window, and each shape is a step of the project."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.imaging.region import Region, Shape
from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.region import RegionPage, region_sentence
from tests.ui.pages.scored_project import HEIGHT, WIDTH, scored_project
from tests.ui.widgets.mouse import drag, drag_to, press

LEFT, CTRL, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> RegionPage:
    scored_project(tmp_path).close()
    window.resize(1366, 768)
    assert window.session.open_project(tmp_path / "project")
    window.show_page("data")
    window.activateWindow()
    qtbot.waitActive(window)
    qtbot.waitUntil(lambda: window.data_page.view.region.width() > 0)
    qtbot.mouseClick(window.data_page.view.region, LEFT)
    made = window.region_page
    qtbot.waitUntil(lambda: made.view.pane.layers != ())
    return made


def at(page: RegionPage, x: float, y: float) -> QPointF:
    """A place given in shares."""
    return QPointF(*page.view.navigator.viewport.to_pane((x * WIDTH, y * HEIGHT), page.view.pane.pane_size))


def saved(page: RegionPage) -> Region:
    return page.session.project.region()


def test_a_rectangle_by_mouse_is_saved_at_once_and_undone_as_one_step(
    qtbot: QtBot, page: RegionPage, tmp_path: Path
) -> None:
    window = page.window()
    assert isinstance(window, MainWindow)
    drag(page.view.pane, at(page, 0.25, 0.25), at(page, 0.75, 0.75))
    (shape,) = saved(page).inside
    assert [value for point in shape.points for value in point] == pytest.approx([0.25, 0.25, 0.75, 0.75], abs=0.01)
    assert "1 shape counts" in page.view.said.text()
    shown = page.view.pane.grab().toImage()
    inside, outside = at(page, 0.5, 0.5).toPoint(), at(page, 0.1, 0.1).toPoint()
    assert shown.pixelColor(outside).lightness() < shown.pixelColor(inside).lightness() / 2
    qtbot.keyClick(window, "D")
    qtbot.waitUntil(lambda: page.view.pane.layers != ())
    assert page.view.heading.position.text().startswith("2 of")
    assert page.view.pane.has_outline, "drawn once, shown on all"
    qtbot.keyClick(window, "Z", CTRL)
    assert saved(page).is_everything
    assert not page.view.pane.has_outline
    qtbot.keyClick(window, "Z", CTRL | SHIFT)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.current_page is window.data_page
    window.close_project()
    with Project.open(tmp_path / "project") as project:
        assert project.region().inside == (shape,)


def test_shapes_are_drawn_selected_and_removed_by_keyboard_alone(qtbot: QtBot, page: RegionPage) -> None:
    window = page.window()
    qtbot.keyClick(window, "S")
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(window, key, SHIFT)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert len(saved(page).ignored) == 1
    qtbot.keyClick(window, "P")
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Right):
        qtbot.keyClick(window, key, SHIFT)
        qtbot.keyClick(window, Qt.Key.Key_Space)
    assert len(page.view.pane.sketch) == 3
    qtbot.keyClick(window, Qt.Key.Key_Return)
    assert [shape.kind for shape in saved(page).ignored] == ["rectangle", "polygon"]
    qtbot.keyClick(window, "N")
    assert page.view.remove.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_Delete)
    assert [shape.kind for shape in saved(page).ignored] == ["polygon"]


def test_a_shape_is_moved_by_mouse_as_one_step(page: RegionPage) -> None:
    page.session.apply(lambda project: project.set_region(Region((Shape("rectangle", ((0.1, 0.1), (0.5, 0.5))),))))
    before = page.session.undo_sentence
    page.choose_tool("select")
    drag(page.view.pane, at(page, 0.3, 0.3), at(page, 0.5, 0.3))
    (shape,) = saved(page).inside
    assert shape.points[0][0] == pytest.approx(0.3, abs=0.02)
    page.session.undo()
    assert saved(page).inside[0].points[0] == (0.1, 0.1)
    assert page.session.undo_sentence == before


def test_everything_counts_again_by_one_button(qtbot: QtBot, page: RegionPage) -> None:
    drag(page.view.pane, at(page, 0.25, 0.25), at(page, 0.75, 0.75))
    qtbot.mouseClick(page.view.clear, LEFT)
    assert saved(page).is_everything
    assert not page.view.clear.isEnabled()


def test_escape_drops_a_shape_that_is_begun_before_it_leaves(qtbot: QtBot, page: RegionPage) -> None:
    press(page.view.pane, at(page, 0.25, 0.25))
    drag_to(page.view.pane, at(page, 0.5, 0.5))
    assert page.view.pane.sketch
    qtbot.keyClick(page.window(), Qt.Key.Key_Escape)
    assert not page.view.pane.sketch
    assert saved(page).is_everything
    assert page.isVisible()


def test_a_polygon_that_is_begun_is_kept_when_the_page_is_left(qtbot: QtBot, page: RegionPage) -> None:
    page.choose_tool("polygon")
    for x, y in ((0.1, 0.1), (0.9, 0.1), (0.5, 0.9)):
        qtbot.mouseClick(page.view.pane, LEFT, pos=at(page, x, y).toPoint())
    qtbot.keyClick(page.window(), "2", CTRL)
    assert [shape.kind for shape in saved(page).inside] == ["polygon"]


def test_what_counts_is_said_in_words() -> None:
    shape = Shape("rectangle", ((0, 0), (1, 1)))
    assert region_sentence(Region((shape, shape), (shape,))) == "What lies in 2 shapes counts, but for 1 ignored shape"
    assert region_sentence(Region((), (shape,))).startswith("The whole image counts, but")
    assert region_sentence(Region()).startswith("The whole image counts.")
