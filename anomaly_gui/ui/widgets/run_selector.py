"""Which run Tune, Review and Export look at."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

_WIDTHS_PX = 300, 480


class RunSelector(QWidget):
    """set_runs emits nothing."""

    run_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = QComboBox(self)
        self.box.setMinimumWidth(_WIDTHS_PX[0])
        self.box.setMaximumWidth(_WIDTHS_PX[1])
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.box.setToolTip("The run that Tune, Review and Export look at")
        self.box.setAccessibleName("Run")
        self.box.activated.connect(self._choose)
        label = QLabel("&Run", self)
        label.setBuddy(self.box)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(label)
        layout.addWidget(self.box)

    def set_runs(self, runs: Sequence[tuple[int, str]], current: int | None) -> None:
        """(id, text) of each, newest first."""
        shown = [(self.box.itemData(n), self.box.itemText(n)) for n in range(self.box.count())]
        wanted: list[tuple[int | None, str]] = [*runs] or [(None, "No run yet")]
        if shown != wanted:
            self.box.clear()
            for run_id, text in wanted:
                self.box.addItem(text, run_id)
        self.box.setCurrentIndex(max(0, self.box.findData(current)))
        self.box.setEnabled(bool(runs))

    def _choose(self, index: int) -> None:
        self.run_chosen.emit(self.box.itemData(index))
