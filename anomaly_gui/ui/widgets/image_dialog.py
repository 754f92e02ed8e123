"""One image in three panes, in a window of its own."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget

from anomaly_gui.ui.widgets.picture_loader import PictureLoader
from anomaly_gui.ui.widgets.picture_set import PictureRequest
from anomaly_gui.ui.widgets.triptych import Triptych

_SHARE_OF_WINDOW = 0.85


class ImageDialog(QDialog):
    """Shown with open(); deletes itself when closed."""

    def __init__(self, title: str, sentence: str, request: PictureRequest, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.resize(parent.window().size() * _SHARE_OF_WINDOW)
        self.triptych = Triptych(self)
        layout = QVBoxLayout(self)
        layout.addWidget(QLabel(sentence, self))
        layout.addWidget(self.triptych, 1)
        self._loader = PictureLoader(self)
        self._loader.begun.connect(self.triptych.set_pictures)
        self._loader.loaded.connect(self.triptych.set_pictures)
        self._loader.show(request)
        self.triptych.expect()

    def show_scale(
        self, lower: float, upper: float, threshold: float | None, pixel_threshold: float | None = None
    ) -> None:
        """The run's scale of errors, the threshold where it is a value of the map, and that of pixels."""
        self.triptych.set_scale(lower, upper)
        self.triptych.set_threshold(threshold, pixel_threshold)
