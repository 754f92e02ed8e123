"""Asks what each folder holds before it is imported, with counts and sample pictures to judge by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.import_annotations import AnnotationsRequest
from anomaly_gui.jobs.import_candidates import ImportRequest
from anomaly_gui.jobs.import_survey import ImportSurvey, survey_import
from anomaly_gui.progress import CancelToken
from anomaly_gui.ui.background import Background
from anomaly_gui.ui.theme import explain
from anomaly_gui.ui.widgets.import_place import Look, PlaceRow, look_at
from anomaly_gui.ui.widgets.import_roles import Place, is_empty, request_for
from anomaly_gui.ui.wording import counted, listed

_WIDTH_PX = 780
_LIST_PX = 380
_ADVICE_LINES = 4
_REMARKS_SHOWN = 2
_TYPES_SHOWN = 5


class ImportDialog(QDialog):
    """Shown with open(); deletes itself. Nothing but names and a few samples is read."""

    import_chosen = Signal(object, object)
    """ImportRequest, tuple of AnnotationsRequest."""

    def __init__(self, places: list[Place], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import images")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH_PX)
        self._places = places
        self._looking = Background(self, may_hang=True)
        self._looking.answered.connect(self._take_looks)
        self._counting = Background(self, may_hang=True)
        self._counting.answered.connect(self._take_survey)
        self.rows = [PlaceRow(place, self) for place in places]
        self.roles = [row.role for row in self.rows]
        self.survey = QLabel(self)
        self.survey.setWordWrap(True)
        self.survey.setTextFormat(Qt.TextFormat.PlainText)
        self.survey.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.survey.setMinimumHeight(_ADVICE_LINES * self.fontMetrics().lineSpacing())
        self.advice = QLabel(self)
        self.advice.setWordWrap(True)
        explain(self.advice)
        self.empty_is_good = QCheckBox("Images that the annotations list without any region are good parts", self)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.start = self.buttons.addButton("Import", QDialogButtonBox.ButtonRole.AcceptRole)
        self.start.setDefault(True)
        self.buttons.accepted.connect(self._choose)
        self.buttons.rejected.connect(self.reject)
        self.finished.connect(self._looking.forget)
        self.finished.connect(self._counting.forget)
        self._lay_out()
        for row in self.rows:
            row.changed.connect(self._judge)
        self._judge()
        self._looking.ask(_Looking(places))

    def _lay_out(self) -> None:
        question = QLabel("What do these hold? Images stay where they are; the project only refers to them.", self)
        question.setWordWrap(True)
        inside = QWidget(self)
        lines = QVBoxLayout(inside)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(8)
        for row in self.rows:
            lines.addWidget(row)
        lines.addStretch(1)
        area = QScrollArea(self)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setFixedHeight(min(_LIST_PX, inside.sizeHint().height() + 4))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        for widget in (question, area, self.empty_is_good, self.survey, self.advice, self.buttons):
            layout.addWidget(widget)

    def places(self) -> list[Place]:
        """As they are chosen now."""
        return [replace(row.place, role=row.chosen) for row in self.rows]

    def annotations(self) -> tuple[AnnotationsRequest, ...]:
        """To be read after the images."""
        empty: Literal["good", "unlabelled"] = "good" if self.empty_is_good.isChecked() else "unlabelled"
        return tuple(
            AnnotationsRequest(place=row.place.paths[0], empty=empty, add_images=row.chosen == "annotations")
            for row in self.rows
            if row.reads_annotations
        )

    # What would come in

    @Slot()
    def _judge(self) -> None:
        self.empty_is_good.setVisible(any(row.reads_annotations for row in self.rows))
        self._counting.forget()
        try:
            request = request_for(self.places())
        except InputError as error:
            self.survey.setText("")
            self._advise(f"{error.cause[:1].upper()}{error.cause[1:]}. {error.next_step}.", possible=False)
            return
        unsure = any(place.role == "unlabelled" for place in self.places())
        text = "Images without a label are neither trained on nor counted in the figures." if unsure else ""
        empty = is_empty(request)
        possible = not empty or bool(self.annotations())
        self._advise(text if possible else "Nothing is left to import.", possible=possible)
        self.survey.setText("" if empty else "Counting …")
        if not empty:
            self._counting.ask(_Counting(request))

    @Slot(object)
    def _take_survey(self, survey: ImportSurvey) -> None:
        self.survey.setText(survey_text(survey))

    @Slot(object)
    def _take_looks(self, looks: Sequence[Look]) -> None:
        for row, look in zip(self.rows, looks, strict=False):
            row.show_look(look)
        self._judge()

    def _advise(self, text: str, *, possible: bool) -> None:
        self.advice.setText(text)
        self.start.setEnabled(possible)

    @Slot()
    def _choose(self) -> None:
        request, annotations = request_for(self.places()), self.annotations()
        self.accept()
        self.import_chosen.emit(request, annotations)


class _Looking:
    """In a thread: no widget is touched."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = list(places)

    def __call__(self, cancel: CancelToken) -> list[Look]:
        return [look_at(place, cancel) for place in self._places if not cancel.cancelled]


class _Counting:
    def __init__(self, request: ImportRequest) -> None:
        self._request = request

    def __call__(self, cancel: CancelToken) -> ImportSurvey:
        return survey_import(self._request, cancel)


def survey_text(survey: ImportSurvey) -> str:
    """Counts, and what should be known before."""
    parts = []
    if survey.good_train:
        parts.append(f"{counted(survey.good_train, 'good image')} for training")
    if survey.good_test:
        parts.append(f"{survey.good_test:,} good for testing")
    if survey.defects:
        types = [f"{name or 'no type'} {count:,}" for name, count in sorted(survey.defects.items())]
        shown = types[:_TYPES_SHOWN] + (["…"] if len(types) > _TYPES_SHOWN else [])
        parts.append(f"{sum(survey.defects.values()):,} defective ({', '.join(shown)})")
    if survey.unlabelled:
        parts.append(f"{survey.unlabelled:,} not labelled")
    if survey.masks:
        parts.append(counted(survey.masks, "mask"))
    more = len(survey.remarks) - _REMARKS_SHOWN
    remarks = [*survey.remarks[:_REMARKS_SHOWN], *([f"… and {more} more remarks"] if more > 0 else [])]
    return "\n".join([f"Comes in: {listed(parts)}." if parts else "There are no images.", *remarks])
