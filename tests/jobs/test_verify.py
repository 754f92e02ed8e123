from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.verify import VerifyReport, verify
from anomaly_gui.progress import Cancelled, CancelToken, Event, Progress
from anomaly_gui.project.store import Project


def test_a_sound_project_and_its_bundle_have_no_problems(demo_project: Path) -> None:
    project = verify(demo_project)
    bundle = verify(demo_project / "exports" / "demo.anomaly")
    assert (project.kind, project.problems) == ("project", ())
    assert (bundle.kind, bundle.problems) == ("bundle", ())


def test_a_project_can_be_checked_while_it_is_open(demo_project: Path) -> None:
    with Project.open(demo_project):
        assert verify(demo_project / "project.db").problems == ()


def test_an_edit_from_outside_is_found(demo_project: Path) -> None:
    with closing(sqlite3.connect(demo_project / "project.db")) as connection, connection:
        connection.execute("UPDATE image SET comment = 'not by the program' WHERE id = 1")
    assert verify(demo_project).problems


def test_a_changed_byte_in_a_bundle_is_found_and_the_file_named(demo_project: Path) -> None:
    bundle = demo_project / "exports" / "demo.anomaly"
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(data)
    (problem,) = verify(bundle).problems
    assert "demo.anomaly" in problem


def test_a_missing_weights_file_is_found(demo_project: Path) -> None:
    next(demo_project.glob("runs/*/weights.safetensors")).unlink()
    assert any("weights" in problem for problem in verify(demo_project).problems)


@pytest.mark.parametrize("name", ["nothing", "folder"])
def test_what_is_neither_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match=name):
        verify(tmp_path / name)


def test_it_tells_how_much_it_looked_at_and_how_far_it_is(demo_project: Path) -> None:
    told: list[Progress] = []
    report = verify(demo_project, lambda event: told.append(event) if isinstance(event, Progress) else None)
    assert isinstance(report, VerifyReport)
    with Project.open(demo_project) as project:
        assert (report.checked.events, report.checked.head) == project.head()
        assert report.checked.images == len(project.images())
    maps = len(list(demo_project.glob("runs/*/maps/*.png")))
    assert (report.checked.weights, report.checked.maps, report.checked.bundles) == (1, maps, 1)
    assert maps > 0 < report.checked.figures
    assert {event.phase for event in told} >= {
        "Checking the journal and files",
        "Checking images",
        "Checking maps of run 1",
        "Working figures out again",
    }


def test_it_stops_at_every_phase_when_asked(demo_project: Path) -> None:
    phases: list[str] = []
    verify(demo_project, lambda event: phases.append(event.phase) if isinstance(event, Progress) else None)
    for wanted in dict.fromkeys(phases):
        cancel, after = CancelToken(), []

        def stop(event: Event, wanted: str = wanted, cancel: CancelToken = cancel, after: list[Event] = after) -> None:
            if cancel.cancelled:
                after.append(event)
            elif isinstance(event, Progress) and event.phase == wanted:
                cancel.cancel()

        assert isinstance(verify(demo_project, stop, cancel), Cancelled)
        assert len(after) <= 1


def test_two_maps_that_changed_places_are_found(demo_project: Path) -> None:
    first, second, *_ = sorted(demo_project.glob("runs/*/maps/*.map.png"))
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)
    problems = verify(demo_project).problems
    assert [problem for problem in problems if first.name in problem and "changed after it was written" in problem]
    assert len(problems) == 2


def test_labels_can_be_set_while_it_looks(demo_project: Path) -> None:
    with Project.open(demo_project) as project:

        def label(event: Event) -> None:
            if isinstance(event, Progress):
                project.set_comment(1, f"{event.phase} {event.done}")

        assert isinstance(verify(demo_project, label), VerifyReport)
        assert project.image(1).comment.startswith("Working figures out again")
