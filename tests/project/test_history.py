"""Undo and redo are new events."""

from __future__ import annotations

from anomaly_gui.project.records import Changed, Threshold
from anomaly_gui.project.store import Project
from tests.project.samples import GOOD, SCRATCH, new_image, reopened


def test_undo_is_a_new_event_and_redo_another(project: Project) -> None:
    project.set_label([1, 2], SCRATCH, "by eye")
    before = project.events()
    undone = project.undo()
    assert isinstance(undone, Changed)
    assert undone.images == {1, 2}
    assert undone.sentence == "Undid: Labelled 2 images defective (scratch)"
    assert project.image(1).label == GOOD
    after = project.events()
    assert after[: len(before)] == before
    assert len(after) == len(before) + 4  # The opening, both labels, and the new defect type.
    assert project.redo_sentence == "Labelled 2 images defective (scratch)"
    redone = project.redo()
    assert redone is not None
    assert redone.sentence == "Redid: Labelled 2 images defective (scratch)"
    assert project.image(2).label == SCRATCH
    assert project.redo() is None
    assert len(project.events()) == len(before) + 8


def test_undo_and_redo_walk_the_whole_way_and_a_change_cuts_redo_off(project: Project) -> None:
    project.set_label([1], SCRATCH)
    project.set_comment(1, "first")
    project.set_comment(1, "second")
    assert [project.image(1).comment for _ in range(2) if project.undo()] == ["first", ""]
    project.redo()
    assert project.image(1).comment == "first"
    project.set_excluded([1], True)
    assert project.redo_sentence is None
    assert project.redo() is None
    for _ in range(3):
        assert project.undo() is not None
    assert project.undo() is None
    assert project.image(1) == new_project_image(project)


def new_project_image(project: Project) -> object:
    (original,) = [event.new for event in project.events(1) if event.field == "image"]
    image = project.image(1)
    assert image.path == original["path"]
    assert (image.label, image.verdict, image.comment, image.excluded) == (GOOD, None, "", False)
    return image


def test_undo_survives_reopening(project: Project) -> None:
    project.set_label([1], SCRATCH)
    project.set_label([2], SCRATCH)
    project.undo()
    with reopened(project) as again:
        assert again.undo_sentence == "Labelled part_1.png defective (scratch)"
        assert again.redo_sentence == "Labelled part_2.png defective (scratch)"
        again.undo()
        assert again.image(1).label == GOOD


def test_imports_runs_and_exports_are_not_undone_and_do_not_stand_in_the_way(project: Project) -> None:
    project.set_label([1], SCRATCH)
    project.undo()
    project.add_images([new_image(7)])
    run = project.add_run("conv-ae", "fast", 0, {}, {})
    project.update_run(run.id, "finished")
    project.set_threshold(run.id, Threshold(1.0))
    project.record_export(run.id, "/x.anomaly", "0" * 64, Threshold(1.0))
    assert project.undo_sentence is None
    assert project.redo_sentence == "Labelled part_1.png defective (scratch)"
    project.redo()
    assert project.image(1).label == SCRATCH


def test_a_threshold_goes_back_to_the_one_before_but_not_to_none(project: Project) -> None:
    project.set_threshold(1, Threshold(0.5, "best-f1"))
    assert project.undo() is None
    project.set_threshold(1, Threshold(0.7))
    project.set_threshold(1, Threshold(0.7, "good-percentile", 95.0))
    project.undo()
    assert project.threshold(1) == Threshold(0.7)
    project.undo()
    assert project.threshold(1) == Threshold(0.5, "best-f1")
    assert project.undo() is None
