"""Acting in a role: the password comes from the environment or from who sits there, and else there is a refusal."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from anomaly_gui.cli.passwords import PASSWORD_VARIABLE, act_as, password_of
from anomaly_gui.errors import InputError
from anomaly_gui.project.store import Project


def test_it_is_taken_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Project.create(tmp_path / "p") as project:
        act_as(project, "engineer")  # without roles there is nothing to take
        project.access.turn_on("engine room")
        project.access.take("operator")
        act_as(project, None)
        assert project.access.role == "operator"
        monkeypatch.setenv(PASSWORD_VARIABLE, "wrong")
        with pytest.raises(InputError, match="not right"):
            act_as(project, "engineer")
        monkeypatch.setenv(PASSWORD_VARIABLE, "engine room")
        act_as(project, "engineer")
        assert project.access.role == "engineer"


def test_nobody_is_asked_where_nobody_sits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO("engine room\n"))
    with pytest.raises(InputError, match=PASSWORD_VARIABLE):
        password_of("engineer")
    assert password_of("reviewer", needed=False) == ""
