"""What all three panes hold below the mouse, in one line."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from anomaly_gui.ui.widgets.live_label import NumberLabel
from anomaly_gui.ui.widgets.readout import Readout

_SAMPLES = ("x 00000, y 00000", "00000 00000 00000", "00000 00000 00000", "≥ 0000.00")


class ReadoutLine(QWidget):
    """Place, then a value for each pane; nothing moves when they change."""

    def __init__(self, captions: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.labels = tuple(NumberLabel(s, self, alignment=Qt.AlignmentFlag.AlignLeft) for s in _SAMPLES)
        for title, label in zip(("", *(f"{c}:" for c in captions)), self.labels, strict=True):
            if title:
                row.addSpacing(10)
                row.addWidget(QLabel(title, self))
            row.addWidget(label)
        row.addStretch(1)

    def set_readout(self, readout: Readout) -> None:
        texts = (readout.place, readout.original, readout.reconstruction, readout.error)
        for label, text in zip(self.labels, texts, strict=True):
            label.set_text(text)
