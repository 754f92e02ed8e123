"""A project as it was: every table that the journal speaks of, after any event."""

from __future__ import annotations

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.project import tables
from anomaly_gui.project.journal import fold
from anomaly_gui.project.records import Threshold
from anomaly_gui.project.replay import Replay
from anomaly_gui.project.store import Project
from tests.project.samples import SCRATCH


def test_after_each_event_the_tables_are_what_the_journal_folds_to(project: Project) -> None:
    project.set_threshold(1, Threshold(0.5))
    project.set_label([1, 2], SCRATCH)
    project.undo()
    project.redo()
    project.types.rename("scratch", "mark")
    project.set_threshold(1, Threshold(0.4))
    events = project.events()
    ends = [event.seq - 1 for event in events if event.field == "operation"] + [events[-1].seq]
    with Replay(project, events) as replay:
        for seq in ends:
            then = replay.forward_to(seq)
            assert tables.state(then._writer.connection) == fold(event for event in events if event.seq <= seq)


def test_it_cannot_be_written_to(project: Project) -> None:
    with Replay(project, project.events()) as replay, pytest.raises(InputError, match="reading only"):
        replay.forward_to(1).set_comment(1, "later")
