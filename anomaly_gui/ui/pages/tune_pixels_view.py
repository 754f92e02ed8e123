"""The widgets of the pixel threshold and of the scoring."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.evaluation.pixel_rules import BEST_F1, LARGEST_REGION, PIXEL_RULES, PixelRule
from anomaly_gui.jobs.pixels import AUPRO_LIMITS
from anomaly_gui.ui.pages.tune_pixels_state import PixelFigure, PixelsState
from anomaly_gui.ui.widgets.choice_button import ChoiceButton
from anomaly_gui.ui.widgets.curve_plots import OverlapPlot, RatePlot
from anomaly_gui.ui.widgets.live_label import LiveLabel, NumberLabel
from anomaly_gui.ui.widgets.plot_colours import legend_html, plot_colours
from anomaly_gui.ui.widgets.region_picture import FALSE, FOUND, MISSED
from anomaly_gui.ui.widgets.region_tiles import COLOURS, RegionTiles
from anomaly_gui.ui.widgets.rules_panel import section_title
from anomaly_gui.ui.widgets.score_histogram import ScoreHistogram, Wording
from anomaly_gui.ui.widgets.scoring_box import ScoringBox
from anomaly_gui.ui.widgets.threshold_control import ThresholdControl

LIMIT = AUPRO_LIMITS[0]
_RIGHT_PX = 350
_SPACE = 12
_HISTOGRAM = Wording(
    name="Histogram of pixel values",
    counted="Pixels",
    below="background ◂",
    above="▸ region",
    teaches="How many pixels of the error maps have which value. Drag the line, or click where the pixel threshold is "
    "to be: pixels from there on belong to a region. Turn the wheel to look closer, click twice to see all",
)
_RATES_TEACH = (
    "What each pixel threshold would give, over all pixels of the test images. Drag the line, or click where the "
    "threshold is to be"
)


class TunePixelsView(QWidget):
    """set_state draws what stands still, show_threshold moves what moves; both announce nothing."""

    threshold_dragged = Signal(float)
    threshold_chosen = Signal(float)
    threshold_nudged = Signal(float)
    step_wanted = Signal(int)
    percent_wanted = Signal(int)
    rule_chosen = Signal(object)
    """A PixelRule."""
    score_again_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make_parts()
        columns = QHBoxLayout()
        columns.setSpacing(_SPACE)
        columns.addLayout(self._left_column(), 20)
        columns.addLayout(self._middle_column(), 13)
        columns.addWidget(self._right_column())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.basis)
        layout.addWidget(self.remark)
        layout.addLayout(columns, 1)
        self._connect()

    def _make_parts(self) -> None:
        self.basis = section_title("", self)
        self.remark = LiveLabel(self)
        self.remark.set_muted(True)
        self.histogram = ScoreHistogram(self, _HISTOGRAM)
        self.histogram.set_logarithmic(True)
        self.rates = RatePlot(self, x_title="Error map value, in deviations of good images", teaches=_RATES_TEACH)
        self.rates.setXLink(self.histogram)
        self.overlap = OverlapPlot(LIMIT, self)
        self.control = ThresholdControl(
            self,
            name="Pixel threshold",
            meaning="Pixels whose error is at least this belong to a found region. It stands on the levels that the "
            "run's statistics are kept at, 2 % apart",
            band=False,
        )
        self.control.slider.setToolTip("Arrow keys: to the next level at which pixels change sides; with Shift, by 1 %")
        self.tiles = RegionTiles(self)
        self.tiles.setToolTip("The frame shows what you have chosen; Enter or a click opens the image in three panes")
        self.stale = QPushButton("Score again to redraw the maps", self)
        self.stale.setToolTip(
            "The stored maps were drawn with another smoothing: figures are exact, but these pictures are not of them"
        )
        self.values: dict[str, NumberLabel] = {}
        self.notes: dict[str, LiveLabel] = {}
        self.change = LiveLabel(self, lines=2)
        self.rule_note = LiveLabel(self, lines=4)
        self.smallest = QDoubleSpinBox(self)
        self.smallest.setRange(1, 1e7)
        self.smallest.setDecimals(0)
        self.smallest.setValue(30)
        self.smallest.setSuffix(" px")
        self.smallest.setAccessibleName("Smallest defect that matters")
        self.smallest.setToolTip(
            "Area of the smallest defect that matters, in pixels of the original image: a scratch of 2 × 15 px has 30"
        )
        self.rule_buttons = {name: ChoiceButton(info.title, self) for name, info in PIXEL_RULES.items()}
        for name, info in PIXEL_RULES.items():
            self.rule_buttons[name].setToolTip(info.sentence)
        self.scoring = ScoringBox(self)
        self.histogram_legend, self.rates_legend, self.tiles_legend = (QLabel(self) for _ in range(3))

    def _left_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(self._heading("Pixel values", self.histogram_legend))
        column.addWidget(self.histogram, 5)
        column.addWidget(self.control)
        column.addLayout(self._heading("At each pixel threshold", self.rates_legend))
        column.addWidget(self.rates, 4)
        return column

    def _middle_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(self._heading("Overlap with each defect"))
        column.addWidget(self.overlap, 4)
        column.addLayout(self._heading("Worst first", self.tiles_legend))
        column.addWidget(self.stale)
        column.addWidget(self.tiles, 7)
        return column

    def _heading(self, title: str, legend: QLabel | None = None) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(section_title(title, self))
        row.addStretch(1)
        if legend is not None:
            row.addWidget(legend)
        return row

    def _right_column(self) -> QWidget:
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(6)
        column.addWidget(section_title("At this pixel threshold", inside))
        self._figures = QGridLayout()
        self._figures.setHorizontalSpacing(8)
        self._figures.setVerticalSpacing(2)
        self._figures.setColumnStretch(2, 1)
        column.addLayout(self._figures)
        column.addWidget(self.change)
        column.addWidget(section_title("Set it by a rule", inside))
        column.addLayout(self._rules(inside))
        column.addWidget(self.rule_note)
        scoring = section_title("How maps become scores", inside)
        scoring.setToolTip("Worked out from what scoring has kept: no image is read again")
        column.addWidget(scoring)
        column.addWidget(self.scoring)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setFixedWidth(_RIGHT_PX)
        return area

    def _rules(self, parent: QWidget) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        label = QLabel("Smallest &defect that matters", parent)
        label.setBuddy(self.smallest)
        label.setToolTip(self.smallest.toolTip())
        grid.addWidget(label, 0, 0)
        grid.addWidget(self.smallest, 0, 1)
        grid.addWidget(self.rule_buttons[LARGEST_REGION], 1, 0)
        grid.addWidget(self.rule_buttons[BEST_F1], 1, 1)
        return grid

    def _connect(self) -> None:
        for source in (self.histogram, self.rates, self.control):
            source.threshold_dragged.connect(self.threshold_dragged)
            source.threshold_chosen.connect(self.threshold_chosen)
        for plot in (self.histogram, self.rates):
            plot.score_clicked.connect(self.threshold_chosen)
        self.control.threshold_nudged.connect(self.threshold_nudged)
        self.control.step_wanted.connect(self.step_wanted)
        self.control.percent_wanted.connect(self.percent_wanted)
        for name, button in self.rule_buttons.items():
            button.setProperty("rule", name)
            button.clicked.connect(self._choose_rule)
        self.smallest.lineEdit().returnPressed.connect(self.rule_buttons[LARGEST_REGION].click)
        self.stale.clicked.connect(self.score_again_wanted)

    def _choose_rule(self) -> None:
        button = self.sender()
        assert isinstance(button, ChoiceButton)
        # Only the project says which rule holds.
        button.setChecked(not button.isChecked())
        name = str(button.property("rule"))
        self.rule_chosen.emit(PixelRule(name, self.smallest.value() if name == LARGEST_REGION else None))

    # Showing

    def set_state(self, state: PixelsState, why_not: dict[str, str]) -> None:
        """Other statistics or labels; *why_not* a rule cannot be used, empty if it can."""
        self._recolour()
        self.basis.setText(state.basis_sentence)
        self.histogram.set_bins(state.bins)
        self.rates.set_source(state.rates_at)
        self.control.set_range(state.bins.low, state.bins.high, state.decimals)
        self.overlap.set_curve(*state.overlap)
        for name, button in self.rule_buttons.items():
            button.setEnabled(not why_not[name])
            tip = PIXEL_RULES[name].sentence
            button.setToolTip(f"{tip}\n{why_not[name]}" if why_not[name] else tip)
        self.smallest.setEnabled(not why_not[LARGEST_REGION])
        self._build_figures(state)
        for figure in state.areas():
            self._show_figure(figure)
        self.show_saved(state)

    def show_saved(self, state: PixelsState) -> None:
        """Another pixel threshold is saved."""
        rule = state.rule
        for name, button in self.rule_buttons.items():
            button.setChecked(rule is not None and rule.name == name)
        if rule is not None and rule.parameter is not None:
            self.smallest.setValue(rule.parameter)
        self.show_threshold(state)

    def show_threshold(self, state: PixelsState) -> None:
        """The line moved. Called for every move of the mouse."""
        value, before = state.value, state.compared_with
        for plot in (self.histogram, self.rates):
            plot.set_threshold(value)
            plot.set_before(before if before != value else None)
        self.overlap.set_point(state.overlap_point(value))
        self.overlap.set_before(state.overlap_point(before))
        self.control.set_value(value)
        for figure in state.figures():
            self._show_figure(figure)
        self.change.set_text(state.change_sentence)
        self.rule_note.set_text(state.rule_note)
        self.remark.set_text(state.remark)

    def _build_figures(self, state: PixelsState) -> None:
        if self.values:
            return
        for row, figure in enumerate((*state.figures(), *state.areas())):
            title = QLabel(figure.title, self)
            title.setToolTip(figure.tip)
            value, note = NumberLabel("000,000 px", self, bold=True), LiveLabel(self)
            note.set_muted(True)
            for place, widget in enumerate((title, value, note)):
                self._figures.addWidget(widget, row, place)
            self.values[figure.name], self.notes[figure.name] = value, note

    def _show_figure(self, figure: PixelFigure) -> None:
        value = self.values[figure.name]
        value.set_text(figure.value)
        value.set_muted(figure.value.strip() == "n/a")
        self.notes[figure.name].set_text(figure.note)

    def figure(self, name: str) -> str:
        """What is written for a figure."""
        return self.values[name].text().strip()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._recolour()

    def _recolour(self) -> None:
        colours = plot_colours(self.palette())
        self.histogram_legend.setText(legend_html([("good", colours.good), ("of defects", colours.defective)]))
        curves = [("precision", colours.precision), ("recall", colours.recall), ("F1", colours.f1)]
        self.rates_legend.setText(legend_html(curves))
        regions = (("found", FOUND), ("missed", MISSED), ("false", FALSE))
        self.tiles_legend.setText(legend_html([(name, COLOURS[kind]) for name, kind in regions]))
