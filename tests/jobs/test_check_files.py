"""What became of the files, and how little is read to know it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anomaly_gui.jobs import check_files as job
from anomaly_gui.jobs.check_files import FileCheck, check_files
from anomaly_gui.progress import Cancelled, CancelToken, Progress, ignore_events
from anomaly_gui.project.store import Project
from tests.jobs.tiny_project import make_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path, train=5, good=1, defects=2)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Files whose content was read."""
    paths: list[str] = []

    def noted(path: str, **limits: int) -> bytes:
        paths.append(path)
        return original(path, **limits)

    original = job.read_file
    monkeypatch.setattr(job, "read_file", noted)
    return paths


def result(project: Project, *, thorough: bool = False) -> FileCheck:
    found = check_files(project, ignore_events, CancelToken(), thorough=thorough)
    assert isinstance(found, FileCheck)
    return found


def test_files_as_they_were_are_not_read_unless_asked_for(project: Project, read: list[str]) -> None:
    events: list[object] = []
    sound = FileCheck(checked=8, missing=(), changed=(), unreadable=())
    assert check_files(project, events.append, CancelToken()) == sound
    assert read == []
    assert any(isinstance(event, Progress) and event.done == event.total == 8 for event in events)
    assert result(project, thorough=True) == sound
    assert len(read) == 8


def test_a_file_of_another_date_is_read_once(project: Project, read: list[str]) -> None:
    os.utime(project.image(3).path, ns=(1, 10**18))
    for _ in range(2):
        assert result(project).changed == ()
    assert read == [project.image(3).path]
    assert project.image(3).modified_ns == 10**18
    assert project.undo_sentence is None


def test_missing_changed_and_unreadable_files_are_told_apart(project: Project, tmp_path: Path) -> None:
    paths = {number: Path(project.image(number).path) for number in range(1, 6)}
    paths[1].unlink()
    paths[2].unlink()
    paths[2].mkdir()
    paths[3].write_bytes(paths[3].read_bytes()[:-1])  # Another size.
    same_size = bytearray(paths[4].read_bytes())
    same_size[-20] ^= 1
    paths[4].write_bytes(same_size)
    os.utime(paths[4], ns=(1, 10**18))
    paths[5].unlink()
    project.set_excluded([5], True)
    found = result(project)
    assert (found.checked, found.missing, found.changed) == (7, (1, 2), (3, 4))
    assert project.image(4).modified_ns != 10**18


def test_a_check_that_is_cancelled_says_so(project: Project) -> None:
    cancel = CancelToken()
    cancel.cancel()
    assert isinstance(check_files(project, ignore_events, cancel), Cancelled)
