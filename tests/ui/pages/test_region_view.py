"""The region's tools announce what is wanted and say what the region is for."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from anomaly_gui.ui.pages.region_view import RegionView


def test_the_page_says_that_scores_stay_and_fits_the_smallest_window(qtbot: QtBot) -> None:
    view = RegionView()
    qtbot.addWidget(view)
    assert "scores of runs that there are stay" in view.purpose.text()
    assert view.minimumSizeHint().width() <= 1080


def test_tools_and_ways_are_announced_and_showing_them_is_not(qtbot: QtBot) -> None:
    view = RegionView()
    qtbot.addWidget(view)
    told: list[str] = []
    view.tool_chosen.connect(told.append)
    view.way_chosen.connect(told.append)
    view.show_tools("polygon", ignores=True)
    assert told == []
    assert view.ways.current == "subtract"
    view.tools["select"].click()
    view.ways.button("add").click()
    assert told == ["select", "add"]
    view.show_tools("select", ignores=False)
    assert not view.ways.isEnabled()
