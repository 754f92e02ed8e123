"""Kill −9 from outside at random moments: what the program acknowledged is there, and work goes on."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.export.bundle import read_bundle
from anomaly_gui.files import sha256
from anomaly_gui.jobs.train import train
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.project.store import Project
from tests.conftest import Tally
from tests.faults.conftest import HowOften
from tests.faults.victims import Victims
from tests.faults.workloads import BUNDLE, make
from tests.jobs.tiny_project import make_project, quick
from tests.project.test_schema import old_project

LONGEST_S = {"label": 0.06, "mask": 0.1, "review": 0.06, "migrate": 0.06, "export": 0.5, "train": 0.6}
"""Until the kill, from when the process is at work."""


def killed(
    victims: Victims, work: str, folder: Path, seed: int, seconds: float | None, *, after: str = "started"
) -> list[str]:
    """What it acknowledged until it was killed *seconds* behind its word *after*, or until its end (None)."""
    told = folder.parent / "told"
    told.unlink(missing_ok=True)
    child = victims.start("working", work, folder, seed, told)
    if seconds is not None:
        while not told.exists() or not any(word in told.read_text() for word in (after, "failed", "done")):
            time.sleep(0.001)
        time.sleep(seconds)
        with contextlib.suppress(ProcessLookupError):  # It was done before.
            os.kill(child, signal.SIGKILL)
    victims.wait()
    lines = told.read_text().splitlines()
    assert not any(line.startswith("failed") for line in lines), lines
    return lines


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a project of pictures and one finished run, and that run's weights as the sole truth."""
    folder = tmp_path_factory.mktemp("trained")
    with make_project(folder) as project:
        train(project, quick(epochs=4), ignore_events, CancelToken())
    return folder


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


@pytest.mark.parametrize("work", ["label", "mask", "review"])
def test_no_acknowledged_event_is_lost(
    victims: Victims, memory_folder: Path, tally: Tally, how_often: HowOften, work: str
) -> None:
    chance, found, count, events = random.Random(work), [], how_often(f"kill {work}"), 0
    make(memory_folder / "p")
    for seed in range(count):
        seconds, after = chance.uniform(0, LONGEST_S[work]), "started" if seed else "["
        told = killed(victims, work, memory_folder / "p", seed, seconds, after=after)
        events += sum(line.startswith("[") for line in told)
        found += lost(memory_folder / "p", told)
        if seed % 10 == 9:  # Reading the journal would take ever longer.
            shutil.rmtree(memory_folder / "p")
            make(memory_folder / "p")
    tally(f"kill −9 while at: {work} ({events} acknowledged)", count, len(found))
    assert found == []
    assert events


def test_a_migration_that_is_killed_is_made_again(
    victims: Victims, memory_folder: Path, tally: Tally, how_often: HowOften
) -> None:
    chance, found, count = random.Random("migrate"), [], how_often("kill migrate")
    for seed in range(count):
        place = old_project(memory_folder / str(seed), f"format_{seed % 3 + 1}.sql")
        before = _journal(place)
        killed(victims, "migrate", place, seed, chance.uniform(0, LONGEST_S["migrate"]))
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


def test_an_export_that_is_killed_leaves_a_whole_bundle_or_none(
    victims: Victims, trained: Path, memory_folder: Path, tally: Tally, how_often: HowOften
) -> None:
    chance, found, count, written = random.Random("export"), [], how_often("kill export"), 0
    place = shutil.copytree(trained / "project", memory_folder / "p")
    for seed in range(count):
        # The first one is killed behind a bundle, so that the others may spoil it.
        seconds, after = chance.uniform(0, LONGEST_S["export"]), "started" if seed else "exported"
        told = killed(victims, "export", place, seed, seconds, after=after)
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


def test_a_run_that_is_killed_goes_on_to_the_same_weights(
    victims: Victims, trained: Path, memory_folder: Path, tally: Tally, how_often: HowOften
) -> None:
    chance, found, count, resumed = random.Random("train"), [], how_often("kill train"), 0
    expected = sha256((trained / "project/runs/001-conv-ae/weights.safetensors").read_bytes())
    for seed in range(count):
        place = shutil.copytree(trained / "project", memory_folder / str(seed))
        for work in ("train", "resume"):  # Killed once more while it goes on.
            # Every other one has come to a checkpoint.
            after, longest = (("started", LONGEST_S["train"]), ("epoch", 0.1))[seed % 2]
            killed(victims, work, place, seed, chance.uniform(0.02, longest), after=after)
            resumed += any(place.glob("runs/002-*/checkpoint*"))
        killed(victims, "resume", place, seed, None)
        found += lost(place, [])
        with Project.open(place, read_only=True) as project:
            run = project.run()
            if run.status != "finished" or run.id == 1:
                found.append(f"the run is {run.status}")
            weights = project.run_folder(run.id).weights
        if sha256(weights.read_bytes()) != expected:
            found.append("the weights are other ones than without a kill")
        shutil.rmtree(place)
    tally(f"kill −9 while at: train ({resumed} went on)", count, len(found))
    assert found == []
    assert resumed, "none went on from a checkpoint"
