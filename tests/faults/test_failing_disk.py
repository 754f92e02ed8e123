"""Every write, sync and rename fails once: nothing of before is lost, the message is clear, and it works again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from anomaly_gui.jobs.train import train
from anomaly_gui.progress import CancelToken, ignore_events
from tests.faults.conftest import Tally
from tests.faults.disk import build, environment
from tests.faults.workloads import make
from tests.jobs.tiny_project import make_project, quick
from tests.project.test_schema import old_project

LONG = [pytest.mark.faults, pytest.mark.timeout(1800)]


def tried(action: str, prepared: Path, folder: Path, every: int, tally: Tally) -> list[str]:
    """What was lost when every *every*th change of the disk failed."""
    shim = build(folder)
    command = [sys.executable, "-m", "tests.faults.failing", action, str(prepared), str(folder / "p"), str(every)]
    environ = environment(shim, folder / "p") | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=1700, check=False)
    assert done.returncode == 0, done.stderr
    count, lost = json.loads(done.stdout)
    tally(f"every write fails once: {action}", count, len(lost))
    assert count > 4
    found: list[str] = lost
    return found


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=LONG)])
@pytest.mark.parametrize("action", ["save", "label", "mask", "backup"])
def test_an_action_that_cannot_be_written_changes_nothing_and_works_later(
    tmp_path: Path, memory_folder: Path, tally: Tally, action: str, every: int
) -> None:
    make(tmp_path / "prepared")
    assert tried(action, tmp_path / "prepared", memory_folder, every, tally) == []


@pytest.mark.parametrize("every", [9, pytest.param(1, marks=LONG)])
def test_a_migration_that_cannot_be_written_is_made_later(
    tmp_path: Path, memory_folder: Path, tally: Tally, every: int
) -> None:
    prepared = old_project(tmp_path / "prepared", "format_1.sql")
    assert tried("migrate", prepared, memory_folder, every, tally) == []


@pytest.mark.parametrize("every", [pytest.param(29, marks=pytest.mark.slow), pytest.param(1, marks=LONG)])
@pytest.mark.parametrize("action", ["export", "train"])
def test_a_job_that_cannot_write_says_so_and_works_later(
    tmp_path: Path, memory_folder: Path, tally: Tally, action: str, every: int
) -> None:
    with make_project(tmp_path) as project:
        train(project, quick(epochs=2), ignore_events, CancelToken())
    shutil.rmtree(tmp_path / "project" / "backups")
    assert tried(action, tmp_path / "project", memory_folder, every, tally) == []
