"""The window as a whole: projects, pages, undo, faults, drops, and closing."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.synthetic import SyntheticSettings
from anomaly_gui.jobs.demo import DemoRequest
from anomaly_gui.progress import CancelToken, EventSink, Progress
from anomaly_gui.project.records import Label
from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.recent import recent_projects
from anomaly_gui.ui.widgets.cheat_sheet import CheatSheet
from anomaly_gui.ui.widgets.import_dialog import ImportDialog
from anomaly_gui.ui.widgets.message import Fault, Question, Refusal
from anomaly_gui.ui.widgets.new_project_dialog import NewProjectDialog
from tests.jobs.tiny_project import make_project
from tests.ui.pages.scored_project import scored_project

LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
PAGES = ["data", "train", "tune", "review", "export"]

Dialog = TypeVar("Dialog", bound=QDialog)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """With one scored run and a threshold."""
    made = scored_project(tmp_path)
    made.close()
    return made.folder


def shown(window: MainWindow, kind: type[Dialog]) -> list[Dialog]:
    return [dialog for dialog in window.findChildren(kind) if dialog.isVisible()]


def wait_for(qtbot: QtBot, window: MainWindow, kind: type[Dialog]) -> Dialog:
    qtbot.waitUntil(lambda: bool(shown(window, kind)))
    return shown(window, kind)[0]


def until_cancelled(_project: Project, emit: EventSink, cancel: CancelToken) -> str:
    emit(Progress("Training", 1, 4, 10.0, 60.0))
    while not cancel.should_stop():
        time.sleep(0.005)
    return "kept"


# Projects


def test_the_window_starts_with_what_can_be_done(window: MainWindow) -> None:
    assert window.start_page.isVisible()
    for button in (window.start_page.new, window.start_page.open, window.start_page.demo):
        assert button.isVisible()
        assert button.isEnabled()
    assert not window.menus.undo.isEnabled()


def test_a_new_project_opens_on_its_empty_data_page(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    qtbot.mouseClick(window.start_page.new, LEFT)
    dialog = wait_for(qtbot, window, NewProjectDialog)
    dialog.place.setText(str(tmp_path))
    dialog.name.setText("housing")
    qtbot.mouseClick(dialog.create_button, LEFT)
    assert (tmp_path / "housing" / "project.db").exists()
    assert window.data_page.isVisible()
    assert window.header.project.text() == "housing"
    assert "housing" in window.windowTitle()
    assert recent_projects()[0] == tmp_path / "housing"


def test_a_folder_chosen_in_the_dialog_is_opened(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    qtbot.mouseClick(window.start_page.open, LEFT)
    dialog = wait_for(qtbot, window, QFileDialog)
    dialog.fileSelected.emit(str(project))
    dialog.done(QDialog.DialogCode.Accepted)
    assert window.session.project.folder == project


def test_a_recent_project_is_opened_from_the_start_page(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    window.open_project(project)
    window.close_project()
    assert window.start_page.isVisible()
    window.start_page.recent.setCurrentRow(0)
    qtbot.keyClick(window.start_page.recent, Qt.Key.Key_Return)
    assert window.session.project.folder == project


def test_what_is_no_project_is_said_and_the_window_stays(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.open_project(tmp_path)
    dialog = wait_for(qtbot, window, Refusal)
    assert str(tmp_path) in dialog.headline.text()
    assert window.start_page.isVisible()


def test_opening_a_project_puts_the_engineer_back_where_they_were(window: MainWindow, project: Path) -> None:
    window.open_project(project)
    window.show_page("review")
    window.close_project()
    window.open_project(project)
    assert window.review_page.isVisible()
    assert window.rail.button("review").isChecked()


def test_the_demo_is_made_from_the_start_page_and_opens_on_tune(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    window.demo_request = DemoRequest(
        folder="",
        drawing=SyntheticSettings(size_px=64, train_good=10, test_good=4, defects_per_kind=1),
        settings={"input_px": 32, "width": 4, "epochs": 1, "minimum_steps": 1},
    )
    qtbot.mouseClick(window.start_page.demo, LEFT)
    dialog = wait_for(qtbot, window, NewProjectDialog)
    dialog.place.setText(str(tmp_path))
    with qtbot.waitSignal(window.session.job_ended, timeout=60_000):
        qtbot.mouseClick(dialog.create_button, LEFT)
        assert not window.start_page.new.isEnabled()
    assert window.session.project.folder == tmp_path / "anomaly-demo"
    assert window.tune_page.isVisible()
    assert window.session.is_scored(1)


# Pages


@pytest.mark.parametrize(("number", "name"), list(enumerate(PAGES, start=1)))
def test_ctrl_and_a_digit_show_a_page(qtbot: QtBot, window: MainWindow, project: Path, number: int, name: str) -> None:
    window.open_project(project)
    window.activateWindow()
    qtbot.waitActive(window)
    qtbot.keyClick(window, Qt.Key(Qt.Key.Key_0 + number), CTRL)
    assert window.current_page is not None
    assert window.current_page.name == name
    assert window.current_page.isVisible()


def test_the_rail_shows_a_page(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    window.open_project(project)
    qtbot.mouseClick(window.rail.button("export"), LEFT)
    assert window.export_page.isVisible()


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
@pytest.mark.parametrize("name", PAGES)
def test_no_text_is_cut_and_nothing_sticks_out(
    qtbot: QtBot, window: MainWindow, project: Path, name: str, size: tuple[int, int]
) -> None:
    window.open_project(project)
    window.resize(*size)
    window.show_page(name)
    qtbot.wait(50)
    assert window.size().toTuple() == size
    page = window.current_page
    assert page is not None
    assert cut_off(page) == []


def cut_off(page: QWidget) -> list[str]:
    """Labels and buttons that have less room than their text wants, or lie outside of the page."""
    found = []
    for widget in page.findChildren(QWidget):
        if not isinstance(widget, QLabel | QAbstractButton | QComboBox) or not widget.isVisible():
            continue
        text = widget.currentText() if isinstance(widget, QComboBox) else widget.text()
        place = widget.mapTo(page, widget.rect().topLeft())
        if isinstance(widget, QLabel) and widget.wordWrap():
            short = widget.heightForWidth(widget.width()) > widget.height()
        elif isinstance(widget, QComboBox):
            short = False
        else:
            short = widget.fontMetrics().horizontalAdvance(text.replace("&", "")) > widget.width() and "<" not in text
        in_scroll_area = any(isinstance(parent, QScrollArea) for parent in parents(widget))
        outside = not in_scroll_area and not page.rect().contains(place)
        if text and (short or outside):
            found.append(f"{type(widget).__name__} {text!r}")
    return found


def parents(widget: QWidget) -> list[QWidget]:
    above = []
    parent = widget.parentWidget()
    while parent is not None:
        above.append(parent)
        parent = parent.parentWidget()
    return above


def test_the_run_chosen_in_the_header_is_the_one_looked_at(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    with Project.open(project) as opened:
        second = opened.add_run("conv-ae", "fast", 1, opened.run(1).settings, {})
        opened.update_run(second.id, "cancelled")
    window.open_project(project)
    box = window.header.runs.box
    assert box.currentText().startswith("001-conv-ae · fast · finished")
    assert box.itemText(0) == "002-conv-ae · fast · cancelled, no scores"
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert window.session.current_run == 2


# What was done


def test_the_last_change_can_be_taken_back_from_the_last_line(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    window.open_project(project)
    before = window.session.images[1].label
    window.session.apply(lambda opened: opened.set_label([1], Label("defect", "dent")))
    assert window.strip.sentence.text() == "Labelled part_1.png defective (dent)"
    qtbot.mouseClick(window.strip.undo, LEFT)
    assert window.session.images[1].label == before
    assert not window.strip.undo.isVisible()


def test_undo_and_redo_by_key(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    window.open_project(project)
    window.activateWindow()
    qtbot.waitActive(window)
    window.session.apply(lambda opened: opened.set_excluded([1], True))
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert not window.session.images[1].excluded
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert window.session.images[1].excluded
    assert window.strip.undo.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert window.strip.sentence.text() == "Nothing to undo"


def test_a_fault_is_said_once_and_the_window_goes_on(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    window.open_project(project)
    for _ in range(20):
        window.show_error(ValueError("broken slot"))
    assert len(shown(window, Fault)) == 1
    shown(window, Fault)[0].close()
    window.show_page("tune")
    assert window.tune_page.isVisible()
    window.show_error(ValueError("another"))
    assert "another" in wait_for(qtbot, window, Fault).text.text()


def test_a_worker_that_fails_is_said_as_a_fault(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    window.open_project(project)

    def fail(_project: Project, _emit: EventSink, _cancel: CancelToken) -> None:
        raise ZeroDivisionError("in the worker")

    window.session.start_job("train", "Training", fail)
    dialog = wait_for(qtbot, window, Fault)
    assert "in the worker" in dialog.text.text()
    assert "test_main_window.py" in dialog.details.toPlainText()
    assert window.session.job is None


def test_bad_input_in_a_worker_is_said_as_such(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    window.open_project(project)

    def refuse(_project: Project, _emit: EventSink, _cancel: CancelToken) -> None:
        raise InputError("a.png", "it is broken", "Mend it")

    window.session.start_job("train", "Training", refuse)
    assert wait_for(qtbot, window, Refusal).headline.text() == "a.png"


def test_f1_shows_the_keys_of_every_page(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.waitActive(window)
    qtbot.keyClick(window, Qt.Key.Key_F1)
    sheet = wait_for(qtbot, window, CheatSheet)
    text = "".join(label.text() for label in sheet.findChildren(QLabel))
    for heading in ("Everywhere", "Data", "Train", "Tune", "Review"):
        assert f">{heading}<" in text


# Dropping


def drop(window: MainWindow, *paths: Path) -> bool:
    """Drop files on the middle of the window, as the desktop would; False if they were not taken."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    at = window.rect().center()
    action, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, action, data, LEFT, none)
    enter.ignore()
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(window, QDropEvent(QPointF(at), action, data, LEFT, none))
    return enter.isAccepted()


