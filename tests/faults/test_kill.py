"""Kill −9 from outside at random moments: what the program acknowledged is there, and work goes on."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.export.bundle import read_bundle
from anomaly_gui.files import sha256
from anomaly_gui.jobs.train import train
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.project.store import Project
from tests.faults.conftest import Tally
from tests.faults.workloads import BUNDLE, make
from tests.jobs.tiny_project import make_project, quick
from tests.project.test_schema import old_project

ROOT = Path(__file__).resolve().parents[2]

QUICK = {"label": 8, "mask": 6, "review": 6, "migrate": 6, "export": 1, "train": 1}
SHARES = {"label": 0.4, "mask": 0.2, "review": 0.18, "migrate": 0.1, "export": 0.06, "train": 0.06}
LONGEST_S = {"label": 0.15, "mask": 0.3, "review": 0.15, "migrate": 0.06, "export": 1.5, "train": 1.5}
"""Until the kill, from the first acknowledgement on."""


class Victims:
    """Starts processes that work, and kills them."""

    def __init__(self, folder: Path) -> None:
        self._told = folder / "told"
        self._zygote = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.victims"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
        )

    def close(self) -> None:
        assert self._zygote.stdin is not None
        self._zygote.stdin.close()
        self._zygote.wait(10)
        assert self._zygote.stdout is not None
        self._zygote.stdout.close()

    def run(self, work: str, folder: Path, seed: int, seconds: float | None) -> list[str]:
        """What it acknowledged until it was killed after *seconds*, or until its end (None)."""
        self._told.unlink(missing_ok=True)
        assert self._zygote.stdin is not None
        assert self._zygote.stdout is not None
        self._zygote.stdin.write(json.dumps([work, str(folder), seed, str(self._told)]) + "\n")
        self._zygote.stdin.flush()
        child = int(self._zygote.stdout.readline())
        while not self._told.exists():
            time.sleep(0.001)
        if seconds is not None:
            time.sleep(seconds)
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                seconds = None  # It was done before.
        while Path(f"/proc/{child}").exists():
            time.sleep(0.002)
        told = self._told.read_text().splitlines()
        assert not any(line.startswith("failed") for line in told), told
        return told


@pytest.fixture(scope="module")
def victims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victims]:
    if sys.platform == "win32":
        pytest.skip("forks")
    made = Victims(tmp_path_factory.mktemp("victims"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a project of pictures and one finished run, and that run's weights as the sole truth."""
    folder = tmp_path_factory.mktemp("trained")
    with make_project(folder) as project:
        train(project, quick(epochs=4), ignore_events, CancelToken())
    return folder


def trials_of(work: str, wanted: int | None) -> int:
    return QUICK[work] if wanted is None else max(1, round(wanted * SHARES[work]))


def lost(folder: Path, told: list[str]) -> list[str]:
    """Acknowledged operations that are not there, and whatever else is wrong with the project."""
    try:
        with Project.open(folder) as project:
            kept = {event.operation: event.new["sentence"] for event in project.events() if event.field == "operation"}
            wrong = project.verify(read_images=False)
    except InputError as error:
        return [f"it does not open: {error}"]
    for line in told:
        operation, sentence = json.loads(line) if line.startswith("[") else (None, "")
        if isinstance(operation, int) and kept.get(operation) != sentence:
            wrong.append(f"operation {operation} was acknowledged and is lost")
    return [sentence for sentence in wrong if not sentence.startswith("image /parts")]


def how_many() -> list[object]:
    return [None, pytest.param("all", marks=[pytest.mark.faults, pytest.mark.timeout(3600)])]


