"""Counts and rates at the threshold, with their intervals."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from anomaly_gui.ui.widgets.band_table import BandTable
from anomaly_gui.ui.widgets.live_label import NumberLabel
from anomaly_gui.ui.widgets.shown_figures import Rate, ShownFigures
from anomaly_gui.ui.wording import NO_FIGURE, percent_interval_text, percent_text

_COUNTS = (
    ("found", "Defects found", "Defective images with a score at or above the threshold"),
    (
        "missed",
        "Defects missed",
        "Defective images with a score below the threshold: Review shows them",
    ),
    ("false_alarms", "False alarms", "Good images with a score at or above the threshold"),
    ("passed", "Good ones passed", "Good images with a score below the threshold"),
)


class FiguresPanel(QWidget):
    """Numbers change in place; nothing else moves."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts: dict[str, NumberLabel] = {}
        self.values: dict[str, NumberLabel] = {}
        self.intervals: dict[str, NumberLabel] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self.band = BandTable(self)
        self._two_answers = self._build_counts()
        # As high as the higher of the two: the recheck line moves nothing below.
        self._answers = QStackedWidget(self)
        self._answers.addWidget(self._two_answers)
        self._answers.addWidget(self.band)
        layout.addWidget(self._answers)
        self._rates = QGridLayout()
        self._rates.setHorizontalSpacing(8)
        self._rates.setVerticalSpacing(2)
        self._rates.setColumnStretch(0, 1)
        layout.addLayout(self._rates)

    def _build_counts(self) -> QWidget:
        whole = QWidget(self)
        grid = QGridLayout(whole)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        for index, (name, title, tip) in enumerate(_COUNTS):
            cell = QFrame(self)
            cell.setFrameShape(QFrame.Shape.StyledPanel)
            cell.setToolTip(tip)
            inside = QVBoxLayout(cell)
            inside.setContentsMargins(8, 3, 8, 4)
            inside.setSpacing(0)
            left = Qt.AlignmentFlag.AlignLeft
            number = NumberLabel("000,000", cell, alignment=left, enlarged=1.5, bold=True)
            inside.addWidget(number)
            inside.addWidget(QLabel(title, cell))
            self.counts[name] = number
            grid.addWidget(cell, index // 2, index % 2)
        return whole

    def set_figures(self, figures: ShownFigures) -> None:
        """Show other figures; an undefined one says n/a and is greyed. With a recheck line, three answers."""
        if not self.values:
            self._build_rates(figures.rates)
        for name in self.counts:
            self.counts[name].set_text(f"{getattr(figures, name):,}")
        self._answers.setCurrentWidget(self._two_answers if figures.band is None else self.band)
        if figures.band is not None:
            self.band.set_band(figures.band)
        for rate in figures.rates:
            self.values[rate.name].set_text(percent_text(rate.value, rate.interval))
            self.values[rate.name].set_muted(rate.value is None)
            self.intervals[rate.name].set_text(percent_interval_text(rate.interval))

    def _build_rates(self, rates: tuple[Rate, ...]) -> None:
        heading = QLabel("95 % interval", self)
        heading.setForegroundRole(self.foregroundRole())
        heading.setEnabled(False)
        heading.setToolTip("Where the figure may truly lie, given how few images it rests on (Wilson's interval)")
        self._rates.addWidget(heading, 0, 2, Qt.AlignmentFlag.AlignRight)
        for row, rate in enumerate(rates, start=1):
            title = QLabel(rate.title, self)
            title.setToolTip(rate.sentence)
            value = NumberLabel("100.0 %", self, bold=True)
            interval = NumberLabel("100.0 – 100.0 %", self)
            for column, widget in enumerate((title, value, interval)):
                self._rates.addWidget(widget, row, column)
            self.values[rate.name], self.intervals[rate.name] = value, interval

    def figure(self, name: str) -> str:
        """What is written for a count or a rate at the threshold."""
        label = self.counts.get(name) or self.values.get(name)
        return label.text().strip() if label else NO_FIGURE

    def set_alarm_colour(self, colour: QColor) -> None:
        """Colour of the count that matters most: what is missed."""
        self.counts["missed"].set_colour(colour)
        self.band.counts["missed"].set_colour(colour)
