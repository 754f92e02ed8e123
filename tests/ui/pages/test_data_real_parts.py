"""A working hour on photographs of real parts in the real window: label, mask, undo, filter, lasso.

Once without touching the mouse, and once without touching the keyboard.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu, QTreeWidgetItem, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.imaging.masks import load_mask
from anomaly_gui.jobs.import_candidates import ImportRequest
from anomaly_gui.jobs.import_images import import_images
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.project.records import Image, Label
from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.data import DataPage
from anomaly_gui.ui.pages.data_map import MapPart
from tests.real_parts import data_set
from tests.ui.pages.data_window import CTRL, NONE, SHIFT, opened
from tests.ui.widgets.mouse import drag_to, press, release

LEFT = Qt.MouseButton.LeftButton
COUNT = 40
LASSO_PX = 40
STEP_PX, FAR_PX = 12, 72
"""Of the map's cross, by an arrow key alone and with Shift."""


@dataclass
class Desk:
    """What the engineer has before them."""

    qtbot: QtBot
    window: MainWindow
    page: DataPage

    @property
    def map(self) -> MapPart:
        part = self.page.parts.parts["map"]
        assert isinstance(part, MapPart)
        return part

    def image(self, image_id: int) -> Image:
        """As the project on disk has it."""
        return self.window.session.project.image(image_id)

    def mask(self, image_id: int) -> np.ndarray | None:
        image = self.image(image_id)
        return None if image.mask_path is None else load_mask(image.mask_path, image.height, image.width)

    def until(self, is_so: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(is_so, timeout=60_000)

    def facet(self, value: str) -> QTreeWidgetItem:
        item = self.page.view.facets.item("defect_type", value)
        assert item is not None
        return item

    # By keyboard

    def key(self, key: Qt.Key | str, modifier: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
        """To whatever has the focus."""
        for _ in range(times):
            self.qtbot.keyClick(QApplication.focusWidget() or self.window, key, modifier)

    def tab_to(self, widget: QWidget) -> None:
        for _ in range(100):
            if QApplication.focusWidget() is widget:
                return
            self.key(Qt.Key.Key_Tab)
        pytest.fail(f"Tab does not lead to {widget}")

    def walk(self, to: QPoint) -> None:
        """The map's cross, as near as steps of the arrow keys come."""
        cross = self.map.view.map.cross
        assert cross is not None
        for left, keys in (
            (to.x() - cross.x(), (Qt.Key.Key_Left, Qt.Key.Key_Right)),
            (to.y() - cross.y(), (Qt.Key.Key_Up, Qt.Key.Key_Down)),
        ):
            far, near = divmod(abs(left), FAR_PX)
            self.key(keys[left > 0], SHIFT, far)
            self.key(keys[left > 0], NONE, near // STEP_PX)

    # By mouse

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        self.qtbot.mouseClick(widget, LEFT, NONE, at or QPoint())

    def click_image(self, image_id: int) -> None:
        gallery = self.page.view.gallery
        row = gallery.selection.row_of(image_id)
        assert row is not None
        seen = gallery.viewport().rect()
        for _ in range(100):
            if seen.contains(gallery.cell_rect(row).center()):
                break
            self.turn_wheel(gallery.viewport(), 1 if gallery.cell_rect(row).center().y() < 0 else -1)
        self.click(gallery.viewport(), gallery.cell_rect(row).center())

    def turn_wheel(self, widget: QWidget, notches: int) -> None:
        at, none = QPointF(widget.rect().center()), Qt.MouseButton.NoButton
        turned, phase = QPoint(0, 120 * notches), Qt.ScrollPhase.NoScrollPhase
        QApplication.sendEvent(
            widget, QWheelEvent(at, widget.mapToGlobal(at), QPoint(), turned, none, NONE, phase, False)
        )

    def undo_by_menu(self) -> None:
        bar, edit = self.window.menuBar(), self.window.menus.edit
        self.click(bar, bar.actionGeometry(edit.menuAction()).center())
        self.until(edit.isVisible)
        assert isinstance(edit, QMenu)
        self.click(edit, edit.actionGeometry(self.window.menus.undo).center())


@pytest.fixture
def desk(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> Desk:
    """Some of the magnetic tiles, of every kind; the first is good, and none is seen but those at the top."""
    with Project.create(tmp_path / "tile") as project:
        request = ImportRequest(dataset=str(data_set("magnetic_tile")), subset=COUNT)
        import_images(project, request, ignore_events, CancelToken())
    window.resize(1366, 768)
    desk = Desk(qtbot, window, opened(qtbot, window, tmp_path / "tile"))
    desk.until(lambda: desk.page.thumbnails.picture(desk.image(1)) is not None)
    return desk


def enclosed(desk: Desk, box: QRect) -> list[int]:
    """Ids of the points that lie in a rectangle of the map."""
    drawn = desk.map.view.map
    return [key for key in desk.window.session.images if box.contains(drawn.place_of(key))]


def around_one(desk: Desk) -> QRect:
    """Of the map: a part of it that holds a point, and not all of them."""
    place = desk.map.view.map.place_of(1)
    box = QRect(place - QPoint(LASSO_PX, LASSO_PX), place + QPoint(LASSO_PX, LASSO_PX))
    return box.intersected(desk.map.view.map.rect().adjusted(2, 2, -2, -2))


def test_a_set_is_worked_through_by_keyboard_alone(desk: Desk) -> None:
    page = desk.page
    page.view.gallery.setFocus()

    desk.key(Qt.Key.Key_Home)
    desk.key("u")
    desk.key("x")
    assert [desk.image(key).label.kind for key in (1, 2, 3)] == ["unsure", "defect", "good"]
    desk.key("z", CTRL)
    assert desk.image(2).label == Label("good")

    desk.key("f", CTRL | SHIFT)
    while page.view.facets.tree.currentItem() is not desk.facet("crack"):
        desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Space)
    cracks = page.view.gallery.ids
    assert 0 < len(cracks) < len(desk.window.session.images)
    assert {desk.image(key).label.defect_type for key in cracks} == {"crack"}
    desk.key(Qt.Key.Key_Space)
    assert page.view.gallery.count == len(desk.window.session.images)
    desk.key("f", CTRL)
    for letter in "crack":
        desk.key(letter)
    desk.until(lambda: page.view.gallery.ids == cracks)
    desk.key("a", CTRL)
    desk.key(Qt.Key.Key_Delete)
    desk.until(lambda: page.view.gallery.count == len(desk.window.session.images))

    desk.tab_to(page.view.gallery)
    desk.key(Qt.Key.Key_Home)
    desk.key("m")
    desk.until(lambda: desk.window.mask_page.is_ready)
    desk.key("b")
    desk.key(Qt.Key.Key_Space, times=2)
    desk.key(Qt.Key.Key_Right, times=5)
    desk.key(Qt.Key.Key_Space)
    first = desk.window.mask_page.drawn
    assert first is not None
    kept = first.copy()
    desk.key(Qt.Key.Key_Down, times=5)
    desk.key(Qt.Key.Key_Space)
    desk.key(Qt.Key.Key_Right, times=5)
    desk.key(Qt.Key.Key_Space)
    assert desk.window.mask_page.drawn.sum() > kept.sum() > 0
    desk.key("z", CTRL)
    desk.key(Qt.Key.Key_Escape)
    desk.until(lambda: desk.window.current_page is page)
    desk.until(lambda: desk.mask(1) is not None)
    assert np.array_equal(desk.mask(1), kept)
    desk.key("z", CTRL)
    desk.until(lambda: desk.mask(1) is None)

    desk.tab_to(page.parts.choice.button("images"))
    desk.key(Qt.Key.Key_Right, times=3)
    desk.tab_to(desk.map.view.make)
    with desk.qtbot.waitSignal(desk.window.session.job_ended, timeout=60_000):
        desk.key(Qt.Key.Key_Space)
    drawn = desk.map.view.map
    assert QApplication.focusWidget() is drawn
    box = around_one(desk)
    desk.key(Qt.Key.Key_Space)
    corners = []
    for corner in (box.topLeft(), box.topRight(), box.bottomRight(), box.bottomLeft()):
        desk.walk(corner)
        desk.key(Qt.Key.Key_Space)
        corners.append(drawn.cross)
    desk.key(Qt.Key.Key_Return)
    assert drawn.selected == enclosed(desk, QRect(corners[0], corners[2]))
    assert 1 in drawn.selected
    assert len(drawn.selected) < COUNT
    before = {key: desk.image(key).label for key in drawn.selected}
    desk.key("u")
    assert {desk.image(key).label.kind for key in drawn.selected} == {"unsure"}
    desk.key("z", CTRL)
    assert {key: desk.image(key).label for key in drawn.selected} == before


def test_a_set_is_worked_through_by_mouse_alone(desk: Desk) -> None:
    page, session = desk.page, desk.window.session

    desk.click_image(1)
    desk.click(page.view.panel.unsure)
    assert page.view.gallery.selected_ids() == [2]
    desk.click(page.view.panel.defect)
    assert [desk.image(key).label.kind for key in (1, 2)] == ["unsure", "defect"]
    desk.undo_by_menu()
    assert desk.image(2).label == Label("good")

    desk.click(page.view.filters.kinds.button("unsure"))
    assert page.view.gallery.ids == [1]
    desk.click(page.view.filters.clear)
    assert page.view.gallery.count == len(session.images)
    desk.click(page.view.filters.panel)
    tree, item = page.view.facets.tree, desk.facet("crack")
    tree.scrollToItem(item)
    box = tree.visualItemRect(item)
    desk.click(tree.viewport(), QPoint(box.left() + 8, box.center().y()))
    assert {session.images[key].label.defect_type for key in page.view.gallery.ids} == {"crack"}
    desk.click(page.view.filters.clear)

    desk.click_image(1)
    desk.click(page.view.panel.draw)
    mask_page = desk.window.mask_page
    desk.until(lambda: mask_page.is_ready)
    desk.click(mask_page.view.bar.tools["brush"])
    pane = mask_page.view.pane
    middle = QPointF(pane.rect().center())
    press(pane, middle)
    drag_to(pane, middle + QPointF(20, 0))
    release(pane, middle + QPointF(20, 0))
    assert mask_page.drawn is not None
    kept = mask_page.drawn.copy()
    press(pane, middle + QPointF(0, 40))
    release(pane, middle + QPointF(0, 40))
    assert mask_page.drawn.sum() > kept.sum() > 0
    desk.click(mask_page.view.bar.undo)
    desk.click(mask_page.view.heading.back)
    desk.until(lambda: desk.mask(1) is not None)
    assert np.array_equal(desk.mask(1), kept)
    desk.undo_by_menu()
    desk.until(lambda: desk.mask(1) is None)

    desk.click(page.parts.choice.button("map"))
    with desk.qtbot.waitSignal(session.job_ended, timeout=60_000):
        desk.click(desk.map.view.make)
    drawn, box = desk.map.view.map, around_one(desk)
    press(drawn, QPointF(box.topLeft()))
    for corner in (box.topRight(), box.bottomRight(), box.bottomLeft()):
        drag_to(drawn, QPointF(corner))
    release(drawn, QPointF(box.bottomLeft()))
    assert drawn.selected == enclosed(desk, box)
    assert 1 in drawn.selected
    assert len(drawn.selected) < COUNT
    before = {key: desk.image(key).label for key in drawn.selected}
    desk.click(desk.map.view.defect)
    assert {desk.image(key).label.kind for key in drawn.selected} == {"defect"}
    desk.undo_by_menu()
    assert {key: desk.image(key).label for key in drawn.selected} == before
