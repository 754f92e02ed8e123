"""Cancel is answered at once and done soon, at any moment of any job."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.jobs.readiness import what_is_missing
from anomaly_gui.jobs.train import TrainRequest, train
from anomaly_gui.progress import CancelToken, EventSink
from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from tests.conftest import Tally
from tests.jobs.tiny_project import make_dataset
from tests.soak.conftest import GoesOn
from tests.soak.test_closing import BUSY, jobs

ANSWERED_S, DONE_S = 0.1, 2.0
LATEST_S = {"combined": 20.0}
"""Until when the moment of cancelling lies, by job; 1 s unless named."""


def heavy(detector: str) -> Callable[[Project, EventSink, CancelToken], Any]:
    """The slowest detector there is, at its own size of the images."""
    return lambda project, emit, cancel: train(project, TrainRequest(detector=detector, preset="fast"), emit, cancel)


def seconds_to_cancel(window: MainWindow) -> tuple[float, float]:
    """Until the window has answered, and until the job has ended; the button need not be there yet."""
    started = time.monotonic()
    window.strip.cancel.click()
    QApplication.processEvents()
    answered = time.monotonic() - started
    while window.session.job is not None:
        QApplication.processEvents()
        time.sleep(0.001)
    return answered, time.monotonic() - started


def test_a_job_is_cancelled_soon_at_any_moment(
    qtbot: QtBot,
    window: MainWindow,
    trained_project: Path,
    tmp_path: Path,
    goes_on: GoesOn,
    long: bool,
    tally: Tally,
    capsys: pytest.CaptureFixture[str],
) -> None:
    count, chance = goes_on(5, 200), random.Random(1)
    make_dataset(tmp_path / "more", train=30, after=1000)  # Copies of what is there would keep a run from starting.
    works = jobs(tmp_path / "more")
    if not what_is_missing("combined"):
        works["combined"] = heavy("combined")
    window.open_project(trained_project)
    took: dict[str, list[tuple[float, float]]] = {kind: [] for kind in works}
    for number in range(count):
        kind = sorted(works)[number % len(works)]
        window.session.start_job(kind, kind, works[kind])
        QTest.qWait(round(1000 * chance.uniform(0, LATEST_S.get(kind, 1.0))))
        if window.session.job is not None:
            took[kind].append(seconds_to_cancel(window))
    with capsys.disabled():
        for kind, each in took.items():
            longest = [max(column, default=0.0) for column in zip(*each, strict=True)] or [0.0, 0.0]
            print(f"\n{kind:10} cancelled {len(each):4} times: answered in {longest[0] * 1e3:4.0f} ms", end="")
            print(f", done in {longest[1]:4.1f} s at most", end="")
    answered, done = zip(*(each for times in took.values() for each in times), strict=True)
    tally(
        f"a job is cancelled (longest {max(done):.1f} s)", len(done), sum(each > DONE_S for each in done) if long else 0
    )
    assert (max(answered) if long else sorted(answered)[len(answered) // 2]) <= ANSWERED_S
    assert sorted(done)[len(done) // 2] <= DONE_S
    assert max(done) <= DONE_S * (1 if long else BUSY)
