"""One image, as large as its place allows, to zoom and to move."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from anomaly_gui.ui.widgets.image_pane import ImagePane, layer_of, outline_path
from anomaly_gui.ui.widgets.picture_loader import PictureLoader
from anomaly_gui.ui.widgets.picture_set import PictureRequest, PictureSet
from anomaly_gui.ui.widgets.viewport import Viewport

_CRISP_FROM = 2.0
_KEY_ZOOM = 1.5


class SingleView(QWidget):
    """Reads in the background; the last image stays until the next is there."""

    shown = Signal(int)
    """Id of the image that is painted from now on."""

    def __init__(self, parent: QWidget | None = None, *, problem: str = "") -> None:
        """*problem* is said of every image that cannot be read, where its name must not be seen."""
        super().__init__(parent)
        self._problem = problem
        self._loader = PictureLoader(self)
        self._loader.begun.connect(self._show)
        self._loader.loaded.connect(self._show)
        self._viewport = Viewport()
        self._size = (1, 1)
        self._fitted = True
        self.image_id: int | None = None
        self.pane = ImagePane("Selected image", self)
        self.pane.setToolTip("Wheel: zoom. Drag: move. Double-click: fit")
        self.pane.zoomed.connect(self._zoom)
        self.pane.panned.connect(self._pan)
        self.pane.doubled.connect(self.fit)
        self.pane.resized.connect(self._follow_size)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.pane)

    def show_image(self, request: PictureRequest) -> None:
        kept = self._loader.show(request)
        if kept is not None:
            self._show(kept)

    def fetch_ahead(self, request: PictureRequest) -> None:
        """Read an image that will be asked for next."""
        self._loader.fetch_ahead(request)

    def clear(self, message: str = "") -> None:
        """Show nothing but *message*."""
        self.image_id = None
        self.pane.set_outline(None)
        self.pane.set_layers((), (1, 1), message)

    def forget(self) -> None:
        """Drop what was read: another project."""
        self._loader.forget()
        self.clear()

    @Slot(object)
    def _show(self, pictures: PictureSet) -> None:
        another = pictures.request.image_id != self.image_id
        self.image_id = pictures.request.image_id
        self._size = pictures.size
        layers = (layer_of(pictures.original, None, crisp_from=_CRISP_FROM),) if pictures.original else ()
        said = self._problem if pictures.problems and self._problem else "\n".join(pictures.problems)
        self.pane.set_layers(layers, self._size, said)
        self.pane.set_outline(None if pictures.outline is None else outline_path(pictures.outline))
        if another or self._fitted:
            self.fit()
        self.shown.emit(self.image_id)

    @Slot()
    def fit(self) -> None:
        self._fitted = True
        self._look(Viewport.fitted(self._size, self.pane.pane_size))

    @Slot()
    def show_full_size(self) -> None:
        """One image pixel for each pixel of the screen."""
        self._zoom(1.0 / self.devicePixelRatioF() / self._viewport.scale, self._middle)

    @Slot()
    def zoom_in(self) -> None:
        self._zoom(_KEY_ZOOM, self._middle)

    @Slot()
    def zoom_out(self) -> None:
        self._zoom(1 / _KEY_ZOOM, self._middle)

    @property
    def _middle(self) -> QPointF:
        width, height = self.pane.pane_size
        return QPointF(width / 2, height / 2)

    @Slot()
    def _follow_size(self) -> None:
        if self._fitted:
            self.fit()

    @Slot(float, QPointF)
    def _zoom(self, factor: float, at: QPointF) -> None:
        self._fitted = False
        self._look(self._viewport.zoomed(factor, (at.x(), at.y()), self.pane.pane_size, self._size))

    @Slot(QPointF)
    def _pan(self, by: QPointF) -> None:
        self._fitted = False
        self._look(self._viewport.panned((by.x(), by.y()), self._size))

    def _look(self, viewport: Viewport) -> None:
        self._viewport = viewport
        self.pane.set_viewport(viewport)
