"""The Review page's parts have their place."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.project.records import Label
from anomaly_gui.ui.pages.review_view import ReviewView
from tests.project.samples import image


@pytest.fixture
def view(qtbot: QtBot) -> ReviewView:
    widget = ReviewView()
    qtbot.addWidget(widget)
    widget.resize(1266, 620)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_an_image_is_said_in_words(view: ReviewView) -> None:
    shown = image(3, label=Label("defect", "crack"), comment="edge")
    view.show_image(shown, "2.4 · 0.8 below the threshold", "not reviewed yet", "", "Score set by 2 × 3 px")
    assert view.origin.text() == "Score set by 2 × 3 px"
    assert view.name.text() == "part_3.png  ·  crack"
    assert view.score.text() == "2.4 · 0.8 below the threshold"
    assert view.verdict.text() == "Verdict: not reviewed yet"
    assert view.verdicts.comment.text() == "edge"
    assert not view.badge.isVisible()


def test_a_badge_is_seen_only_where_there_is_something_to_say(view: ReviewView) -> None:
    view.set_badge("Caught by the present threshold")
    assert view.badge.isVisible()
    view.set_badge("")
    assert not view.badge.isVisible()


def test_the_price_takes_the_place_of_the_verdicts_and_moves_nothing(view: ReviewView) -> None:
    before = view.triptych.geometry()
    view.show_price(True)
    QApplication.processEvents()
    assert view.catch.isVisible()
    assert not view.words.isVisible()
    assert view.triptych.geometry() == before
    view.show_price(False)
    assert view.words.isVisible()


def test_everything_fits_into_the_smallest_window(view: ReviewView) -> None:
    view.verdicts.set_types([f"type {n}" for n in range(9)])
    hint = view.minimumSizeHint()
    assert hint.width() <= 1180 - 76 - 24
    assert hint.height() <= 560
