"""The Export page's parts have their place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.pages.export_view import ExportView

LEFT = Qt.MouseButton.LeftButton
ROWS = [
    ("line_4.anomaly", "002-conv-ae", "1.2 (Best F1)", "2026-11-23 11:40", "/exports/line_4.anomaly"),
    ("first.anomaly", "001-conv-ae", "3.1 (set by hand)", "2026-11-22 09:15", "/old exports/first.anomaly"),
]
FACTS = [(f"Fact {n}", f"value {n}") for n in range(1, 6)]


@pytest.fixture
def view(qtbot: QtBot) -> ExportView:
    made = ExportView()
    qtbot.addWidget(made)
    made.set_ready(True)
    made.set_facts(FACTS, "")
    made.set_exports([])
    made.resize(1266, 620)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_without_a_run_only_the_advice_is_seen(view: ExportView) -> None:
    assert view.export.isVisible()
    assert not view.notice.isVisible()
    view.set_ready(False)
    assert view.notice.isVisible()
    assert not view.export.isVisible()


def test_facts_of_the_run_before_do_not_stay(view: ExportView) -> None:
    view.set_facts([("Run", "002-conv-ae")], "Its scores cannot be read.")
    assert [(title.text(), value.text()) for title, value in view._facts] == [("Run", "002-conv-ae")] + 5 * [("", "")]
    assert view.caution.isVisible()
    view.set_facts(FACTS, "")
    assert not view.caution.isVisible()


def test_the_newest_export_is_chosen_and_another_can_be(view: ExportView, qtbot: QtBot) -> None:
    view.set_exports(ROWS)
    assert view.chosen_export == "/exports/line_4.anomaly"
    place = view.exports.visualItemRect(view.exports.topLevelItem(1)).center()
    qtbot.mouseClick(view.exports.viewport(), LEFT, pos=place)
    assert view.chosen_export == "/old exports/first.anomaly"
    assert view.exports.topLevelItem(1).toolTip(0) == "/old exports/first.anomaly"
    assert [view.exports.topLevelItem(1).text(column) for column in range(4)] == list(ROWS[1][:4])


def test_without_exports_the_list_says_so(view: ExportView) -> None:
    assert view.no_exports.isVisible()
    assert not view.open_folder.isEnabled()
    view.set_exports(ROWS)
    assert not view.no_exports.isVisible()
    assert view.open_folder.isEnabled()
    view.set_exports([])
    assert view.chosen_export == ""


def test_a_long_command_is_shown_whole(view: ExportView) -> None:
    view.command.setPlainText("anomaly-gui inspect /" + "very_long_folder_name/" * 9 + "a.anomaly FOLDER --json")
    QApplication.processEvents()
    assert view.command.horizontalScrollBar().maximum() == 0
    assert view.command.document().firstBlock().layout().lineCount() > 1
    assert view.command.isReadOnly()


def test_an_export_under_way_moves_no_widget(view: ExportView) -> None:
    view.result.setText("")
    QApplication.processEvents()
    places = {id(widget): widget.geometry() for widget in view.findChildren(QWidget) if widget is not view.bar}
    view.bar.setVisible(True)
    view.result.setText("Checking: 12 of 50\nEvery decision is the same.")
    QApplication.processEvents()
    now = {id(widget): widget.geometry() for widget in view.findChildren(QWidget) if id(widget) in places}
    assert now == places


def test_everything_fits_into_the_smallest_window(view: ExportView) -> None:
    view.set_exports(ROWS * 20)
    view.set_facts(FACTS, "The scores cannot be read: " + "a long reason, " * 10)
    view.target.setText("/" + "very_long_folder_name/" * 9)
    hint = view.minimumSizeHint()
    assert hint.width() <= 1180 - 76 - 24
    assert hint.height() <= 560
