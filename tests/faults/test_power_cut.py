"""The power goes at any moment: what the program called saved is there, and the project opens."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from pathlib import Path

from anomaly_gui.errors import InputError
from anomaly_gui.project.drawn_masks import digest_of
from anomaly_gui.project.store import Project
from tests.conftest import Tally
from tests.faults.conftest import HowOften
from tests.faults.disk import Change, recording
from tests.faults.power_cut import Disk, digest, write
from tests.faults.victims import Victims

STEPS = 40


def record(victims: Victims, folder: Path, *, synchronous: str = "EXTRA", seed: int = 1) -> tuple[str, list[Change]]:
    """The folder that was worked in, and all that happened to it."""
    work, log = folder / "work", folder / "log"
    work.mkdir()
    victims.start("recorded", work / "p", log, seed, STEPS, synchronous)
    assert victims.wait() == 0
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


def cut_often(
    root: str, changes: list[Change], place: Path, states: int, *, enough: int = 10**9
) -> tuple[int, list[str]]:
    """Cut the power at *states* moments spread over *changes*: how many states differ, and all that is wrong.

    Stops when *enough* is wrong. A state that was looked at with all that is told by now is not looked at again.
    """
    chance, disk, told, found = random.Random(0), Disk(), [], []
    moments = Counter(chance.choices(range(1, len(changes) + 1), k=states))
    looked: set[tuple[bytes, int]] = set()
    for number, change in enumerate(changes, start=1):
        if change.kind == "A":
            if change.first != b"null":
                told.append(change.first.decode())
        else:
            disk.take(change)
        for _ in range(moments[number]):
            state = disk.survivors(root, chance)
            key = digest(state), len(told)
            if key in looked:
                continue
            looked.add(key)
            write(state, place)
            found += [f"after change {number}: {sentence}" for sentence in faults_of(place / "p", told)]
            shutil.rmtree(place)
            if len(found) >= enough:
                return len(looked), found
    return len(looked), found


def test_nothing_acknowledged_is_lost_in_a_power_cut(
    under_the_shim: Victims, tmp_path: Path, memory_folder: Path, tally: Tally, how_often: HowOften
) -> None:
    states = how_often("power cut")
    root, changes = record(under_the_shim, tmp_path)
    different, found = cut_often(root, changes, memory_folder / "left", states)
    tally(f"power cuts ({different} different states)", states, len(found))
    assert found == []


def test_the_cut_shows_that_a_database_is_not_synced(
    under_the_shim: Victims, tmp_path: Path, memory_folder: Path
) -> None:
    """Were it not for this one, the test above might pass because it sees nothing."""
    root, changes = record(under_the_shim, tmp_path, synchronous="OFF")
    assert cut_often(root, changes, memory_folder / "left", 200, enough=1)[1] != []


def test_the_cut_shows_that_a_file_is_not_synced(under_the_shim: Victims, tmp_path: Path, memory_folder: Path) -> None:
    root, changes = record(under_the_shim, tmp_path)
    files = {change.inode for change in changes if change.kind == "C" and b"/exports/.file." in change.first}
    without = [change for change in changes if not (change.kind == "S" and change.inode in files)]
    _, found = cut_often(root, without, memory_folder / "left", 200, enough=1)
    assert any("atomically" in sentence for sentence in found)
