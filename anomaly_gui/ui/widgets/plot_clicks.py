"""Clicks on a plot, told apart from drags and double clicks; a press on a line does not get here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication


class PlotClicks(QObject):
    """Says where, in the plot's own units, the left button was pressed and let go."""

    clicked = Signal(float, float)

    def __init__(self, plot: pg.PlotWidget, *, waits: Callable[[], bool] = lambda: False) -> None:
        """*waits*: whether a click may be the first of a double click that means something else."""
        super().__init__(plot)
        self._box = plot.getPlotItem().getViewBox()
        self._waits = waits
        self._place = QPointF()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._tell)
        plot.scene().sigMouseClicked.connect(self._take)

    def _take(self, event: Any) -> None:
        if event.double():
            self._timer.stop()
            return
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if not self._box.sceneBoundingRect().contains(event.scenePos()):
            return
        self._place = self._box.mapSceneToView(event.scenePos())
        if self._waits():
            self._timer.start(QApplication.doubleClickInterval())
        else:
            self._tell()

    def forget(self) -> None:
        """The click that waits was the first of two."""
        self._timer.stop()

    def _tell(self) -> None:
        self.clicked.emit(self._place.x(), self._place.y())
