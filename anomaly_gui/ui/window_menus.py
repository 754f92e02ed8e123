"""The window's menus and the keys that work on every page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QActionGroup

from anomaly_gui.files import printable
from anomaly_gui.ui.recent import recent_projects
from anomaly_gui.ui.theme import SCHEMES, choose_scheme, chosen_scheme

if TYPE_CHECKING:
    from anomaly_gui.ui.main_window import MainWindow

_RECENT_SHOWN = 9


class WindowMenus(QObject):
    """Made once by the window, after its pages."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._add_project_menu()
        self._add_edit_menu()
        self._add_pages_menu()
        self._add_view_menu()
        self._add_help_menu()
        self.show_open(False)

    def _add_project_menu(self) -> None:
        window, actions = self._window, self._window.actions_registry
        menu = window.menuBar().addMenu("&Project")
        menu.addAction(actions.add("new", "&New project …", ["Ctrl+N"], window.ask_for_new))
        menu.addAction(actions.add("open", "&Open a project …", ["Ctrl+O"], window.ask_for_project))
        self.recent = menu.addMenu("Open &recent")
        self.recent.aboutToShow.connect(self._fill_recent)
        menu.addAction(actions.add("demo", "Try the &demo project …", [], window.ask_for_demo))
        menu.addSeparator()
        data = window.data_page.imports
        self._of_project = [
            actions.add("add-good", "Add &good images …", ["Ctrl+G"], data.choose_good),
            actions.add("add-defect", "Add de&fective images …", ["Ctrl+D"], data.choose_defective),
            actions.add("add-dataset", "Add data &set …", [], data.choose_dataset),
        ]
        menu.addActions(self._of_project)
        menu.addSeparator()
        past = [
            actions.add("history", "&History …", ["Ctrl+H"], window.history.show, title="Who did what, and when"),
            actions.add("verify", "&Verify the project …", [], window.audit.verify),
            actions.add("audit", "Ex&port the journal for an audit …", [], window.audit.ask_where),
            actions.add("role", "Rol&e …", [], window.roles.ask, title="Take another role, or turn roles on and off"),
        ]
        menu.addActions(past)
        self._of_project += past
        menu.addSeparator()
        close = actions.add("close-project", "&Close the project", ["Ctrl+W"], window.close_project)
        self._of_project.append(close)
        menu.addAction(close)
        menu.addAction(actions.add("quit", "&Quit", ["Ctrl+Q"], window.close))

    def _add_edit_menu(self) -> None:
        window, actions = self._window, self._window.actions_registry
        menu = window.menuBar().addMenu("&Edit")
        self.undo = actions.add("undo", "&Undo", ["Ctrl+Z"], window.undo)
        self.redo = actions.add("redo", "&Redo", ["Ctrl+Shift+Z", "Ctrl+Y"], window.redo)
        for action in (self.undo, self.redo):
            action.setAutoRepeat(True)
            menu.addAction(action)
        menu.aboutToShow.connect(self._name_undo)
        self.edit = menu

    def _add_pages_menu(self) -> None:
        window, actions = self._window, self._window.actions_registry
        menu = window.menuBar().addMenu("P&ages")
        for number, page in enumerate(window.pages, start=1):
            title = f"Go to {page.title}"
            action = actions.add(f"page-{page.name}", page.menu_title, [f"Ctrl+{number}"], self._go, title=title)
            action.setProperty("page", page.name)
            self._of_project.append(action)
            menu.addAction(action)

    def _add_view_menu(self) -> None:
        menu = self._window.menuBar().addMenu("&View")
        schemes = menu.addMenu("&Colours")
        self._schemes = QActionGroup(self)
        for name, title in SCHEMES.items():
            action = schemes.addAction(title)
            action.setCheckable(True)
            action.setChecked(name == chosen_scheme())
            action.setProperty("scheme", name)
            action.triggered.connect(self._choose_scheme)
            self._schemes.addAction(action)
        full = self._window.actions_registry.add(
            "full-screen", "&Full screen", ["F11"], self._window.toggle_full_screen
        )
        menu.addAction(full)

    def _add_help_menu(self) -> None:
        window, actions = self._window, self._window.actions_registry
        menu = window.menuBar().addMenu("&Help")
        keyboard = window.keyboard
        menu.addAction(actions.add("palette", "Find a &command …", ["Ctrl+K"], keyboard.show_palette))
        menu.addAction(actions.add("keys", "&Keys", ["F1", "?"], keyboard.show_sheet, title="All keys"))
        menu.addAction(actions.add("change-keys", "C&hange keys …", [], keyboard.show_editor))
        menu.addSeparator()
        menu.addAction(actions.add("log", "Open the &log's folder", [], window.open_log_folder))
        menu.addAction(actions.add("about", "&About Anomaly GUI", [], window.show_about))

    def show_open(self, is_open: bool) -> None:
        """Whether a project is open: most needs one."""
        for action in (*self._of_project, self.undo, self.redo):
            action.setEnabled(is_open)

    def show_busy(self, busy: bool) -> None:
        """Whether a job runs: it belongs to the project that is open."""
        registry = self._window.actions_registry
        for name in ("new", "open", "demo", "close-project"):
            action = registry.action(name)
            action.setEnabled(not busy and (name != "close-project" or self._window.session.is_open))
        self.recent.setEnabled(not busy)

    @Slot()
    def _fill_recent(self) -> None:
        self.recent.clear()
        for folder in recent_projects()[:_RECENT_SHOWN]:
            action = QAction(printable(folder), self.recent)
            action.setProperty("folder", str(folder))
            action.triggered.connect(self._open_recent)
            self.recent.addAction(action)
        if self.recent.isEmpty():
            self.recent.addAction("None yet").setEnabled(False)

    @Slot()
    def _open_recent(self) -> None:
        self._window.open_project(Path(str(self.sender().property("folder"))))

    @Slot()
    def _name_undo(self) -> None:
        session = self._window.session
        session.settling.emit()
        for action, word, sentence in (
            (self.undo, "&Undo", session.undo_sentence),
            (self.redo, "&Redo", session.redo_sentence),
        ):
            action.setText(f"{word}: {sentence}" if sentence else word)

    @Slot()
    def _go(self) -> None:
        self._window.show_page(str(self.sender().property("page")))

    @Slot()
    def _choose_scheme(self) -> None:
        choose_scheme(str(self.sender().property("scheme")))