@pytest.mark.parametrize("wanted", how_many())
@pytest.mark.parametrize("work", ["label", "mask", "review"])
def test_no_acknowledged_event_is_lost(
    victims: Victims, memory_folder: Path, tally: Tally, trials: int, work: str, wanted: str | None
) -> None:
    chance, found, count, events = random.Random(work), [], trials_of(work, wanted and trials), 0
    make(memory_folder / "p")
    for seed in range(count):
        told = victims.run(work, memory_folder / "p", seed, chance.uniform(0, LONGEST_S[work]))
        events += len(told)
        found += lost(memory_folder / "p", told)
        if seed % 20 == 19:  # Reading the journal would take ever longer.
            shutil.rmtree(memory_folder / "p")
            make(memory_folder / "p")
    tally(f"kill −9 while at: {work} ({events} acknowledged)", count, len(found))
    assert found == []
    assert events > count


@pytest.mark.parametrize("wanted", how_many())
def test_a_migration_that_is_killed_is_made_again(
    victims: Victims, memory_folder: Path, tally: Tally, trials: int, wanted: str | None
) -> None:
    chance, found, count = random.Random("migrate"), [], trials_of("migrate", wanted and trials)
    for seed in range(count):
        place = old_project(memory_folder / str(seed), f"format_{seed % 3 + 1}.sql")
        before = _journal(place)
        victims.run("migrate", place, seed, chance.uniform(0, LONGEST_S["migrate"]))
        found += [sentence for sentence in lost(place, []) if "missing" not in sentence and "/masks" not in sentence]
        if _journal(place)[: len(before)] != before:
            found.append("the journal is another one")
        shutil.rmtree(place)
    tally("kill −9 while at: migrate", count, len(found))
    assert found == []


def _journal(place: Path) -> list[str]:
    connection = sqlite3.connect(place / "project.db")
    try:
        return [hash_ for (hash_,) in connection.execute("SELECT hash FROM event ORDER BY seq")]
    finally:
        connection.close()


@pytest.mark.parametrize("wanted", how_many())
def test_an_export_that_is_killed_leaves_a_whole_bundle_or_none(
    victims: Victims, trained: Path, memory_folder: Path, tally: Tally, trials: int, wanted: str | None
) -> None:
    chance, found, count, written = random.Random("export"), [], trials_of("export", wanted and trials), 0
    place = shutil.copytree(trained / "project", memory_folder / "p")
    for seed in range(count):
        told = victims.run("export", place, seed, chance.uniform(0.2, LONGEST_S["export"]))
        exported = [json.loads(line)[1] for line in told if line.startswith("[")]
        found += lost(place, [])
        with Project.open(place) as project:
            recorded = [each.sha256 for each in project.exports()]
        if set(exported) - set(recorded):
            found.append("an export was acknowledged and is not in the project")
        bundle = place / "exports" / BUNDLE
        if bundle.exists():
            written += 1
            read_bundle(bundle)
            if (
                exported
                and sha256(bundle.read_bytes()) not in exported[-1:]
                and sha256(bundle.read_bytes()) in recorded[:-1]
            ):
                found.append("an older bundle came back")
    tally("kill −9 while at: export", count, len(found))
    assert found == []
    assert written


@pytest.mark.parametrize("wanted", how_many())
def test_a_run_that_is_killed_goes_on_to_the_same_weights(
    victims: Victims, trained: Path, memory_folder: Path, tally: Tally, trials: int, wanted: str | None
) -> None:
    chance, found, count = random.Random("train"), [], trials_of("train", wanted and trials)
    expected = sha256((trained / "project/runs/001-conv-ae/weights.safetensors").read_bytes())
    for seed in range(count):
        place = shutil.copytree(trained / "project", memory_folder / str(seed))
        victims.run("train", place, seed, chance.uniform(0.05, LONGEST_S["train"]))
        for again in range(2):  # Killed once more while it goes on.
            victims.run("resume", place, seed, chance.uniform(0.05, LONGEST_S["train"]) if again == 0 else None)
        found += lost(place, [])
        with Project.open(place, read_only=True) as project:
            run = project.run()
            if run.status != "finished" or run.id == 1:
                found.append(f"the run is {run.status}")
            weights = project.run_folder(run.id).weights
        if sha256(weights.read_bytes()) != expected:
            found.append("the weights are other ones than without a kill")
        shutil.rmtree(place)
    tally("kill −9 while at: train", count, len(found))
    assert found == []
