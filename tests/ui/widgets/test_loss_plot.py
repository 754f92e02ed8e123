from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.theme import apply_scheme
from anomaly_gui.ui.widgets.loss_plot import LossPlot, LossPoint, loss_range


@pytest.fixture
def plot(qtbot: QtBot) -> LossPlot:
    made = LossPlot()
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    return made


def point(epoch: int, validation: float, *, best: bool = False) -> LossPoint:
    return LossPoint(epoch, validation * 0.8, validation, best)


def test_curves_grow_epoch_by_epoch(plot: LossPlot) -> None:
    for epoch in (1, 2, 3):
        plot.add_point(point(epoch, 1 / epoch, best=True), 10)
    x, y = plot.validation.getData()
    assert x.tolist() == [1, 2, 3]
    assert y.tolist() == pytest.approx([1, 1 / 2, 1 / 3])
    assert plot.training.getData()[1].tolist() == pytest.approx([0.8, 0.4, 0.8 / 3])
    assert plot.getPlotItem().getViewBox().viewRange()[0] == pytest.approx([0.5, 10.5])


def test_the_ring_lies_on_the_best_epoch(plot: LossPlot) -> None:
    plot.set_points([point(1, 0.9, best=True), point(2, 0.4, best=True), point(3, 0.6)], 3)
    assert [(spot.pos().x(), spot.pos().y()) for spot in plot.best.points()] == [(2, 0.4)]


def test_the_first_epoch_is_seen_though_it_is_no_line_yet(plot: LossPlot) -> None:
    plot.add_point(point(1, 0.5), 4)
    assert [spot.pos().y() for spot in plot.latest.points()] == pytest.approx([0.4, 0.5])


def test_a_resumed_run_replaces_what_it_does_again(plot: LossPlot) -> None:
    plot.set_points([point(n, 1 / n) for n in (1, 2, 3)], 5)
    plot.add_point(point(2, 0.45), 5)
    assert [p.epoch for p in plot.points] == [1, 2]
    assert plot.points[-1].validation == 0.45


def test_ticks_stand_at_whole_epochs_only(plot: LossPlot) -> None:
    for epochs in (2, 3, 15, 400):
        ((step, ticks),) = plot.getAxis("bottom").tickValues(0.5, epochs + 0.5, 300)
        assert 2 <= len(ticks) <= 7
        assert all(value == round(value) >= 1 for value in ticks)
        assert step == round(step)


def test_the_first_losses_may_leave_the_plot() -> None:
    late = np.full(10, 0.1)
    training = np.concatenate([[50.0, 5, 1, 0.5, 0.2], late])
    low, high = loss_range(training, training)
    assert low == 0
    assert 0.1 < high < 0.5
    assert loss_range(np.array([np.nan]), np.array([np.inf])) == (0, 1)
    assert loss_range(np.array([3.0]), np.array([4.0]))[1] > 4


def test_it_follows_the_colour_scheme(qtbot: QtBot, plot: LossPlot) -> None:
    before = plot.training.opts["pen"].color().name()
    apply_scheme("dark")
    qtbot.waitUntil(lambda: plot.training.opts["pen"].color().name() != before)
    assert plot.backgroundBrush().color().lightness() < 100
