"""The widgets of the comparison, by themselves."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from anomaly_gui.ui.pages.tune_compare_view import TuneCompareView


def test_setters_announce_nothing_and_clicks_do(qtbot: QtBot) -> None:
    view = TuneCompareView()
    qtbot.addWidget(view)
    told: list[object] = []
    view.base_chosen.connect(told.append)
    view.category_chosen.connect(told.append)
    view.set_runs([(2, "two"), (1, "one")], 1)
    counts = dict.fromkeys(view.categories, 1)
    view.set_category("fixed", counts)
    assert told == []
    assert view.base.currentText() == "one"
    view.categories["alarms-gone"].click()
    assert told == ["alarms-gone"]


def test_what_a_recheck_line_brings_about_is_offered_where_there_is_some(qtbot: QtBot) -> None:
    view = TuneCompareView()
    qtbot.addWidget(view)
    view.show()
    counts = dict.fromkeys(view.categories, 0)
    view.set_category("fixed", counts)
    assert not view.categories["rechecked"].isVisible()
    view.set_category("rechecked", {**counts, "rechecked": 1200})
    assert view.categories["rechecked"].isVisible()
    assert view.categories["rechecked"].text() == "Recheck differs: 1,200"