def test_a_dropped_project_is_opened(window: MainWindow, project: Path) -> None:
    assert drop(window, project)
    assert window.session.project.folder == project


def test_folders_dropped_on_the_start_page_start_a_project_and_an_import(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    make_project(tmp_path / "source").close()
    data = tmp_path / "source" / "data"
    assert drop(window, data)
    dialog = wait_for(qtbot, window, NewProjectDialog)
    assert dialog.name.text() == "data"
    dialog.place.setText(str(tmp_path))
    dialog.name.setText("dropped")
    qtbot.mouseClick(dialog.create_button, LEFT)
    asked = wait_for(qtbot, window, ImportDialog)
    with qtbot.waitSignal(window.session.job_ended, timeout=20_000):
        qtbot.mouseClick(asked.start, LEFT)
    assert len(window.session.images) == 20


def test_folders_dropped_on_an_open_project_are_asked_about(
    qtbot: QtBot, window: MainWindow, project: Path, tmp_path: Path
) -> None:
    window.open_project(project)
    window.show_page("tune")
    assert drop(window, tmp_path / "images")
    wait_for(qtbot, window, ImportDialog)
    assert window.data_page.isVisible()


def test_nothing_can_be_dropped_while_a_job_runs(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    window.open_project(project)
    window.session.start_job("train", "Training", until_cancelled)
    assert not drop(window, project)


# Jobs and closing


def test_a_job_is_shown_below_and_can_be_cancelled_there(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    window.open_project(project)
    window.session.start_job("train", "Training", until_cancelled)
    qtbot.waitUntil(lambda: window.strip.cancel.isVisible() and "10.0 images/s" in window.strip.job.text())
    with qtbot.waitSignal(window.session.job_ended) as ended:
        qtbot.mouseClick(window.strip.cancel, LEFT)
    assert ended.args[0].result == "kept"
    assert not window.strip.bar.isVisible()


def test_a_job_that_rests_says_so_below(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    window.open_project(project)

    def work(_project: Project, emit: EventSink, cancel: CancelToken) -> None:
        step = 0
        while not cancel.should_stop():
            step += 1
            emit(Progress("Training", step, 10_000, 10.0, 60.0))
            time.sleep(0.005)

    window.session.start_job("train", "Training", work)
    qtbot.waitUntil(lambda: "images/s" in window.strip.job.text())
    window.session.pause_job()
    qtbot.wait(250)
    assert window.strip.job.text() == "Training · paused"
    window.session.resume_job()
    qtbot.waitUntil(lambda: "images/s" in window.strip.job.text())


def test_another_project_cannot_be_opened_by_menu_while_a_job_runs(
    qtbot: QtBot, window: MainWindow, project: Path
) -> None:
    window.open_project(project)
    window.session.start_job("train", "Training", until_cancelled)
    names = ("new", "open", "demo", "close-project")
    assert not any(window.actions_registry.action(name).isEnabled() for name in names)
    with qtbot.waitSignal(window.session.job_ended):
        window.session.cancel_job()
    assert all(window.actions_registry.action(name).isEnabled() for name in names)


def test_closing_during_a_job_asks_once_and_going_on_leaves_it_alone(
    qtbot: QtBot, window: MainWindow, project: Path
) -> None:
    window.open_project(project)
    window.session.start_job("train", "Training", until_cancelled)
    window.close()
    window.close()
    (question,) = shown(window, Question)
    qtbot.mouseClick(question.reject_button, LEFT)
    qtbot.wait(30)
    assert window.isVisible()
    assert window.session.job is not None
    assert not window.session.job.token.cancelled


def test_stop_and_close_waits_for_the_job_and_frees_the_project(
    qtbot: QtBot, window: MainWindow, project: Path
) -> None:
    window.open_project(project)

    def work(opened: Project, emit: EventSink, cancel: CancelToken) -> None:
        until_cancelled(opened, emit, cancel)
        assert cancel.finishing().cancelled, "what follows a cancel is left out as well"
        opened.set_comment(1, "the last words")

    window.session.start_job("train", "Training", work)
    window.close()
    qtbot.mouseClick(wait_for(qtbot, window, Question).accept_button, LEFT)
    qtbot.waitUntil(lambda: not window.isVisible())
    with Project.open(project) as opened:
        assert opened.image(1).comment == "the last words"


def test_a_job_that_ends_while_the_question_is_open_lets_the_window_close(
    qtbot: QtBot, window: MainWindow, project: Path
) -> None:
    window.open_project(project)
    window.session.start_job("train", "Training", until_cancelled)
    window.close()
    question = wait_for(qtbot, window, Question)
    with qtbot.waitSignal(window.session.job_ended):
        window.session.cancel_job()
    assert window.isVisible()
    qtbot.mouseClick(question.accept_button, LEFT)
    qtbot.waitUntil(lambda: not window.isVisible())


def test_size_and_splitters_are_remembered_on_this_pc(qtbot: QtBot, window: MainWindow, project: Path) -> None:
    window.open_project(project)
    window.show_page("review")
    window.resize(1300, 690)
    splitter = window.review_page.view.splitter
    qtbot.wait(20)
    splitter.setSizes([400, 800])
    qtbot.wait(20)
    wanted = splitter.sizes()[0]
    window.close()
    again = MainWindow()
    qtbot.addWidget(again)
    # The off-screen platform's screen is narrower than the window, so that only the height can be kept.
    assert again.height() == 690
    again.open_project(project)
    again.resize(1300, 690)
    again.show()
    qtbot.waitUntil(lambda: again.review_page.view.splitter.sizes()[0] == wanted)
    again.close()


def test_the_check_for_cut_text_finds_cut_text(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(300, 100)
    fits, cut, wrapped, outside = (
        QLabel("fits", page),
        QLabel("much too long", page),
        QLabel("a " * 90, page),
        QLabel("x", page),
    )
    fits.setGeometry(0, 0, 100, 20)
    cut.setGeometry(0, 20, 30, 20)
    wrapped.setWordWrap(True)
    wrapped.setGeometry(0, 40, 100, 20)
    outside.setGeometry(290, 120, 50, 20)
    page.show()
    assert cut_off(page) == ["QLabel 'much too long'", f"QLabel {'a ' * 90!r}", "QLabel 'x'"]
