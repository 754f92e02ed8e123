"""Moves and zooms one pane, by its mouse and by commands."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, Signal, Slot

from anomaly_gui.ui.widgets.image_pane import ImagePane
from anomaly_gui.ui.widgets.viewport import Viewport

_KEY_ZOOM = 1.5


class PaneNavigator(QObject):
    """Keeps the pane's viewport: fitted until the user zooms or moves."""

    moved = Signal()
    """The viewport changed."""

    def __init__(self, pane: ImagePane) -> None:
        super().__init__(pane)
        self._pane = pane
        self._size = (1, 1)
        self._fitted = True
        self._viewport = Viewport()
        pane.zoomed.connect(self._zoom)
        pane.panned.connect(self._pan)
        pane.resized.connect(self._follow_size)

    @property
    def viewport(self) -> Viewport:
        return self._viewport

    def set_size(self, size: tuple[int, int]) -> None:
        """Width and height of the image shown; place and zoom stay for images of one size."""
        if size != self._size:
            self._size = size
            self._fitted = True
        self._follow_size()

    @Slot()
    def fit(self) -> None:
        """Show the whole image."""
        self._fitted = True
        self._look(Viewport.fitted(self._size, self._pane.pane_size))

    @Slot()
    def show_full_size(self) -> None:
        """One image pixel for each pixel of the screen."""
        self._zoom_by(1.0 / self._pane.devicePixelRatioF() / self._viewport.scale)

    @Slot()
    def zoom_in(self) -> None:
        self._zoom_by(_KEY_ZOOM)

    @Slot()
    def zoom_out(self) -> None:
        self._zoom_by(1 / _KEY_ZOOM)

    def show_place(self, x: float, y: float) -> None:
        """Move so far that a place of the image is inside the pane."""
        width, height = self._pane.pane_size
        px, py = self._viewport.to_pane((x, y), (width, height))
        margin = min(width, height) / 8
        by_x = max(margin - px, 0) - max(px - (width - margin), 0)
        by_y = max(margin - py, 0) - max(py - (height - margin), 0)
        if by_x or by_y:
            self._pan(QPointF(by_x, by_y))

    def _zoom_by(self, factor: float) -> None:
        """Around the mouse when it is over the pane, else around the middle."""
        if self._pane.underMouse():
            self._zoom(factor, QPointF(self._pane.mapFromGlobal(self._pane.cursor().pos())))
        else:
            width, height = self._pane.pane_size
            self._zoom(factor, QPointF(width / 2, height / 2))

    @Slot(float, QPointF)
    def _zoom(self, factor: float, at: QPointF) -> None:
        self._fitted = False
        self._look(self._viewport.zoomed(factor, (at.x(), at.y()), self._pane.pane_size, self._size))

    @Slot(QPointF)
    def _pan(self, by: QPointF) -> None:
        self._fitted = False
        self._look(self._viewport.panned((by.x(), by.y()), self._size))

    @Slot()
    def _follow_size(self) -> None:
        if self._fitted:
            self.fit()

    def _look(self, viewport: Viewport) -> None:
        self._viewport = viewport
        self._pane.set_viewport(viewport)
        self.moved.emit()
