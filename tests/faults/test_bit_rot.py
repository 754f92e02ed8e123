"""One bit of a file turns by itself: that is noticed, or does not matter; and the project is made whole again."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.export.bundle import read_bundle
from anomaly_gui.jobs.export import export
from anomaly_gui.jobs.run_facts import load_facts
from anomaly_gui.jobs.score import load_detector, load_normaliser, load_statistics
from anomaly_gui.jobs.train import train
from anomaly_gui.jobs.verify import verify
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.project import audit, tables
from anomaly_gui.project.backups import back_up_if_due
from anomaly_gui.project.journal import State
from anomaly_gui.project.recovery import repair
from anomaly_gui.project.store import Project
from tests.conftest import Tally
from tests.faults.conftest import HowOften
from tests.jobs.tiny_project import make_project, quick
from tests.project.samples import SCRATCH
from tests.project.test_recovery import worked_in

EVENTS_IN_THE_BACKUP = 19
"""Of worked_in(): import, run, threshold, label."""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a run, a backup, an export, and labels set after the backup."""
    folder = tmp_path_factory.mktemp("rot")
    with make_project(folder) as project:
        train(project, quick(epochs=1), ignore_events, CancelToken())
        export(project, 1, project.folder / "exports" / "line.anomaly", ignore_events, CancelToken())
        back_up_if_due(project.folder)
        project.set_label([1, 2], SCRATCH)
    return folder / "project"


def flipped(data: bytes, chance: random.Random) -> bytes:
    bit = chance.randrange(8 * len(data))
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def state_of(folder: Path) -> tuple[State, list[str]] | None:
    """The project's content and what is wrong with it; None if it does not open."""
    try:
        with Project.open(folder, read_only=True, check=False) as project:
            problems = [each for each in project.verify(read_images=False) if audit.is_damage(each)]
            return tables.state(project._writer.connection), problems
    except (InputError, *unreadable()):
        return None


def unreadable() -> tuple[type[Exception], ...]:
    """What reading tables past the project's own functions may raise."""
    import sqlite3

    return sqlite3.Error, ValueError, TypeError


def test_a_flipped_bit_of_the_database_is_noticed_and_mended(
    memory_folder: Path, tmp_path: Path, tally: Tally, how_often: HowOften
) -> None:
    flips = how_often("bits of project.db")
    worked_in(tmp_path / "p")
    before = state_of(tmp_path / "p")
    assert before is not None
    assert before[1] == []
    data, chance = (tmp_path / "p" / "project.db").read_bytes(), random.Random(7)
    unnoticed, unmended, noticed, behind = [], [], 0, 0
    for number in range(flips):
        place = shutil.copytree(tmp_path / "p", memory_folder / "p")
        (place / "project.db").write_bytes(flipped(data, chance))
        opens_or_says_why(place)
        found = state_of(place)
        if found is None or found[1]:
            noticed += 1
            report = repair(place)
            assert Path(report.kept).exists()
            after = state_of(place)
            behind += report.lost != 0  # Pages of what came after the backup: that is said, and the backup is there.
            if after is None or (after[1] and not report.changed) or (report.lost == 0 and after[0] != before[0]):
                unmended.append(number)
            elif report.lost != 0:
                assert report.events > EVENTS_IN_THE_BACKUP
        elif found[0] != before[0]:
            unnoticed.append(number)
        shutil.rmtree(place)
    tally(f"flipped bits: project.db ({noticed} matter, {behind} cost newest)", flips, len(unnoticed) + len(unmended))
    assert unnoticed == []
    assert unmended == []
    assert noticed > flips // 10
    assert behind <= noticed // 2


def opens_or_says_why(place: Path) -> None:
    """Whatever the window reads at its start: an answer or a sentence, never a traceback."""
    try:
        with Project.open(place, read_only=True) as project:
            for read in (project.images, project.runs, project.events, project.exports, project.types.all):
                read()
            project.place("page")
    except InputError as error:
        if not error.next_step:
            pytest.fail(f"it does not say what to do: {error}")


def files_of_the_run(folder: Path) -> Iterator[Path]:
    run = folder / "runs" / "001-conv-ae"
    yield from (run / "weights.safetensors", run / "settings.json")
    yield from sorted(run.glob("statistics*.safetensors"))
    yield from sorted(run.glob("normaliser*.safetensors"))
    yield from sorted((run / "maps").glob("*.map.png"))[:2]


def loaded(project: Project, path: Path) -> object:
    """What the program makes of the file at *path*."""
    run = project.run_folder(1)
    if path.name.startswith("statistics"):
        return [np.nan_to_num(each).tolist() for each in vars(load_statistics(project, 1)).values()]
    if path.name.startswith("normaliser"):
        made = load_normaliser(project, 1)
        return [made.mean.tolist(), made.scale.tolist()]
    if path.name == "settings.json":
        return load_facts(run)
    if path.suffix == ".png":
        return run.read_map(int(path.name.split(".")[0])).tolist()
    return [each.tolist() for each in load_detector(run, load_facts(run)).state().values()]


def test_a_flipped_bit_of_a_run_is_noticed_or_harmless(
    trained: Path, memory_folder: Path, tally: Tally, how_often: HowOften
) -> None:
    flips = how_often("bits of each file of a run")
    chance, unnoticed, trials = random.Random(3), [], 0
    place = shutil.copytree(trained, memory_folder / "p")
    with Project.open(place, read_only=True) as project:
        for path in files_of_the_run(place):
            data, before = path.read_bytes(), loaded(project, path)
            for _ in range(flips):
                trials += 1
                path.write_bytes(flipped(data, chance))
                try:
                    harmless = loaded(project, path) == before
                except InputError as error:
                    if path.name not in str(error) and "settings" not in str(error):
                        unnoticed.append(f"{path.name} is not named in: {error}")
                else:
                    if not harmless:
                        unnoticed.append(path.name)
            path.write_bytes(data)
    tally("flipped bits: weights, settings, statistics, maps", trials, len(unnoticed))
    assert unnoticed == []


def test_verify_names_the_file_that_is_damaged(trained: Path, memory_folder: Path) -> None:
    place = shutil.copytree(trained, memory_folder / "p")
    assert verify(place).problems == ()
    for path in files_of_the_run(place):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
        problems = verify(place).problems
        assert any(path.name in problem for problem in problems), (path.name, problems)
        data[len(data) // 2] ^= 1
        path.write_bytes(data)


def test_every_flipped_bit_of_a_bundle_is_noticed(
    trained: Path, tmp_path: Path, tally: Tally, how_often: HowOften
) -> None:
    flips = how_often("bits of a bundle")
    data, chance, accepted = (trained / "exports" / "line.anomaly").read_bytes(), random.Random(5), 0
    for _ in range(flips):
        (tmp_path / "b").write_bytes(flipped(data, chance))
        try:
            read_bundle(tmp_path / "b")
            accepted += 1
        except InputError:
            pass
    tally("flipped bits: bundles", flips, accepted)
    assert accepted == 0
