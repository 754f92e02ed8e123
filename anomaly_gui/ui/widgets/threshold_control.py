"""The threshold as a slider and a number."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.ui.key_tips import does
from anomaly_gui.ui.widgets.plot_base import LEFT_AXIS_PX

SLIDER_STEPS = 10_000
_STEP_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class ScoreSlider(QSlider):
    """A slider whose groove can be pressed anywhere; its keys ask for steps instead of moving it."""

    step_wanted = Signal(int)
    """-1 or 1: to the next score at which a decision changes."""
    percent_wanted = Signal(int)
    """-1 or 1: by 1 % of the range."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, SLIDER_STEPS)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderPosition(self._steps_at(event.position().toPoint()))
            self.sliderMoved.emit(self.sliderPosition())
        super().mousePressEvent(event)

    def _steps_at(self, place: QPoint) -> int:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        control = QStyle.ComplexControl.CC_Slider
        groove = self.style().subControlRect(control, option, QStyle.SubControl.SC_SliderGroove, self)
        handle = self.style().subControlRect(control, option, QStyle.SubControl.SC_SliderHandle, self)
        if handle.contains(place):
            return self.sliderPosition()
        x = place.x() - groove.x() - handle.width() // 2
        return QStyle.sliderValueFromPosition(0, SLIDER_STEPS, x, groove.width() - handle.width())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}
        pages = {Qt.Key.Key_PageDown: -1, Qt.Key.Key_PageUp: 1}
        key = Qt.Key(event.key())
        if key in pages or (key in steps and event.modifiers() & Qt.KeyboardModifier.ShiftModifier):
            self.percent_wanted.emit(pages.get(key) or steps[key])
        elif key in steps:
            self.step_wanted.emit(steps[key])
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ScoreSpinBox(QDoubleSpinBox):
    """A number that tells moves apart from the end of a move."""

    moved = Signal(float)
    settled = Signal(float)
    """The mouse button is released, or typing is finished."""
    nudged = Signal(float)
    """Moved by an arrow key or the wheel: more may follow at once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setKeyboardTracking(False)
        self.setRange(-1e9, 1e9)
        self.setAccelerated(True)
        self._unsettled = False
        self.valueChanged.connect(self._move)
        self.editingFinished.connect(self._settle)

    def _move(self, value: float) -> None:
        self._unsettled = True
        self.moved.emit(value)

    def _settle(self) -> None:
        if self._unsettled:
            self._unsettled = False
            self.settled.emit(self.value())

    def show_value(self, value: float) -> None:
        """Set without announcing it; another value than the user's own ends what the user began."""
        before = self.value()
        self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(False)
        self._unsettled = self._unsettled and self.value() == before

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self._settle()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        super().keyReleaseEvent(event)
        if not event.isAutoRepeat() and event.key() in _STEP_KEYS:
            self._nudge()

    def _nudge(self) -> None:
        if self._unsettled:
            # It is settled when the number is left at the latest.
            self.nudged.emit(self.value())

    def wheelEvent(self, event: QWheelEvent) -> None:
        # A wheel meant for the page must not move the threshold.
        if self.hasFocus():
            super().wheelEvent(event)
            self._nudge()
        else:
            event.ignore()


