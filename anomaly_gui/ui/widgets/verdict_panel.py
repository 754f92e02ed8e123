"""What the reviewer can say of an image: buttons for the keys, and a comment."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QInputDialog,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.key_tips import does
from anomaly_gui.ui.widgets.choice_button import ChoiceButton

TYPES_WITH_KEYS = 9
_TYPES_A_ROW = 5


class CommentField(QLineEdit):
    """Saves when one is done with it; Escape takes back what was typed."""

    committed = Signal(int, str)
    """Image id and text."""
    left = Signal()
    """By Enter or Escape: keys belong to the page again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._saved = ""
        self._image: int | None = None
        self.setPlaceholderText("Comment, saved with Enter")
        self.setAccessibleName("Comment")
        self.editingFinished.connect(self._commit)

    def set_comment(self, image_id: int, text: str) -> None:
        """Show what is saved of an image. What is being typed is kept, or saved for the image before."""
        if image_id != self._image:
            self._commit()
        elif text == self._saved and self.hasFocus():
            return
        self._image, self._saved = image_id, text
        self.setText(text)

    def _commit(self) -> None:
        text = self.text().strip()
        if text != self._saved and self._image is not None:
            self._saved = text
            self.committed.emit(self._image, text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self._saved)
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._commit()
            self.left.emit()
        else:
            super().keyPressEvent(event)


class VerdictPanel(QWidget):
    """Every button says its key. Announces only; the page saves."""

    good_chosen = Signal()
    defective_chosen = Signal()
    unsure_chosen = Signal()
    skipped = Signal()
    exclusion_wanted = Signal()
    """Leave the image out, or put it back."""
    confirmed = Signal()
    type_chosen = Signal(str)
    comment_committed = Signal(int, str)
    comment_left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._types: list[str] = []
        self._actions: Actions | None = None
        self._confirm_text, self._leave_out_text = "Confirm miss", "Leave out"
        self.type_buttons: list[ChoiceButton] = []
        self.confirm = self._button("Confirm miss", "Really defective, and missed: go on")
        self.good = self._button("Good", "The label was wrong: the part is good")
        self.defective = self._button("Defective", "The label is right: the part is defective")
        self.unsure = self._button("Unsure", "Leave the label as it is and come back later")
        self.skip = self._button("Skip", "Say nothing yet: go on")
        self.leave_out = self._button("Leave out", "A bad image: it no longer counts, and is not trained on")
        for button, action in (
            (self.confirm, "confirm"),
            (self.good, "good"),
            (self.defective, "defective"),
            (self.unsure, "unsure"),
            (self.skip, "skip"),
            (self.leave_out, "leave-out"),
        ):
            does(button, action)
        self.confirm.clicked.connect(self.confirmed)
        self.good.clicked.connect(self.good_chosen)
        self.defective.clicked.connect(self.defective_chosen)
        self.unsure.clicked.connect(self.unsure_chosen)
        self.skip.clicked.connect(self.skipped)
        self.leave_out.clicked.connect(self.exclusion_wanted)
        verdicts = QHBoxLayout()
        for button in (self.confirm, self.good, self.defective, self.unsure, self.skip, self.leave_out):
            verdicts.addWidget(button, 1)
        self._type_grid = QGridLayout()
        self.other_type = self._button("Other type …", "A defect type that has no button yet")
        self.other_type.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.other_type.clicked.connect(self._ask_type)
        self.comment = CommentField(self)
        self.comment.committed.connect(self.comment_committed)
        self.comment.left.connect(self.comment_left)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(verdicts)
        layout.addLayout(self._type_grid)
        layout.addWidget(self.comment)
        layout.addStretch(1)
        self.set_types([])

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    def set_types(self, types: list[str]) -> None:
        """Defect types of the project; the first nine have a digit as their key."""
        if types == self._types and self.type_buttons:
            return
        self._types = list(types)
        for button in self.type_buttons:
            self._type_grid.removeWidget(button)
            button.deleteLater()
        self.type_buttons = []
        for place, name in enumerate(types[:TYPES_WITH_KEYS]):
            button = ChoiceButton(name, self)
            button.setToolTip(f"Defective, of type {name}")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setProperty("defect_type", name)
            does(button, f"type-{place + 1}")
            button.clicked.connect(self._choose_type)
            self._type_grid.addWidget(button, place // _TYPES_A_ROW, place % _TYPES_A_ROW)
            self.type_buttons.append(button)
        place = len(self.type_buttons)
        self._type_grid.addWidget(self.other_type, place // _TYPES_A_ROW, place % _TYPES_A_ROW)
        self._show_keys()

    def follow_keys(self, actions: Actions) -> None:
        """Name the keys as they are now and whenever they change."""
        self._actions = actions
        actions.keys_changed.connect(self._show_keys)
        self._show_keys()

    @Slot()
    def _show_keys(self) -> None:
        for button, text, action in (
            (self.confirm, self._confirm_text, "confirm"),
            (self.good, "Good", "good"),
            (self.defective, "Defective", "defective"),
            (self.unsure, "Unsure", "unsure"),
            (self.skip, "Skip", "skip"),
            (self.leave_out, self._leave_out_text, "leave-out"),
            *((b, str(b.property("defect_type")), f"type-{n}") for n, b in enumerate(self.type_buttons, start=1)),
        ):
            button.setText(f"{text}  {self._key_of(action)}".rstrip())
        key = self._key_of("comment")
        self.comment.setPlaceholderText("Comment, saved with Enter" + (f"  ( {key} )" if key else ""))

    def _key_of(self, action: str) -> str:
        return "" if self._actions is None else self._actions.key_text(action)

    def set_confirm(self, text: str, tip: str) -> None:
        """What it is called here that everything is as it seems."""
        if text != self._confirm_text:
            self._confirm_text = text
            self.confirm.setToolTip(tip)
            self._show_keys()

    def set_judged(self, image_id: int, defect_type: str | None, comment: str, *, excluded: bool = False) -> None:
        """Show what an image's label and comment are."""
        for button in self.type_buttons:
            button.setChecked(button.property("defect_type") == defect_type)
        self.comment.set_comment(image_id, comment)
        leave_out = "Put back" if excluded else "Leave out"
        if leave_out != self._leave_out_text:
            self._leave_out_text = leave_out
            self._show_keys()

    def type_of_key(self, digit: int) -> str | None:
        """The defect type that a digit (1…9) stands for."""
        return self._types[digit - 1] if digit <= min(len(self._types), TYPES_WITH_KEYS) else None

    def _choose_type(self) -> None:
        button = self.sender()
        assert isinstance(button, QPushButton)
        # The project says what the label is; the button only asks.
        button.setChecked(not button.isChecked())
        self.type_chosen.emit(str(button.property("defect_type")))

    def _ask_type(self) -> None:
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Other defect type")
        dialog.setLabelText("Name of the defect type:")
        dialog.textValueSelected.connect(self._take_type)
        dialog.open()

    def _take_type(self, name: str) -> None:
        if name.strip():
            self.type_chosen.emit(name.strip())
