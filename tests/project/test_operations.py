"""User actions: what they change, what they say, and what they refuse."""

from __future__ import annotations

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.project.records import Label, Threshold, Verdict
from anomaly_gui.project.store import Project
from tests.project.samples import GOOD, SCRATCH, new_image, stored_state


def test_an_operation_says_what_it_changed(project: Project) -> None:
    changed = project.set_label([3, 1, 3], SCRATCH)
    assert changed.images == {1, 3}
    assert changed.sentence == "Labelled 2 images defective (scratch)"
    assert project.set_label([2], Label("unlabelled")).sentence == "Removed the label of part_2.png"
    assert project.set_excluded([1, 2, 3], True).sentence == "Excluded 3 images"
    assert project.set_threshold(1, Threshold(0.5)).runs == {1}


def test_what_is_so_already_is_no_event(project: Project) -> None:
    events = len(project.events())
    assert project.set_label([1, 2], GOOD).images == frozenset()
    assert project.set_excluded([1], False).operation == 0
    assert project.set_comment(1, "").operation == 0
    assert len(project.events()) == events
    assert project.undo_sentence is None
    project.set_label([1], SCRATCH)
    assert project.set_label([1, 2], SCRATCH).images == {2}


def test_an_operation_on_something_unknown_changes_nothing(project: Project) -> None:
    before, events = stored_state(project), len(project.events())
    with pytest.raises(InputError, match="image 99"):
        project.set_label([1, 99], SCRATCH)
    with pytest.raises(InputError, match="run 7"):
        project.set_verdict(1, 7, Verdict("unsure"))
    with pytest.raises(InputError, match="run 7"):
        project.set_threshold(7, Threshold(0.5))
    with pytest.raises(InputError, match="run 7"):
        project.run(7)
    with pytest.raises(InputError, match="image 99"):
        project.add_run("conv-ae", "fast", 0, {}, {99: "train"})
    with pytest.raises(InputError, match="cannot name a folder"):
        project.add_run("../x", "fast", 0, {}, {})
    with pytest.raises(InputError, match="not a number"):
        project.set_threshold(1, Threshold(float("nan")))
    with pytest.raises(InputError, match="defect type scratch"):
        project.set_label([1], Label("good", "scratch"))
    assert stored_state(project) == before
    assert len(project.events()) == events


def test_a_path_is_taken_in_once(project: Project) -> None:
    changed = project.add_images([new_image(1), new_image(7), new_image(7), new_image(8)])
    assert changed.images == {7, 8}
    assert changed.sentence == "Imported 2 images"


def test_defect_types_are_trimmed_and_unpaired_surrogates_do_not_reach_the_database(project: Project) -> None:
    project.set_label([1], Label("defect", "  dent "))
    project.set_label([2], Label("defect", "   "))
    project.set_comment(3, "bad \ud800 paste")
    assert project.image(1).label == Label("defect", "dent")
    assert project.image(2).label == Label("defect", None)
    assert project.image(3).comment == "bad ? paste"


def test_review_is_one_step(project: Project) -> None:
    changed = project.review(1, 1, Verdict("relabelled"), SCRATCH)
    assert changed.sentence == "Labelled part_1.png defective (scratch)"
    assert (project.image(1).verdict, project.image(1).label) == (Verdict("relabelled"), SCRATCH)
    project.undo()
    assert (project.image(1).verdict, project.image(1).label) == (None, GOOD)
    project.review(1, 1, Verdict("unsure"), None)
    assert (project.image(1).verdict, project.image(1).label) == (Verdict("unsure"), GOOD)
    project.set_verdict(1, 1, None)
    assert project.image(1).verdict is None
