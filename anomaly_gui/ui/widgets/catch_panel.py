"""What it costs to decide an image otherwise, before it is done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from anomaly_gui.ui.widgets.flip_strip import FlipStrip
from anomaly_gui.ui.widgets.live_label import LiveLabel


class CatchPanel(QWidget):
    """The price, thumbnails of the images that pay it, and whether to pay. Announces only."""

    accepted = Signal()
    declined = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.price = LiveLabel(self, enlarged=1.15, bold=True)
        self.remark = LiveLabel(self, lines=2)
        self.remark.set_muted(True)
        self.legend = LiveLabel(self, lines=2)
        self.legend.set_muted(True)
        self.legend.set_text("Orange frame: defective; blue: good. A click shows one large, the wheel shows more.")
        self.strip = FlipStrip(self)
        self.accept = self._button("Set the threshold  ⏎", "Move the threshold there, as one step that can be undone")
        self.decline = self._button("Leave it  Esc", "Keep the threshold where it is")
        self.accept.clicked.connect(self.accepted)
        self.decline.clicked.connect(self.declined)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.price)
        words.addWidget(self.remark)
        words.addWidget(self.legend)
        words.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.accept)
        buttons.addWidget(self.decline)
        buttons.addStretch(1)
        words.addLayout(buttons)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        layout.addLayout(words, 2)
        layout.addWidget(self.strip, 3)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    def set_price(self, sentence: str, remark: str) -> None:
        """In words; the images are the strip's."""
        self.price.set_text(sentence)
        self.price.setToolTip(sentence)
        self.remark.set_text(remark)
        self.remark.setToolTip(remark)
