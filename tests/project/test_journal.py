"""The journal: it folds to the state, and every change to it from outside is found."""

from __future__ import annotations

import time
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from anomaly_gui.project.journal import fold
from anomaly_gui.project.records import Label, Threshold, Verdict
from anomaly_gui.project.store import Project
from tests.project.samples import GOOD, SCRATCH, new_image, reopened, stored_state


class Engineer(RuleBasedStateMachine):
    """Random work on a project; after every step the journal folds to the stored state."""

    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.project = Project.create(self.folder / f"p{time.monotonic_ns()}")
        self.project.add_images([new_image(n) for n in range(1, 5)])
        self.project.add_run("conv-ae", "fast", 0, {"a": 0.1}, {1: "train", 2: "test"})
        self.added = 4

    ids = st.lists(st.integers(1, 4), min_size=1, max_size=3)
    labels = st.sampled_from([GOOD, SCRATCH, Label("defect"), Label("unlabelled"), Label("defect", "刮痕")])
    verdicts = st.sampled_from(
        [None, Verdict("confirmed"), Verdict("unsure", "light"), Verdict("relabelled")]
    )

    @rule(ids=ids, label=labels)
    def label(self, ids: list[int], label: Label) -> None:
        self.project.set_label(ids, label, "because")
        assert all(self.project.image(i).label == label for i in ids)

    @rule(ids=ids, excluded=st.booleans())
    def exclude(self, ids: list[int], excluded: bool) -> None:
        self.project.set_excluded(ids, excluded)

    @rule(image=st.integers(1, 4), verdict=verdicts)
    def judge(self, image: int, verdict: Verdict | None) -> None:
        self.project.set_verdict(image, 1, verdict)

    @rule(image=st.integers(1, 4), verdict=verdicts, label=st.none() | labels)
    def review(self, image: int, verdict: Verdict | None, label: Label | None) -> None:
        self.project.review(image, 1, verdict, label)

    @rule(image=st.integers(1, 4), text=st.text(max_size=5))
    def comment(self, image: int, text: str) -> None:
        self.project.set_comment(image, text)

    @rule(image=st.integers(1, 4), path=st.none() | st.sampled_from(["/m/1.png", "/m/\udcff.png"]))
    def mask(self, image: int, path: str | None) -> None:
        self.project.set_mask_path(image, path)

    @rule(value=st.floats(-1e9, 1e9), parameter=st.none() | st.floats(0, 1))
    def threshold(self, value: float, parameter: float | None) -> None:
        self.project.set_threshold(1, Threshold(value, "manual", parameter))

    @rule()
    def import_one(self) -> None:
        self.added += 1
        self.project.add_images([new_image(self.added, label=Label("unlabelled"))])

    @rule(status=st.sampled_from(["paused", "running", "finished", "failed"]))
    def follow_run(self, status: str) -> None:
        self.project.update_run(1, status, "so it is")  # type: ignore[arg-type]

    @rule()
    def export(self) -> None:
        self.project.record_export(1, "/out/\udcfe.anomaly", "0" * 64, Threshold(0.1))

    @rule()
    def undo(self) -> None:
        sentence, events = self.project.undo_sentence, len(self.project.events())
        changed = self.project.undo()
        if sentence is None:
            assert changed is None
        else:
            assert self.project.redo_sentence == sentence
            assert len(self.project.events()) > events

    @rule()
    def undo_and_redo_is_nothing(self) -> None:
        before = stored_state(self.project)
        if self.project.undo() is not None:
            assert stored_state(self.project) != before
            self.project.redo()
        assert stored_state(self.project) == before

    @rule()
    def redo(self) -> None:
        self.project.redo()

    @rule()
    def reopen(self) -> None:
        before = (self.project.undo_sentence, self.project.redo_sentence)
        self.project = reopened(self.project)
        assert (self.project.undo_sentence, self.project.redo_sentence) == before

    @invariant()
    def the_journal_folds_to_the_state(self) -> None:
        assert fold(self.project.events()) == stored_state(self.project)

    def teardown(self) -> None:
        problems = [p for p in self.project.verify() if not p.startswith(("image /", "run 001"))]
        self.project.close()
        assert problems == []


def test_the_journal_folds_to_the_state_whatever_is_done(tmp_path: Path) -> None:
    Engineer.folder = tmp_path
    run_state_machine_as_test(
        Engineer,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


def test_an_event_says_who_when_what_and_on_which_image(project: Project) -> None:
    project.set_label([2], SCRATCH, "seen under the microscope")
    _, event = project.events(2)
    assert (event.field, event.image, event.run) == ("label", 2, None)
    assert event.old == {"kind": "good", "defect_type": None}
    assert event.new == {"kind": "defect", "defect_type": "scratch"}
    assert event.reason == "seen under the microscope"
    assert event.image_sha256 == project.image(2).sha256
    assert event.who
    assert event.time_utc.endswith("Z")
