"""The journal as actions: one entry each, in pages, with what people want to know."""

from __future__ import annotations

import time
from pathlib import Path

from anomaly_gui import __version__
from anomaly_gui.project.records import Threshold, Verdict
from anomaly_gui.project.store import Project
from tests.project.samples import GOOD, SCRATCH, new_image


def test_an_action_on_many_images_is_one_entry_that_says_how_many_it_changed(project: Project) -> None:
    project.set_label([1, 2, 3], SCRATCH, "after a second look")
    entry = project.log_entries()[-1]
    assert (entry.sentence, entry.reason) == ("Labelled 3 images defective (scratch)", "after a second look")
    assert (entry.kind, entry.program, entry.role) == ("change", __version__, "")
    assert entry.changes == 4  # three labels and a new defect type
    assert (entry.image, entry.run) == (None, None)
    assert set(entry.fields) == {"label", "defect_type"}


def test_what_is_about_one_image_or_run_says_which(project: Project) -> None:
    project.set_verdict(2, 1, Verdict("confirmed"))
    project.set_threshold(1, Threshold(0.5))
    project.record_scores(1, 6, "0" * 64)
    verdict, threshold, scores = project.log_entries()[-3:]
    assert (verdict.image, verdict.run) == (2, 1)
    assert (threshold.image, threshold.run) == (None, 1)
    assert (scores.sentence, scores.run, scores.changes) == ("Scored 6 images of run 001-conv-ae", 1, 0)


def test_entries_come_in_pages_that_together_are_all(project: Project) -> None:
    for number in range(1, 7):
        project.set_comment(number, f"{number}")
    whole, paged, after = project.log_entries(), [], 0
    while page := project.log_entries(after, 3):
        assert len(page) <= 3
        paged += page
        after = page[-1].operation
    assert paged == whole
    assert len(whole) == len([event for event in project.events() if event.field == "operation"])


def test_a_joined_operation_is_part_of_the_entry_that_it_joined(project: Project) -> None:
    project.set_threshold(1, Threshold(0.5))
    with project.together():
        project.set_label([1], SCRATCH)
        project.set_threshold(1, Threshold(0.4))
    entry = project.log_entries()[-1]
    assert entry.sentence.startswith("Labelled part_1.png")
    assert "threshold" in entry.fields


def test_a_hundred_thousand_events_are_read_in_moments(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p") as project:
        project.add_images([new_image(n) for n in range(1, 5001)])
        for _ in range(10):
            project.set_label(range(1, 5001), SCRATCH)
            project.set_label(range(1, 5001), GOOD)
        assert len(project.events()) > 100_000
        started = time.thread_time()
        assert len(project.log_entries()) == 21
        assert time.thread_time() - started < 2
