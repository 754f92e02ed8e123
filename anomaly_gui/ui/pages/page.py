"""What the window asks of every page."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.session import Session


class Page(QWidget):
    """A page is made once, before a project is open, and hears of projects from the session."""

    name: ClassVar[str]
    """For the session's page_wanted and the actions: "data"."""
    title: ClassVar[str]
    menu_title: ClassVar[str]
    """The title with the letter that chooses it from the menu."""
    icon: ClassVar[str]
    """qtawesome's name."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        # A page that has the focus itself takes keys; a frame around all of it would tell nothing.
        self.setProperty("unframed", True)

    def add_actions(self, actions: Actions) -> None:
        """Register the page's actions, with page=self.name; called once by the window."""

    def activate(self) -> None:
        """The page is shown from now on; a project is open."""

    def deactivate(self) -> None:
        """Another page is shown from now on."""

    def home(self) -> QWidget:
        """What has the focus when the page is shown, or a field is left by Esc."""
        return self

    def take_focus(self) -> None:
        self.home().setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.take_focus()
        else:
            super().keyPressEvent(event)

    def take_back(self) -> bool:
        """Undo what only this page knows of; False leaves it to the project."""
        return False

    def make_again(self) -> bool:
        """Redo it."""
        return False

    def save_place(self) -> None:
        """Keep with project.remember() where the engineer is; called before the project closes."""

    def restore_place(self) -> None:
        """Go back there; called when a project was opened, before the page is shown."""

    def shut_down(self) -> None:
        """The window closes: let own threads end."""
