"""Moved files are found by what they hold, and nothing else is taken for them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.check_files import FileCheck, check_files
from anomaly_gui.jobs.relink import MovedFiles, apply_moves, find_moved
from anomaly_gui.progress import Cancelled, CancelToken, ignore_events
from anomaly_gui.project.store import Project
from tests.jobs.tiny_project import make_project, picture, write


@pytest.fixture
def moved(tmp_path: Path) -> Project:
    """A project whose data set was moved to another folder."""
    project = make_project(tmp_path / "here", train=5, good=1, defects=2)
    (tmp_path / "there").mkdir()
    root = Path(project.image(1).path).parents[2]
    shutil.move(root, tmp_path / "there" / "deeper")
    return project


def missing(project: Project) -> tuple[int, ...]:
    found = check_files(project, ignore_events, CancelToken())
    assert isinstance(found, FileCheck)
    return found.missing


def found_in(project: Project, folder: Path) -> MovedFiles:
    found = find_moved(project, missing(project), folder, ignore_events, CancelToken())
    assert isinstance(found, MovedFiles)
    return found


def test_a_moved_folder_is_found_with_its_masks_and_one_undo_takes_it_back(moved: Project, tmp_path: Path) -> None:
    before = moved.images()
    found = found_in(moved, tmp_path / "there")
    assert found.not_found == ()
    assert len(found.masks) == 2
    assert moved.images() == before
    changed = apply_moves(moved, found)
    assert changed.images == {image.id for image in before}
    assert missing(moved) == ()
    assert moved.verify() == []
    for old, new in zip(before, moved.images(), strict=True):
        assert Path(new.path).name == Path(old.path).name
        assert new.mask_path is None or Path(new.mask_path).is_file()
    moved.undo()
    assert moved.images() == before


def test_of_equal_files_each_goes_to_the_image_of_its_name(tmp_path: Path) -> None:
    project = make_project(tmp_path / "here", train=5, good=1, defects=2)
    same = Path(project.image(1).path).read_bytes()
    places = [Path(project.image(n).path) for n in (1, 2)]
    (tmp_path / "new").mkdir()
    for number, place in enumerate(places):
        (tmp_path / "new" / place.name).write_bytes(same)
        (tmp_path / "new" / f"a_copy_{number}.png").write_bytes(same)
        place.unlink()
    found = found_in(project, tmp_path / "new")
    assert found.paths == {1: str(tmp_path / "new" / places[0].name)}
    assert found.not_found == (2,)


def test_a_file_that_another_image_has_is_not_taken(tmp_path: Path) -> None:
    project = make_project(tmp_path / "here", train=5, good=1, defects=2)
    first = Path(project.image(1).path)
    other = first.with_name("zz_other_name.png")
    shutil.copy(first, other)
    first.unlink()
    assert found_in(project, first.parent).paths == {1: str(other)}
    write(first, picture(77))  # Not what it held.
    assert missing(project) == ()
    found = check_files(project, ignore_events, CancelToken())
    assert isinstance(found, FileCheck)
    assert found.changed == (1,)
    with pytest.raises(InputError, match="another image"):
        project.sources.relink({1: project.image(2).path})


def test_a_search_that_is_cancelled_changes_nothing(moved: Project, tmp_path: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    assert isinstance(find_moved(moved, [1], tmp_path, ignore_events, cancel), Cancelled)
    with pytest.raises(InputError):
        find_moved(moved, [1], tmp_path / "nowhere", ignore_events, CancelToken())
