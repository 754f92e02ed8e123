"""The session on a real project: what it announces, what it refuses, and whose doings it notices."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.pixel_rules import PixelRule
from anomaly_gui.evaluation.thresholds import Rule
from anomaly_gui.jobs.evaluate import set_threshold_by_rule
from anomaly_gui.jobs.rescoring import choose_pixel_threshold
from anomaly_gui.progress import CancelToken, EventSink, Noted, Progress
from anomaly_gui.project.records import Label, PixelThreshold, Threshold
from anomaly_gui.project.store import Project
from anomaly_gui.ui.session import JobEnd, Session
from tests.project.samples import new_image
from tests.ui.pages.scored_project import scored_project

SIGNALS = (
    "project_opened",
    "project_closing",
    "project_closed",
    "images_changed",
    "runs_changed",
    "region_changed",
    "threshold_changed",
    "pixel_threshold_changed",
    "current_run_changed",
    "said",
    "failed",
    "job_started",
    "job_ended",
)


class Heard(QObject):
    """Every announcement of a session, in order."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.all: list[tuple[str, Any]] = []
        for name in SIGNALS:
            getattr(session, name).connect(_Note(self, name))

    def take(self) -> list[tuple[str, Any]]:
        taken, self.all = self.all, []
        return taken

    def names(self) -> list[str]:
        return [name for name, _ in self.take()]


