"""Two runs side by side, driven by mouse on a real project."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.project.records import Label, Threshold
from anomaly_gui.project.store import Project
from anomaly_gui.ui.pages.tune_compare import TuneCompare
from anomaly_gui.ui.pages.tune_compare_view import TuneCompareView
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.widgets.image_dialog import ImageDialog
from tests.jobs.test_compare_runs import SECOND
from tests.ui.pages.scored_project import add_scored_run, scored_project
from tests.ui.pages.tune_window import TuneWindow, open_tune

LEFT = Qt.MouseButton.LeftButton
Open = Callable[[Project], tuple[TuneWindow, TuneCompare]]


@pytest.fixture
def open_part(qtbot: QtBot) -> Iterator[Open]:
    sessions: list[Session] = []

    def make(project: Project) -> tuple[TuneWindow, TuneCompare]:
        opened = open_tune(qtbot, project)
        sessions.append(opened.session)
        opened.page.show_part("compare")
        part = opened.page.parts["compare"]
        assert isinstance(part, TuneCompare)
        return opened, part

    yield make
    for session in sessions:
        session.shut_down()


def _two(folder: Path) -> Project:
    project = scored_project(folder, threshold=3.2)
    add_scored_run(project, SECOND, 10.0)
    return project


def _wait(qtbot: QtBot, part: TuneCompare, images: list[int]) -> TuneCompareView:
    qtbot.waitUntil(lambda: [flip.image_id for flip in part.view.strip.flips] == images)
    return part.view


def test_the_latest_run_is_compared_with_the_one_before_and_the_fixed_defects_come_first(
    qtbot: QtBot, open_part: Open, tmp_path: Path
) -> None:
    _, part = open_part(_two(tmp_path))
    view = _wait(qtbot, part, [8, 7, 6])
    assert view.base.currentText() == "001-conv-ae"
    assert "3 fixed, 1 newly missed, 1 new false alarm, 1 gone" in view.headline.text()
    assert view.categories["fixed"].text() == "Fixed: 3"
    assert view.categories["fixed"].isChecked()
    assert [view.table.item(row, 3).text() for row in range(2)] == ["1 of 4", "3 of 4"]
    assert len(view.roc.curves) == 2
    assert view.roc.curves[1].threshold == (0.2, 0.75)
    assert not view.categories["rechecked"].isVisible()


def test_a_click_shows_other_images_and_one_of_them_whole(qtbot: QtBot, open_part: Open, tmp_path: Path) -> None:
    opened, part = open_part(_two(tmp_path))
    _wait(qtbot, part, [8, 7, 6])
    qtbot.mouseClick(part.view.categories["newly-missed"], LEFT)
    view = _wait(qtbot, part, [9])
    qtbot.mouseClick(view.strip, LEFT, pos=QPoint(20, 20))
    (dialog,) = opened.window.findChildren(ImageDialog)
    assert dialog.windowTitle() == "part_9.png"
    dialog.close()


def test_comparing_the_other_way_around_turns_what_is_fixed_into_what_is_newly_missed(
    qtbot: QtBot, open_part: Open, tmp_path: Path
) -> None:
    _, part = open_part(_two(tmp_path))
    view = _wait(qtbot, part, [8, 7, 6])
    view.base.setCurrentIndex(view.base.findText("002-conv-ae"))
    view.base.activated.emit(view.base.currentIndex())
    _wait(qtbot, part, [9])
    assert view.categories["newly-missed"].text() == "Newly missed: 3"


def test_a_third_run_joins_with_a_tick_and_leaves_again(qtbot: QtBot, open_part: Open, tmp_path: Path) -> None:
    project = _two(tmp_path)
    add_scored_run(project, SECOND, 13.5)
    opened, part = open_part(project)
    assert opened.session.current_run == 3
    view = _wait(qtbot, part, [])
    qtbot.waitUntil(lambda: len(view.roc.curves) == 2)
    view.table.item(2, 0).setCheckState(Qt.CheckState.Checked)
    qtbot.waitUntil(lambda: len(view.roc.curves) == 3)
    assert view.table.item(2, 3).text() == "3 of 4"
    assert view.table.currentRow() in (-1, 2)
    view.table.item(0, 0).setCheckState(Qt.CheckState.Unchecked)
    qtbot.waitUntil(lambda: len(view.roc.curves) == 2)
    view.table.item(2, 0).setCheckState(Qt.CheckState.Unchecked)
    assert view.table.item(2, 0).checkState() == Qt.CheckState.Checked, "the last one stays"


def test_a_new_threshold_or_label_is_compared_at_once(qtbot: QtBot, open_part: Open, tmp_path: Path) -> None:
    opened, part = open_part(_two(tmp_path))
    _wait(qtbot, part, [8, 7, 6])
    opened.session.apply(lambda project: project.set_threshold(2, Threshold(12.5)))
    _wait(qtbot, part, [8, 7])
    opened.session.apply(lambda project: project.set_label([7], Label("good")))
    _wait(qtbot, part, [8])


def test_one_run_alone_is_told_what_to_do(open_part: Open, tmp_path: Path) -> None:
    opened, part = open_part(scored_project(tmp_path))
    assert part.notice.isVisible()
    assert "Train again" in part.notice.sentence.text()
    wanted: list[str] = []
    opened.session.page_wanted.connect(wanted.append)
    part.notice.button.click()
    assert wanted == ["train"]


def test_scores_that_are_gone_are_said_and_the_page_stays(qtbot: QtBot, open_part: Open, tmp_path: Path) -> None:
    project = _two(tmp_path)
    project.run_folder(1).statistics.unlink()
    _, part = open_part(project)
    qtbot.waitUntil(lambda: "no scores" in part.view.headline.text() or "statistics" in part.view.headline.text())
    assert part.view.strip.flips == []


def test_one_class_shows_counts_and_no_curve(qtbot: QtBot, open_part: Open, tmp_path: Path) -> None:
    project = scored_project(tmp_path, defects=(), threshold=3.2)
    add_scored_run(project, [11.0, *[1.0] * 8], 3.5)
    _, part = open_part(project)
    _wait(qtbot, part, [5])
    assert "Without both good and defective images" in part.view.headline.text()
    assert part.view.table.item(0, 1).text() == "n/a"


def test_closing_the_project_while_it_is_worked_out_drops_the_answer(open_part: Open, tmp_path: Path) -> None:
    opened, part = open_part(_two(tmp_path))
    opened.session.close_project()
    assert part.view.strip.flips == []
