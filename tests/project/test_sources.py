"""Watched folders and files that lie elsewhere now."""

from __future__ import annotations

import os

import msgspec
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.project.records import Content
from anomaly_gui.project.store import Project
from tests.project.samples import new_image, reopened, stored_state


def test_watched_folders_are_kept_in_order_once_each(project: Project) -> None:
    for folder in ("/line 1", "/line \udcff", "/line 1"):
        project.sources.watch(folder)
    with reopened(project) as again:
        assert again.sources.watched() == tuple(map(os.path.abspath, ("/line 1", "/line \udcff")))
        again.sources.stop_watching("/line 1")
        again.undo()
        assert len(again.sources.watched()) == 2
        assert again.sources.stop_watching("/never").operation == 0


def test_images_may_change_places_but_not_share_one(project: Project) -> None:
    before = stored_state(project)
    first, second = project.image(1).path, project.image(2).path
    project.sources.relink({1: second, 2: first}, {2: "/masks/2.png"})
    assert (project.image(1).path, project.image(2).path) == (second, first)
    assert project.image(2).mask_path == os.path.abspath("/masks/2.png")
    project.undo()
    assert stored_state(project) == before
    for paths in ({1: second}, {1: "/new.png", 2: "/new.png"}):
        with pytest.raises(InputError):
            project.sources.relink(paths)
    assert stored_state(project) == before


def test_undo_leaves_an_image_where_it_is_if_its_former_place_was_taken(project: Project) -> None:
    former = project.image(1).path
    project.sources.relink({1: "/moved/1.png", 2: "/moved/2.png"})
    project.add_images([new_image(7, path=former)])
    project.undo()
    assert project.image(1).path == "/moved/1.png"
    assert project.image(2).path != "/moved/2.png"
    project.redo()
    assert project.image(2).path == "/moved/2.png"
    assert not any("journal" in problem for problem in project.verify(read_images=False))


def test_an_undo_that_can_do_nothing_any_more_is_not_in_the_way_of_the_one_before(project: Project) -> None:
    former = project.image(1).path
    project.set_excluded([3], True)
    project.sources.relink({1: "/moved/1.png"})
    project.add_images([new_image(7, path=former)])
    project.undo()
    project.undo()
    assert not project.image(3).excluded


def test_dates_of_files_are_kept_outside_the_journal(project: Project) -> None:
    events = len(project.events())
    project.sources.note_dates({1: 5, 2: 7})
    assert (project.image(1).modified_ns, project.image(3).modified_ns) == (5, None)
    assert len(project.events()) == events
    assert not any("journal" in problem for problem in project.verify(read_images=False))


def content_of(number: int, **changed: int) -> Content:
    return msgspec.convert(msgspec.structs.asdict(new_image(number, **changed)), Content)


def test_new_contents_are_accepted_in_one_step_that_takes_away_masks_of_another_size(project: Project) -> None:
    project.set_mask_path(1, "/masks/1.png")
    project.set_mask_path(2, "/masks/2.png")
    before = stored_state(project)
    wider = project.image(1).width + 1
    changed = project.sources.accept({1: content_of(91, width=wider), 2: content_of(92)})
    assert changed.images == {1, 2}
    assert (project.image(1).width, project.image(1).mask_path) == (wider, None)
    assert project.image(2).sha256 == content_of(92).sha256
    assert project.image(2).mask_path is not None, "it is as large as before"
    assert "masks of another size" in changed.sentence
    assert not any("journal" in problem for problem in project.verify(read_images=False))
    project.undo()
    assert stored_state(project) == before
    project.sources.accept({2: content_of(92)})
    assert project.sources.accept({2: content_of(92)}).operation == 0
