"""Backups are whole, or there is none."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.project import backups
from anomaly_gui.project.store import Project
from tests.project.samples import SCRATCH
from tests.project.test_recovery import without_triggers


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


def test_a_project_whose_journal_is_damaged_is_not_backed_up_over_its_good_ones(project: Project) -> None:
    backups.backup(project._writer.connection, project.folder, backups.DAILY)
    without_triggers(project.folder / "project.db", lambda c: c.execute("UPDATE event SET who = 'x' WHERE seq = 3"))
    with pytest.raises(InputError, match="event 3 was changed"):
        backups.backup(project._writer.connection, project.folder, "by-hand")
    assert [each.reason for each in backups.backups(project.folder)] == [backups.DAILY]


def test_there_is_one_backup_a_day(project: Project) -> None:
    made = backups.back_up_if_due(project.folder)
    assert made is not None
    assert backups.back_up_if_due(project.folder) is None
    assert [each.path for each in backups.backups(project.folder)] == [made]


def test_backups_are_thinned_to_days_and_weeks(tmp_path: Path) -> None:
    now = datetime(2026, 6, 30, 12, tzinfo=UTC)
    (tmp_path / "backups").mkdir()
    for hours in range(0, 24 * 365, 12):
        stamp = (now - timedelta(hours=hours)).strftime("%Y%m%dT%H%M%S%fZ")
        (tmp_path / "backups" / f"project-{stamp}-daily.db").touch()
    (tmp_path / "backups" / "project-20200101T000000000000Z-before-format-4.db").touch()
    (tmp_path / "backups" / "notes.txt").touch()
    backups.thin(tmp_path, now)
    kept = backups.backups(tmp_path)
    ages = [(now - each.time).days for each in kept if each.reason == backups.DAILY]
    assert ages[0] == 0
    assert sorted({age for age in ages if age < 14}) == list(range(14))
    assert len(ages) < 45
    assert 22 <= len([age for age in ages if age > 14]) <= 26
    assert max(ages) <= 182
    assert kept[-1].reason == "before-format-4"
    before = [each.path for each in kept]
    backups.thin(tmp_path, now)
    assert [each.path for each in backups.backups(tmp_path)] == before


def test_the_newest_backups_stay_however_old(tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    for day in range(1, 10):
        (tmp_path / "backups" / f"project-2020010{day}T000000000000Z-daily.db").touch()
    backups.thin(tmp_path, datetime(2026, 6, 30, tzinfo=UTC))
    assert [each.time.day for each in backups.backups(tmp_path)] == [9, 8, 7]
