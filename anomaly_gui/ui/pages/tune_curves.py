"""The middle of the Tune page: one of three views of the threshold, and images that it decides."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from anomaly_gui.ui.pages.tune_state import TuneState
from anomaly_gui.ui.widgets.curve_plots import PrecisionRecallPlot, RocPlot
from anomaly_gui.ui.widgets.flip_strip import FlipStrip
from anomaly_gui.ui.widgets.live_label import LiveLabel
from anomaly_gui.ui.widgets.segmented import SegmentedButtons
from anomaly_gui.ui.widgets.type_bars import TypeBars
from anomaly_gui.ui.wording import area_text

ROC, PRECISION_RECALL, TYPES = "roc", "precision-recall", "types"
_STRIP_TELLS = (
    "Images that the change of the threshold decides differently, or else those that it only just "
    "decides. The frame is the label's colour. Turn the wheel to see more"
)


class CurvesColumn(QWidget):
    """set_state and show_threshold announce nothing; what is hidden is drawn when it is looked at."""

    roc_clicked = Signal(float, float)
    """False alarm rate and recall."""
    precision_recall_clicked = Signal(float, float)
    """Recall and precision."""
    type_chosen = Signal(object)
    """Whose images are to be shown; None: those that a move decides."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: TuneState | None = None
        self.roc, self.precision_recall, self.bars = RocPlot(self), PrecisionRecallPlot(self), TypeBars(self)
        self.choice = SegmentedButtons(
            [(ROC, "ROC"), (PRECISION_RECALL, "Precision–recall"), (TYPES, "By type")], self, name="Curve"
        )
        self.choice.set_tip(ROC, "Defects found against false alarms")
        self.choice.set_tip(PRECISION_RECALL, "Alarms that are right against defects found")
        self.choice.set_tip(TYPES, "How many defects of each type are found; click a bar to see them")
        self.title = LiveLabel(self)
        self.flips = FlipStrip(self)
        self.flips_title = LiveLabel(self, bold=True)
        self.flips_title.setToolTip(_STRIP_TELLS)
        self._place()
        self.choice.chosen.connect(self.show_view)
        self.roc.place_clicked.connect(self.roc_clicked)
        self.precision_recall.place_clicked.connect(self.precision_recall_clicked)
        self.bars.type_chosen.connect(self._choose_type)
        self.leave_type.clicked.connect(self._leave_type)

    def _place(self) -> None:
        area = QScrollArea(self)
        # What is in it has the focus, and is scrolled to.
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidgetResizable(True)
        area.setWidget(self.bars)
        self._views: dict[str, QWidget] = {ROC: self.roc, PRECISION_RECALL: self.precision_recall, TYPES: area}
        self._stack = QStackedWidget(self)
        for view in self._views.values():
            self._stack.addWidget(view)
        self.leave_type = QToolButton(self)
        self.leave_type.setText("×")
        self.leave_type.setAutoRaise(True)
        self.leave_type.setToolTip("Back to the images that the threshold decides")
        self.leave_type.setAccessibleName("Back to the images that the threshold decides")
        kept = self.leave_type.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.leave_type.setSizePolicy(kept)
        self.leave_type.setVisible(False)
        heading = QHBoxLayout()
        heading.addWidget(self.flips_title, 1)
        heading.addWidget(self.leave_type)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.choice)
        column.addWidget(self.title)
        column.addWidget(self._stack, 6)
        column.addLayout(heading)
        column.addWidget(self.flips, 5)

    def show_view(self, name: str) -> None:
        """One of ROC, PRECISION_RECALL and TYPES; another name changes nothing."""
        self.choice.set_current(name)
        self._stack.setCurrentWidget(self._views[self.choice.current])
        if self._state is not None:
            self._title(self._state)
            self._show_view(self._state)

    def set_state(self, state: TuneState) -> None:
        """Other scores or labels."""
        self._state = state
        self.roc.set_curve(*state.roc_points())
        counted = state.good_count + state.defect_count
        share = state.defect_count / counted if state.auroc is not None else None
        self.precision_recall.set_curve(*state.precision_recall_points(), share)
        self._title(state)

    def _title(self, state: TuneState) -> None:
        areas = {ROC: state.auroc, PRECISION_RECALL: state.average_precision}
        shown = self.choice.current
        if shown == TYPES:
            self.title.set_text("Recall with its 95 % interval")
            return
        area = areas[shown]
        what = "Area under the curve" if shown == ROC else "Average precision"
        interval = state.auroc_interval
        # The interval is that of the area under the ROC curve; the other figure is not surer than that one.
        self.title.set_text(f"{what}: {area_text(area, interval, alone=shown != ROC)}")

    def show_threshold(self, state: TuneState) -> None:
        """Called for every move of the mouse."""
        self._state = state
        self._show_view(state)
        self.flips_title.set_text(state.images_title)
        self.flips.set_flips(state.shown_images)
        self.leave_type.setVisible(state.chosen_type is not None)

    def _show_view(self, state: TuneState) -> None:
        value, before, shown = state.value, state.compared_with, self.choice.current
        if shown == ROC:
            self.roc.set_point(state.operating_point(value))
            self.roc.set_before(state.operating_point(before))
        elif shown == PRECISION_RECALL:
            self.precision_recall.set_point(state.precision_recall_point(value))
            self.precision_recall.set_before(state.precision_recall_point(before))
        else:
            self.bars.set_bars(state.bars())
            self.bars.set_chosen(state.chosen_type)

    def _choose_type(self, name: str) -> None:
        again = self._state is not None and self._state.chosen_type == name
        self.flips.show_first()
        self.type_chosen.emit(None if again else name)

    def _leave_type(self) -> None:
        self.flips.show_first()
        self.type_chosen.emit(None)
