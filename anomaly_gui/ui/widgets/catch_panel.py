"""What it costs to decide an image otherwise, before it is done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.key_tips import does
from anomaly_gui.ui.widgets.flip_strip import FlipStrip
from anomaly_gui.ui.widgets.live_label import LiveLabel


class CatchPanel(QWidget):
    """The price, thumbnails of the images that pay it, and whether to pay. Announces only."""

    accepted = Signal()
    declined = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions: Actions | None = None
        self.price = LiveLabel(self, enlarged=1.15, bold=True)
        self.remark = LiveLabel(self, lines=2)
        self.remark.set_muted(True)
        self.legend = LiveLabel(self, lines=2)
        self.legend.set_muted(True)
        self.legend.set_text("Orange frame: defective; blue: good. A click shows one large, the wheel shows more.")
        self.strip = FlipStrip(self)
        tip = "Move the threshold there, as one step that can be undone"
        self.accept = self._button("Set the threshold", tip, "confirm")
        self.decline = self._button("Leave it", "Keep the threshold where it is", "leave-threshold")
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

    def follow_keys(self, actions: Actions) -> None:
        """Name the keys as they are now and whenever they change."""
        self._actions = actions
        actions.keys_changed.connect(self._show_keys)
        self._show_keys()

    @Slot()
    def _show_keys(self) -> None:
        if self._actions is not None:
            self.accept.setText(f"Set the threshold  {self._actions.key_text('confirm')}".rstrip())
            self.decline.setText(f"Leave it  {self._actions.key_text('leave-threshold')}".rstrip())

    def _button(self, text: str, tip: str, action: str) -> QPushButton:
        button = QPushButton(text, self)
        does(button, action)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    def set_price(self, sentence: str, remark: str) -> None:
        """In words; the images are the strip's."""
        self.price.set_text(sentence)
        self.price.setToolTip(sentence)
        self.remark.set_text(remark)
        self.remark.setToolTip(remark)
