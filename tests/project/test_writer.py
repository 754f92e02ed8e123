from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.project.journal import OPENING, broken_links, fold
from anomaly_gui.project.records import Label, Threshold
from anomaly_gui.project.store import Project
from anomaly_gui.project.tables import state
from tests.project.samples import SCRATCH, stored_state


@pytest.fixture
def tuned(project: Project) -> Project:
    project.set_threshold(1, Threshold(3.0, "best-f1"))
    return project


def label_and_then(project: Project, second: Callable[[], object]) -> None:
    with project.together():
        project.set_label([1], SCRATCH)
        second()


def relabel_and_move(project: Project, value: float = 2.0) -> None:
    with project.together():
        project.set_label([1, 2], SCRATCH)
        project.set_threshold(1, Threshold(value, "best-f1"), "Follows Best F1")


def test_that_operations_together_are_one_step_that_one_undo_takes_back(tuned: Project) -> None:
    before = stored_state(tuned)
    relabel_and_move(tuned)
    after = stored_state(tuned)
    assert tuned.undo_sentence == "Labelled 2 images defective (scratch)"
    undone = tuned.undo()
    assert undone is not None
    assert (undone.images, undone.runs) == ({1, 2}, {1})
    assert stored_state(tuned) == before
    assert tuned.undo_sentence is None
    tuned.redo()
    assert stored_state(tuned) == after


def test_that_the_journal_holds_them_as_one_operation_with_a_reason_each(tuned: Project) -> None:
    relabel_and_move(tuned)
    last = [event for event in tuned.events() if event.operation == tuned.events()[-1].operation]
    assert [(event.field, event.reason) for event in last] == [
        (OPENING, ""),
        ("defect_type", ""),
        ("label", ""),
        ("label", ""),
        ("threshold", "Follows Best F1"),
    ]
    connection = tuned._writer.connection
    assert list(broken_links(connection)) == []
    assert fold(tuned.events()) == state(connection)


def test_that_the_same_thing_changed_twice_comes_back_to_what_it_was(tuned: Project) -> None:
    with tuned.together():
        tuned.set_threshold(1, Threshold(2.0))
        tuned.set_threshold(1, Threshold(1.0))
    tuned.undo()
    assert tuned.threshold(1) == Threshold(3.0, "best-f1")
    assert fold(tuned.events()) == state(tuned._writer.connection)
    tuned.redo()
    assert tuned.threshold(1) == Threshold(1.0)


def test_that_a_failure_takes_back_all_of_them(tuned: Project) -> None:
    before = stored_state(tuned)
    with pytest.raises(InputError, match="image 99"):
        label_and_then(tuned, lambda: tuned.set_label([99], SCRATCH))
    assert stored_state(tuned) == before
    assert tuned.undo_sentence is None
    tuned.set_label([1], SCRATCH)
    assert tuned.undo_sentence == "Labelled part_1.png defective (scratch)"


def test_that_a_failure_that_is_caught_takes_back_itself_alone(tuned: Project) -> None:
    with tuned.together():
        tuned.set_label([1], SCRATCH)
        with pytest.raises(InputError):
            tuned.set_label([99], SCRATCH)
    assert tuned.image(1).label == SCRATCH


def test_that_nothing_together_is_nothing(tuned: Project) -> None:
    before = len(tuned.events())
    with tuned.together():
        assert tuned.set_label([1], Label("good")).operation == 0
    assert len(tuned.events()) == before
    assert tuned.undo_sentence is None


def test_that_together_inside_together_is_part_of_it(tuned: Project) -> None:
    before = stored_state(tuned)
    with tuned.together():
        tuned.set_label([1], Label("defect"))
        with tuned.together():
            tuned.set_comment(1, "seen")
        tuned.set_comment(2, "seen too")
    tuned.undo()
    assert stored_state(tuned) == before


def test_that_what_cannot_be_undone_does_not_join(tuned: Project) -> None:
    with pytest.raises(ValueError, match="cannot be undone"):
        label_and_then(tuned, lambda: tuned.update_run(1, "finished"))
    assert tuned.image(1).label == Label("good")


def test_that_a_single_fact_may_stand_in_it(tuned: Project) -> None:
    with tuned.together():
        tuned.update_run(1, "finished")
    assert tuned.run(1).status == "finished"
    assert tuned.undo_sentence is None


def test_that_another_thread_waits_and_sees_all_or_nothing(tuned: Project) -> None:
    seen: list[tuple[Label, float]] = []

    def look() -> None:
        threshold = tuned.threshold(1)
        assert threshold is not None
        seen.append((tuned.image(1).label, threshold.value))

    with tuned.together():
        tuned.set_label([1], SCRATCH)
        other = threading.Thread(target=look)
        other.start()
        other.join(0.05)
        assert not seen
        tuned.set_threshold(1, Threshold(2.0))
    other.join(5)
    assert seen == [(SCRATCH, 2.0)]
