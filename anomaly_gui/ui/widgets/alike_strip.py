"""The good images most like the one shown, small, with their names."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from anomaly_gui.project.records import Image
from anomaly_gui.ui.widgets.elided_label import ElidedLabel
from anomaly_gui.ui.widgets.thumbnails import Thumbnails

COUNT = 3
_SIDE_PX = 80
_BUDGET_BYTES = 8 << 20


class AlikeStrip(QWidget):
    """Three places that keep their size, whatever is in them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.thumbnails = Thumbnails(_SIDE_PX, _BUDGET_BYTES, parent=self)
        self.thumbnails.ready.connect(self._take_ready)
        self._images: list[Image] = []
        self.pictures = [QLabel(self) for _ in range(COUNT)]
        self.names = [ElidedLabel(parent=self) for _ in range(COUNT)]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        for column in range(COUNT):
            picture = self.pictures[column]
            picture.setFixedSize(QSize(_SIDE_PX, _SIDE_PX))
            picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(picture, 0, column, Qt.AlignmentFlag.AlignHCenter)
            # The columns stay where they are, whatever the names.
            self.names[column].setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            grid.addWidget(self.names[column], 1, column)
            grid.setColumnStretch(column, 1)

    @property
    def shown(self) -> list[int]:
        """Image ids, the most alike first."""
        return [image.id for image in self._images]

    def set_images(self, images: list[Image]) -> None:
        """Up to three."""
        self.thumbnails.set_peak(max((image.peak for image in images if image.bit_depth == 16), default=0))
        self._images = images[:COUNT]
        self._show()

    def _show(self) -> None:
        for column in range(COUNT):
            image = self._images[column] if column < len(self._images) else None
            picture = self.thumbnails.picture(image) if image else None
            label = self.pictures[column]
            if picture is not None:
                label.setPixmap(picture)
            else:
                label.setText("…" if image and not self.thumbnails.problem(image.id) else "")
            label.setToolTip(image.path if image else "")
            self.names[column].set_text(PurePath(image.path).name if image else "")

    @Slot(int)
    def _take_ready(self, image_id: int) -> None:
        if image_id in self.shown:
            self._show()
