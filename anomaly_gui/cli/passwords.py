"""Acting in a role on the command line: where the password comes from."""

from __future__ import annotations

import getpass
import os
import sys

from anomaly_gui.errors import InputError
from anomaly_gui.project.store import Project
from anomaly_gui.project.writer import AccessRole

PASSWORD_VARIABLE = "ANOMALY_GUI_PASSWORD"
REVIEWER_VARIABLE = "ANOMALY_GUI_REVIEWER_PASSWORD"


def act_as(project: Project, role: AccessRole | None) -> None:
    """Take *role* in a project that has roles. Raises InputError for a wrong password."""
    if role is None or not project.access.is_on:
        return
    password = password_of(role) if project.access.needs_password(role) else ""
    project.access.take(role, password)


def password_of(role: str, *, variable: str = PASSWORD_VARIABLE, needed: bool = True) -> str:
    """From the environment, or asked for. Raises InputError where nobody can be asked and one is *needed*."""
    kept = os.environ.get(variable)
    if kept is not None:
        return kept
    if sys.stdin is not None and sys.stdin.isatty():
        return getpass.getpass(f"Password of the {role}: ")
    if not needed:
        return ""
    raise InputError(f"role {role}", "its password is needed, and nobody can be asked here", f"Give it in {variable}")
