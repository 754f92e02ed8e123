"""Files that changed are read and taken as they are now, but for those that are no images."""

from __future__ import annotations

from pathlib import Path

import pytest

from anomaly_gui.jobs.check_files import FileCheck, check_files
from anomaly_gui.jobs.read_content import NewContents, accept_contents, read_content, read_contents
from anomaly_gui.progress import Cancelled, CancelToken, FileRefused, ignore_events
from anomaly_gui.project.store import Project
from tests.jobs.tiny_project import SIDE, make_project, picture, write


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = make_project(tmp_path, train=4, good=1, defects=1)
    write(Path(made.image(1).path), picture(900)[:20])
    write(Path(made.image(6).path), picture(901, defect=True)[:20])
    Path(made.image(2).path).write_text("no image any more")
    return made


def changed(project: Project) -> tuple[int, ...]:
    found = check_files(project, ignore_events, CancelToken())
    assert isinstance(found, FileCheck)
    return found.changed


def test_a_file_is_measured_as_at_its_import(project: Project) -> None:
    image = project.image(3)
    found = read_content(image.path)
    assert (found.content.sha256, found.content.pixel_sha256) == (image.sha256, image.pixel_sha256)
    assert (found.content.height, found.content.width, found.modified_ns) == (SIDE, SIDE, image.modified_ns)


def test_what_files_hold_now_is_accepted_and_a_check_is_content(project: Project) -> None:
    assert changed(project) == (1, 2, 6)
    events: list[object] = []
    new = read_contents(project, [1, 2, 6], events.append, CancelToken())
    assert isinstance(new, NewContents)
    assert [Path(e.path).name for e in events if isinstance(e, FileRefused)] == [Path(project.image(2).path).name]
    accept_contents(project, new)
    assert changed(project) == (2,)
    assert (project.image(1).height, project.image(6).mask_path) == (20, None)
    assert [problem for problem in project.verify() if "001" not in problem] == []
    project.undo()
    assert changed(project) == (1, 2, 6)
    assert project.image(6).mask_path is not None


def test_a_cancel_changes_nothing(project: Project) -> None:
    cancel = CancelToken()
    cancel.cancel()
    assert isinstance(read_contents(project, [1], ignore_events, cancel), Cancelled)
