"""The controls of the viewer announce; they are set from outside."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.view_bar import ViewBar

LEFT = Qt.MouseButton.LeftButton
STATE = {"overlay": True, "opacity": 0.3, "mask": False, "error_view": True, "colour_map": "Grey"}


@pytest.fixture
def bar(qtbot: QtBot) -> ViewBar:
    widget = ViewBar()
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_the_state_is_shown_and_announces_nothing(bar: ViewBar, qtbot: QtBot) -> None:
    signals = (
        bar.overlay_toggled,
        bar.mask_toggled,
        bar.error_view_toggled,
        bar.opacity_changed,
        bar.colour_map_changed,
    )
    heard: list[object] = []
    for signal in signals:
        signal.connect(lambda *_arguments: heard.append(1))
    bar.set_state(**STATE)
    assert heard == []
    assert bar.overlay.isChecked()
    assert not bar.outline.isChecked()
    assert bar.error_view.isChecked()
    assert bar.opacity.value() == 30
    assert bar.colour_maps.currentText() == "Grey"


def test_buttons_announce_what_is_wanted(bar: ViewBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.overlay_toggled):
        qtbot.mouseClick(bar.overlay, LEFT)
    with qtbot.waitSignal(bar.error_view_toggled):
        qtbot.mouseClick(bar.error_view, LEFT)
    with qtbot.waitSignal(bar.opacity_changed) as changed:
        bar.opacity.setValue(85)
    assert changed.args == [0.85]


def test_without_a_mask_its_button_rests_and_says_why(bar: ViewBar) -> None:
    bar.set_mask_available(False)
    assert not bar.outline.isEnabled()
    assert "No mask" in bar.outline.toolTip()
    bar.set_mask_available(True)
    assert bar.outline.isEnabled()


def test_a_click_takes_no_keys_from_the_page_and_what_has_no_key_is_reached_by_tab(bar: ViewBar) -> None:
    assert bar.overlay.focusPolicy() == bar.outline.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert bar.own_scale.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert bar.colour_maps.focusPolicy() == Qt.FocusPolicy.TabFocus


def test_the_zoom_is_told_in_per_cent(bar: ViewBar) -> None:
    bar.set_zoom(0.4999)
    assert bar.zoom.text() == "50 %"


def test_contour_own_scale_and_worst_spot_are_announced(bar: ViewBar, qtbot: QtBot) -> None:
    for button, signal in ((bar.contour, bar.contour_toggled), (bar.own_scale, bar.own_scale_toggled)):
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(button, LEFT)
    bar.set_contour_available(False)
    assert not bar.contour.isEnabled()
    assert "no maxima" in bar.contour.toolTip()


def test_blinking_lasts_as_long_as_the_button_is_held(bar: ViewBar, qtbot: QtBot) -> None:
    heard: list[bool] = []
    bar.blink_held.connect(heard.append)
    qtbot.mousePress(bar.blink, LEFT)
    assert heard == [True]
    qtbot.mouseRelease(bar.blink, LEFT)
    assert heard == [True, False]
