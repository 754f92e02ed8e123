"""Above an image that fills the page: back, its name, and the ones before and after."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from anomaly_gui.ui.widgets.elided_label import ElidedLabel
from anomaly_gui.ui.widgets.icon_button import IconButton, IconToolButton
from anomaly_gui.ui.widgets.live_label import NumberLabel


class ImageHeading(QWidget):
    """Setters emit nothing."""

    back_wanted = Signal()
    previous_wanted = Signal()
    next_wanted = Signal()

    def __init__(self, back_tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.back = IconButton("Back", "mdi6.arrow-left", self)
        self.back.setToolTip(back_tip)
        self.back.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.back.clicked.connect(self.back_wanted)
        self.name = ElidedLabel("", self, bold=True)
        self.position = NumberLabel("100,000 of 100,000", self)
        self.previous = self._arrow("mdi6.chevron-left", "Previous image (A)")
        self.next = self._arrow("mdi6.chevron-right", "Next image (D)")
        self.previous.clicked.connect(self.previous_wanted)
        self.next.clicked.connect(self.next_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.back)
        row.addWidget(self.name, 1)
        for widget in (self.position, self.previous, self.next):
            row.addWidget(widget)

    def _arrow(self, icon_name: str, tip: str) -> IconToolButton:
        button = IconToolButton(icon_name, self)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    def show_image(self, name: str, position: str, *, has_previous: bool, has_next: bool) -> None:
        self.name.set_text(name)
        self.position.set_text(position)
        self.previous.setEnabled(has_previous)
        self.next.setEnabled(has_next)
