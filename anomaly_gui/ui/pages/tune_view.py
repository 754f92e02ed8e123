"""The Tune page's widgets: many views of one threshold."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.ui.key_tips import does
from anomaly_gui.ui.pages.tune_curves import CurvesColumn
from anomaly_gui.ui.pages.tune_pins import LETTERS, row_at
from anomaly_gui.ui.pages.tune_rules import shown_rules
from anomaly_gui.ui.pages.tune_state import TuneState
from anomaly_gui.ui.theme import warning_colour
from anomaly_gui.ui.widgets.curve_plots import RatePlot
from anomaly_gui.ui.widgets.figures_panel import FiguresPanel
from anomaly_gui.ui.widgets.live_label import LiveLabel
from anomaly_gui.ui.widgets.pins_table import PinsTable
from anomaly_gui.ui.widgets.plot_colours import legend_html, plot_colours
from anomaly_gui.ui.widgets.rules_panel import RulesPanel, section_title
from anomaly_gui.ui.widgets.score_histogram import ScoreHistogram
from anomaly_gui.ui.widgets.threshold_control import ThresholdControl

_RIGHT_PX = 380
_SPACE = 12
_NOTE_LINES = 4


class TuneView(QWidget):
    """set_state draws what stands still, show_threshold moves what moves; both announce nothing."""

    threshold_dragged = Signal(float)
    threshold_chosen = Signal(float)
    threshold_nudged = Signal(float)
    step_wanted = Signal(int)
    percent_wanted = Signal(int)
    rule_chosen = Signal(object)
    log_counts_toggled = Signal(bool)
    recheck_switched = Signal(bool)
    recheck_dragged = Signal(float)
    recheck_chosen = Signal(float)
    recheck_nudged = Signal(float)
    score_clicked = Signal(float)
    """A plot over the scores was clicked there."""
    part_wanted = Signal(str)
    """The view that tells more than the remark."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._good = self._defective = 0
        self._warning_colour = warning_colour(self.palette())
        self._make_parts()
        columns = QHBoxLayout()
        columns.setSpacing(_SPACE)
        columns.addLayout(self._left_column(), 20)
        columns.addWidget(self.curves, 10)
        columns.addWidget(self._right_column())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.basis)
        said = QHBoxLayout()
        said.addWidget(self.remark, 1)
        said.addWidget(self.leave)
        layout.addLayout(said)
        layout.addLayout(columns, 1)
        self._connect()

    def _make_parts(self) -> None:
        self.basis = section_title("", self)
        self.remark = LiveLabel(self)
        self.leave = QToolButton(self)
        self.leave.setText("Cross-validate or lock images")
        self.leave.setToolTip("See what the rule gives on images that it was not chosen on")
        kept = self.leave.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.leave.setSizePolicy(kept)
        self._leads_to = ""
        self.histogram = ScoreHistogram(self)
        self.rates = RatePlot(self)
        self.rates.setXLink(self.histogram)
        self.curves = CurvesColumn(self)
        self.flips, self.flips_title = self.curves.flips, self.curves.flips_title
        self.pins = PinsTable(LETTERS, self)
        self.control = ThresholdControl(self)
        self.figures = FiguresPanel(self)
        self.change = LiveLabel(self, lines=2)
        self.rules = RulesPanel(shown_rules(), self)
        self.rule_note = LiveLabel(self, lines=_NOTE_LINES)
        self.rule_note.setToolTip("What the rule that holds promises or costs, and whether it follows the labels")
        self.log_counts = QCheckBox("&Log counts", self)
        self.log_counts.setToolTip("Stretch low bars, so that single images can be seen beside hundreds")
        self.overlap = QToolButton(self)
        self.overlap.setText("Overlap")
        does(self.overlap, "show-overlap")
        self.overlap.setToolTip(
            "Look closer at the scores from the lowest defect to the highest good image: only there a threshold is "
            "worth a thought. A double click on the histogram shows all again"
        )
        self.histogram_legend, self.rates_legend = QLabel(self), QLabel(self)

    def _left_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        top = QHBoxLayout()
        top.addWidget(section_title("Scores", self))
        top.addSpacing(_SPACE)
        top.addWidget(self.histogram_legend)
        top.addStretch(1)
        top.addWidget(self.overlap)
        top.addWidget(self.log_counts)
        column.addLayout(top)
        column.addWidget(self.histogram, 5)
        column.addWidget(self.control)
        column.addWidget(self.pins)
        below = QHBoxLayout()
        below.addWidget(section_title("At each threshold", self))
        below.addSpacing(_SPACE)
        below.addWidget(self.rates_legend)
        below.addStretch(1)
        column.addLayout(below)
        column.addWidget(self.rates, 4)
        return column

    def _right_column(self) -> QWidget:
        right = QWidget(self)
        right.setFixedWidth(_RIGHT_PX)
        right.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(section_title("At this threshold", right))
        column.addWidget(self.figures)
        column.addWidget(self.change)
        column.addWidget(section_title("Set it by a rule", right))
        column.addWidget(_scrolling(self.rules, right))
        column.addWidget(self.rule_note)
        column.addStretch(1)
        return right

    def _connect(self) -> None:
        for source in (self.histogram, self.rates, self.control):
            source.threshold_dragged.connect(self.threshold_dragged)
            source.threshold_chosen.connect(self.threshold_chosen)
            source.recheck_dragged.connect(self.recheck_dragged)
            source.recheck_chosen.connect(self.recheck_chosen)
        for plot in (self.histogram, self.rates):
            plot.score_clicked.connect(self.score_clicked)
        self.control.threshold_nudged.connect(self.threshold_nudged)
        self.control.recheck_nudged.connect(self.recheck_nudged)
        self.control.recheck_switched.connect(self.recheck_switched)
        self.control.step_wanted.connect(self.step_wanted)
        self.control.percent_wanted.connect(self.percent_wanted)
        self.rules.rule_chosen.connect(self.rule_chosen)
        self.leave.clicked.connect(self._leave)
        self.overlap.clicked.connect(self.histogram.show_overlap)
        self.log_counts.toggled.connect(self.histogram.set_logarithmic)
        self.log_counts.toggled.connect(self.log_counts_toggled)

    def _leave(self) -> None:
        self.part_wanted.emit(self._leads_to)

    def set_state(self, state: TuneState, *, same_run: bool = False) -> None:
        """Other scores or labels: draw everything, of the *same_run* with the part that one has zoomed to."""
        self._good, self._defective = state.good_count, state.defect_count
        self._recolour()
        self.basis.setText(state.basis_sentence)
        self.curves.set_state(state)
        self.histogram.set_bins(state.bins, keep_zoom=same_run)
        self.overlap.setEnabled(state.bins.overlap is not None)
        self.rates.set_source(state.rates_at)
        self.control.set_range(state.bins.low, state.bins.high, state.decimals)
        self.rules.set_types(state.defect_types)
        for name in self.rules.buttons:
            self.rules.set_available(name, state.why_not(name))
        self.show_saved(state)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._recolour()

    def _recolour(self) -> None:
        colours = plot_colours(self.palette())
        good, defective = f"good {self._good:,}", f"defective {self._defective:,}"
        self.histogram_legend.setText(legend_html([(good, colours.good), (defective, colours.defective)]))
        curves = [("precision", colours.precision), ("recall", colours.recall), ("F1", colours.f1)]
        self.rates_legend.setText(legend_html(curves))
        self.figures.set_alarm_colour(colours.defective)
        self._warning_colour = warning_colour(self.palette())
        self.remark.set_colour(None if self.remark.is_muted else self._warning_colour)

    def show_saved(self, state: TuneState) -> None:
        """Another threshold is saved."""
        if state.saved is not None:
            self.rules.set_current(state.rule)
        self.show_threshold(state)

    def show_pins(self, pins: Mapping[str, float], free: str | None, state: TuneState) -> None:
        """Other thresholds are pinned; *free* is the letter that the next one gets."""
        self.pins.set_pins([row_at(name, value, state.table, state.decimals) for name, value in pins.items()])
        self.histogram.set_pins(pins)
        self.control.set_free_pin(free)

    def show_threshold(self, state: TuneState) -> None:
        """The threshold moved: lines, points and figures follow. Called for every move of the mouse."""
        value, before = state.value, state.compared_with
        self.histogram.set_threshold(value)
        self.rates.set_threshold(value)
        for plot in (self.histogram, self.rates):
            plot.set_before(before if before != value else None)
            plot.set_recheck(state.recheck)
        self.curves.show_threshold(state)
        self.control.set_value(value)
        self.control.set_recheck(state.recheck)
        if self.pins.isVisibleTo(self):
            self.pins.set_present(row_at("", value, state.table, state.decimals))
        self.figures.set_figures(state.figures())
        self.change.set_text(state.change_sentence)
        self.rule_note.set_text(state.rule_note)
        remark = state.remark
        self.remark.set_text(remark.sentence)
        self._leads_to = remark.leads_to
        if bool(remark.leads_to) == self.leave.isHidden():
            self.leave.setVisible(bool(remark.leads_to))
        self.remark.set_muted(not remark.grave)
        self.remark.set_colour(self._warning_colour if remark.grave else None)


def _scrolling(content: QWidget, parent: QWidget) -> QScrollArea:
    """*content* at its full width; in a low window it is scrolled instead of cut."""
    area = QScrollArea(parent)
    # What is in it has the focus, and is scrolled to.
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidgetResizable(True)
    area.setWidget(content)
    # No higher than its content: what stands below it belongs to it.
    area.setSizeAdjustPolicy(QScrollArea.SizeAdjustPolicy.AdjustToContents)
    area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
    return area
