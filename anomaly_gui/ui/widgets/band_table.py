"""Three answers by label: good, recheck, defective."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from anomaly_gui.ui.widgets.live_label import LiveLabel, NumberLabel
from anomaly_gui.ui.widgets.shown_figures import ShownBand

_ANSWERS = (
    ("Good", "Score below the recheck line"),
    ("Recheck", "Score between the recheck line and the threshold: somebody looks again"),
    ("Defective", "Score at or above the threshold"),
)
_ROWS = (
    ("Defective images", ("missed", "rechecked_defects", "found")),
    ("Good images", ("passed", "rechecked_good", "alarms")),
)


class BandTable(QWidget):
    """Numbers change in place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts: dict[str, NumberLabel] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        called = QLabel("Called", self)
        called.setEnabled(False)
        grid.addWidget(called, 0, 0)
        for column, (title, tip) in enumerate(_ANSWERS, start=1):
            heading = QLabel(title, self)
            heading.setEnabled(False)
            heading.setToolTip(tip)
            grid.addWidget(heading, 0, column, Qt.AlignmentFlag.AlignRight)
        for row, (title, names) in enumerate(_ROWS, start=1):
            grid.addWidget(QLabel(title, self), row, 0)
            for column, name in enumerate(names, start=1):
                self.counts[name] = NumberLabel("000,000", self, enlarged=1.25, bold=True)
                self.counts[name].setToolTip(
                    f"{title}: {_ANSWERS[column - 1][1][0].lower()}{_ANSWERS[column - 1][1][1:]}"
                )
                grid.addWidget(self.counts[name], row, column, Qt.AlignmentFlag.AlignRight)
        self.sentence = LiveLabel(self, lines=2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(grid)
        layout.addWidget(self.sentence)
        layout.addStretch(1)

    def set_band(self, band: ShownBand) -> None:
        for name, label in self.counts.items():
            label.set_text(f"{getattr(band, name):,}")
        self.sentence.set_text(band.sentence)
