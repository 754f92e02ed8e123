"""The window's keys: kept in the user's settings, shown, changed, and searched."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QKeySequence

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.ui.key_draft import KeyDraft
from anomaly_gui.ui.key_file import key_file, read_keys, set_aside, write_keys
from anomaly_gui.ui.key_tips import KeyTips
from anomaly_gui.ui.palette_state import Situation
from anomaly_gui.ui.recent_actions import add_recent_action, recent_actions
from anomaly_gui.ui.widgets.cheat_sheet import CheatSheet
from anomaly_gui.ui.widgets.command_palette import CommandPalette
from anomaly_gui.ui.widgets.key_editor import KeyEditor

if TYPE_CHECKING:
    from anomaly_gui.ui.main_window import MainWindow

_log = logging.getLogger(__name__)


class Keyboard(QObject):
    """Made by the window before its menus; restore() when every action is registered."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._actions = window.actions_registry
        self._refused: InputError | None = None
        self.titles: dict[str | None, str] = {
            None: "Everywhere",
            **{page.name: page.title for page in window.all_pages},
        }

    def restore(self) -> None:
        """Apply the user's keys. A file that is damaged is kept aside, and said once the window is shown."""
        self.tips = KeyTips(self._window, self._actions)
        path = key_file()
        if not path.exists():
            return
        try:
            self._actions.choose_keys(read_keys(path))
        except InputError as error:
            self._refused = InputError("Your keys", _damage(path, error), "Change them again, or import a saved file")
            QTimer.singleShot(0, self, self._say_refused)

    @Slot()
    def _say_refused(self) -> None:
        if self._refused is not None:
            self._window.show_error(self._refused)
            self._refused = None

    # Showing

    @Slot()
    def show_sheet(self) -> None:
        sheet = CheatSheet(self._actions.entries(), self.titles, self._window)
        sheet.change_wanted.connect(self.show_editor)
        sheet.open()

    @Slot()
    def show_editor(self) -> None:
        reserved = {
            QKeySequence.mnemonic(action.text()).toString(): f"opens the menu {action.text().replace('&', '')}"
            for action in self._window.menuBar().actions()
        }
        draft = KeyDraft(self._actions.entries(), self.titles, self._actions.chosen_keys, reserved)
        editor = KeyEditor(draft, self._window)
        editor.keys_chosen.connect(self._choose_keys)
        editor.open()

    @Slot(object)
    def _choose_keys(self, chosen: dict[str, tuple[str, ...]]) -> None:
        """Applied even where they cannot be saved, which is said."""
        self._actions.choose_keys(chosen)
        try:
            write_keys(key_file(), chosen)
        except InputError as error:
            self._window.show_error(error)

    # Commands

    @Slot()
    def show_palette(self) -> None:
        page = self._window.current_page
        situation = Situation(page.name if page is not None else None, self.titles, recent_actions())
        # The editors are opened on an image, not by their name.
        reached = {None, situation.page, *(each.name for each in self._window.pages)}
        entries = [entry for entry in self._actions.entries() if entry.page in reached]
        palette = CommandPalette(entries, situation, self._window)
        palette.command_chosen.connect(self._do)
        palette.open()

    @Slot(str)
    def _do(self, name: str) -> None:
        """On its own page, where that is another one."""
        entry = self._actions.entry(name)
        add_recent_action(name)
        if entry.page is not None:
            self._window.show_page(entry.page)
        if entry.action.isEnabled():
            entry.action.trigger()
        else:
            self._window.session.said.emit(f"“{entry.title}” cannot be done just now")


def _damage(path: Path, error: InputError) -> str:
    try:
        kept = f"the file is kept as {printable(set_aside(path))}"
    except OSError:
        _log.exception("%s cannot be renamed", path)
        kept = f"the file is {printable(path)}"
    return f"{error.cause[0].upper()}{error.cause[1:]}, so all keys are as delivered; {kept}"
