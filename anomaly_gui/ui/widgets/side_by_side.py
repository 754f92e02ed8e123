"""The pictures of one case beside each other, each with what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from anomaly_gui.ui.widgets.elided_label import ElidedLabel
from anomaly_gui.ui.widgets.icon_button import IconButton
from anomaly_gui.ui.widgets.live_label import LiveLabel
from anomaly_gui.ui.widgets.picture_set import PictureRequest
from anomaly_gui.ui.widgets.single_view import SingleView

MOST = 4
"""Pictures that are shown; the others of a case are in the gallery."""


@dataclass(frozen=True)
class SidePicture:
    """One of them."""

    request: PictureRequest
    caption: str
    is_good: bool
    is_training: bool


class _Pane(QWidget):
    left_out = Signal(int)
    moved = Signal(int)
    relabelled = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.image_id = -1
        self.caption = ElidedLabel("", self)
        self.view = SingleView(self)
        self.leave_out = self._button(
            "Leave out", "mdi6.eye-off-outline", "No run uses this image; undo brings it back"
        )
        self.move_over = self._button("", "mdi6.swap-horizontal", "Use it on the other side from the next run on")
        self.relabel = self._button("", "mdi6.label-outline", "Give it the other label")
        self.leave_out.clicked.connect(self._leave_out)
        self.move_over.clicked.connect(self._move)
        self.relabel.clicked.connect(self._relabel)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for button in (self.leave_out, self.move_over, self.relabel):
            buttons.addWidget(button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.caption)
        layout.addWidget(self.view, 1)
        layout.addLayout(buttons)

    def _button(self, text: str, icon: str, tip: str) -> IconButton:
        button = IconButton(text, icon, self)
        button.setToolTip(tip)
        button.setMinimumWidth(40)
        return button

    def set_picture(self, picture: SidePicture) -> None:
        self.image_id = picture.request.image_id
        self.caption.set_text(picture.caption)
        self.move_over.setText("To test" if picture.is_training else "To training")
        self.relabel.setText("Defective" if picture.is_good else "Good")
        self.view.show_image(picture.request)

    def _leave_out(self) -> None:
        self.left_out.emit(self.image_id)

    def _move(self) -> None:
        self.moved.emit(self.image_id)

    def _relabel(self) -> None:
        self.relabelled.emit(self.image_id)


class SideBySide(QWidget):
    """Up to four pictures; setters emit nothing."""

    left_out = Signal(int)
    moved = Signal(int)
    relabelled = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.panes = [_Pane(self) for _ in range(MOST)]
        self.message = LiveLabel(self, alignment=Qt.AlignmentFlag.AlignHCenter)
        self.message.set_muted(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.message, 1)
        for pane in self.panes:
            layout.addWidget(pane, 1)
            pane.left_out.connect(self.left_out)
            pane.moved.connect(self.moved)
            pane.relabelled.connect(self.relabelled)
        self.set_pictures([], "")

    def set_pictures(self, pictures: Sequence[SidePicture], message: str) -> None:
        """Show these; *message* where there is none."""
        self.message.set_text(message)
        self.message.setVisible(not pictures)
        for number, pane in enumerate(self.panes):
            pane.setVisible(number < len(pictures))
            if number < len(pictures):
                pane.set_picture(pictures[number])

    def forget(self) -> None:
        """Another project."""
        for pane in self.panes:
            pane.view.forget()
        self.set_pictures([], "")
