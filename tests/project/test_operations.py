"""User actions: what they change, what they say, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.project.records import Label, PixelThreshold, Threshold, Verdict
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


def test_a_recheck_line_is_kept_with_its_threshold_and_lies_below_it(project: Project) -> None:
    wanted = Threshold(0.5, "least-cost", recheck=0.25, miss_price=100.0, alarm_price=2.0, defect_rate=0.01)
    project.set_threshold(1, wanted)
    assert project.threshold(1) == wanted
    for line in (0.5, 0.75, float("nan")):
        with pytest.raises(InputError, match="not below"):
            project.set_threshold(1, Threshold(0.5, recheck=line))
    assert project.threshold(1) == wanted
    project.record_export(1, "/line.anomaly", "", wanted)
    assert project.exports()[0].threshold == wanted


def test_a_threshold_may_be_a_number_of_numpy(project: Project) -> None:
    project.set_threshold(1, Threshold(np.float32(2.5), recheck=np.float64(1.5), parameter=1))  # type: ignore[arg-type]
    assert project.threshold(1) == Threshold(2.5, recheck=1.5, parameter=1.0)


def test_a_threshold_of_pixels_can_be_set_undone_and_taken_away(project: Project) -> None:
    assert project.pixel_threshold(1) is None
    project.set_pixel_threshold(1, PixelThreshold(2.5, "quiet-good", 40.0))
    project.set_pixel_threshold(1, None)
    project.undo()
    assert project.pixel_threshold(1) == PixelThreshold(2.5, "quiet-good", 40.0)
    project.undo()
    assert project.pixel_threshold(1) is None
    with pytest.raises(InputError, match="not a number"):
        project.set_pixel_threshold(1, PixelThreshold(float("inf")))


def test_scoring_changes_together_with_the_threshold_for_its_scores(project: Project) -> None:
    project.set_threshold(1, Threshold(0.5))
    project.set_scoring(1, {"reduction": "top"}, Threshold(0.25))
    assert (project.scoring(1), project.threshold(1)) == ({"reduction": "top"}, Threshold(0.25))
    project.undo()
    assert (project.scoring(1), project.threshold(1)) == (None, Threshold(0.5))


def test_images_are_locked_and_unlocked_and_looks_at_them_stay(project: Project) -> None:
    assert project.set_locked([1, 2], True).sentence == "Locked 2 images for testing"
    assert [image.locked for image in project.images()] == [True, True, False, False, False, False]
    project.record_reveal(1, {"recall": 0.5})
    project.undo()
    assert not any(image.locked for image in project.images())
    (look,) = project.reveals()
    assert (look.run, look.figures) == (1, {"recall": 0.5})


def said(project: Project) -> list[tuple[int, int, str, str, int]]:
    return [(one.study, one.image, one.reviewer, one.answer, one.trial) for one in project.judgements()]


def sound_journal(project: Project) -> bool:
    return not any("journal" in problem or "judgement" in problem for problem in project.verify(read_images=False))


def test_blind_judgements_are_facts_that_add_up(project: Project) -> None:
    study = project.start_blind_study(1, [5, 3], trials=2, seed=7)
    assert (study.id, study.run, study.images, study.trials, study.seed) == (1, 1, (3, 5), 2, 7)
    project.record_judgement(1, 3, "A", "good")
    project.record_judgement(1, 3, "A", "defect", trial=2)
    assert said(project) == [(1, 3, "A", "good", 1), (1, 3, "A", "defect", 2)]
    assert project.undo() is None
    assert sound_journal(project)


def test_the_last_blind_answer_of_a_trial_can_be_taken_back_and_given_anew(project: Project) -> None:
    project.start_blind_study(1, [1, 2, 3], trials=2, seed=0)
    project.record_judgement(1, 1, "A", "good")
    project.record_judgement(1, 2, "A", "good")
    project.record_judgement(1, 1, "B", "unsure")
    assert project.take_back_judgement(1, "A", 1).images == {2}
    project.record_judgement(1, 2, "A", "defect")
    assert said(project) == [(1, 1, "A", "good", 1), (1, 1, "B", "unsure", 1), (1, 2, "A", "defect", 1)]
    assert project.take_back_judgement(1, "A", 2).operation == 0
    events = [event for event in project.events() if event.field == "judgement"]
    assert [(event.old is None, event.new is None) for event in events].count((False, True)) == 1
    assert sound_journal(project)


def test_a_finished_blind_study_stays_as_it_is(project: Project) -> None:
    project.start_blind_study(1, [1, 2], trials=1, seed=0)
    project.record_judgement(1, 1, "A", "good")
    project.finish_blind_study(1)
    (study,) = project.blind_studies()
    assert study.finished_utc is not None
    for refused in (
        lambda: project.record_judgement(1, 2, "A", "good"),
        lambda: project.take_back_judgement(1, "A", 1),
        lambda: project.finish_blind_study(1),
    ):
        with pytest.raises(InputError, match="finished"):
            refused()
    assert sound_journal(project)


@pytest.mark.parametrize(
    ("image", "reviewer", "trial", "words"),
    [
        (1, "A", 1, "judged already"),
        (3, "A", 1, "not asked for"),
        (2, "A", 2, "not asked for"),
        (2, " ", 1, "name is empty"),
        (99, "A", 1, "not in this project"),
    ],
)
def test_what_a_blind_study_does_not_ask_for_is_refused(
    project: Project, image: int, reviewer: str, trial: int, words: str
) -> None:
    project.start_blind_study(1, [1, 2], trials=1, seed=0)
    project.record_judgement(1, 1, "A", "good")
    with pytest.raises(InputError, match=words):
        project.record_judgement(1, image, reviewer, "good", trial)
    assert len(project.judgements()) == 1


def test_a_blind_answer_names_no_image(project: Project) -> None:
    project.start_blind_study(1, [1], trials=1, seed=0)
    assert "part" not in project.record_judgement(1, 1, "A", "good").sentence
    assert "part" not in project.take_back_judgement(1, "A", 1).sentence
