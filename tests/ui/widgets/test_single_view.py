from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.picture_set import PictureRequest
from anomaly_gui.ui.widgets.single_view import SingleView
from tests.ui.widgets.sample_images import written


@pytest.fixture
def view(qtbot: QtBot) -> SingleView:
    made = SingleView()
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show()
    return made


def request(folder: Path, number: int, *, masked: bool = False) -> PictureRequest:
    part = written(folder, number)
    mask = None
    if masked:
        marked = np.zeros((40, 60), np.uint8)
        marked[5:9, 5:9] = 255
        mask = folder / "mask.png"
        mask.write_bytes(cv2.imencode(".png", marked)[1].tobytes())
    return PictureRequest(number, part.path, (60, 40), 255, None if mask is None else str(mask))


def test_it_shows_an_image_with_the_outline_of_its_mask(qtbot: QtBot, view: SingleView, tmp_path: Path) -> None:
    with qtbot.waitSignal(view.shown) as shown:
        view.show_image(request(tmp_path, 77, masked=True))
    assert shown.args == [77]
    assert view.pane.has_outline
    assert view.grab().toImage().pixelColor(250, 150).red() == 77


def test_a_file_that_is_gone_is_named(qtbot: QtBot, view: SingleView, tmp_path: Path) -> None:
    wanted = request(tmp_path, 3)
    Path(wanted.path).unlink()
    with qtbot.waitSignal(view.shown):
        view.show_image(wanted)
    assert "part_003.png" in view.pane.message


def test_zoom_stays_for_the_same_image_and_ends_with_the_next(qtbot: QtBot, view: SingleView, tmp_path: Path) -> None:
    with qtbot.waitSignal(view.shown):
        view.show_image(request(tmp_path, 10))
    fitted = view._viewport.scale
    view.pane.zoomed.emit(2.0, QPointF(10, 10))
    assert view._viewport.scale == pytest.approx(2 * fitted)
    view.resize(320, 220)
    assert view._viewport.scale == pytest.approx(2 * fitted), "a resize must not undo a zoom"
    with qtbot.waitSignal(view.shown):
        view.show_image(request(tmp_path, 11))
    assert view._viewport.scale < 2 * fitted


def test_clearing_says_what_to_do(view: SingleView) -> None:
    view.clear("Select an image")
    assert view.pane.message == "Select an image"
    assert view.image_id is None


def test_a_view_that_must_not_name_files_says_something_else(qtbot: QtBot, tmp_path: Path) -> None:
    blind = SingleView(problem="It cannot be read.")
    qtbot.addWidget(blind)
    wanted = request(tmp_path, 3)
    Path(wanted.path).unlink()
    with qtbot.waitSignal(blind.shown):
        blind.show_image(wanted)
    assert blind.pane.message == "It cannot be read."


def test_keys_zoom_around_the_middle_and_what_was_fetched_ahead_is_there_at_once(
    qtbot: QtBot, view: SingleView, tmp_path: Path
) -> None:
    ahead = request(tmp_path, 11)
    view.fetch_ahead(ahead)
    qtbot.waitUntil(lambda: ahead in view._loader._kept)
    view.show_image(ahead)
    assert view.image_id == 11
    before = view._viewport
    view.zoom_in()
    assert view._viewport.scale == pytest.approx(1.5 * before.scale)
    assert (view._viewport.centre_x, view._viewport.centre_y) == pytest.approx((before.centre_x, before.centre_y))
    view.zoom_out()
    view.show_full_size()
    assert view._viewport.scale == pytest.approx(1 / view.devicePixelRatioF())
