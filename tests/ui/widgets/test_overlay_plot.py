"""Curves of several runs in one plot."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.theme import apply_scheme
from anomaly_gui.ui.widgets.overlay_plot import MOST_RUNS, OverlaidCurve, OverlayPlot, run_colours

LINE = (np.array([0.0, 0.5, 1.0]), np.array([0.0, 0.9, 1.0]))


def _plot(qtbot: QtBot) -> OverlayPlot:
    plot = OverlayPlot(name="ROC", x_title="False alarm rate", y_title="Recall", chance=True)
    qtbot.addWidget(plot)
    plot.resize(300, 240)
    plot.show()
    return plot


def _shades(plot: OverlayPlot) -> set[str]:
    QApplication.processEvents()
    picture = plot.grab().toImage()
    return {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}


def test_every_run_has_its_own_colour_and_one_without_a_curve_none(qtbot: QtBot) -> None:
    plot = _plot(qtbot)
    first, second = (shade.name() for shade in run_colours(plot.palette())[:2])
    plot.set_curves([OverlaidCurve(0, LINE, (0.2, 0.3)), OverlaidCurve(1, None, None)])
    assert first in _shades(plot)
    assert second not in _shades(plot)
    plot.set_curves([OverlaidCurve(1, LINE, (0.2, 0.3))])
    assert first not in _shades(plot)
    assert second in _shades(plot)


def test_colours_differ_and_follow_the_scheme(qtbot: QtBot) -> None:
    plot = _plot(qtbot)
    light = run_colours(plot.palette())
    assert len({shade.name() for shade in light}) == MOST_RUNS
    apply_scheme("dark")
    QApplication.processEvents()
    assert run_colours(plot.palette()) != light
    apply_scheme("light")
