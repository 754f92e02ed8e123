"""Everything planted is found, nothing is invented, and a second check reads nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from anomaly_gui.jobs.check_set import SetCheck, check_set
from anomaly_gui.progress import Cancelled, CancelToken, Progress, ignore_events
from anomaly_gui.project.findings import PLACE, case_key
from anomaly_gui.project.store import Project
from tests.jobs.planted_set import clean_set, imported, plant_faults, plant_faults_after_import
from tests.real_parts import data_set


def checked(project: Project) -> SetCheck:
    found = check_set(project, ignore_events, CancelToken())
    assert isinstance(found, SetCheck)
    return found


def named(report: SetCheck, project: Project) -> dict[str, set[str]]:
    """Kind → the images that its cases name, as folder/file."""
    paths = {image.id: "/".join(Path(image.path).parts[-2:]) for image in project.images()}
    return {each.kind: {paths[key] for case in each.cases for key in case.images} for each in report.findings}


def test_nothing_is_found_in_a_set_without_a_fault(tmp_path: Path) -> None:
    with imported(clean_set(tmp_path / "data"), tmp_path / "project") as project:
        assert checked(project).findings == ()


def test_every_planted_fault_is_found_and_nothing_else(tmp_path: Path) -> None:
    data = clean_set(tmp_path / "data")
    planted = plant_faults(data)
    with imported(data, tmp_path / "project") as project:
        planted |= plant_faults_after_import(data)
        report = checked(project)
        assert named(report, project) == planted
        severities = {each.kind: each.severity for each in report.findings}
        assert {kind for kind, severity in severities.items() if severity == "blocks"} == {
            "copies-splits",
            "copies-labels",
        }


def test_a_second_check_reads_no_image_and_says_the_same(tmp_path: Path) -> None:
    data = clean_set(tmp_path / "data")
    plant_faults(data)
    with imported(data, tmp_path / "project") as project:
        first = checked(project)
        again = checked(project)
        assert (first.measured > 0, again.measured) == (True, 0)
        assert again.findings == first.findings
        assert again.facts.alike == first.facts.alike


def test_a_check_that_was_cancelled_goes_on_where_it_was(tmp_path: Path) -> None:
    cancel = CancelToken()

    def stop_soon(event: object) -> None:
        if isinstance(event, Progress) and event.phase == "Measuring images":
            cancel.cancel()

    with imported(clean_set(tmp_path / "data"), tmp_path / "project") as project:
        assert isinstance(check_set(project, stop_soon, cancel), Cancelled)
        assert 0 < checked(project).measured < len(project.images())


def test_what_was_accepted_is_set_apart_until_a_file_of_it_changes(tmp_path: Path) -> None:
    data = clean_set(tmp_path / "data")
    plant_faults(data)
    with imported(data, tmp_path / "project") as project:
        images = {image.id: image for image in project.images()}
        (alike,) = [each for each in checked(project).findings if each.kind == "alike"]
        key = case_key("alike", alike.cases[0], images)
        project.remember(PLACE, [key])
        (after,) = [each for each in checked(project).findings if each.kind == "alike"]
        assert (after.cases, after.accepted) == ((), alike.cases)


@pytest.mark.slow
def test_magnetic_tiles_have_the_faults_that_their_readme_tells_and_no_others(tmp_path: Path) -> None:
    with imported(data_set("magnetic_tile"), tmp_path / "project") as project:
        report = checked(project)
        kinds = {each.kind: each for each in report.findings}
        assert set(kinds) == {"exposure", "sizes", "alike", "mask-none"}
        assert len(kinds["mask-none"].cases) == 4
        images = {image.id: image for image in project.images()}
        for case in kinds["alike"].cases:  # shots of one tile have neighbouring numbers
            numbers = [int(Path(images[key].path).stem.rpartition("_")[2]) for key in case.images]
            assert max(numbers) - min(numbers) < 1500
