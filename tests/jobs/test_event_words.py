"""Every event that the program writes can be said in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from anomaly_gui.jobs.event_words import event_words
from anomaly_gui.project.journal import Event
from anomaly_gui.project.records import Label, Verdict
from anomaly_gui.project.store import Project


def event(field: str, old: object, new: object) -> Event:
    return Event(
        seq=2,
        operation=1,
        field=field,
        image=1,
        run=None,
        old=old,
        new=new,
        reason="",
        time_utc="",
        who="anna",
        image_sha256=None,
        previous_hash="",
        hash="",
    )


@pytest.mark.parametrize(
    ("field", "old", "new", "said"),
    [
        (
            "label",
            {"kind": "good", "defect_type": None},
            {"kind": "defect", "defect_type": "scratch"},
            "label: good → defective (scratch)",
        ),
        ("verdict", None, {"kind": "confirmed", "reason": "faint"}, "verdict: none → confirmed (faint)"),
        (
            "threshold",
            {"value": 0.39, "rule": "best-f1"},
            {"value": 0.42, "rule": "manual", "recheck": 0.3},
            "threshold: 0.39 (Best F1) → 0.42 (by hand, recheck from 0.3)",
        ),
        ("excluded", False, True, "excluded: no → yes"),
        ("mask", None, "masks/a.png", "mask: none → a.png"),
        ("split", "train", "test", "split: train → test"),
        ("comment", "", "a scratch", "comment: none → a scratch"),
        ("something new", {"a": 1}, {"a": 2}, 'something new: {"a": 1} → {"a": 2}'),
    ],
)
def test_it_says_what_became_of_what(field: str, old: object, new: object, said: str) -> None:
    assert event_words(event(field, old, new)) == said


def test_all_that_a_project_has_seen_can_be_said_in_a_line(demo_project: Path) -> None:
    with Project.open(demo_project) as project:
        project.set_label([1], Label("defect", "dent"))
        project.set_verdict(1, 1, Verdict("unsure"))
        project.undo()
        for each in project.events():
            said = event_words(each)
            assert said
            assert len(said) <= 160
            assert "\n" not in said
