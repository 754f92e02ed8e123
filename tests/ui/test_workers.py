"""Jobs on the thread: what is told, when, and how it ends."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from anomaly_gui.progress import CancelToken, EpochFinished, Event, EventSink, FileRefused, Noted, Progress
from anomaly_gui.ui.workers import JobThread, Mailbox


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[JobThread]:
    made = JobThread()
    yield made
    made.stop()


class Listener(QObject):
    """Bound slots, as the window has them; notes in which thread it was called."""

    def __init__(self, jobs: JobThread) -> None:
        super().__init__()
        self.events: list[Event] = []
        self.threads: set[QThread] = set()
        jobs.told.connect(self._take)

    def _take(self, event: Event) -> None:
        self.events.append(event)
        self.threads.add(QThread.currentThread())


def epoch(number: int) -> EpochFinished:
    return EpochFinished(number, 9, 0.5, 0.6, 10.0, 1.0, False)


def test_a_job_runs_in_another_thread_and_its_result_arrives_in_this_one(qtbot: QtBot, jobs: JobThread) -> None:
    listener = Listener(jobs)

    def work(emit: EventSink, _cancel: CancelToken) -> int:
        emit(Noted("hello"))
        return threading.get_ident()

    with qtbot.waitSignal(jobs.finished) as ended:
        jobs.start(work)
    assert ended.args[0] != threading.get_ident()
    assert listener.events == [Noted("hello")]
    assert listener.threads == {QThread.currentThread()}
    assert not jobs.is_running


def test_what_a_job_raises_is_announced_and_the_next_job_runs(qtbot: QtBot, jobs: JobThread) -> None:
    def fail(_emit: EventSink, _cancel: CancelToken) -> None:
        raise ValueError("no")

    with qtbot.waitSignal(jobs.failed) as failed:
        jobs.start(fail)
    assert isinstance(failed.args[0], ValueError)
    with qtbot.waitSignal(jobs.finished) as ended:
        jobs.start(lambda emit, cancel: 7)
    assert ended.args == [7]


def test_a_flood_of_progress_is_told_ten_times_a_second_and_the_last_is_never_lost(
    qtbot: QtBot, jobs: JobThread
) -> None:
    listener = Listener(jobs)

    def work(emit: EventSink, _cancel: CancelToken) -> None:
        for step in range(1, 3001):
            emit(Progress("x", step, 3000))
            if step % 1000 == 0:
                emit(epoch(step // 1000))
                time.sleep(0.12)

    with qtbot.waitSignal(jobs.finished):
        jobs.start(work)
    progress = [event for event in listener.events if isinstance(event, Progress)]
    assert 1 <= len(progress) <= 8
    assert progress[-1].done == 3000
    assert [event.epoch for event in listener.events if isinstance(event, EpochFinished)] == [1, 2, 3]


def test_all_events_are_told_before_the_result(qtbot: QtBot, jobs: JobThread) -> None:
    order: list[object] = []

    class Order(QObject):
        def note(self, thing: object) -> None:
            order.append(thing)

    listener = Order()
    jobs.told.connect(listener.note)
    jobs.finished.connect(listener.note)

    def work(emit: EventSink, _cancel: CancelToken) -> str:
        for number in range(50):
            emit(FileRefused(f"{number}.png", "empty"))
        return "end"

    with qtbot.waitSignal(jobs.finished):
        jobs.start(work)
    assert [thing.path for thing in order[:-1] if isinstance(thing, FileRefused)] == [f"{n}.png" for n in range(50)]
    assert order[-1] == "end"


def test_cancel_reaches_a_running_and_a_paused_job(qtbot: QtBot, jobs: JobThread) -> None:
    def work(_emit: EventSink, cancel: CancelToken) -> str:
        while not cancel.should_stop():
            time.sleep(0.005)
        return "stopped"

    token = jobs.start(work)
    token.pause()
    with qtbot.waitSignal(jobs.finished) as ended:
        token.cancel()
    assert ended.args == ["stopped"]


def test_only_one_job_at_a_time(qtbot: QtBot, jobs: JobThread) -> None:
    release = threading.Event()
    jobs.start(lambda emit, cancel: release.wait(5))
    with pytest.raises(RuntimeError, match="is running"):
        jobs.start(lambda emit, cancel: None)
    with qtbot.waitSignal(jobs.finished):
        release.set()


def test_stop_waits_for_the_job_and_announces_nothing(qtbot: QtBot) -> None:
    jobs = JobThread()
    begun, done = threading.Event(), threading.Event()

    def work(_emit: EventSink, cancel: CancelToken) -> None:
        begun.set()
        while not cancel.should_stop():
            time.sleep(0.005)
        # What a job does after the first cancel is stopped by the second.
        assert cancel.finishing().cancelled
        done.set()

    jobs.start(work)
    assert begun.wait(5)
    with qtbot.assertNotEmitted(jobs.finished), qtbot.assertNotEmitted(jobs.failed):
        jobs.stop()
        assert done.is_set()
        qtbot.wait(30)


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a niceness of their own on Linux alone")
def test_the_job_leaves_the_processor_to_the_window(qtbot: QtBot, jobs: JobThread) -> None:
    def niceness(_emit: EventSink, _cancel: CancelToken) -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    with qtbot.waitSignal(jobs.finished) as ended:
        jobs.start(niceness)
    here = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert ended.args[0] == max(here, 10)
    assert here < 10


def test_a_mailbox_keeps_the_newest_progress_and_everything_else_in_order() -> None:
    box = Mailbox()
    for event in (Progress("a", 1, 2), Noted("x"), Progress("a", 2, 2), epoch(1)):
        box.put(event)
    assert box.take() == [Noted("x"), epoch(1), Progress("a", 2, 2)]
    assert box.take() == []
