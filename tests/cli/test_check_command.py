"""`check` tells what speaks against a set, for people and for machines."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from anomaly_gui.cli.commands import BAD_INPUT, OK
from tests.cli.command_line import CommandLine
from tests.jobs.tiny_project import make_project


def test_a_leak_is_told_with_its_files_and_by_the_status(line: CommandLine, tmp_path: Path) -> None:
    make_project(tmp_path).close()
    data = tmp_path / "data"
    shutil.copy(data / "train/good/003.png", data / "test/good/leak.png")
    line("import", tmp_path / "project", "--dataset", data)
    status, out, _ = line("check", tmp_path / "project", "--json")
    facts = json.loads(out)
    (leak,) = [each for each in facts["findings"] if each["severity"] == "blocks"]
    assert (status, facts["images"], facts["blocks_training"]) == (BAD_INPUT, 21, True)
    assert [Path(path).name for path in leak["cases"][0]["images"]] == ["003.png", "leak.png"]
    status, out, _ = line("check", tmp_path / "project")
    assert status == BAD_INPUT
    assert "One picture in training and test (BLOCKS TRAINING)" in out
    assert "leak.png" in out


def test_a_set_without_a_contradiction_can_be_trained_on(line: CommandLine, tmp_path: Path) -> None:
    make_project(tmp_path).close()
    facts = line.json("check", tmp_path / "project")
    assert {each["kind"] for each in facts["findings"]} == {"few"}
    assert line("check", tmp_path / "project")[0] == OK
