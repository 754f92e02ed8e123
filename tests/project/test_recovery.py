"""A damaged project becomes whole again, and what was damaged is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.project import backups, tables
from anomaly_gui.project.database import DamagedProject
from anomaly_gui.project.journal import State
from anomaly_gui.project.recovery import repair
from anomaly_gui.project.store import Project
from tests.faults.workloads import make
from tests.project.samples import SCRATCH, new_image
from tests.project.test_schema import old_project


def worked_in(folder: Path) -> State:
    """A project with a backup in the middle of its life; its state at the end."""
    make(folder)
    with Project.open(folder) as project:
        project.set_label([1, 2], SCRATCH)
        backups.backup(project._writer.connection, folder, "daily")
        project.add_images([new_image(number) for number in range(50, 90)])
        project.set_comment(3, "an edge")
        project.set_label([50], SCRATCH, "a reason to be found")
        project.remember("page", "tune")
        project.undo()
        project.set_excluded([4], True)
        return tables.state(project._writer.connection)


def without_triggers(database: Path, change: Callable[[sqlite3.Connection], object]) -> None:
    """Change a database as the program itself never would."""
    connection = sqlite3.connect(database)
    kept = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in kept:
        connection.execute(f"DROP TRIGGER {name}")
    change(connection)
    for _, sql in kept:
        connection.execute(sql)
    connection.commit()
    connection.close()


def present(folder: Path) -> State:
    with Project.open(folder) as project:
        return tables.state(project._writer.connection)


def test_tables_that_are_not_what_the_journal_says_are_made_from_it_anew(tmp_path: Path) -> None:
    before = worked_in(tmp_path / "p")
    connection = sqlite3.connect(tmp_path / "p" / "project.db")
    connection.execute("UPDATE image SET label = 'good', defect_type = NULL")
    connection.commit()
    connection.close()
    report = repair(tmp_path / "p")
    assert (report.lost, report.changed, report.from_backups) == (0, 0, 0)
    assert present(tmp_path / "p") == before
    assert Path(report.kept).read_bytes() != (tmp_path / "p" / "project.db").read_bytes()
    with Project.open(tmp_path / "p") as project:
        assert project.place("page") == "tune"
        assert "Repaired" in project.events()[-1].new["sentence"]
        assert not [each for each in project.verify(read_images=False) if "image /" not in each and "run" not in each]


def test_a_damaged_defect_type_is_told_when_the_project_is_opened(tmp_path: Path) -> None:
    worked_in(tmp_path / "p")

    def lose_the_place(connection: sqlite3.Connection) -> None:
        # As a flipped bit in the row's header does, which no constraint looks at.
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', '') WHERE name = 'defect_type'")
        connection.execute("PRAGMA writable_schema = RESET")
        connection.execute("UPDATE defect_type SET position = NULL")

    without_triggers(tmp_path / "p" / "project.db", lose_the_place)
    with pytest.raises(DamagedProject, match=r"Repair it"):
        Project.open(tmp_path / "p", check=False)
    repair(tmp_path / "p")
    with Project.open(tmp_path / "p") as project:
        assert [each.name for each in project.types.all()] == ["scratch"]


def test_an_event_that_was_damaged_comes_from_a_backup(tmp_path: Path) -> None:
    before = worked_in(tmp_path / "p")
    without_triggers(tmp_path / "p" / "project.db", lambda c: c.execute("UPDATE event SET who = 'x' WHERE seq = 5"))
    report = repair(tmp_path / "p")
    assert (report.lost, report.changed, report.from_backups) == (0, 0, 1)
    assert present(tmp_path / "p") == before


def test_an_event_that_is_nowhere_whole_costs_no_other(tmp_path: Path) -> None:
    before = worked_in(tmp_path / "p")
    without_triggers(
        tmp_path / "p" / "project.db", lambda c: c.execute("UPDATE event SET reason = 'x' WHERE reason != ''")
    )
    report = repair(tmp_path / "p")
    assert report.lost == 0
    assert report.changed > 0
    assert present(tmp_path / "p") == before
    assert any("was changed after it was written" in problem for problem in report.problems)


def test_a_file_of_rubbish_is_replaced_by_what_the_backups_hold(tmp_path: Path) -> None:
    worked_in(tmp_path / "p")
    (tmp_path / "p" / "project.db").write_bytes(b"rubbish" * 5000)
    report = repair(tmp_path / "p")
    assert report.from_backups == report.events - 1
    assert report.lost is None
    with Project.open(tmp_path / "p") as project:
        assert project.image(1).label == SCRATCH
        assert len(project.images()) == 12


def test_nothing_to_save_is_said_and_the_file_is_kept(tmp_path: Path) -> None:
    make(tmp_path / "p")
    (tmp_path / "p" / "project.db").write_bytes(b"rubbish" * 5000)
    with pytest.raises(InputError, match="nothing of its journal can be read"):
        repair(tmp_path / "p")
    assert (tmp_path / "p" / "project.db").read_bytes() == b"rubbish" * 5000


def test_a_sound_project_is_left_alone(tmp_path: Path) -> None:
    worked_in(tmp_path / "p")
    before = (tmp_path / "p" / "project.db").read_bytes()
    assert repair(tmp_path / "p").kept == ""
    assert (tmp_path / "p" / "project.db").read_bytes() == before
    assert not (tmp_path / "p" / "damaged").exists()


def test_an_open_project_is_not_repaired(tmp_path: Path) -> None:
    make(tmp_path / "p")
    with Project.open(tmp_path / "p"), pytest.raises(InputError, match="open in another window"):
        repair(tmp_path / "p")


@pytest.mark.parametrize("script", ["format_1.sql", "format_2.sql", "format_3.sql"])
def test_a_journal_of_an_older_format_gives_what_its_migration_gives(tmp_path: Path, script: str) -> None:
    expected = present(old_project(tmp_path / "migrated", script))
    damaged = old_project(tmp_path / "damaged", script)
    connection = sqlite3.connect(damaged / "project.db")
    connection.execute("UPDATE image SET comment = 'changed'")
    connection.commit()
    connection.close()
    assert repair(damaged).lost == 0
    found = present(damaged)
    for state in (expected, found):
        del state.runs[1]["finished_utc"]  # The run was found interrupted a moment ago.
    assert found == expected
