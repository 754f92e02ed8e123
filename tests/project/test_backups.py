"""Backups are whole, or there is none."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.project import backups
from anomaly_gui.project.store import Project
from tests.project.samples import SCRATCH


def test_a_backup_opens_as_the_project_it_was(project: Project, tmp_path: Path) -> None:
    project.set_label([2], SCRATCH)
    kept = backups.backup(project._writer.connection, project.folder, "by-hand")
    project.set_label([2, 3], SCRATCH)
    (tmp_path / "restored").mkdir()
    (tmp_path / "restored" / "project.db").write_bytes(kept.read_bytes())
    with Project.open(tmp_path / "restored") as restored:
        assert restored.image(2).label == SCRATCH
        assert restored.image(3).label != SCRATCH
    assert kept.parent == project.folder / "backups"
    assert "by-hand" in kept.name


def test_a_backup_that_fails_leaves_no_half_file(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups.os, "replace", fails)
    with pytest.raises(InputError, match="No space left"):
        backups.backup(project._writer.connection, project.folder, "x")
    assert list((project.folder / "backups").iterdir()) == []


def test_a_damaged_copy_is_not_kept(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    class Damaging(sqlite3.Connection):
        def backup(self, target: sqlite3.Connection, **_: object) -> None:  # type: ignore[override]
            super().backup(target)
            target.execute("PRAGMA writable_schema = ON")
            target.execute("DELETE FROM sqlite_schema WHERE name = 'event_of_image'")
            target.commit()

    source = sqlite3.connect(project.folder / "project.db", factory=Damaging)
    with pytest.raises(InputError, match="no backup can be made"):
        backups.backup(source, project.folder, "x")
    source.close()
    assert list((project.folder / "backups").iterdir()) == []
