from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.progress import EpochFinished, Progress
from anomaly_gui.project.store import Project
from anomaly_gui.ui.pages.start import StartPage
from anomaly_gui.ui.recent import add_recent, recent_projects

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> StartPage:
    Project.create(tmp_path / "housing").close()
    add_recent(tmp_path / "gone")
    add_recent(tmp_path / "housing")
    made = StartPage()
    qtbot.addWidget(made)
    made.resize(1366, 700)
    made.show()
    return made


def test_each_button_tells_what_is_wanted(qtbot: QtBot, page: StartPage) -> None:
    for button, signal in (
        (page.new, page.new_wanted),
        (page.open, page.open_wanted),
        (page.demo, page.demo_wanted),
    ):
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(button, LEFT)


def test_recent_projects_are_listed_newest_first_and_missing_ones_are_marked(qtbot: QtBot, page: StartPage) -> None:
    def shown() -> list[str]:
        return [page.recent.item(row).text().splitlines()[0] for row in range(page.recent.count())]

    assert [text.removesuffix(" (not found)") for text in shown()] == ["housing", "gone"]
    qtbot.waitUntil(lambda: shown() == ["housing", "gone (not found)"])
    assert not page.none.isVisible()


def test_without_recent_projects_the_list_says_so(qtbot: QtBot) -> None:
    made = StartPage()
    qtbot.addWidget(made)
    made.show()
    assert made.none.isVisible()


def test_enter_opens_the_chosen_project(qtbot: QtBot, page: StartPage, tmp_path: Path) -> None:
    page.recent.setCurrentRow(0)
    with qtbot.waitSignal(page.project_wanted) as wanted:
        qtbot.keyClick(page.recent, Qt.Key.Key_Return)
    assert wanted.args == [tmp_path / "housing"]


def test_delete_takes_a_project_off_the_list_and_leaves_its_files(
    qtbot: QtBot, page: StartPage, tmp_path: Path
) -> None:
    page.recent.setFocus()
    page.recent.setCurrentRow(0)
    qtbot.keyClick(page.recent, Qt.Key.Key_Delete)
    assert recent_projects() == [tmp_path / "gone"]
    assert page.recent.count() == 1
    assert (tmp_path / "housing" / "project.db").exists()


def test_while_the_demo_is_made_its_progress_is_shown_and_nothing_else_can_be_started(page: StartPage) -> None:
    page.show_busy(True)
    assert page.bar.isVisible()
    assert not page.new.isEnabled()
    assert not page.recent.isEnabled()
    page.show_event(Progress("Drawing", 30, 120, 12.0, 7.5, "dot 3"))
    assert page.bar.value() / page.bar.maximum() == pytest.approx(0.25)
    assert page.progress.text() == "Drawing · dot 3 · 10 s left"
    page.show_event(EpochFinished(6, 12, 0.1, 0.1, 1.0, 1.0, True))
    assert page.bar.value() / page.bar.maximum() == pytest.approx(0.5)
    page.show_busy(False)
    assert not page.bar.isVisible()
    assert page.new.isEnabled()


def test_the_buttons_stay_where_they_are_when_progress_appears(page: StartPage) -> None:
    before = page.demo.geometry()
    page.show_busy(True)
    assert page.demo.geometry() == before
