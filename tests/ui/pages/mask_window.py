"""The mask editor in the real window, on a real project."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.imaging.masks import load_mask
from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.mask import MaskPage
from anomaly_gui.ui.widgets.draw_pane import DrawPane
from tests.ui.widgets.mouse import drag_to, press, release


@dataclass
class Editing:
    """What a test does and sees."""

    qtbot: QtBot
    window: MainWindow

    @property
    def page(self) -> MaskPage:
        return self.window.mask_page

    @property
    def pane(self) -> DrawPane:
        return self.page.view.pane

    @property
    def project(self) -> Project:
        return self.window.session.project

    def open(self, image_id: int) -> None:
        """By key from Data, and wait for the tools."""
        self.window.show_page("data")
        self.window.data_page.view.gallery.select([image_id])
        self.window.data_page._show_selection()
        self.key("M")
        self.wait()

    def wait(self) -> None:
        self.qtbot.waitUntil(lambda: self.page.is_ready, timeout=10_000)

    def key(self, key: Qt.Key | str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.window, key, modifier)

    def undo(self) -> None:
        self.key("Z", Qt.KeyboardModifier.ControlModifier)

    def at(self, x: float, y: float) -> QPointF:
        """Where a place of the image is in the pane."""
        return QPointF(*self.page.view.navigator.viewport.to_pane((x, y), self.pane.pane_size))

    def stroke(self, *points: tuple[float, float]) -> None:
        press(self.pane, self.at(*points[0]))
        for point in points[1:]:
            drag_to(self.pane, self.at(*point))
        release(self.pane, self.at(*points[-1]))

    def click(self, x: float, y: float, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.mouseClick(self.pane, Qt.MouseButton.LeftButton, modifier, self.at(x, y).toPoint())

    @property
    def drawn(self) -> np.ndarray:
        """As it is on the screen."""
        mask = self.page.drawn
        assert mask is not None
        return mask.copy()

    def saved(self, image_id: int, project: Project | None = None) -> np.ndarray | None:
        """As it is in the project."""
        image = (project or self.project).image(image_id)
        return None if image.mask_path is None else load_mask(image.mask_path, image.height, image.width)
