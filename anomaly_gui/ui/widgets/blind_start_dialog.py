"""Asks who judges blindly, and which images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.jobs.blind_report import STUDY_PARTS, STUDY_TRIALS, advice
from anomaly_gui.ui.theme import explain

_WIDTH_PX = 620
_MOST_TRIALS = 3
_ADVICE_LINES = 4
_INTRO = (
    "Images are judged again without label, score or name. How often a reviewer is right, and says the same as others "
    "and the same twice, tells how far labels and verdicts can be trusted: an attribute gauge study."
)


@dataclass(frozen=True)
class StudyChoice:
    """A review that there is."""

    study: int
    title: str
    is_open: bool
    has_answers: bool


class BlindStartDialog(QDialog):
    """Shown with open(); deletes itself when closed. Asks *standing* where a reviewer stands in a study."""

    start_wanted = Signal()
    """Read reviewer, study and so on."""
    report_wanted = Signal(int)
    """Of a study."""

    def __init__(
        self,
        reviewers: Sequence[str],
        studies: Sequence[StudyChoice],
        shares: Sequence[tuple[str, float]],
        counts: tuple[int, int],
        standing: Callable[[int, str], str],
        parent: QWidget,
    ) -> None:
        """*counts*: defective and good images that there are to judge."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Judge blind")
        self.setMinimumWidth(_WIDTH_PX)
        self._studies = {choice.study: choice for choice in studies}
        self._counts, self._standing = counts, standing
        self.reviewer = QComboBox(self)
        self.reviewer.setEditable(True)
        field = QLineEdit(self)
        field.setPlaceholderText("Name of who judges")
        self.reviewer.setLineEdit(field)
        self.reviewer.addItems(list(reviewers))
        # Inline, "An" would become "Anna" by Enter: answers under another's name.
        completer = QCompleter(self.reviewer.model(), self)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.reviewer.setCompleter(completer)
        self.review = QComboBox(self)
        for choice in studies:
            self.review.addItem(choice.title, choice.study)
        self.review.addItem("A new review", None)
        self.size_box, self.trials_box = self._spin(2, max(2, sum(counts))), self._spin(1, _MOST_TRIALS)
        self.size_box.setValue(STUDY_PARTS)
        self.size_box.setSuffix(f" of {sum(counts):,}")
        self.trials_box.setValue(STUDY_TRIALS)
        self.trials_box.setToolTip("How often everyone judges the same images, each time in another order")
        self.shares = QComboBox(self)
        for title, share in shares:
            self.shares.addItem(title, share)
        self.shares.setToolTip("Half of the images are defective and half good; this is which of each")
        self._lay_out()
        first_open = next((n for n, choice in enumerate(studies) if choice.is_open), len(studies))
        self.review.setCurrentIndex(first_open)
        self.reviewer.currentTextChanged.connect(self._show)
        self.review.currentIndexChanged.connect(self._show)
        for box in (self.size_box, self.trials_box):
            box.valueChanged.connect(self._show)
        self._show()

    def _spin(self, low: int, high: int) -> QSpinBox:
        made = QSpinBox(self)
        made.setRange(low, high)
        return made

    def _lay_out(self) -> None:
        intro = QLabel(_INTRO, self)
        intro.setWordWrap(True)
        self._form = form = QFormLayout()
        form.setSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for title, field in (
            ("Re&viewer:", self.reviewer),
            ("&Review:", self.review),
            ("&Images:", self.size_box),
            ("&Which:", self.shares),
            ("&Trials:", self.trials_box),
        ):
            form.addRow(title, field)
        self.advice = QLabel(self)
        self.advice.setWordWrap(True)
        self.advice.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.advice.setMinimumHeight(_ADVICE_LINES * self.fontMetrics().lineSpacing())
        explain(self.advice)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.start = self.buttons.addButton("Start &judging", QDialogButtonBox.ButtonRole.AcceptRole)
        self.start.setDefault(True)
        self.report = self.buttons.addButton("Show the re&port", QDialogButtonBox.ButtonRole.ActionRole)
        self.report.setAutoDefault(False)
        self.report.setToolTip("It shows labels: whoever still has to judge should not see it")
        self.report.clicked.connect(self._ask_for_report)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addWidget(intro)
        layout.addLayout(form)
        layout.addStretch(1)
        layout.addWidget(self.advice)
        layout.addWidget(self.buttons)
        self.setMinimumHeight(layout.totalHeightForWidth(_WIDTH_PX))  # With all rows: it does not jump.

    # What is chosen

    @property
    def reviewer_name(self) -> str:
        """As it was written before, if it was: "anna" is Anna."""
        name = self.reviewer.currentText().strip()
        known = self.reviewer.findText(name, Qt.MatchFlag.MatchFixedString)
        return self.reviewer.itemText(known) if known >= 0 else name

    @property
    def study(self) -> int | None:
        """None: a new one."""
        return self.review.currentData()

    @property
    def hard_share(self) -> float:
        return float(self.shares.currentData())

    @property
    def sample_size(self) -> int:
        return self.size_box.value()

    @property
    def trials(self) -> int:
        return self.trials_box.value()

    @Slot()
    def _show(self) -> None:
        study, name = self.study, self.reviewer_name
        for field in (self.size_box, self.shares, self.trials_box):
            self._form.setRowVisible(field, study is None)  # Those of a review that there is were chosen once.
        if study is None:
            n_defect, n_good = self._counts
            wanted = min(self.sample_size, n_defect + n_good)
            defects = max(min(wanted // 2, n_defect), wanted - n_good)
            self.advice.setText(advice(defects, wanted - defects, self.trials))
            possible = n_defect + n_good >= 2
        else:
            self.advice.setText(self._standing(study, name))
            possible = self._studies[study].is_open
        self.start.setEnabled(bool(name) and possible)
        self.report.setEnabled(study is not None and self._studies[study].has_answers)

    @Slot()
    def _accept(self) -> None:
        self.start_wanted.emit()
        self.accept()

    @Slot()
    def _ask_for_report(self) -> None:
        if self.study is not None:
            self.report_wanted.emit(self.study)
            self.accept()
