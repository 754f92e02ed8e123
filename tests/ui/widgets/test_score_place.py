"""One image's place among all scores."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.score_bins import bin_scores
from anomaly_gui.ui.widgets.score_place import ScorePlace


@pytest.fixture
def place(qtbot: QtBot) -> ScorePlace:
    widget = ScorePlace()
    qtbot.addWidget(widget)
    widget.resize(300, 60)
    scores = np.linspace(0, 10, 101).astype(np.float32)
    widget.set_bins(bin_scores(scores, scores > 5))
    return widget


def changed_columns(before: QImage, after: QImage) -> list[int]:
    return [
        x for x in range(before.width()) if any(before.pixel(x, y) != after.pixel(x, y) for y in range(before.height()))
    ]


def test_the_arrow_stands_where_the_score_lies(place: ScorePlace) -> None:
    plain = place.grab().toImage()
    place.set_score(2.5)
    columns = changed_columns(plain, place.grab().toImage())
    assert sum(columns) / len(columns) == pytest.approx(6 + 288 * (2.5 + 0.3) / 10.6, abs=2)


def test_the_line_stands_where_the_threshold_lies(place: ScorePlace) -> None:
    plain = place.grab().toImage()
    place.set_threshold(7.5)
    columns = changed_columns(plain, place.grab().toImage())
    assert sum(columns) / len(columns) == pytest.approx(6 + 288 * (7.5 + 0.3) / 10.6, abs=2)


def test_what_is_not_finite_is_not_marked(place: ScorePlace) -> None:
    plain = place.grab().toImage()
    place.set_score(math.nan)
    place.set_threshold(None)
    assert place.grab().toImage() == plain


def test_without_scores_nothing_is_painted(qtbot: QtBot) -> None:
    widget = ScorePlace()
    qtbot.addWidget(widget)
    widget.resize(100, 50)
    image = widget.grab().toImage()
    assert len({image.pixel(x, 20) for x in range(100)}) == 1
