"""Thousands of random actions in the real window: no fault, no warning, and nothing grows."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.widgets.message import Fault
from tests.conftest import Tally
from tests.soak.conftest import GoesOn
from tests.soak.footprint import Footprint, measured, together
from tests.soak.user import User

SHORT, LONG = 250, 50_000
MOST_MB = 50
LOOK_EVERY = 1000


@pytest.mark.parametrize("seed", [1])
def test_a_random_user_breaks_nothing_and_nothing_grows(
    qtbot: QtBot,
    window: MainWindow,
    trained_project: Path,
    goes_on: GoesOn,
    seed: int,
    tally: Tally,
    capsys: pytest.CaptureFixture[str],
) -> None:
    count = goes_on(SHORT, LONG)
    window.open_project(trained_project)
    user, seen = User(window, trained_project, seed), list[tuple[int, Footprint]]()
    for number in range(1, count + 1):
        user.step()
        faults = [each for each in QApplication.topLevelWidgets() if isinstance(each, Fault)]
        assert window.isVisible(), (number, user.done)
        assert faults == [], (number, user.done, [fault.details.toPlainText() for fault in faults])
        if number % min(LOOK_EVERY, count // 2) == 0:
            user.settle()
            seen.append((number, measured()))
            with capsys.disabled():
                print(f"\n{number:6} actions: {seen[-1][1]}", end="" if number < count else "\n", flush=True)
    window.close_project()
    with Project.open(trained_project) as project:
        problems = project.verify(read_images=False)
    tally("random actions in the window", count, len(problems))
    assert problems == []
    # Until then something rare is still done for the first time: a library is loaded, a page of it is made.
    fifth = max(1, len(seen) // 5)
    warm, last = (
        together([each for _, each in seen[2 * fifth :][:fifth]]),
        together([each for _, each in seen[-fifth:]]),
    )
    if count >= 2000:
        assert last.memory_mb - warm.memory_mb <= MOST_MB
        assert last.files <= warm.files + 2
        assert last.threads <= warm.threads + 2
        assert last.objects <= warm.objects * 1.05
