"""Who works here: taking another role, and turning roles on and off."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.project.access import ACCESS_ROLES, PROTECTS, SENTENCES, SHORTEST_PASSWORD
from anomaly_gui.project.writer import AccessRole
from anomaly_gui.ui.theme import explain
from anomaly_gui.ui.widgets.live_label import LiveLabel

_WIDTH_PX = 560
_REVIEWER_TIP = "Left empty, everybody may give verdicts"


class _Dialog(QDialog):
    """Shown with open(); deletes itself when closed."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setFixedWidth(_WIDTH_PX)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(18, 16, 18, 14)
        self.body.setSpacing(12)
        self.message = LiveLabel(self, lines=2)
        self.buttons = QDialogButtonBox(self)
        self.buttons.rejected.connect(self.reject)

    def say(self, sentence: str) -> None:
        """What keeps from it."""
        self.message.set_text(sentence)

    def _label(self, text: str, *, quiet: bool = False) -> QLabel:
        made = QLabel(text, self)
        made.setWordWrap(True)
        made.setTextFormat(Qt.TextFormat.PlainText)
        if quiet:
            explain(made)
        return made

    def _password(self, name: str) -> QLineEdit:
        made = QLineEdit(self)
        made.setEchoMode(QLineEdit.EchoMode.Password)
        made.setAccessibleName(name)
        made.textChanged.connect(self._show)
        return made

    def _push(self, text: str, role: QDialogButtonBox.ButtonRole) -> QPushButton:
        made = self.buttons.addButton(text, role)
        made.setAutoDefault(False)
        return made

    def _show(self) -> None:
        """Something was typed or chosen."""


class RolesOnDialog(_Dialog):
    """A project without roles: what they are for, and passwords to turn them on with."""

    on_wanted = Signal(str, str)
    """Passwords of the engineer and of the reviewer, the second perhaps empty."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Roles", parent)
        self.body.addWidget(
            self._label(
                "This project has no roles: everybody may do everything. With roles it is opened as operator, and who "
                "wants to do more takes another role with its password."
            )
        )
        self.body.addWidget(self._label("\n".join(f"{name.capitalize()}: {SENTENCES[name]}" for name in ACCESS_ROLES)))
        self.body.addWidget(self._label(PROTECTS, quiet=True))
        self.engineer, self.again = self._password("Password of the engineer"), self._password("The same again")
        self.reviewer, self.reviewer_again = self._password("Password of the reviewer"), self._password("Once more")
        self.reviewer.setPlaceholderText(_REVIEWER_TIP)
        form = QFormLayout()
        form.setSpacing(8)
        form.addRow("&Engineer's password:", self.engineer)
        form.addRow("The &same again:", self.again)
        form.addRow("&Reviewer's password:", self.reviewer)
        form.addRow("&Once more:", self.reviewer_again)
        self.body.addLayout(form)
        self.body.addWidget(self.message)
        self.turn_on = self._push("Turn roles on", QDialogButtonBox.ButtonRole.AcceptRole)
        self.turn_on.setDefault(True)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self._ask)
        self.body.addWidget(self.buttons)
        self._show()

    @Slot()
    def _show(self) -> None:
        problem = ""
        if len(self.engineer.text()) < SHORTEST_PASSWORD:
            problem = f"The engineer's password needs at least {SHORTEST_PASSWORD} characters."
        elif self.engineer.text() != self.again.text():
            problem = "The engineer's passwords are not the same."
        elif self.reviewer.text() and len(self.reviewer.text()) < SHORTEST_PASSWORD:
            problem = f"The reviewer's password needs at least {SHORTEST_PASSWORD} characters, or none."
        elif self.reviewer.text() != self.reviewer_again.text():
            problem = "The reviewer's passwords are not the same."
        self.turn_on.setEnabled(not problem)
        self.say(problem)

    @Slot()
    def _ask(self) -> None:
        self.on_wanted.emit(self.engineer.text(), self.reviewer.text())


class RoleDialog(_Dialog):
    """A project with roles: take another one."""

    role_wanted = Signal(str, str)
    """A role, and its password."""
    off_wanted = Signal()
    forgotten = Signal()

    def __init__(self, present: AccessRole, with_password: frozenset[str], parent: QWidget) -> None:
        """*with_password*: roles whose password has to be given."""
        super().__init__("Role", parent)
        self._present, self._with_password = present, with_password
        self.body.addWidget(self._label(f"You are {present} here. The journal keeps who takes which role, and when."))
        self.choices: dict[AccessRole, QRadioButton] = {}
        for role in ACCESS_ROLES:
            choice = QRadioButton(f"&{role.capitalize()}: {SENTENCES[role]}", self)
            choice.toggled.connect(self._show)
            self.choices[role] = choice
            self.body.addWidget(choice)
        self.password = self._password("Password")
        form = QFormLayout()
        form.addRow("&Password:", self.password)
        self.body.addLayout(form)
        self.body.addWidget(self.message)
        self.body.addWidget(self._label(PROTECTS, quiet=True))
        self.take = self._push("Change the role", QDialogButtonBox.ButtonRole.AcceptRole)
        self.take.setDefault(True)
        self.buttons.accepted.connect(self._ask)
        if present == "engineer":
            self.off = self._push("Turn roles off", QDialogButtonBox.ButtonRole.ActionRole)
            self.off.clicked.connect(self.off_wanted)
        else:
            self.forgot = self._push("Password forgotten …", QDialogButtonBox.ButtonRole.ActionRole)
            self.forgot.clicked.connect(self.forgotten)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.body.addWidget(self.buttons)
        following = ACCESS_ROLES[(ACCESS_ROLES.index(present) + 1) % len(ACCESS_ROLES)]
        self.choices[following].setChecked(True)
        self._show()

    @property
    def role(self) -> AccessRole:
        """The one that is chosen."""
        return next((role for role, choice in self.choices.items() if choice.isChecked()), self._present)

    @Slot()
    def _show(self) -> None:
        needs = self.role in self._with_password
        self.password.setEnabled(needs)
        self.password.setPlaceholderText("" if needs else "None is needed")
        self.take.setEnabled(self.role != self._present and (not needs or bool(self.password.text())))
        self.say("")

    @Slot()
    def _ask(self) -> None:
        self.role_wanted.emit(self.role, self.password.text())
