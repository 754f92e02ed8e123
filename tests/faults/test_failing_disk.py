"""Every write, sync and rename fails once: nothing of before is lost, the message is clear, and it works again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from anomaly_gui.jobs.train import train
from anomaly_gui.progress import CancelToken, ignore_events
from tests.conftest import Tally
from tests.faults.conftest import LONG, Form
from tests.faults.victims import Victims
from tests.faults.workloads import make
from tests.jobs.tiny_project import make_project, quick
from tests.project.test_schema import old_project

EVERY = {"export": 4, "train": 17, "migrate": 2}
"""Which changes fail in the short form; of the other actions every one does."""


def tried(victims: Victims, action: str, prepared: Path, folder: Path, form: Form, tally: Tally) -> list[str]:
    """What was lost when changes of the disk failed."""
    every = 1 if form == LONG else EVERY.get(action, 1)
    ways = "all" if form == LONG else "in turn"
    victims.start("failing", action, prepared, folder / "p", every, ways, folder / "result")
    assert victims.wait() == 0
    count, lost = json.loads((folder / "result").read_text())
    tally(f"every write fails once: {action}", count, len(lost))
    assert count > 4
    found: list[str] = lost
    return found


@pytest.mark.parametrize("action", ["save", "label", "mask", "backup"])
def test_an_action_that_cannot_be_written_changes_nothing_and_works_later(
    under_the_shim: Victims, tmp_path: Path, memory_folder: Path, tally: Tally, action: str, form: Form
) -> None:
    make(tmp_path / "prepared")
    assert tried(under_the_shim, action, tmp_path / "prepared", memory_folder, form, tally) == []


def test_a_migration_that_cannot_be_written_is_made_later(
    under_the_shim: Victims, tmp_path: Path, memory_folder: Path, tally: Tally, form: Form
) -> None:
    prepared = old_project(tmp_path / "prepared", "format_1.sql")
    assert tried(under_the_shim, "migrate", prepared, memory_folder, form, tally) == []


@pytest.mark.parametrize("action", ["export", "train"])
def test_a_job_that_cannot_write_says_so_and_works_later(
    under_the_shim: Victims, tmp_path: Path, memory_folder: Path, tally: Tally, action: str, form: Form
) -> None:
    with make_project(tmp_path) as project:
        train(project, quick(epochs=2), ignore_events, CancelToken())
    shutil.rmtree(tmp_path / "project" / "backups")
    assert tried(under_the_shim, action, tmp_path / "project", memory_folder, form, tally) == []
