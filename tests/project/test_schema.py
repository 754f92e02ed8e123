"""Migrations: numbered, after a backup, all or nothing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.project import schema
from anomaly_gui.project.records import Threshold
from anomaly_gui.project.store import PROJECT_FOLDERS, Project
from tests.project.samples import GOOD, SCRATCH

TODAY = schema.newest_version()


def version(connection: sqlite3.Connection) -> int:
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    return int(number)


@pytest.fixture
def old(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A closed project of today's version, in a program that is two versions ahead."""
    project.close()
    steps = schema.migrations() | {
        TODAY + 1: "ALTER TABLE image ADD COLUMN part TEXT NOT NULL DEFAULT ''; "
        "UPDATE image SET part = 'A' WHERE id = 1",
        TODAY + 2: "CREATE TABLE tag (image INTEGER REFERENCES image (id), name TEXT) STRICT;",
    }
    monkeypatch.setattr(schema, "migrations", lambda: steps)
    return project


def test_an_older_project_is_migrated_after_a_backup_and_keeps_everything(old: Project) -> None:
    with Project.open(old.folder) as migrated:
        assert len(migrated.images()) == 6
        assert migrated.image(1).label == GOOD
        assert not any("journal" in problem for problem in migrated.verify())
        (kept,) = (old.folder / "backups").iterdir()
    new, backup = sqlite3.connect(old.folder / "project.db"), sqlite3.connect(kept)
    assert version(new) == TODAY + 2
    assert new.execute("SELECT part FROM image ORDER BY id").fetchmany(2) == [("A",), ("",)]
    assert version(backup) == TODAY
    assert backup.execute("SELECT count(*) FROM image").fetchone() == (6,)
    new.close()
    backup.close()
    Project.open(old.folder).close()
    assert len(list((old.folder / "backups").iterdir())) == 1


@pytest.mark.parametrize(
    "broken",
    [
        "CREATE TABLE tag (x TEXT); UPDATE image SET comment = 'half'; SELECT nothing FROM nowhere",
        "UPDATE role SET image = 99 WHERE image = 1",
    ],
)
def test_a_migration_that_fails_leaves_the_version_before_it(
    old: Project, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    first = {number: sql for number, sql in schema.migrations().items() if number <= TODAY + 1}
    monkeypatch.setattr(schema, "migrations", lambda: first | {TODAY + 2: broken})
    with pytest.raises(InputError) as refused:
        Project.open(old.folder)
    assert refused.value.what == str(old.folder / "project.db")
    connection = sqlite3.connect(old.folder / "project.db")
    assert version(connection) == TODAY + 1
    assert connection.execute("SELECT count(*) FROM image WHERE comment = 'half'").fetchone() == (0,)
    assert connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'tag'").fetchone() == (0,)
    connection.close()
    monkeypatch.setattr(schema, "migrations", lambda: first)
    with Project.open(old.folder) as again:
        assert len(again.images()) == 6


def test_an_older_project_is_not_migrated_for_reading(old: Project) -> None:
    with pytest.raises(InputError, match="older format"):
        Project.open(old.folder, read_only=True)


def test_a_new_project_starts_at_the_newest_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "migrations", lambda: {2: "CREATE TABLE tag (name TEXT) STRICT"})
    Project.create(tmp_path / "p").close()
    connection = sqlite3.connect(tmp_path / "p" / "project.db")
    assert version(connection) == 2
    assert connection.execute("SELECT count(*) FROM tag").fetchone() == (0,)
    connection.close()


def test_every_table_is_strict_and_every_commit_reaches_the_disk(project: Project) -> None:
    connection = project._writer.connection
    tables = connection.execute("SELECT name, strict FROM pragma_table_list WHERE type = 'table'").fetchall()
    assert {name for name, strict in tables if not strict} <= {"sqlite_schema", "sqlite_temp_schema"}
    assert connection.execute("PRAGMA synchronous").fetchone() == (3,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_project_of_format_1_opens_with_all_that_it_held(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    for name in PROJECT_FOLDERS:
        (folder / name).mkdir(parents=True)
    connection = sqlite3.connect(folder / "project.db")
    connection.executescript((Path(__file__).parent / "format_1.sql").read_text("utf-8"))
    connection.close()
    with Project.open(folder) as migrated:
        assert migrated.threshold(1) == Threshold(0.5, "best-f1")
        assert [export.threshold for export in migrated.exports()] == [Threshold(0.5, "best-f1")]
        assert migrated.image(6).label == SCRATCH
        assert not any(image.locked for image in migrated.images())
        assert not any("journal" in problem for problem in migrated.verify(read_images=False))
        migrated.undo()  # Excluding image 2.
        migrated.set_threshold(1, Threshold(0.75, recheck=0.5))
        migrated.undo()
        assert migrated.threshold(1) == Threshold(0.5, "best-f1")
        assert not any("journal" in problem for problem in migrated.verify(read_images=False))


def test_a_project_of_format_2_keeps_its_blind_judgements(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    for name in PROJECT_FOLDERS:
        (folder / name).mkdir(parents=True)
    connection = sqlite3.connect(folder / "project.db")
    connection.executescript((Path(__file__).parent / "format_2.sql").read_text("utf-8"))
    assert version(connection) == 2
    connection.close()
    with Project.open(folder) as migrated:
        assert [(one.image, one.answer, one.trial) for one in migrated.judgements()] == [
            (3, "good", 1),
            (3, "unsure", 1),
        ]
        assert migrated.threshold(1) == Threshold(0.75, recheck=0.5)
        assert migrated.pixel_threshold(1) is not None
        assert migrated.image(6).locked
        study = migrated.start_blind_study(1, [1, 3], trials=1, seed=0)
        migrated.record_judgement(study.id, 1, "A", "good")
        assert not any("journal" in problem for problem in migrated.verify(read_images=False))
