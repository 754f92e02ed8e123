"""Roles in the window: asks for them, takes them, and lets rest what the present one may not do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from anomaly_gui.errors import InputError
from anomaly_gui.project.access import ACCESS_ROLES
from anomaly_gui.project.records import Changed
from anomaly_gui.project.store import Project
from anomaly_gui.project.writer import AccessRole
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.role_guard import Places, RoleGuard
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.widgets.message import Question
from anomaly_gui.ui.widgets.role_dialog import RoleDialog, RolesOnDialog

_FORGOTTEN = (
    "Roles are turned off, and everybody may do everything again. The journal keeps that this was done without a "
    "password, with your name and the time, and an audit shows it. An engineer can turn roles on again."
)


class Roles(QObject):
    """Made by the window; lives as long as it does."""

    changed = Signal(str)
    """The role that is worked in now; empty for a project without roles."""

    def __init__(self, session: Session, actions: Actions, places: Places, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self.guard = RoleGuard(actions, places, self)
        self.dialog: RoleDialog | RolesOnDialog | None = None
        self.question: Question | None = None
        session.project_opened.connect(self.follow)
        session.project_closed.connect(self.follow)

    @Slot()
    def ask(self) -> None:
        """A project is open."""
        if self._session.job is not None:
            title = self._session.job.title
            error = InputError("role", f"{title} goes on in the present one", "Wait for it or cancel it")
            self._session.failed.emit(error)
            return
        access = self._session.project.access
        if not access.is_on:
            on = RolesOnDialog(self._window)
            on.on_wanted.connect(self._turn_on)
            self._open(on)
            return
        protected = frozenset(role for role in ACCESS_ROLES if access.needs_password(role))
        dialog = RoleDialog(access.role, protected, self._window)
        dialog.role_wanted.connect(self._take)
        dialog.off_wanted.connect(self._turn_off)
        dialog.forgotten.connect(self._ask_whether_forgotten)
        self._open(dialog)

    def _open(self, dialog: RoleDialog | RolesOnDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._forget)
        dialog.open()

    @Slot()
    def _forget(self) -> None:
        self.dialog = None

    @Slot(str, str)
    def _turn_on(self, engineer: str, reviewer: str) -> None:
        self._do(lambda project: project.access.turn_on(engineer, reviewer))

    @Slot(str, str)
    def _take(self, role: AccessRole, password: str) -> None:
        self._do(lambda project: project.access.take(role, password))

    @Slot()
    def _turn_off(self) -> None:
        self._do(lambda project: project.access.turn_off())

    @Slot()
    def _ask_whether_forgotten(self) -> None:
        self.question = Question(
            "Turn roles off without a password?", _FORGOTTEN, "Turn roles off", "Go back", self._window
        )
        self.question.accepted.connect(self._turn_off_without_password)
        self.question.finished.connect(self._forget_question)
        self.question.open()

    @Slot()
    def _forget_question(self) -> None:
        self.question = None

    @Slot()
    def _turn_off_without_password(self) -> None:
        self._do(lambda project: project.access.turn_off_without_password())

    def _do(self, change: Callable[[Project], Changed]) -> None:
        """What keeps from it is said in the dialog, which then stays."""
        self._session.settling.emit()
        try:
            changed = change(self._session.project)
        except InputError as error:
            if self.dialog is not None:
                self.dialog.say(f"{error.cause[:1].upper()}{error.cause[1:]}. {error.next_step}.")
            return
        if self.dialog is not None:
            self.dialog.accept()
        self.follow()
        self._session.operated.emit()
        self._session.said.emit(changed.sentence)

    @Slot()
    def follow(self, _project: object = None) -> None:
        """Let rest what the present role may not do; again when the window has widgets that it did not have."""
        role: AccessRole | None = None
        if self._session.is_open and self._session.project.access.is_on:
            role = self._session.project.access.role
        self.guard.set_role(role)
        self.changed.emit(role or "")
