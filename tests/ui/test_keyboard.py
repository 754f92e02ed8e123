"""The user's keys in the whole window: kept, applied everywhere at once, and never lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.key_file import key_file, read_keys, write_keys
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.recent_actions import recent_actions
from anomaly_gui.ui.widgets.cheat_sheet import CheatSheet
from anomaly_gui.ui.widgets.command_palette import CommandPalette
from anomaly_gui.ui.widgets.key_editor import KeyEditor
from anomaly_gui.ui.widgets.message import Refusal
from tests.ui.pages.scored_project import scored_project

K, M = Qt.Key, Qt.KeyboardModifier
Dialog = TypeVar("Dialog", bound=QDialog)


@pytest.fixture(autouse=True)
def _own_keys() -> Iterator[None]:
    yield
    for path in key_file().parent.glob("keys*.json"):
        path.unlink()


@pytest.fixture
def opened(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    window.session.adopt(scored_project(tmp_path))
    with qtbot.waitActive(window):
        window.activateWindow()
    window.show_page("review")
    return window


def shown(window: MainWindow, kind: type[Dialog]) -> Dialog:
    found = window.findChild(kind)
    assert isinstance(found, kind)
    return found


def sheet_text(window: MainWindow, qtbot: QtBot) -> str:
    qtbot.keyClick(window, K.Key_F1)
    sheet = shown(window, CheatSheet)
    text = "".join(label.text() for label in sheet.findChildren(QLabel))
    sheet.close()
    settle(window)
    return text


def change(window: MainWindow, name: str, keys: list[str]) -> None:
    window.keyboard.show_editor()
    editor = shown(window, KeyEditor)
    editor._draft.set_keys(name, keys)
    editor.buttons.accepted.emit()
    settle(window)


def settle(window: MainWindow) -> None:
    """A window manager would make the window active again once its dialog is gone; the screenless platform has none."""
    QApplication.processEvents()
    window.activateWindow()
    QApplication.processEvents()


def test_a_changed_key_is_said_everywhere_at_once_does_its_work_and_is_kept(opened: MainWindow, qtbot: QtBot) -> None:
    view = opened.review_page.view
    assert "<b>G</b>&nbsp;good" in view.keys.text()
    change(opened, "good", ["F8"])
    assert "<b>F8</b>&nbsp;good" in view.keys.text()
    assert view.verdicts.good.text() == "Good  F8"
    assert "<b>F8</b></td><td>The part is good" in sheet_text(opened, qtbot)
    assert read_keys(key_file()) == {"good": ("F8",)}
    shown_image = opened.review_page.image
    assert shown_image is not None
    first = shown_image.id
    qtbot.keyClick(opened, K.Key_G)
    assert opened.session.images[first].label.kind == "defect"
    qtbot.keyClick(opened, K.Key_F8)
    assert opened.session.images[first].label.kind == "good"
    again = MainWindow()
    qtbot.addWidget(again)
    assert again.actions_registry.entry("good").keys == ("F8",)
    again.close()


def test_tooltips_and_menus_follow(opened: MainWindow) -> None:
    change(opened, "page-tune", ["Ctrl+T"])
    assert opened.keyboard.tips.tip_of(opened.rail.button("tune")).endswith("( Ctrl+T )")
    assert opened.actions_registry.action("page-tune").shortcut().toString() == "Ctrl+T"
    assert opened.keyboard.tips.tip_of(opened.train_page.view.start).endswith("( F5 )")


def test_the_bars_of_data_and_review_drop_an_action_without_a_key(opened: MainWindow) -> None:
    opened.actions_registry.choose_keys({"good": (), "data-good": (), "type-3": ("Q",)})
    assert "good" not in opened.review_page.view.keys.text()
    assert "1&nbsp;2&nbsp;Q&nbsp;4" in opened.review_page.view.keys.text()
    opened.show_page("data")
    assert " good ·" not in opened.data_page.view.status.text()


def test_a_damaged_file_gives_keys_as_delivered_a_sentence_and_is_kept_aside(qtbot: QtBot) -> None:
    key_file().parent.mkdir(parents=True, exist_ok=True)
    key_file().write_bytes(b"{ damaged")
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: window.findChild(Refusal) is not None)
    refusal = shown(window, Refusal)
    assert refusal.headline.text() == "Your keys"
    assert "damaged" in refusal.text.text()
    assert "keys.damaged-1.json" in refusal.text.text()
    assert key_file().with_name("keys.damaged-1.json").read_bytes() == b"{ damaged"
    assert not key_file().exists()
    assert window.actions_registry.entry("good").keys == ("G",)
    refusal.close()
    window.close()


def test_a_key_given_twice_by_hand_in_the_file_leaves_the_first_and_no_conflict(qtbot: QtBot) -> None:
    write_keys(key_file(), {"unsure": ("G",)})
    window = MainWindow()
    qtbot.addWidget(window)
    assert window.actions_registry.entry("unsure").keys == ("G",)
    assert window.actions_registry.entry("good").keys == (), "what the user chose goes before what was delivered"
    window.close()


def test_keys_that_cannot_be_saved_hold_for_now_and_it_is_said(opened: MainWindow, qtbot: QtBot) -> None:
    key_file().mkdir(parents=True)
    change(opened, "good", ["F8"])
    refusal = shown(opened, Refusal)
    assert "cannot be saved" in refusal.text.text()
    refusal.close()
    assert opened.actions_registry.entry("good").keys == ("F8",)
    key_file().rmdir()


def test_the_sheet_leads_to_the_editor(opened: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(opened, K.Key_Question)
    qtbot.mouseClick(shown(opened, CheatSheet).change, Qt.MouseButton.LeftButton)
    editor = shown(opened, KeyEditor)
    assert editor.isVisible()
    editor.close()


def do(window: MainWindow, qtbot: QtBot, words: str) -> None:
    qtbot.keyClick(window, K.Key_K, M.ControlModifier)
    palette = shown(window, CommandPalette)
    qtbot.keyClicks(palette.search, words)
    qtbot.keyClick(palette.search, K.Key_Return)
    settle(window)


def test_a_command_of_another_page_switches_there_first(opened: MainWindow, qtbot: QtBot) -> None:
    before = opened.session.threshold(1)
    opened.show_page("data")
    do(opened, qtbot, "next lower")
    assert opened.current_page is opened.tune_page
    opened.tune_page.deactivate()
    assert opened.session.threshold(1) != before
    assert recent_actions() == ["threshold-lower"]


def test_a_command_may_move_the_focus(opened: MainWindow, qtbot: QtBot) -> None:
    do(opened, qtbot, "comment")
    qtbot.waitUntil(opened.review_page.view.verdicts.comment.hasFocus)
    do(opened, qtbot, "find images")
    assert opened.current_page is opened.data_page
    qtbot.waitUntil(opened.data_page.view.filters.text.hasFocus)


def test_a_command_that_rests_on_its_page_says_so(opened: MainWindow, qtbot: QtBot) -> None:
    opened.actions_registry.action("train-start").setEnabled(False)
    do(opened, qtbot, "start training")
    assert opened.current_page is opened.train_page
    assert "cannot be done just now" in opened.strip.sentence.text()


def test_every_action_of_a_page_one_can_go_to_is_listed_with_its_key(opened: MainWindow, qtbot: QtBot) -> None:
    opened.keyboard.show_palette()
    palette = shown(opened, CommandPalette)
    listed = {command.name: command.keys for command in palette.shown()}
    reached = {None, *(page.name for page in opened.pages)}
    entries = [entry for entry in opened.actions_registry.entries() if entry.page in reached]
    assert listed == {entry.name: entry.keys_text for entry in entries}
    palette.close()
