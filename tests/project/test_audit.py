"""verify() finds damage in tables, run files and images, and nothing in a sound project."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.files import sha256
from anomaly_gui.project.runs import RunFolder
from anomaly_gui.project.store import Project
from tests.project.samples import new_image


@pytest.fixture
def sound(tmp_path: Path) -> Project:
    """A project whose image and finished run have their files."""
    content = b"stands for an image"
    (tmp_path / "part.png").write_bytes(content)
    project = Project.create(tmp_path / "project")
    project.add_images([new_image(1, path=str(tmp_path / "part.png"), sha256=sha256(content), file_bytes=len(content))])
    run = project.add_run("conv-ae", "fast", 0, {}, {1: "train"})
    files = RunFolder(project.folder, run.name)
    for path in (files.weights, files.statistics):
        path.write_bytes(b"x")
    files.write_settings({"weights_sha256": sha256(b"x")})
    project.update_run(run.id, "finished")
    return project


def test_a_sound_project_has_no_problems(sound: Project) -> None:
    assert sound.verify() == []
    assert sound.verify(read_images=False) == []


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE image SET label = 'defect'", "image 1 is not what the journal says"),
        ("UPDATE image SET path = CAST('/other.png' AS BLOB)", "image 1 is not what the journal says"),
        ("DELETE FROM role", "run 1 is not what the journal says"),
        ("UPDATE run SET status = 'failed'", "run 1 is not what the journal says"),
        (
            "INSERT INTO threshold (run, value, rule) VALUES (1, 0.5, 'manual')",
            "threshold 1 is not what the journal says",
        ),
        (
            "INSERT INTO export (run, path, sha256, time_utc, value, rule) "
            "VALUES (1, CAST('/x' AS BLOB), '', '', 0.5, 'manual')",
            "the exports are not what the journal says",
        ),
        ("UPDATE image SET locked = 1", "image 1 is not what the journal says"),
        (
            "INSERT INTO pixel_threshold VALUES (1, 2.0, 'manual', NULL)",
            "pixel threshold 1 is not what the journal says",
        ),
        ("INSERT INTO scoring VALUES (1, '{}')", "scoring 1 is not what the journal says"),
        ("INSERT INTO reveal VALUES (1, 1, '', '{}')", "the reveals are not what the journal says"),
        (
            "INSERT INTO judgement VALUES (1, 1, 1, 'A', 'good', '', 1)",
            "the judgements are not what the journal says",
        ),
        (
            "INSERT INTO blind_study VALUES (1, 1, 0, 1, '[1]', '', NULL)",
            "the blind studies are not what the journal says",
        ),
    ],
)
def test_a_table_that_was_edited_is_found(sound: Project, statement: str, problem: str) -> None:
    connection = sqlite3.connect(sound.folder / "project.db")
    connection.execute(statement)
    connection.commit()
    connection.close()
    assert problem in sound.verify()


def test_missing_and_changed_files_are_found(sound: Project, tmp_path: Path) -> None:
    sound.run_folder(1).weights.unlink()
    assert sound.verify() == ["run 001-conv-ae: weights.safetensors is missing"]
    sound.run_folder(1).weights.write_bytes(b"x")
    (tmp_path / "part.png").write_bytes(b"stands for an imagf")
    assert sound.verify() == [f"image {tmp_path / 'part.png'} was changed after its import"]
    assert sound.verify(read_images=False) == []
    (tmp_path / "part.png").write_bytes(b"shorter")
    assert len(sound.verify(read_images=False)) == 1
    (tmp_path / "part.png").unlink()
    assert "no such file" in sound.verify()[0]
    assert len(sound.verify(read_images=False)) == 1


def test_damaged_pages_are_a_problem_and_not_a_crash(sound: Project) -> None:
    sound.close()
    database = sound.folder / "project.db"
    raw = bytearray(database.read_bytes())
    for place in range(4096, len(raw), 4096):
        if b"CREATE" not in raw[place : place + 4096]:
            raw[place : place + 2000] = b"\xa5" * 2000
    database.write_bytes(raw)
    with pytest.raises(InputError, match="anomaly-gui repair"):
        Project.open(sound.folder, read_only=True)
    with Project.open(sound.folder, read_only=True, check=False) as damaged:
        assert any("damaged" in problem for problem in damaged.verify())


def test_weights_and_settings_that_changed_are_found(sound: Project) -> None:
    files = sound.run_folder(1)
    files.weights.write_bytes(b"y")
    assert any("is not what was trained" in problem for problem in sound.verify(read_images=False))
    files.weights.write_bytes(b"x")
    files.settings.write_bytes(files.settings.read_bytes().replace(b"weights", b"weighty"))
    assert any("settings.json" in problem for problem in sound.verify(read_images=False))


def test_a_trigger_that_somebody_added_keeps_a_project_from_being_opened(sound: Project) -> None:
    sound.close()
    connection = sqlite3.connect(sound.folder / "project.db")
    connection.execute("CREATE TRIGGER quiet AFTER UPDATE ON image BEGIN DELETE FROM place; END")
    connection.close()
    with pytest.raises(InputError, match="the trigger quiet is not as the program makes it"):
        Project.open(sound.folder)
