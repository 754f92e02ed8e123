"""Three panes that show one place of one part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.imaging.region import Region, Shape
from anomaly_gui.ui.widgets.image_pane import BACKGROUND, OUTLINE, ImagePane
from anomaly_gui.ui.widgets.picture_set import map_picture
from anomaly_gui.ui.widgets.triptych import ERROR_MAP, ORIGINAL, RECONSTRUCTION, Triptych
from tests.ui.widgets.sample_pictures import sample_pictures

CALM = (0.8, 0.8)
"""A place of the part far from the hot spot and the mask, as shares of its size."""
HOT = (0.1, 0.1)


@pytest.fixture
def triptych(qtbot: QtBot) -> Triptych:
    widget = Triptych()
    qtbot.addWidget(widget)
    widget.resize(1000, 420)
    widget.set_scale(0.0, 10.0)
    widget.set_pictures(sample_pictures())
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def place_of(triptych: Triptych, pane: int, share: tuple[float, float]) -> QPointF:
    """Where a place of the part is seen in a pane."""
    assert triptych.pictures is not None
    width, height = triptych.pictures.size
    seen = triptych.viewport.to_pane((share[0] * width, share[1] * height), triptych.panes[pane].pane_size)
    return QPointF(*seen)


def colour_at(triptych: Triptych, pane: int, share: tuple[float, float]) -> QColor:
    point = place_of(triptych, pane, share).toPoint()
    return triptych.panes[pane].grab().toImage().pixelColor(point)


def turn_wheel(
    pane: ImagePane,
    at: QPointF,
    notches: int,
    held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    turn = QPoint(0, 120 * notches)
    event = QWheelEvent(
        at,
        pane.mapToGlobal(at),
        QPoint(),
        turn,
        Qt.MouseButton.NoButton,
        held,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(pane, event)


def hover(pane: ImagePane, at: QPointF) -> None:
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        at,
        pane.mapToGlobal(at),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(pane, event)


def test_each_pane_shows_its_own_picture_of_the_same_place(triptych: Triptych) -> None:
    assert colour_at(triptych, ORIGINAL, CALM).getRgb()[:3] == (60, 60, 60)
    assert colour_at(triptych, RECONSTRUCTION, CALM).getRgb()[:3] == (180, 180, 180)
    assert colour_at(triptych, ERROR_MAP, CALM).lightness() < 20
    assert colour_at(triptych, ERROR_MAP, HOT).lightness() > 150


def test_parts_of_another_size_are_stretched_onto_the_originals_geometry(triptych: Triptych) -> None:
    corner = triptych.viewport.to_pane((198.0, 99.0), triptych.panes[RECONSTRUCTION].pane_size)
    image = triptych.panes[RECONSTRUCTION].grab().toImage()
    assert image.pixelColor(QPointF(*corner).toPoint()).getRgb()[:3] == (180, 180, 180)
    beyond = triptych.viewport.to_pane((198.0, 104.0), triptych.panes[RECONSTRUCTION].pane_size)
    assert image.pixelColor(QPointF(*beyond).toPoint()) == BACKGROUND


def test_the_wheel_zooms_all_panes_around_the_mouse(triptych: Triptych, qtbot: QtBot) -> None:
    at = place_of(triptych, RECONSTRUCTION, CALM)
    scale = triptych.viewport.scale
    turn_wheel(triptych.panes[RECONSTRUCTION], at, 3)
    assert triptych.viewport.scale > 1.5 * scale
    for pane in (ORIGINAL, RECONSTRUCTION, ERROR_MAP):
        after = place_of(triptych, pane, CALM)
        assert (after - at).manhattanLength() < 1.0


def test_a_drag_in_one_pane_moves_all(triptych: Triptych, qtbot: QtBot) -> None:
    triptych.zoom_in()
    before = place_of(triptych, ERROR_MAP, CALM)
    pane = triptych.panes[ORIGINAL]
    qtbot.mousePress(pane, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    qtbot.mouseMove(pane, QPoint(130, 90))
    qtbot.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=QPoint(130, 90))
    moved = place_of(triptych, ERROR_MAP, CALM) - before
    assert (moved.x(), moved.y()) == pytest.approx((30, -10))


def test_the_line_below_tells_all_three_values_and_its_texts_do_not_move(triptych: Triptych) -> None:
    places = [label.geometry() for label in triptych.readout.labels]
    hover(triptych.panes[RECONSTRUCTION], place_of(triptych, RECONSTRUCTION, HOT))
    assert [label.text() for label in triptych.readout.labels] == ["x 20, y 10", "60", "180", "≥ 10.00"]
    hover(triptych.panes[ERROR_MAP], place_of(triptych, ERROR_MAP, CALM))
    assert [label.text() for label in triptych.readout.labels] == ["x 160, y 80", "60", "180", "≤ 0.00"]
    QApplication.processEvents()
    assert [label.geometry() for label in triptych.readout.labels] == places


def test_the_overlay_colours_the_worst_places_only_and_obeys_its_opacity(triptych: Triptych, qtbot: QtBot) -> None:
    triptych.bar.overlay.click()
    assert colour_at(triptych, ORIGINAL, CALM).getRgb()[:3] == (60, 60, 60)
    strong = colour_at(triptych, ORIGINAL, HOT)
    assert strong.lightness() > 100
    triptych.bar.opacity.setValue(0)
    assert colour_at(triptych, ORIGINAL, HOT).getRgb()[:3] == (60, 60, 60)


def test_hiding_all_takes_overlay_and_outline_away_and_brings_them_back(triptych: Triptych) -> None:
    triptych.toggle_overlay()
    triptych.set_all_hidden(True)
    assert colour_at(triptych, ORIGINAL, HOT).getRgb()[:3] == (60, 60, 60)
    assert not any(pane.has_outline for pane in triptych.panes)
    triptych.set_all_hidden(False)
    assert colour_at(triptych, ORIGINAL, HOT).lightness() > 100
    assert all(pane.has_outline for pane in triptych.panes)


def test_the_masks_outline_is_drawn_where_the_mask_ends(triptych: Triptych) -> None:
    edge = triptych.viewport.to_pane((50.0, 12.0), triptych.panes[ORIGINAL].pane_size)
    image = triptych.panes[ORIGINAL].grab().toImage()
    around = [image.pixelColor(round(edge[0]) + dx, round(edge[1])) for dx in (-1, 0, 1)]
    assert OUTLINE in around
    triptych.toggle_mask()
    image = triptych.panes[ORIGINAL].grab().toImage()
    assert OUTLINE not in [image.pixelColor(round(edge[0]) + dx, round(edge[1])) for dx in (-1, 0, 1)]


def test_blinking_shows_the_reconstruction_in_the_originals_place_in_turn(triptych: Triptych, qtbot: QtBot) -> None:
    seen: set[int] = set()
    triptych.set_blinking(True)
    assert colour_at(triptych, ORIGINAL, CALM).red() == 180

    def both_seen() -> bool:
        seen.add(colour_at(triptych, ORIGINAL, CALM).red())
        return seen == {60, 180}

    qtbot.waitUntil(both_seen, timeout=3000)
    triptych.set_blinking(False)
    assert colour_at(triptych, ORIGINAL, CALM).red() == 60


def test_blinking_without_a_reconstruction_keeps_the_original(triptych: Triptych) -> None:
    triptych.set_pictures(sample_pictures(reconstruction=None))
    triptych.set_blinking(True)
    assert colour_at(triptych, ORIGINAL, CALM).red() == 60
    assert "no reconstruction" in triptych.panes[RECONSTRUCTION].message


def test_zoom_and_place_are_kept_for_the_next_image_of_the_same_size(triptych: Triptych) -> None:
    triptych.zoom_in()
    zoomed = triptych.viewport
    triptych.set_pictures(sample_pictures(2))
    assert triptych.viewport == zoomed
    triptych.set_pictures(sample_pictures(3, (50, 300)))
    assert triptych.viewport != zoomed


def test_the_error_map_alone_fills_the_place_and_gives_it_back(triptych: Triptych, qtbot: QtBot) -> None:
    width = triptych.panes[ERROR_MAP].width()
    triptych.bar.error_view.click()
    QApplication.processEvents()
    assert triptych.panes[ERROR_MAP].width() > 2 * width
    assert not triptych.panes[ORIGINAL].isVisible()
    qtbot.mouseDClick(triptych.panes[ERROR_MAP], Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert all(pane.isVisible() for pane in triptych.panes)


def test_a_fitted_image_stays_fitted_when_the_window_changes(triptych: Triptych) -> None:
    triptych.resize(1300, 700)
    QApplication.processEvents()
    pane = triptych.panes[ORIGINAL].pane_size
    assert triptych.viewport.scale == pytest.approx(min(pane[0] / 200, pane[1] / 100))


def test_full_size_shows_one_image_pixel_for_each_screen_pixel(triptych: Triptych) -> None:
    triptych.show_full_size()
    assert triptych.viewport.scale == pytest.approx(1 / triptych.devicePixelRatioF())
    assert triptych.bar.zoom.text() == "100 %"


def test_setting_the_state_announces_nothing_and_using_the_controls_does(triptych: Triptych, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(triptych.view_changed):
        triptych.set_state(triptych.state)
        triptych.set_pictures(sample_pictures(4))
    with qtbot.waitSignal(triptych.view_changed):
        triptych.bar.outline.click()


def test_the_legend_marks_the_threshold_on_the_runs_scale(triptych: Triptych) -> None:
    plain = triptych.legend.grab().toImage()
    triptych.set_threshold(5.0)
    marked = triptych.legend.grab().toImage()
    rows = [y for y in range(plain.height()) if any(plain.pixel(x, y) != marked.pixel(x, y) for x in range(20))]
    assert rows, "nothing was drawn"
    assert abs(sum(rows) / len(rows) - plain.height() / 2) < 3, "5 of 0…10 lies in the middle"


def test_without_an_image_the_panes_say_why(triptych: Triptych) -> None:
    triptych.set_empty("Nothing here yet.")
    assert [pane.message for pane in triptych.panes] == ["Nothing here yet."] * 3
    assert all(label.text() == "" for label in triptych.readout.labels)


def test_j_goes_to_the_worst_spot_in_all_panes(triptych: Triptych) -> None:
    fitted = triptych.viewport
    triptych.show_next_worst()
    assert triptych.viewport.scale > fitted.scale
    # The hot spot is a quarter of the map wide and high.
    assert (triptych.viewport.centre_x, triptych.viewport.centre_y) == pytest.approx((25, 12.5))
    assert len({pane._viewport for pane in triptych.panes}) == 1
    triptych.set_empty()
    triptych.show_previous_worst()


def test_the_contour_of_the_threshold_lies_on_original_and_map_alone(triptych: Triptych) -> None:
    assert [pane.has_contour for pane in triptych.panes] == [False, False, False]
    triptych.set_threshold(6.0)
    assert [pane.has_contour for pane in triptych.panes] == [True, False, True]
    triptych.set_all_hidden(True)
    assert not triptych.panes[ORIGINAL].has_contour
    triptych.set_all_hidden(False)
    triptych.toggle_contour()
    assert not triptych.panes[ORIGINAL].has_contour
    assert not triptych.bar.contour.isChecked()


def test_the_contour_follows_the_pixel_threshold_where_there_is_one(triptych: Triptych) -> None:
    triptych.set_threshold(None, 6.0)
    assert triptych.panes[ERROR_MAP].has_contour
    assert triptych.legend.threshold is None
    triptych.set_threshold(None)
    assert not triptych.bar.contour.isEnabled()
    assert not triptych.panes[ERROR_MAP].has_contour


def test_a_scale_of_its_own_warns_and_ends_with_the_image(triptych: Triptych) -> None:
    faint = sample_pictures()
    assert faint.anomaly_map is not None
    stored = (faint.anomaly_map.values[:, :, 0] // 8).astype(np.uint16)
    triptych.set_pictures(replace(faint, anomaly_map=map_picture(stored)))
    calm = colour_at(triptych, ERROR_MAP, HOT).lightness()
    triptych.toggle_own_scale()
    assert colour_at(triptych, ERROR_MAP, HOT).lightness() > calm + 80
    assert triptych.warning.isVisible()
    assert triptych.bar.own_scale.isChecked()
    assert triptych.legend.scale == pytest.approx((0.0, 1.25), abs=1e-3)
    triptych.set_pictures(sample_pictures(2))
    assert not triptych.warning.isVisible()
    assert triptych.legend.scale == (0.0, 10.0)


def test_alt_and_wheel_change_the_overlay_and_not_the_zoom(triptych: Triptych) -> None:
    pane, scale, opacity = triptych.panes[ORIGINAL], triptych.viewport.scale, triptych.state.overlay_opacity
    turn_wheel(pane, QPointF(50, 50), 2, Qt.KeyboardModifier.AltModifier)
    assert triptych.state.overlay
    assert triptych.state.overlay_opacity == pytest.approx(opacity + 0.1)
    assert triptych.viewport.scale == scale
    turn_wheel(pane, QPointF(50, 50), -40, Qt.KeyboardModifier.AltModifier)
    assert triptych.state.overlay_opacity == 0.0


def test_the_error_map_is_veiled_where_nothing_counts(triptych: Triptych) -> None:
    before = [colour_at(triptych, pane, CALM) for pane in (ORIGINAL, RECONSTRUCTION, ERROR_MAP)]
    hot = colour_at(triptych, ERROR_MAP, HOT)
    pictures = sample_pictures()
    region = Region(inside=(Shape("rectangle", ((0.0, 0.0), (0.5, 0.5))),))
    triptych.set_pictures(replace(pictures, request=replace(pictures.request, region=region)))
    after = [colour_at(triptych, pane, CALM) for pane in (ORIGINAL, RECONSTRUCTION, ERROR_MAP)]
    assert after[:2] == before[:2]
    assert after[2] != before[2]
    assert after[2].saturation() < 20
    assert colour_at(triptych, ERROR_MAP, HOT) == hot


def test_while_a_large_image_is_read_the_original_is_shown_and_the_rest_is_said_to_come(triptych: Triptych) -> None:
    whole = sample_pictures(2)
    triptych.set_pictures(replace(whole, reconstruction=None, anomaly_map=None, outline=None, is_whole=False))
    assert triptych.panes[ORIGINAL].layers
    assert [triptych.panes[pane].message for pane in (RECONSTRUCTION, ERROR_MAP)] == ["Loading …"] * 2

    triptych.set_pictures(whole)

    assert all(pane.layers and not pane.message for pane in triptych.panes)


def test_deep_in_a_large_image_an_overview_shows_where_one_is_and_leads_elsewhere(
    triptych: Triptych, qtbot: QtBot
) -> None:
    triptych.set_pictures(sample_pictures(3, (4000, 2000)))
    assert not triptych.overview.isVisible()

    triptych.show_next_worst()
    triptych.zoom_in()
    assert triptych.overview.isVisible()
    assert triptych.panes[ERROR_MAP].geometry().contains(triptych.overview.geometry())
    scale = triptych.viewport.scale
    middle = triptych.overview.rect().center()
    qtbot.mouseClick(triptych.overview, Qt.MouseButton.LeftButton, pos=middle)

    assert triptych.viewport.scale == scale
    assert (triptych.viewport.centre_x, triptych.viewport.centre_y) == pytest.approx((2000, 1000), abs=60)
    triptych.fit()
    assert not triptych.overview.isVisible()
