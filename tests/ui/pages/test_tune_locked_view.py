"""The widgets of the locked test, by themselves."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.pages.tune_locked_state import LabelRow
from anomaly_gui.ui.pages.tune_locked_view import TuneLockedView


def test_setters_announce_nothing_and_buttons_do(qtbot: QtBot) -> None:
    view = TuneLockedView()
    qtbot.addWidget(view)
    told: list[str] = []
    view.lock_wanted.connect(lambda: told.append("lock"))
    view.unlock_wanted.connect(lambda: told.append("unlock"))
    view.reveal_wanted.connect(lambda: told.append("reveal"))
    view.show_labels([LabelRow("good", 7, 3)], "At random.", locked=True)
    view.show_lock("Lock 3", "")
    view.show_reveals("3 locked images", (), can_reveal=True, why_not="")
    view.show_figures(None, "")
    view.show_folded((), "")
    assert told == []
    for button in (view.lock, view.unlock, view.reveal):
        button.click()
    assert told == ["lock", "unlock", "reveal"]


def test_all_columns_of_the_looks_fit_beside_one_another(qtbot: QtBot) -> None:
    view = TuneLockedView()
    qtbot.addWidget(view)
    view.resize(1266, 600)
    view.show()
    row = ("2026-11-23 11:40", "13.2000", "114 of 119", "112 of 560", "holds")
    view.show_reveals("", [row], can_reveal=False, why_not="")
    table = view.reveals
    QApplication.processEvents()
    for column in range(table.columnCount()):
        assert table.columnWidth(column) >= table.sizeHintForColumn(column)
    last = table.columnCount() - 1
    assert table.columnViewportPosition(last) + table.columnWidth(last) <= table.viewport().width()


def test_images_that_cannot_be_locked_grey_the_button(qtbot: QtBot) -> None:
    view = TuneLockedView()
    qtbot.addWidget(view)
    view.show_lock("Lock 30 %", "Too few.")
    assert not view.lock.isEnabled()
