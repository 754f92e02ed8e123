"""Asks what each folder holds before it is imported."""

from __future__ import annotations

import os
from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.ui.theme import explain
from anomaly_gui.ui.widgets.elided_label import ElidedLabel
from anomaly_gui.ui.widgets.import_roles import ROLES, Place, is_empty, request_for
from anomaly_gui.ui.wording import counted

_WIDTH_PX = 640
_LIST_PX = 320
_TIPS = {
    "good": "Training uses these; a quarter is kept for testing.",
    "defect": "Used for testing only. A sub-folder's name becomes the defect type.",
    "unlabelled": "Label them on the Data page.",
    "dataset": "A folder with train/good, test/<defect type> and perhaps ground_truth.",
    "masks": "Pictures of where each defect lies, named as the image or with _mask.",
    "leave": "Nothing is imported from here.",
}


class ImportDialog(QDialog):
    """Shown with open(); deletes itself."""

    import_chosen = Signal(object)
    """ImportRequest."""

    def __init__(self, places: list[Place], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import images")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH_PX)
        self._places = places
        self.roles: list[QComboBox] = []
        self.advice = QLabel(self)
        self.advice.setWordWrap(True)
        explain(self.advice)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.start = self.buttons.addButton("Import", QDialogButtonBox.ButtonRole.AcceptRole)
        self.start.setDefault(True)
        self.buttons.accepted.connect(self._choose)
        self.buttons.rejected.connect(self.reject)
        question = QLabel("What do these hold? Images stay where they are; the project only refers to them.", self)
        question.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addWidget(question)
        layout.addWidget(self._list())
        layout.addWidget(self.advice)
        layout.addWidget(self.buttons)
        self._judge()

    def _list(self) -> QWidget:
        rows = QWidget(self)
        grid = QGridLayout(rows)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        for number, place in enumerate(self._places):
            name, where = _words(place)
            below = ElidedLabel(where, rows)
            explain(below)
            grid.addWidget(ElidedLabel(name, rows, bold=True), 3 * number, 0)
            grid.addWidget(below, 3 * number + 1, 0)
            grid.setRowMinimumHeight(3 * number + 2, 8)
            grid.addWidget(self._role_box(place, name), 3 * number, 1, 2, 1)
        grid.setRowStretch(3 * len(self._places), 1)
        area = QScrollArea(self)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(rows)
        area.setFixedHeight(min(_LIST_PX, rows.sizeHint().height() + 4))
        return area

    def _role_box(self, place: Place, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(f"What {name} holds")
        for role, title in ROLES.items():
            if place.is_folder or role not in ("dataset", "masks"):
                box.addItem(title, role)
                box.setItemData(box.count() - 1, _TIPS[role], Qt.ItemDataRole.ToolTipRole)
        box.setCurrentIndex(max(0, box.findData(place.role)))
        box.currentIndexChanged.connect(self._judge)
        self.roles.append(box)
        return box

    def places(self) -> list[Place]:
        """As they are chosen now."""
        pairs = zip(self._places, self.roles, strict=True)
        return [replace(place, role=str(box.currentData())) for place, box in pairs]

    @Slot()
    def _judge(self) -> None:
        for box in self.roles:
            box.setToolTip(_TIPS[str(box.currentData())])
        try:
            empty = is_empty(request_for(self.places()))
        except InputError as error:
            self._advise(f"{error.cause[:1].upper()}{error.cause[1:]}. {error.next_step}.", possible=False)
            return
        unsure = any(place.role == "unlabelled" for place in self.places())
        text = "Images without a label are neither trained on nor counted in the figures." if unsure else ""
        self._advise("Nothing is left to import." if empty else text, possible=not empty)

    def _advise(self, text: str, *, possible: bool) -> None:
        self.advice.setText(text)
        self.start.setEnabled(possible)

    @Slot()
    def _choose(self) -> None:
        request = request_for(self.places())
        self.accept()
        self.import_chosen.emit(request)


def _words(place: Place) -> tuple[str, str]:
    first = printable(place.paths[0])
    if place.is_folder:
        return os.path.basename(first) or first, first
    where = os.path.dirname(first)
    return (os.path.basename(first) if len(place.paths) == 1 else counted(len(place.paths), "file")), where
