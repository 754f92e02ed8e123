"""Slider and number are one value, and tell moves from the end of a move."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.threshold_control import ThresholdControl
from tests.ui.widgets.mouse import drag_to, press, release

LEFT = Qt.MouseButton.LeftButton


class Heard:
    def __init__(self, control: ThresholdControl) -> None:
        self.moves: list[float] = []
        self.ends: list[float] = []
        self.steps: list[int] = []
        self.percents: list[int] = []
        control.threshold_dragged.connect(self.moves.append)
        control.threshold_chosen.connect(self.ends.append)
        control.step_wanted.connect(self.steps.append)
        control.percent_wanted.connect(self.percents.append)


@pytest.fixture
def control(qtbot: QtBot) -> ThresholdControl:
    widget = ThresholdControl()
    qtbot.addWidget(widget)
    widget.resize(600, 80)
    widget.set_range(0.0, 10.0, 2)
    widget.set_value(5.0)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def heard(control: ThresholdControl) -> Heard:
    return Heard(control)


def test_setting_a_value_moves_both_and_announces_nothing(control: ThresholdControl, heard: Heard) -> None:
    control.set_value(7.5)
    assert control.number.value() == 7.5
    assert control.slider.value() == pytest.approx(7500, abs=1)
    assert heard.moves == heard.ends == []


def test_dragging_the_slider_moves_live_and_ends_once(control: ThresholdControl, heard: Heard) -> None:
    slider = control.slider
    middle = slider.height() / 2
    press(slider, QPointF(slider.width() / 2, middle))
    for share in (0.55, 0.6, 0.7, 0.8):
        drag_to(slider, QPointF(slider.width() * share, middle))
    release(slider, QPointF(slider.width() * 0.8, middle))
    assert len(heard.moves) >= 4
    assert len(heard.ends) == 1
    assert heard.ends[0] == pytest.approx(8.0, abs=0.2)


def test_pressing_the_groove_goes_there(control: ThresholdControl, heard: Heard, qtbot: QtBot) -> None:
    slider = control.slider
    qtbot.mouseClick(slider, LEFT, pos=QPoint(round(slider.width() * 0.2), slider.height() // 2))
    assert heard.ends == [pytest.approx(2.0, abs=0.2)]


def test_a_setter_does_not_fight_a_drag(control: ThresholdControl, heard: Heard) -> None:
    slider = control.slider
    press(slider, QPointF(slider.width() / 2, slider.height() / 2))
    drag_to(slider, QPointF(slider.width() * 0.7, slider.height() / 2))
    position = slider.sliderPosition()
    control.set_value(1.0)
    assert slider.sliderPosition() == position
    release(slider, QPointF(slider.width() * 0.7, slider.height() / 2))


@pytest.mark.parametrize(
    ("key", "modifier", "steps", "percents"),
    [
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, [-1], []),
        (Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier, [1], []),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, [], [1]),
        (Qt.Key.Key_PageDown, Qt.KeyboardModifier.NoModifier, [], [-1]),
    ],
)
def test_keys_on_the_slider_ask_for_steps(
    control: ThresholdControl,
    heard: Heard,
    qtbot: QtBot,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    steps: list[int],
    percents: list[int],
) -> None:
    before = control.slider.value()
    qtbot.keyClick(control.slider, key, modifier)
    assert (heard.steps, heard.percents) == (steps, percents)
    assert control.slider.value() == before


def test_a_typed_number_is_chosen_with_enter(control: ThresholdControl, heard: Heard, qtbot: QtBot) -> None:
    control.number.setFocus()
    control.number.selectAll()
    qtbot.keyClicks(control.number, "3.25")
    assert heard.ends == []
    qtbot.keyClick(control.number, Qt.Key.Key_Return)
    assert heard.moves == [3.25]
    assert heard.ends == [3.25]


def test_leaving_the_number_untouched_does_not_round_the_threshold(
    control: ThresholdControl, heard: Heard, qtbot: QtBot
) -> None:
    control.set_value(3.14159)
    control.number.setFocus()
    qtbot.keyClick(control.number, Qt.Key.Key_Return)
    control.number.clearFocus()
    assert heard.moves == heard.ends == []


def test_arrow_keys_in_the_number_are_nudges_which_leaving_it_settles(
    control: ThresholdControl, heard: Heard, qtbot: QtBot
) -> None:
    nudges: list[float] = []
    control.threshold_nudged.connect(nudges.append)
    for _ in range(2):
        qtbot.keyClick(control.number, Qt.Key.Key_Up)
    assert heard.moves == nudges == [pytest.approx(5.01), pytest.approx(5.02)]
    assert heard.ends == []
    control.number.clearFocus()
    control.number.editingFinished.emit()
    assert heard.ends == [pytest.approx(5.02)]


def test_a_value_from_elsewhere_ends_what_the_user_began(control: ThresholdControl, heard: Heard, qtbot: QtBot) -> None:
    qtbot.keyClick(control.number, Qt.Key.Key_Up)
    control.set_value(4.0)
    control.number.editingFinished.emit()
    assert heard.ends == []


def test_buttons_step_to_the_next_score(control: ThresholdControl, heard: Heard, qtbot: QtBot) -> None:
    qtbot.mouseClick(control.lower_button, LEFT)
    qtbot.mouseClick(control.higher_button, LEFT)
    assert heard.steps == [-1, 1]


def test_a_threshold_beyond_the_slider_is_still_told_in_full(control: ThresholdControl) -> None:
    control.set_value(123.456)
    assert control.number.value() == pytest.approx(123.46)
    assert control.slider.value() == control.slider.maximum()
    QApplication.processEvents()


def test_without_a_band_there_is_neither_recheck_line_nor_pin(qtbot: QtBot) -> None:
    control = ThresholdControl(name="Pixel threshold", meaning="Of pixels", band=False)
    qtbot.addWidget(control)
    control.show()
    assert not control.has_recheck.isVisible()
    assert not control.pin_button.isVisible()
    assert control.number.toolTip() == "Of pixels"
    assert control.slider.accessibleName() == "Pixel threshold"
