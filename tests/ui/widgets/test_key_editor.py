"""Keys are changed by pressing them; conflicts are shown at once and must be resolved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.key_draft import KeyDraft
from anomaly_gui.ui.widgets.key_editor import KeyEditor
from anomaly_gui.ui.widgets.message import Refusal

K, LEFT = Qt.Key, Qt.MouseButton.LeftButton
TITLES: dict[str | None, str] = {None: "Everywhere", "review": "Review"}


@dataclass
class Editing:
    qtbot: QtBot
    actions: Actions
    editor: KeyEditor
    done: list[str]

    def choose(self, name: str) -> None:
        """Select an action by a click into its row."""
        row = self.editor.model.row_of(name)
        assert row is not None
        table = self.editor.table
        self.qtbot.mouseClick(table.viewport(), LEFT, pos=table.visualRect(self.editor.model.index(row, 0)).center())

    def press(self, *keys: Qt.Key) -> None:
        self.editor.recorder.field.setFocus()
        for key in keys:
            self.qtbot.keyClick(self.editor.recorder.field, key)

    def click(self, button: QWidget) -> None:
        assert button.isVisible()
        assert button.isEnabled()
        self.qtbot.mouseClick(button, LEFT)

    def keys(self, name: str) -> str:
        row = self.editor.model.row_of(name)
        assert row is not None
        return self.editor.model.row(row).keys


@pytest.fixture
def editing(qtbot: QtBot, owner: QWidget) -> Iterator[Editing]:
    actions, done = Actions(owner), list[str]()
    for name, keys, page in (
        ("undo", ["Ctrl+Z"], None),
        ("good", ["G"], "review"),
        ("defective", ["X", "Del"], "review"),
    ):
        actions.add(name, name.title(), keys, lambda name=name: done.append(name), page)
    actions.set_page("review")
    owner.show()
    editor = KeyEditor(KeyDraft(actions.entries(), TITLES, {}, {"Alt+P": "opens the menu Project"}), owner)
    editor.keys_chosen.connect(actions.choose_keys)
    editor.open()
    qtbot.waitActive(editor)
    yield Editing(qtbot, actions, editor, done)
    actions.release()
    if shiboken6.isValid(editor):
        editor.close()


def test_a_key_is_pressed_used_and_applied_at_once(editing: Editing) -> None:
    editing.choose("good")
    editing.press(K.Key_H)
    editing.click(editing.editor.recorder.use)
    assert editing.keys("good") == "H"
    assert editing.actions.entry("good").keys == ("G",)
    editing.click(editing.editor.ok)
    assert editing.actions.entry("good").keys == ("H",)
    assert editing.done == [], "no key does anything while it is recorded"


def test_by_keyboard_alone(editing: Editing, qtbot: QtBot) -> None:
    editor = editing.editor
    assert editor.search.hasFocus()
    qtbot.keyClicks(editor.search, "defec")
    qtbot.keyClick(editor.search, K.Key_Return)
    assert editor.table.hasFocus()
    qtbot.keyClick(editor.table, K.Key_Return)
    assert editor.recorder.field.hasFocus()
    qtbot.keyClick(editor.recorder.field, K.Key_D)
    qtbot.waitUntil(editor.recorder.use.hasFocus, timeout=5000)
    qtbot.keyClick(editor.recorder.use, K.Key_Space)
    assert editor.table.hasFocus()
    for _ in range(20):
        if editor.ok.hasFocus():
            break
        qtbot.keyClick(editor.focusWidget(), K.Key_Tab)
    with qtbot.waitSignal(editor.keys_chosen) as chosen:
        qtbot.keyClick(editor.focusWidget(), K.Key_Space)
    assert chosen.args == [{"defective": ("D",)}]


def test_a_conflict_is_said_before_it_is_made_shown_when_it_is_and_resolved_by_a_click(editing: Editing) -> None:
    editor = editing.editor
    editing.choose("good")
    editing.press(K.Key_X)
    assert editor.recorder.note.text() == "X is also the key of “Defective” (Review)"
    editing.click(editor.recorder.add)
    assert editing.keys("good") == "G, X"
    assert not editor.ok.isEnabled()
    assert editor.state.text() == "1 conflict to resolve"
    editing.click(editor.recorder.take)
    assert (editing.keys("good"), editing.keys("defective")) == ("G, X", "Del")
    assert editor.ok.isEnabled()
    assert editor.state.text() == ""


def test_a_menus_key_cannot_be_used(editing: Editing, qtbot: QtBot) -> None:
    editing.choose("good")
    editing.editor.recorder.field.setFocus()
    qtbot.keyClick(editing.editor.recorder.field, K.Key_P, Qt.KeyboardModifier.AltModifier)
    assert "opens the menu Project" in editing.editor.recorder.note.text()
    assert not editing.editor.recorder.use.isEnabled()


def test_one_and_all_are_reset_and_cancel_changes_nothing(editing: Editing) -> None:
    recorder = editing.editor.recorder
    for name in ("good", "defective"):
        editing.choose(name)
        editing.click(recorder.none)
        assert editing.keys(name) == ""
    editing.click(recorder.reset)
    assert editing.keys("defective") == "X, Del"
    assert editing.keys("good") == ""
    editing.click(editing.editor.reset_all)
    assert editing.keys("good") == "G"
    editing.choose("good")
    editing.click(recorder.none)
    editing.editor.reject()
    assert editing.actions.entry("good").keys == ("G",)


def test_search_keeps_the_action_that_is_selected_or_says_that_none_fits(editing: Editing) -> None:
    editing.choose("defective")
    editing.editor.search.setText("review")
    assert editing.editor.current == "defective"
    editing.editor.search.setText("nothing like it")
    assert editing.editor.current is None
    assert editing.editor.recorder.title.text() == "No action fits"
    assert not editing.editor.recorder.isEnabled()


def test_keys_go_out_to_a_file_and_come_back(editing: Editing, tmp_path: Path) -> None:
    editing.choose("good")
    editing.click(editing.editor.recorder.none)
    path = str(tmp_path / "keys.json")
    editing.editor.save_file(path)
    editing.click(editing.editor.reset_all)
    editing.editor.take_file(path)
    assert editing.keys("good") == ""


def test_a_file_with_conflicts_and_unknown_names_is_shown_as_it_is(editing: Editing, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    text = '{"format": "anomaly-gui keys", "version": 1, "keys": {"good": ["X"], "brush": ["B"]}}'
    path.write_text(text)
    editing.editor.take_file(str(path))
    assert "brush" in editing.editor.recorder.note.text()
    assert not editing.editor.ok.isEnabled()


def test_a_damaged_file_is_refused_and_changes_nothing(editing: Editing, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(b"{")
    editing.editor.take_file(str(path))
    refusal = editing.editor.findChild(Refusal)
    assert refusal is not None
    assert "damaged" in refusal.text.text()
    refusal.close()
    assert editing.keys("good") == "G"


@pytest.mark.parametrize("which", ["imports", "exports"])
def test_files_are_asked_for(editing: Editing, which: str) -> None:
    editing.click(getattr(editing.editor, which))
    dialog = editing.editor.findChild(QFileDialog)
    assert dialog is not None
    dialog.close()
