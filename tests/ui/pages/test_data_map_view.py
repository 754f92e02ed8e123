from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.pages.data_map_state import Colouring
from anomaly_gui.ui.pages.data_map_view import DataMapView
from anomaly_gui.ui.theme import apply_scheme


def made(qtbot: QtBot) -> DataMapView:
    view = DataMapView(lambda _: None, str)
    qtbot.addWidget(view)
    view.resize(1000, 600)
    view.map.set_points(np.arange(3), np.array([[0, 0], [1, 0], [2, 0]], np.float32))
    view.show_map(True)
    view.show()
    return view


def test_buttons_rest_until_something_is_selected(qtbot: QtBot) -> None:
    view = made(qtbot)
    view.set_selection("", 0, [])
    assert not any(each.isEnabled() for each in (view.good, view.defect, view.types, view.leave_out, view.gallery))
    view.set_selection("2 images selected", 2, ["hole"])
    assert view.gallery.isEnabled()
    assert view.types.names == ["hole"]
    boxes = [each.geometry() for each in (view.good, view.defect, view.types, view.leave_out, view.gallery)]
    assert not any(a.intersects(b) for n, a in enumerate(boxes) for b in boxes[:n])


def test_colours_follow_the_scheme(qtbot: QtBot) -> None:
    view = made(qtbot)
    view.set_colouring(Colouring((0, 1, 2), np.zeros(3, np.int64), ("good 3",)))
    light = view.legend.text()
    apply_scheme("dark")
    qtbot.waitUntil(lambda: view.legend.text() != light)
