"""The power goes at any moment: what the program called saved is there, and the project opens."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.project.drawn_masks import digest_of
from anomaly_gui.project.store import Project
from tests.faults.conftest import Tally
from tests.faults.disk import Change, build, environment, recording
from tests.faults.power_cut import Disk

STEPS = 40


def record(folder: Path, *, synchronous: str = "EXTRA", seed: int = 1) -> tuple[str, list[Change]]:
    """The folder that was worked in, and all that happened to it."""
    shim, work, log = build(folder), folder / "work", folder / "log"
    work.mkdir()
    command = [sys.executable, "-m", "tests.faults.recorded", str(work / "p"), str(seed), str(STEPS), synchronous]
    subprocess.run(command, env=environment(shim, work, log), check=True, timeout=100)
    return str(work), list(recording(log))


def faults_of(folder: Path, told: list[str]) -> list[str]:
    """What is not as it was *told* to the engineer."""
    if "made" not in told:
        return []
    try:
        with Project.open(folder) as project:
            kept = {event.operation: event for event in project.events() if event.field == "operation"}
            wrong = project.verify(read_images=False)
            for text in told:
                if text.startswith("file "):
                    continue
                operation, sentence = json.loads(text) if text[0] == "[" else (None, "")
                if operation and (operation not in kept or kept[operation].new["sentence"] != sentence):
                    wrong.append(f"event {operation} was acknowledged and is lost")
            for image in project.images():
                if image.mask_path and digest_of("/".join(Path(image.mask_path).parts[-2:])) is None:
                    wrong.append(f"{image.mask_path} is not where drawn masks are")
    except InputError as error:
        return [str(error)]
    written = [int(text.split()[1]) for text in told if text.startswith("file ")]
    file = folder / "exports" / "file"
    if written and (
        not file.exists() or file.read_bytes() not in (b"%d" % n * 2000 for n in (written[-1], written[-1] + 5))
    ):
        wrong.append("a file that was written atomically is neither the old nor the new one")
    return [sentence for sentence in wrong if not sentence.startswith("image /parts")]


def cut_often(root: str, changes: list[Change], place: Path, states: int, *, enough: int = 10**9) -> list[str]:
    """Cut the power at *states* moments spread over *changes*; all that is wrong then, at most *enough*."""
    chance, disk, told, found = random.Random(0), Disk(), [], []
    moments = sorted(chance.choices(range(1, len(changes) + 1), k=states))
    at = 0
    for number, change in enumerate(changes, start=1):
        if change.kind == "A":
            if change.first != b"null":
                told.append(change.first.decode())
        else:
            disk.take(change)
        while at < len(moments) and moments[at] == number:
            at += 1
            disk.survivors(root, place, chance)
            found += [f"after change {number}: {sentence}" for sentence in faults_of(place / "p", told)]
            shutil.rmtree(place)
            if len(found) >= enough:
                return found
    return found


@pytest.mark.parametrize("states", [200, pytest.param(2000, marks=[pytest.mark.faults, pytest.mark.timeout(900)])])
def test_nothing_acknowledged_is_lost_in_a_power_cut(
    tmp_path: Path, memory_folder: Path, states: int, tally: Tally
) -> None:
    root, changes = record(tmp_path)
    found = cut_often(root, changes, memory_folder / "left", states)
    tally("power cuts", states, len(found))
    assert found == []


@pytest.mark.parametrize("synchronous", ["OFF"])
def test_the_cut_shows_that_a_database_is_not_synced(tmp_path: Path, memory_folder: Path, synchronous: str) -> None:
    """Were it not for this one, the test above might pass because it sees nothing."""
    root, changes = record(tmp_path, synchronous=synchronous)
    assert cut_often(root, changes, memory_folder / "left", 200, enough=1) != []


def test_the_cut_shows_that_a_file_is_not_synced(tmp_path: Path, memory_folder: Path) -> None:
    root, changes = record(tmp_path)
    files = {change.inode for change in changes if change.kind == "C" and b"/exports/.file." in change.first}
    without = [change for change in changes if not (change.kind == "S" and change.inode in files)]
    found = cut_often(root, without, memory_folder / "left", 200, enough=1)
    assert any("atomically" in sentence for sentence in found)
