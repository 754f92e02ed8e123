"""The verb annotations, as a person and as a machine uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anomaly_gui.annotations.formats import FORMATS
from anomaly_gui.cli.commands import BAD_INPUT, OK
from tests.cli.command_line import CommandLine, pictures, refused, untouched


@pytest.fixture
def project(tmp_path: Path, line: CommandLine) -> Path:
    pictures(tmp_path / "parts", 4)
    line.json("import", tmp_path / "P", "--unlabelled", tmp_path / "parts")
    return tmp_path / "P"


def table(folder: Path, *rows: str) -> Path:
    path = folder / "labels.csv"
    path.write_text("path,label\n" + "\n".join(rows))
    return path


def test_labels_go_in_and_come_out(project: Path, tmp_path: Path, line: CommandLine) -> None:
    place = table(tmp_path, "00.png,good", "01.png,scratch", "02.png,")
    report = line.json("annotations", "import", project, place)
    assert (report["format"], report["labels_changed"], report["silent"], report["unmatched"]) == ("csv", 2, 1, [])
    out = line.json("annotations", "export", project, "--format", "folders", "--to", tmp_path / "out")
    assert (out["images"], out["files"]) == (4, 4)
    assert (tmp_path / "out/scratch/01.png").is_file()
    assert (tmp_path / "out/_unlabeled/02.png").is_file()


def test_a_person_reads_what_changed_and_what_is_lost(project: Path, tmp_path: Path, line: CommandLine) -> None:
    status, out, _ = line("annotations", "import", project, table(tmp_path, "00.png,good", "01.png,scratch"))
    assert status == OK
    assert "Read 2 images (CSV of paths and labels): changed 2 labels and 0 masks, 0 as they were." in out
    assert "Defect types: scratch 1 (new)." in out
    status, out, err = line("annotations", "export", project, "--format", "voc", "--to", tmp_path / "out")
    assert status == OK
    assert "1 image labelled good is written as one without regions, which does not tell its label." in err
    assert "Wrote 4 images, 0 with marked defects, as Pascal VOC XML" in out


def test_the_status_tells_of_images_that_were_not_found(project: Path, tmp_path: Path, line: CommandLine) -> None:
    status, out, err = line("annotations", "import", project, table(tmp_path, "00.png,good", "99.png,good"), "--json")
    assert status == BAD_INPUT
    assert "left out: 99.png: the project has no image of this name." in err
    assert json.loads(out)["labels_changed"] == 1


def test_images_can_be_added_to_a_new_project(tmp_path: Path, line: CommandLine) -> None:
    pictures(tmp_path / "set/good", 2)
    pictures(tmp_path / "set/dent", 2, seed=9)
    report = line.json("annotations", "import", tmp_path / "P", tmp_path / "set", "--add-images")
    assert (report["format"], report["added"], report["labels_changed"]) == ("folders", 4, 4)


def test_bad_input_changes_nothing(project: Path, tmp_path: Path, line: CommandLine) -> None:
    place = table(tmp_path, "00.png,good", "../01.png,good")
    with untouched(project):
        refused(
            line, "annotations", "import", project, place, names="line 3", cause="leaves the folder", next_step="Choose"
        )
        bomb = tmp_path / "a.xml"
        bomb.write_text('<!DOCTYPE a [<!ENTITY b "b">]><annotation/>')
        refused(line, "annotations", "import", project, bomb, names=bomb, cause="DOCTYPE", next_step="Remove")
        none = tmp_path / "none"
        refused(line, "annotations", "import", project, none, names=none, cause="no such file", next_step="Check")
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine").write_text("")
    argv = ["annotations", "export", project, "--format", "csv", "--to", tmp_path / "full"]
    with untouched(project, tmp_path / "full"):
        refused(line, *argv, names=tmp_path / "full", cause="not empty", next_step="Choose a new")


def test_help_names_every_format(line: CommandLine, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        line("annotations", "export", "--help")
    shown = " ".join(capsys.readouterr().out.split())
    for name, kind in FORMATS.items():
        assert f"{name}: {kind.title}" in shown
