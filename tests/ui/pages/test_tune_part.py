"""What the Tune page asks of every view beside that of the threshold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QThreadPool
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.project.records import Threshold
from anomaly_gui.ui.pages import tune
from anomaly_gui.ui.pages.tune_part import TunePart
from anomaly_gui.ui.session import Session
from tests.ui.pages.scored_project import scored_project


class _Listening(TunePart):
    name = "listening"
    title = "Listening"
    tip = "Writes down what it is told"

    def refresh(self, run_id: int) -> None:
        self.heard = [*getattr(self, "heard", []), run_id]


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tune.TunePage]:
    monkeypatch.setattr(tune, "_PARTS", (_Listening,))
    project = scored_project(tmp_path)
    folder = project.folder
    project.close()
    session = Session()
    made = tune.TunePage(session)
    qtbot.addWidget(made)
    session.open_project(folder)
    made.restore_place()
    made.show()
    made.activate()
    QApplication.processEvents()
    yield made
    session.shut_down()
    QThreadPool.globalInstance().waitForDone()


def _heard(page: tune.TunePage) -> list[int]:
    return getattr(page.parts.get("listening"), "heard", [])


def test_a_part_reads_anew_when_it_is_shown_and_at_each_new_threshold_but_not_while_hidden(page: tune.TunePage) -> None:
    run = page.session.current_run
    assert run is not None
    page.session.apply(lambda project: project.set_threshold(run, Threshold(2.0)))
    assert _heard(page) == []
    page.show_part("listening")
    assert _heard(page) == [run]
    page.session.apply(lambda project: project.set_threshold(run, Threshold(3.0)))
    assert _heard(page) == [run, run]


def test_the_part_that_was_shown_is_remembered(page: tune.TunePage) -> None:
    page.show_part("listening")
    page.save_place()
    page.show_part("threshold")
    page.restore_place()
    assert page.choice.current == "listening"


def test_keys_move_the_image_threshold_where_the_part_has_no_line_of_its_own(page: tune.TunePage) -> None:
    page.show_part("listening")
    before = page.session.threshold(1)
    page._step_lower()
    page.burst.settle()
    assert page.session.threshold(1) != before


def test_keys_move_the_parts_own_line_where_it_has_one(page: tune.TunePage, monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[int] = []
    monkeypatch.setattr(_Listening, "step", lambda _self, direction: moved.append(direction) or True)
    page.show_part("listening")
    before = page.session.threshold(1)
    page._step_higher()
    assert moved == [1]
    assert page.session.threshold(1) == before
