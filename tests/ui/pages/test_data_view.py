"""The Data page's parts have their place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.pages.data_filter import ALL
from anomaly_gui.ui.pages.data_view import DataView
from anomaly_gui.ui.widgets.problem_list import REFUSED, Problem
from anomaly_gui.ui.widgets.thumbnails import Thumbnails
from tests.ui.widgets.mouse import drag
from tests.ui.widgets.sample_images import image

COUNTS = {ALL: 123_456, "good": 98_765, "defect": 12_345, "unsure": 0, "unlabelled": 12_346}


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[DataView]:
    thumbnails = Thumbnails(side_px=96, budget_bytes=1_000_000)
    made = DataView(thumbnails)
    qtbot.addWidget(made)
    made.resize(1266, 620)
    made.show()
    qtbot.waitExposed(made)
    yield made
    thumbnails.stop()


def test_without_images_the_page_says_how_to_begin(view: DataView) -> None:
    view.show_emptiness(no_images=True, none_passes=True)
    assert view.empty.isVisible()
    assert not view.full.isVisible()
    view.show_emptiness(no_images=False, none_passes=False)
    assert view.gallery.isVisible()
    assert not view.empty.isVisible()
    assert not view.nothing.isVisible()


def test_a_filter_that_nothing_passes_is_said_and_can_be_changed(view: DataView) -> None:
    view.show_emptiness(no_images=False, none_passes=True)
    assert view.nothing.isVisible()
    assert view.filters.isVisible()
    assert not view.gallery.isVisible()


def test_no_word_of_how_to_begin_is_cut(view: DataView, qtbot: QtBot) -> None:
    view.show_emptiness(no_images=True, none_passes=True)
    view.resize(1080, 560)
    labels = [label for label in view.empty.findChildren(QLabel) if label.text()]
    assert len(labels) == 3
    for label in labels:
        assert label.height() >= label.heightForWidth(label.width())
        assert view.empty.rect().contains(label.geometry())
    for button in (view.empty.buttons.good, view.empty.buttons.defect, view.empty.buttons.dataset):
        assert button.width() >= button.sizeHint().width()


def test_a_larger_window_gives_its_room_to_the_thumbnails(view: DataView, qtbot: QtBot) -> None:
    view.show_emptiness(no_images=False, none_passes=False)
    panel, gallery = view.panel.width(), view.gallery.width()
    view.resize(view.width() + 300, view.height())
    qtbot.waitUntil(lambda: view.gallery.width() == gallery + 300)
    assert view.panel.width() == panel


def test_the_panel_cannot_be_dragged_away(view: DataView) -> None:
    view.show_emptiness(no_images=False, none_passes=False)
    handle = view.splitter.handle(2)
    middle = QPointF(handle.rect().center())
    drag(handle, middle, middle + QPointF(view.width(), 0))
    assert view.splitter.sizes()[2] == view.panel.minimumWidth() > 0, "it was dragged, and kept its room"


def test_everything_fits_into_a_small_window(view: DataView) -> None:
    """Also with names that are far too long, and with a list of refused files unfolded."""
    view.show_emptiness(no_images=False, none_passes=False)
    view.filters.set_counts(COUNTS)
    view.filters.show_filter("all", "", [f"a very long name of a defect type {n}" for n in range(9)], is_filtered=True)
    view.panel.show_images([image(n, path=f"/{'long/' * 40}part_{n}.png") for n in range(3)], 0)
    assert view.minimumSizeHint().width() <= 1180 - 76 - 24
    assert view.minimumSizeHint().height() <= 560
    view.problems.set_problems([Problem(REFUSED, f"/{'long/' * 40}a.png", "not an image")], unfold=True)
    QApplication.processEvents()
    assert view.minimumSizeHint().height() <= view.height()
    for widget in (view.filters.clear, view.look.thumbnail_size, view.panel.leave_out, view.problems.dismiss):
        corner = widget.mapTo(view, QPoint(widget.width() - 1, widget.height() - 1))
        assert view.rect().contains(corner)
