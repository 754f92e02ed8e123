"""The widgets of the comparison of runs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from anomaly_gui.ui.pages.tune_compare_state import CATEGORIES
from anomaly_gui.ui.theme import explain
from anomaly_gui.ui.widgets.choice_button import ChoiceButton
from anomaly_gui.ui.widgets.compare_table import CompareTable
from anomaly_gui.ui.widgets.flip_strip import FlipStrip
from anomaly_gui.ui.widgets.live_label import LiveLabel
from anomaly_gui.ui.widgets.overlay_plot import OverlayPlot, run_colours
from anomaly_gui.ui.widgets.plot_colours import legend_html
from anomaly_gui.ui.widgets.rules_panel import section_title

_SPACE = 12
_BASE_PX = 240


class TuneCompareView(QWidget):
    """Setters announce nothing."""

    base_chosen = Signal(int)
    category_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._legend: list[tuple[str, int]] = []
        self.headline = LiveLabel(self, lines=2, bold=True)
        self.basis = QLabel(self)
        explain(self.basis)
        self.table = CompareTable(self)
        self.base = QComboBox(self)
        self.base.setFixedWidth(_BASE_PX)
        self.base.setToolTip("The run that the ticked ones are compared with")
        self.base.activated.connect(self._choose_base)
        self.roc = OverlayPlot(
            self, name="ROC curves of the runs", x_title="False alarm rate", y_title="Recall", chance=True
        )
        self.f1 = OverlayPlot(
            self, name="F1 of the runs", x_title="Images called defective, from the highest score down", y_title="F1"
        )
        self.legend = QLabel(self)
        self.strip = FlipStrip(self)
        self.strip.set_empty_text("No image.")
        self.categories: dict[str, ChoiceButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self._top())
        layout.addWidget(self.headline)
        layout.addWidget(self.table)
        columns = QHBoxLayout()
        columns.setSpacing(_SPACE)
        columns.addLayout(self._plot_column("ROC", self.roc, self.legend), 10)
        f1 = self._plot_column("F1 against the share called defective", self.f1, None)
        columns.addLayout(f1, 10)
        columns.addLayout(self._images_column(), 11)
        layout.addLayout(columns, 1)

    def _top(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        label = QLabel("Compare &with", self)
        label.setBuddy(self.base)
        row.addWidget(label)
        row.addWidget(self.base)
        row.addSpacing(_SPACE)
        row.addWidget(self.basis, 1)
        return row

    def _plot_column(self, title: str, plot: OverlayPlot, legend: QLabel | None) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        heading = section_title(title, self)
        if plot is self.f1:
            heading.setToolTip(
                "Runs have different scales of scores: so each threshold is told by the share of these images that "
                "it calls defective"
            )
        else:
            heading.setToolTip("The points are the runs' own thresholds")
        top = QHBoxLayout()
        top.addWidget(heading)
        top.addStretch(1)
        if legend is not None:
            top.addWidget(legend)
        column.addLayout(top)
        column.addWidget(plot, 1)
        return column

    def _images_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        self.images_title = section_title("Decisions that differ", self)
        column.addWidget(self.images_title)
        grid = QGridLayout()
        grid.setSpacing(4)
        for place, category in enumerate(CATEGORIES):
            button = ChoiceButton(category.title, self)
            button.setToolTip(category.tip)
            button.setProperty("category", category.name)
            button.clicked.connect(self._choose_category)
            self.categories[category.name] = button
            grid.addWidget(button, *divmod(place, 2))
        column.addLayout(grid)
        column.addWidget(self.strip, 1)
        return column

    def set_runs(self, runs: Sequence[tuple[int, str]], base: int) -> None:
        """Runs to compare with, and the one that is."""
        self.base.clear()
        for run_id, text in runs:
            self.base.addItem(text, run_id)
        self.base.setCurrentIndex(self.base.findData(base))

    def set_legend(self, entries: Sequence[tuple[str, int]]) -> None:
        """Names with their place in run_colours()."""
        self._legend = list(entries)
        shades = run_colours(self.palette())
        self.legend.setText(legend_html([(name, shades[colour]) for name, colour in self._legend]))

    def set_category(self, name: str, counts: dict[str, int]) -> None:
        """Which images are shown, and how many there are of each kind."""
        for category in CATEGORIES:
            button = self.categories[category.name]
            button.setText(f"{category.title}: {counts[category.name]:,}")
            button.setChecked(category.name == name)
        # What only a recheck line brings about takes room only where there is one.
        self.categories["rechecked"].setVisible(counts["rechecked"] > 0)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "legend"):
            self.set_legend(self._legend)

    def _choose_base(self, index: int) -> None:
        self.base_chosen.emit(int(self.base.itemData(index)))

    def _choose_category(self) -> None:
        self.category_chosen.emit(str(self.sender().property("category")))
