"""Which actions the History view shows, and what it says of one."""

from __future__ import annotations

import time
from pathlib import Path

from anomaly_gui.project.logbook import LogEntry
from anomaly_gui.project.records import Label, Threshold
from anomaly_gui.project.store import Project
from anomaly_gui.ui.history_state import DETAILS, KINDS, HistoryState, details, rows_of
from tests.project.samples import small_project


def entry(number: int, **changes: object) -> LogEntry:
    values = {
        "operation": number,
        "time_utc": "2026-11-27T14:03:00.000Z",
        "who": "anna" if number % 2 else "ben",
        "sentence": f"Labelled part_{number}.png good",
        "kind": "change",
        "reason": "",
        "fields": ("label",),
        "image": number,
        "changes": 1,
    }
    return LogEntry(**(values | changes))


def state_of(*entries: LogEntry) -> HistoryState:
    state = HistoryState()
    state.add(rows_of(entries))
    return state


def test_the_newest_comes_first_and_what_follows_goes_before_it() -> None:
    state = state_of(entry(1), entry(3))
    state.add(rows_of([entry(5)]))
    assert [row.entry.operation for row in state.shown] == [5, 3, 1]
    assert state.last == 5
    assert state.count_text == "3 actions"


def test_words_and_kinds_choose_together() -> None:
    threshold = entry(4, sentence="Set the threshold to 0.42", fields=("threshold",), run=3, image=None)
    state = state_of(entry(1), entry(2), entry(3), threshold)
    state.choose("ANNA part_3", "all")
    assert [row.entry.operation for row in state.shown] == [3]
    assert state.count_text == "1 of 4 actions"
    state.choose("", "thresholds")
    assert [row.entry.operation for row in state.shown] == [4]
    state.choose("anna", "thresholds")
    assert state.shown == []
    state.choose("2026-11-27", "all")
    assert len(state.shown) == 4


def test_every_action_is_of_some_kind(tmp_path: Path) -> None:
    for project in small_project(tmp_path / "p"):
        everything(project)
        state = HistoryState()
        state.add(rows_of(project.log_entries()))
        found = set()
        for kind in KINDS:
            state.choose("", kind)
            if kind != "all":
                found |= {row.entry.operation for row in state.shown}
        state.choose("", "all")
        assert found == {row.entry.operation for row in state.shown}


def everything(project: Project) -> None:
    project.set_threshold(1, Threshold(0.5))
    project.record_scores(1, 6, "0" * 64)
    project.set_label([1], Label("defect", "dent"))
    project.types.add("scratch")
    project.set_splits({1: "test"})
    project.access.turn_on("engine room")
    project.access.take("operator")


def test_an_action_is_told_with_who_when_why_and_what_became_of_what() -> None:
    for_ = entry(1, reason="after a second look", program="0.4", role="reviewer")
    said = details(for_, [])
    assert "anna, as reviewer" in said
    assert "2026-11-27T14:03:00.000Z" in said
    assert "program 0.4" in said
    assert "Reason: after a second look" in said
    assert "an older program" in details(entry(1), [])


def test_of_many_changes_the_first_are_told_and_the_rest_is_counted(tmp_path: Path) -> None:
    for project in small_project(tmp_path / "p", DETAILS + 20):
        project.set_label(range(1, DETAILS + 21), Label("defect"))
        last = project.log_entries()[-1]
        said = details(last, project.events_of(last.operation, DETAILS + 1)).splitlines()
        assert said[-2] == f"image {DETAILS}, label: good → defective"
        assert said[-1] == "and 20 more"


def test_a_hundred_thousand_actions_are_filtered_while_one_types() -> None:
    state = HistoryState()
    state.add(rows_of(entry(n) for n in range(1, 100_001)))
    started = time.thread_time()
    state.choose("part_99 anna", "labels")
    assert time.thread_time() - started < 0.5
    assert len(state.shown) == 556