class ThresholdControl(QWidget):
    """Announces what the user does; set_value shows and announces nothing."""

    threshold_dragged = Signal(float)
    threshold_chosen = Signal(float)
    threshold_nudged = Signal(float)
    """By a key or the wheel: more may follow at once."""
    step_wanted = Signal(int)
    percent_wanted = Signal(int)
    recheck_switched = Signal(bool)
    """Whether there is to be a recheck line."""
    recheck_dragged = Signal(float)
    recheck_chosen = Signal(float)
    recheck_nudged = Signal(float)
    pin_wanted = Signal()

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        name: str = "Threshold",
        meaning: str = "Images with this score or a higher one are called defective",
        band: bool = True,
    ) -> None:
        """*meaning*: of the number, for its tooltip. *band*: whether there may be a recheck line, and pins."""
        super().__init__(parent)
        self._low, self._high = 0.0, 1.0
        self._build(name, meaning, band)
        self.slider.sliderMoved.connect(self._slide)
        self.slider.sliderReleased.connect(self._choose_slider)
        self.slider.step_wanted.connect(self.step_wanted)
        self.slider.percent_wanted.connect(self.percent_wanted)
        self.number.moved.connect(self.threshold_dragged)
        self.number.settled.connect(self.threshold_chosen)
        self.number.nudged.connect(self.threshold_nudged)
        self.has_recheck.clicked.connect(self.recheck_switched)
        self.recheck.moved.connect(self.recheck_dragged)
        self.recheck.settled.connect(self.recheck_chosen)
        self.recheck.nudged.connect(self.recheck_nudged)
        self.pin_button.clicked.connect(self.pin_wanted)

    def _build(self, name: str, meaning: str, band: bool) -> None:
        self.slider = ScoreSlider(self)
        self.slider.setAccessibleName(name)
        self.slider.setToolTip("Arrow keys: to the next score at which a decision changes; with Shift, by 1 %")
        self.number = self._score_box(name, meaning)
        self.lower_button = self._step_button("◂", "lower")
        self.higher_button = self._step_button("▸", "higher")
        self.lower_button.clicked.connect(self._step_lower)
        self.higher_button.clicked.connect(self._step_higher)
        numbers = QHBoxLayout()
        numbers.setSpacing(4)
        numbers.addSpacing(LEFT_AXIS_PX)
        label = QLabel(f"&{name}", self)
        label.setBuddy(self.number)
        for widget in (label, self.lower_button, self.number, self.higher_button):
            numbers.addWidget(widget)
        numbers.addStretch(1)
        slide = QHBoxLayout()
        slide.addSpacing(LEFT_AXIS_PX - 8)
        slide.addWidget(self.slider)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(slide)
        layout.addLayout(numbers)
        recheck = self._build_recheck()
        recheck.setVisible(band)
        layout.addWidget(recheck)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _build_recheck(self) -> QWidget:
        whole = QWidget(self)
        self.has_recheck = QCheckBox("Rechec&k band from", self)
        self.has_recheck.setToolTip(
            "A second line below the threshold: between the two the answer is RECHECK, and somebody looks again"
        )
        self.recheck = self._score_box("Recheck line", "From this score up to the threshold the answer is RECHECK")
        self.recheck.setEnabled(False)
        self.pin_button = QToolButton(self)
        self.pin_button.setText("Pin")
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addSpacing(LEFT_AXIS_PX)
        row.addWidget(self.has_recheck)
        row.addWidget(self.recheck)
        row.addStretch(1)
        row.addWidget(self.pin_button)
        self.set_free_pin(None)
        return whole

    def _score_box(self, name: str, tip: str) -> ScoreSpinBox:
        box = ScoreSpinBox(self)
        box.setAccessibleName(name)
        box.setToolTip(tip)
        box.setFixedWidth(self.fontMetrics().horizontalAdvance("00000.0000") + 44)
        return box

    def set_free_pin(self, letter: str | None) -> None:
        """Which pin the button would set; None: all are taken."""
        self.pin_button.setEnabled(letter is not None)
        does(self.pin_button, f"pin-{letter}" if letter else "")
        self.pin_button.setToolTip(
            f"Keep this threshold as {letter}, to compare it with others"
            if letter
            else "All pins are taken: remove one first"
        )

    def _step_button(self, text: str, word: str) -> QToolButton:
        button = QToolButton(self)
        does(button, f"threshold-{word}")
        button.setText(text)
        button.setToolTip(f"The next {word} score at which a decision changes")
        button.setAutoRepeat(False)
        return button

    def set_range(self, low: float, high: float, decimals: int) -> None:
        """Scores at the ends of the slider, and the decimals worth showing."""
        self._low, self._high = low, high
        for box in (self.number, self.recheck):
            box.blockSignals(True)
            box.setDecimals(decimals)
            box.setSingleStep(10.0**-decimals if decimals else max((high - low) / 1000, 1.0))
            box.blockSignals(False)

    def set_value(self, value: float) -> None:
        if not math.isfinite(value):
            return
        self.number.show_value(value)
        share = (value - self._low) / (self._high - self._low)
        if not self.slider.isSliderDown():
            self.slider.blockSignals(True)
            self.slider.setValue(round(min(max(share, 0.0), 1.0) * SLIDER_STEPS))
            self.slider.blockSignals(False)

    def set_recheck(self, line: float | None) -> None:
        """The recheck line; None where there is none."""
        self.has_recheck.setChecked(line is not None)
        self.recheck.setEnabled(line is not None)
        if line is not None:
            self.recheck.show_value(line)

    def _at(self, steps: int) -> float:
        return self._low + (self._high - self._low) * steps / SLIDER_STEPS

    def _slide(self, steps: int) -> None:
        self.threshold_dragged.emit(self._at(steps))

    def _choose_slider(self) -> None:
        self.threshold_chosen.emit(self._at(self.slider.sliderPosition()))

    def _step_lower(self) -> None:
        self.step_wanted.emit(-1)

    def _step_higher(self) -> None:
        self.step_wanted.emit(1)
