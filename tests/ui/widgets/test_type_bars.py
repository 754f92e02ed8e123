"""Recall by defect type as bars."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.plot_colours import plot_colours
from anomaly_gui.ui.widgets.shown_figures import TypeBar
from anomaly_gui.ui.widgets.type_bars import TypeBars, tip_of

LEFT = Qt.MouseButton.LeftButton
CRACK, DENT = TypeBar("crack", 30, 40, (0.6, 0.86)), TypeBar("dent", 0, 10, (0.0, 0.28))


@pytest.fixture
def bars(qtbot: QtBot) -> TypeBars:
    widget = TypeBars()
    qtbot.addWidget(widget)
    widget.set_bars([CRACK, DENT])
    widget.resize(300, widget.sizeHint().height())
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def coloured(bars: TypeBars, row: int) -> float:
    """Which share of a row's width is painted in the colour of recall."""
    image = bars.grab().toImage()
    y = bars.row_rect(row).bottom() - 5
    wanted = plot_colours(bars.palette()).recall.rgb()
    return sum(image.pixelColor(x, y - 3).rgb() == wanted for x in range(bars.width())) / bars.width()


def test_a_bar_is_as_long_as_the_recall_and_moves_with_it(bars: TypeBars) -> None:
    assert coloured(bars, 0) == pytest.approx(0.75, abs=0.06)
    assert coloured(bars, 1) == 0
    bars.set_bars([TypeBar("crack", 10, 40, (0.14, 0.4)), DENT])
    assert coloured(bars, 0) == pytest.approx(0.25, abs=0.06)


def test_a_press_on_a_row_chooses_its_type(bars: TypeBars, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bars.type_chosen) as chosen:
        qtbot.mouseClick(bars, LEFT, pos=bars.row_rect(1).center())
    assert chosen.args == ["dent"]
    with qtbot.assertNotEmitted(bars.type_chosen):
        qtbot.mouseClick(bars, LEFT, pos=QPoint(10, bars.height() + 50))


def test_types_can_be_chosen_by_keyboard(bars: TypeBars, qtbot: QtBot) -> None:
    bars.setFocus()
    qtbot.keyClick(bars, Qt.Key.Key_Down)
    qtbot.keyClick(bars, Qt.Key.Key_Down)
    with qtbot.waitSignal(bars.type_chosen) as chosen:
        qtbot.keyClick(bars, Qt.Key.Key_Return)
    assert chosen.args == ["dent"]


def test_other_recalls_ask_for_no_other_place_and_more_types_for_more(bars: TypeBars) -> None:
    height = bars.sizeHint().height()
    bars.set_bars([DENT, CRACK])
    assert bars.sizeHint().height() == height
    bars.set_bars([CRACK, DENT, TypeBar("scratch", 1, 1, (0.2, 1.0))])
    assert bars.sizeHint().height() > height


def test_counts_and_interval_are_told(bars: TypeBars) -> None:
    assert tip_of(CRACK).startswith("crack: 30 of 40 found, 10 missed.\n")
    assert "60 – 86 % (95 %, Wilson)" in tip_of(CRACK)
    assert bars.accessibleDescription() == "crack: 30 of 40 found; dent: 0 of 10 found"


def test_without_types_it_says_so(bars: TypeBars) -> None:
    bars.set_bars([])
    QApplication.processEvents()
    assert bars.grab().toImage().height() > 0
    assert bars.accessibleDescription() == ""