class _Note:
    def __init__(self, heard: Heard, name: str) -> None:
        self._heard = heard
        self._name = name

    def __call__(self, *args: Any) -> None:
        self._heard.all.append((self._name, args[0] if args else None))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with six good images and two runs, the first of which has a threshold."""
    with Project.create(tmp_path / "project") as project:
        project.add_images([new_image(number) for number in range(1, 7)])
        for _ in range(2):
            project.add_run("conv-ae", "fast", 0, {}, {})
        project.update_run(1, "finished")
        project.set_threshold(1, Threshold(1.0))
        return project.folder


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session()
    yield made
    made.shut_down()


def test_opening_announces_the_project_with_everything_at_hand(session: Session, folder: Path) -> None:
    heard = Heard(session)
    assert session.open_project(folder)
    assert heard.names() == ["project_opened"]
    assert sorted(session.images) == [1, 2, 3, 4, 5, 6]
    assert sorted(session.runs) == [1, 2]
    assert session.runs[2].status == "interrupted"
    assert session.threshold(1) == Threshold(1.0)


def test_the_latest_run_with_scores_is_looked_at_first(session: Session, folder: Path) -> None:
    session.open_project(folder)
    assert session.is_scored(1)
    assert not session.is_scored(2)
    assert session.current_run == 1


def test_the_run_that_was_looked_at_is_remembered(session: Session, folder: Path) -> None:
    session.open_project(folder)
    session.choose_run(2)
    session.close_project()
    session.open_project(folder)
    assert session.current_run == 2


def test_another_scoring_and_another_pixel_threshold_are_announced_and_so_is_their_undo(
    session: Session, folder: Path
) -> None:
    session.open_project(folder)
    heard = Heard(session)
    session.apply(lambda project: project.set_scoring(1, {"reduction": "mean"}, Threshold(2.0)))
    assert heard.names() == ["runs_changed", "threshold_changed", "said"]
    heard.take()
    session.apply(lambda project: project.set_pixel_threshold(1, PixelThreshold(3.0)))
    assert heard.names() == ["pixel_threshold_changed", "said"]
    assert session.pixel_threshold(1) == PixelThreshold(3.0)
    session.undo()
    assert session.pixel_threshold(1) is None
    heard.take()
    session.undo()
    assert heard.names() == ["runs_changed", "threshold_changed", "said"]


def test_what_cannot_be_opened_is_said_and_leaves_the_open_project_alone(session: Session, folder: Path) -> None:
    session.open_project(folder)
    heard = Heard(session)
    assert not session.open_project(folder / "nowhere")
    ((name, error),) = heard.take()
    assert name == "failed"
    assert isinstance(error, InputError)
    assert session.project.folder == folder


def test_opening_the_open_project_again_changes_nothing(session: Session, folder: Path) -> None:
    session.open_project(folder)
    heard = Heard(session)
    assert session.open_project(folder)
    assert heard.take() == []


def test_a_project_can_still_be_written_while_it_closes(session: Session, folder: Path) -> None:
    session.open_project(folder)

    class Page(QObject):
        def save(self) -> None:
            session.project.remember("page", "tune")

    page = Page()
    session.project_closing.connect(page.save)
    session.close_project()
    assert not session.is_open
    with Project.open(folder) as project:
        assert project.place("page") == "tune"


def test_a_label_is_announced_as_the_images_it_changed(session: Session, folder: Path) -> None:
    session.open_project(folder)
    heard = Heard(session)
    changed = session.apply(lambda project: project.set_label([2, 3], Label("defect", "dent")))
    assert changed is not None
    assert heard.take() == [("images_changed", frozenset({2, 3})), ("said", "Labelled 2 images defective (dent)")]
    assert session.images[2].label == Label("defect", "dent")


@pytest.fixture
def tuned(session: Session, tmp_path: Path) -> Session:
    """With a scored run whose threshold the rule best-f1 has set."""
    with scored_project(tmp_path) as project:
        set_threshold_by_rule(project, 1, Rule("best-f1"))
    session.open_project(tmp_path / "project")
    return session


def test_relabelling_moves_a_threshold_by_rule_in_the_same_step(tuned: Session) -> None:
    before = tuned.threshold(1)
    heard = Heard(tuned)
    changed = tuned.apply(lambda project: project.set_label([6], Label("good")))
    assert changed is not None
    assert (changed.images, changed.runs) == ({6}, {1})
    after = tuned.threshold(1)
    assert after != before
    assert heard.take() == [
        ("images_changed", frozenset({6})),
        ("threshold_changed", 1),
        ("said", "Labelled part_6.png good. Set the threshold to 2.1"),
    ]
    assert tuned.undo_sentence == "Labelled part_6.png good"
    tuned.undo()
    assert (tuned.threshold(1), tuned.images[6].label) == (before, Label("defect", "crack"))
    tuned.redo()
    assert (tuned.threshold(1), tuned.images[6].label) == (after, Label("good"))


def test_leaving_an_image_out_moves_a_threshold_by_rule_and_a_comment_does_not(tuned: Session) -> None:
    before = tuned.threshold(1)
    tuned.apply(lambda project: project.set_comment(6, "a hair"))
    assert tuned.threshold(1) == before
    tuned.apply(lambda project: project.set_excluded([6], True))
    assert tuned.threshold(1) != before


def test_relabelling_moves_no_threshold_of_a_run_that_is_not_looked_at_or_set_by_hand(tuned: Session) -> None:
    before = tuned.threshold(1)
    tuned.choose_run(None)
    tuned.apply(lambda project: project.set_label([6], Label("good")))
    assert tuned.threshold(1) == before
    tuned.choose_run(1)
    tuned.apply(lambda project: project.set_threshold(1, Threshold(4.0)))
    tuned.apply(lambda project: project.set_label([7], Label("good")))
    assert tuned.threshold(1) == Threshold(4.0)


def test_a_label_is_kept_where_the_rule_can_no_longer_be_applied(tuned: Session) -> None:
    before = tuned.threshold(1)
    tuned.apply(lambda project: project.set_label([6, 7, 8, 9], Label("good")))
    assert tuned.threshold(1) == before
    assert tuned.images[9].label == Label("good")


def test_a_threshold_is_announced_without_a_change_of_the_run(session: Session, folder: Path) -> None:
    session.open_project(folder)
    heard = Heard(session)
    session.apply(lambda project: project.set_threshold(1, Threshold(2.0)))
    assert heard.names() == ["threshold_changed", "said"]
    assert session.threshold(1) == Threshold(2.0)


def test_an_operation_that_is_refused_is_said_and_changes_nothing(session: Session, folder: Path) -> None:
    session.open_project(folder)
    heard = Heard(session)
    assert session.apply(lambda project: project.set_label([99], Label("good"))) is None
    assert heard.names() == ["failed"]


def test_nothing_to_change_is_not_announced(session: Session, folder: Path) -> None:
    session.open_project(folder)
    heard = Heard(session)
    session.apply(lambda project: project.set_label([1], Label("good")))
    assert heard.take() == []


def test_undo_and_redo_announce_what_they_change(session: Session, folder: Path) -> None:
    session.open_project(folder)
    session.apply(lambda project: project.set_excluded([4], True))
    heard = Heard(session)
    assert session.undo_sentence is not None
    session.undo()
    assert not session.images[4].excluded
    session.redo()
    assert session.images[4].excluded
    assert heard.names() == ["images_changed", "said"] * 2
    session.undo()
    assert session.undo() is None


def test_without_a_project_there_is_nothing_to_undo(session: Session) -> None:
    assert session.undo() is None
    assert session.redo() is None
    assert session.undo_sentence is None
    with pytest.raises(RuntimeError):
        _ = session.project


def test_what_a_job_does_to_the_project_is_noticed(qtbot: QtBot, session: Session, folder: Path) -> None:
    session.open_project(folder)
    heard = Heard(session)

    def work(project: Project, emit: EventSink, _cancel: CancelToken) -> str:
        run = project.add_run("conv-ae", "fast", 0, {}, {})
        emit(Progress("Training", 1, 2))
        project.add_images([new_image(7)])
        project.update_run(run.id, "finished")
        project.set_threshold(run.id, Threshold(3.0))
        return "done"

    with qtbot.waitSignal(session.job_ended) as ended:
        session.start_job("train", "Training", work)
    end: JobEnd = ended.args[0]
    assert (end.job.kind, end.result, end.error) == ("train", "done", None)
    told = heard.take()
    assert ("images_changed", frozenset({7})) in told
    assert ("threshold_changed", 3) in told
    assert told[-1][0] == "job_ended", "the changes are known before the end is told"
    assert session.runs[3].status == "finished"
    assert session.job is None


def test_a_run_that_starts_is_seen_while_its_job_runs(qtbot: QtBot, session: Session, folder: Path) -> None:
    session.open_project(folder)

    def work(project: Project, emit: EventSink, cancel: CancelToken) -> None:
        project.add_run("conv-ae", "fast", 0, {}, {})
        emit(Progress("Reading", 1, 2))
        while not cancel.should_stop():
            time.sleep(0.005)

    with qtbot.waitSignal(session.runs_changed):
        session.start_job("train", "Training", work)
    assert session.runs[3].status == "running"
    with qtbot.waitSignal(session.job_ended):
        session.cancel_job()


def test_a_second_job_and_another_project_are_refused_while_one_runs(
    qtbot: QtBot, session: Session, folder: Path, tmp_path: Path
) -> None:
    session.open_project(folder)

    def wait(_project: Project, _emit: EventSink, cancel: CancelToken) -> None:
        while not cancel.should_stop():
            time.sleep(0.005)

    assert session.start_job("import", "Importing images", wait) is not None
    heard = Heard(session)
    assert session.start_job("train", "Training", wait) is None
    assert not session.create_project(tmp_path / "other")
    errors = [error for name, error in heard.take() if name == "failed"]
    assert len(errors) == 2
    assert all("Importing images" in str(error) for error in errors)
    with qtbot.waitSignal(session.job_ended):
        session.cancel_job()


def test_a_job_that_fails_ends_first_and_is_then_said(qtbot: QtBot, session: Session, folder: Path) -> None:
    session.open_project(folder)
    heard = Heard(session)

    def fail(_project: Project, _emit: EventSink, _cancel: CancelToken) -> None:
        raise InputError("a.png", "it is broken", "Mend it")

    with qtbot.waitSignal(session.failed):
        session.start_job("train", "Training", fail)
    assert heard.names() == ["job_started", "job_ended", "failed"]


def test_a_job_can_run_without_a_project(qtbot: QtBot, session: Session) -> None:
    def work(emit: EventSink, _cancel: CancelToken) -> int:
        emit(Progress("Drawing", 1, 1))
        emit(Noted("x"))
        return 3

    with qtbot.waitSignal(session.job_ended) as ended:
        session.start_job_without_project("demo", "Demo", work)
    assert ended.args[0].result == 3


def test_shutting_down_during_a_job_stops_it_and_frees_the_project(qtbot: QtBot, folder: Path) -> None:
    session = Session()
    session.open_project(folder)
    begun = threading.Event()

    def work(project: Project, _emit: EventSink, cancel: CancelToken) -> None:
        begun.set()
        while not cancel.should_stop():
            time.sleep(0.005)
        project.set_comment(1, "written at the very end")

    session.start_job("train", "Training", work)
    assert begun.wait(5)
    session.shut_down()
    with Project.open(folder) as project:
        assert project.image(1).comment == "written at the very end"


def test_images_that_an_import_adds_are_seen_while_it_runs(qtbot: QtBot, session: Session, folder: Path) -> None:
    session.open_project(folder)

    def work(project: Project, emit: EventSink, cancel: CancelToken) -> None:
        project.add_images([new_image(number) for number in range(10, 110)])
        emit(Progress("Importing", 100, 200))
        while not cancel.should_stop():
            time.sleep(0.005)

    with qtbot.waitSignal(session.images_changed) as changed:
        session.start_job("import", "Importing images", work)
    assert len(changed.args[0]) == 100
    assert len(session.images) == 106
    with qtbot.waitSignal(session.job_ended):
        session.cancel_job()


def test_many_labels_at_once_are_known_as_well_as_a_few(session: Session, folder: Path) -> None:
    session.open_project(folder)
    session.apply(lambda project: project.add_images([new_image(number) for number in range(10, 110)]))
    ids = sorted(session.images)
    session.apply(lambda project: project.set_label(ids, Label("defect", "dent")))
    assert {image.label.defect_type for image in session.images.values()} == {"dent"}
    session.apply(lambda project: project.set_label(ids[:2], Label("good")))
    assert [session.images[key].label.kind for key in ids[:3]] == ["good", "good", "defect"]
    assert session.images == {image.id: image for image in session.project.images()}


def test_whatever_writes_undoes_or_starts_lets_open_moves_settle_first(session: Session, folder: Path) -> None:
    session.open_project(folder)
    heard: list[str | None] = []
    session.settling.connect(lambda: heard.append(session.undo_sentence))
    session.apply(lambda project: project.set_label([1], Label("defect")))
    assert heard == [None], "before it is written"
    session.undo()
    session.redo()
    assert len(heard) == 3
    session.choose_run(1 if session.current_run != 1 else 2)
    session.close_project()
    assert len(heard) == 5


def test_relabelling_moves_a_pixel_threshold_by_rule_in_the_same_step(session: Session, tmp_path: Path) -> None:
    with scored_project(tmp_path / "masked", masked=True) as project:
        choose_pixel_threshold(project, 1, PixelRule("largest-region", 5.0))
        folder = project.folder
    session.open_project(folder)
    before, told = session.pixel_threshold(1), []
    session.pixel_threshold_changed.connect(told.append)
    session.apply(lambda project: project.set_excluded([12, 13], True))
    assert session.pixel_threshold(1) != before
    assert told == [1]
    session.undo()
    assert session.pixel_threshold(1) == before
    assert not session.images[13].excluded, "one undo takes both back"
