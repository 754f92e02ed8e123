"""One folder of the import dialog: its name, samples, how much it holds, and its role."""

from __future__ import annotations

import os
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QWidget

from anomaly_gui.annotations.formats import FORMATS
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.jobs.import_survey import PlaceSurvey, survey_place
from anomaly_gui.progress import CancelToken
from anomaly_gui.ui.theme import explain
from anomaly_gui.ui.widgets.elided_label import ElidedLabel
from anomaly_gui.ui.widgets.import_roles import ROLES, Place
from anomaly_gui.ui.widgets.thumbnails import sample_picture
from anomaly_gui.ui.wording import counted

_SAMPLES = 4
_SIDE_PX = 56
_TIPS = {
    "good": "Training uses these; a quarter is kept for testing.",
    "defect": "Used for testing only. A sub-folder's name becomes the defect type.",
    "unlabelled": "Label them on the Data page.",
    "dataset": "A folder with train/good, test/<defect type> and perhaps ground_truth.",
    "masks": "Pictures of where each defect lies, named as the image or with _mask.",
    "annotations": "What labelme, COCO, YOLO or Pascal VOC tools or a table say of images, with the images beside it.",
    "leave": "Nothing is imported from here.",
}
_OF_FOLDERS = ("dataset", "masks", "annotations")
_OF_ANNOTATION_FILES = ("annotations", "leave")


@dataclass(frozen=True)
class Look:
    """What was found in a place."""

    survey: PlaceSurvey
    pictures: tuple[QImage, ...]


def look_at(place: Place, cancel: CancelToken) -> Look:
    """In a thread. Samples that cannot be shown are left out: the import will say why."""
    survey = survey_place(place.paths, _SAMPLES, cancel)
    pictures = []
    for path in survey.samples:
        try:
            pictures.append(sample_picture(path, _SIDE_PX))
        except InputError:
            continue
    return Look(survey, tuple(pictures))


class PlaceRow(QWidget):
    """Setters emit nothing."""

    changed = Signal()
    """Another role, or other annotations."""

    def __init__(self, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place = place
        self._annotations = ""
        name, where = _words(place)
        self.found = QLabel("Looking into it …", self)
        explain(self.found)
        below = ElidedLabel(where, self)
        explain(below)
        self.samples = [QLabel(self) for _ in range(_SAMPLES)]
        self.role = self._role_box(name)
        self.annotations = QCheckBox(self)
        self.annotations.setVisible(False)
        self.annotations.toggled.connect(self.changed)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(1)
        for column, sample in enumerate(self.samples):
            sample.setFixedSize(_SIDE_PX, _SIDE_PX)
            sample.setAlignment(Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(sample, 0, column, 3, 1)
        words = len(self.samples)
        grid.addWidget(ElidedLabel(name, self, bold=True), 0, words)
        grid.addWidget(below, 1, words)
        grid.addWidget(self.found, 2, words)
        grid.addWidget(self.role, 0, words + 1, 2, 1)
        grid.addWidget(self.annotations, 2, words + 1)
        grid.setColumnStretch(words, 1)
        self._show_tip()

    def _role_box(self, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(f"What {name} holds")
        for role, title in ROLES.items():
            if self._is_possible(role):
                box.addItem(title, role)
                box.setItemData(box.count() - 1, _TIPS[role], Qt.ItemDataRole.ToolTipRole)
        box.setCurrentIndex(max(0, box.findData(self.place.role)))
        box.currentIndexChanged.connect(self._take_role)
        return box

    def _is_possible(self, role: str) -> bool:
        if self.place.is_folder:
            return True
        return role in _OF_ANNOTATION_FILES if self.place.role == "annotations" else role not in _OF_FOLDERS

    @property
    def chosen(self) -> str:
        """A name of ROLES."""
        return str(self.role.currentData())

    @property
    def reads_annotations(self) -> bool:
        offered = bool(self._annotations) and self.chosen not in ("masks", "leave")
        return self.chosen == "annotations" or (offered and self.annotations.isChecked())

    def show_look(self, look: Look) -> None:
        survey = look.survey
        self._annotations = survey.annotations
        title = FORMATS[survey.annotations].title if survey.annotations else ""
        if self.place.role == "annotations" and not self.place.is_folder:
            self.found.setText(title or "The format is found out by reading it")
        else:
            words = survey.problem or counted(survey.images, "image")
            self.found.setText(f"{words} · {title}" if title else words)
        for label, picture in zip(self.samples, look.pictures, strict=False):
            label.setPixmap(QPixmap.fromImage(picture))
        if survey.annotations:
            self.annotations.setText("Read annotations, too")
            self.annotations.setToolTip(f"There are annotations in it: {title}. Labels, types and masks come from them")
            self.annotations.blockSignals(True)
            self.annotations.setChecked(True)
            self.annotations.blockSignals(False)
        self._show_tip()

    def _take_role(self) -> None:
        self._show_tip()
        self.changed.emit()

    def _show_tip(self) -> None:
        self.role.setToolTip(_TIPS[self.chosen])
        apart = self.chosen not in ("annotations", "masks", "leave")
        self.annotations.setVisible(bool(self._annotations) and apart)


def _words(place: Place) -> tuple[str, str]:
    first = printable(place.paths[0])
    if place.is_folder:
        return os.path.basename(first) or first, first
    where = os.path.dirname(first)
    return (os.path.basename(first) if len(place.paths) == 1 else counted(len(place.paths), "file")), where
