"""A whole blind review on the real window: by keyboard, by mouse, and without a hint on the screen."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QThreadPool
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.project.records import Label, Threshold
from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.blind_review import BlindReview
from anomaly_gui.ui.pages.blind_state import BlindStart, JudgingState
from anomaly_gui.ui.widgets.blind_report_dialog import BlindReportDialog
from anomaly_gui.ui.widgets.blind_start_dialog import BlindStartDialog
from anomaly_gui.ui.widgets.judging_dialog import JudgingDialog
from anomaly_gui.ui.widgets.live_label import LiveLabel
from tests.ui.pages.scored_project import scored_project

LEFT = Qt.MouseButton.LeftButton
# Ids 1…5 are good, 6…9 defects (crack, dent); the threshold is 3.2.
DEFECTS = (6, 7, 8, 9)
KEY = {"good": "G", "defect": "X", "unsure": "U"}


@dataclass
class Blind:
    window: MainWindow
    part: BlindReview
    qtbot: QtBot

    @property
    def start(self) -> BlindStartDialog:
        self.qtbot.waitUntil(lambda: self.part.start_dialog is not None)
        assert self.part.start_dialog is not None
        return self.part.start_dialog

    @property
    def judging(self) -> JudgingDialog:
        self.qtbot.waitUntil(lambda: self.part.judging is not None)
        assert self.part.judging is not None
        return self.part.judging

    @property
    def report(self) -> BlindReportDialog:
        self.qtbot.waitUntil(lambda: self.part.report is not None)
        assert self.part.report is not None
        return self.part.report

    @property
    def current(self) -> int:
        assert self.part._state is not None
        assert self.part._state.current is not None
        return self.part._state.current

    def wait_for_image(self) -> int:
        """Id of the image that is painted and can be answered."""
        self.qtbot.waitUntil(self.judging.answers["good"].isEnabled)
        return self.current

    def judge(self, answer: Callable[[int], str], give: Callable[[str], None], count: int) -> None:
        for _ in range(count):
            give(answer(self.wait_for_image()))

    def key(self, answer: str) -> None:
        self.qtbot.keyClick(self.judging, KEY[answer])

    def click(self, answer: str) -> None:
        self.qtbot.mouseClick(self.judging.answers[answer], LEFT)

    def said(self) -> list[tuple[int, str, str, int]]:
        found = self.window.session.project.judgements()
        return [(one.image, one.reviewer, one.answer, one.trial) for one in found]


def truth(image: int) -> str:
    return "defect" if image in DEFECTS else "good"


@pytest.fixture
def blind(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> Iterator[Blind]:
    project = scored_project(tmp_path)
    project.close()
    window.open_project(project.folder)
    window.show_page("review")
    qtbot.waitActive(window)
    made = Blind(window, window.review_page.blind, qtbot)
    yield made
    made.part._close_all()
    QThreadPool.globalInstance().waitForDone()
    QApplication.processEvents()


def words_on(widget: QWidget) -> set[str]:
    """Everything that can be read on, or heard from, a window."""
    found: set[str] = set()
    for each in [widget, *widget.findChildren(QWidget)]:
        found |= {each.toolTip(), each.accessibleName(), each.accessibleDescription(), each.statusTip()}
        found |= {each.whatsThis(), each.windowTitle(), each.objectName()}
        if isinstance(each, QLabel | QAbstractButton | LiveLabel):
            found.add(each.text())
    return found


def test_a_whole_study_by_keyboard_alone(blind: Blind) -> None:
    blind.qtbot.keyClick(blind.window, "B", Qt.KeyboardModifier.ControlModifier)
    blind.qtbot.waitActive(blind.start)
    blind.qtbot.keyClicks(blind.start.reviewer.lineEdit(), "Anna")
    assert "a first look" in blind.start.advice.text()
    blind.qtbot.keyClick(blind.start.reviewer.lineEdit(), Qt.Key.Key_Return)
    blind.judge(lambda image: "good" if image == 6 else truth(image), blind.key, 9)
    assert blind.judging.is_at_end
    assert "Trial 2 shows the same images in another order" in blind.judging.end_text.text()
    blind.judging.next_trial.setFocus()
    blind.qtbot.keyClick(blind.judging.next_trial, Qt.Key.Key_Space)
    blind.judge(lambda image: "unsure" if image == 1 else truth(image), blind.key, 9)
    assert not blind.judging.next_trial.isVisible()
    blind.qtbot.keyClick(blind.judging, "r", Qt.KeyboardModifier.AltModifier)
    blind.qtbot.waitUntil(lambda: blind.part.report is not None)  # A mnemonic shows the button pressed first.
    first = {image: answer for image, _, answer, trial in blind.said() if trial == 1}
    assert first == {image: "good" if image == 6 else truth(image) for image in range(1, 10)}
    text = blind.report.text.toPlainText()
    assert "Anna, trial 1: unacceptable" in text
    assert "Missed 1 of 4 defects: 25 % (5 – 70 %), limit at most 2 %: unacceptable." in text
    assert "Inspection" in text
    assert blind.report.gallery.ids == [6, 1]


def test_a_whole_study_by_mouse_alone_with_a_second_reviewer(blind: Blind) -> None:
    blind.part.start(BlindStart("Anna", None, size=4, hard_share=1.0, trials=1))
    blind.judge(truth, blind.click, 4)
    blind.qtbot.mouseClick(blind.judging.close_button, LEFT)
    blind.qtbot.mouseClick(blind.window.review_page.view.judge_blind, LEFT)
    assert blind.start.reviewer.currentText() == "Anna"
    assert "has judged everything" in blind.start.advice.text()
    blind.start.reviewer.setCurrentText("Ben")
    assert "Ben begins: trial 1 of 1, 0 of 4" in blind.start.advice.text()
    blind.qtbot.mouseClick(blind.start.start, LEFT)
    wrong = blind.wait_for_image()
    blind.click("unsure")
    blind.wait_for_image()
    blind.qtbot.mouseClick(blind.judging.undo, LEFT)
    assert blind.wait_for_image() == wrong
    blind.judge(lambda image: "good" if image == wrong else truth(image), blind.click, 4)
    blind.qtbot.mouseClick(blind.judging.show_report, LEFT)
    assert "Anna and Ben" in blind.report.text.toPlainText()
    assert len({image for image, *_ in blind.said()}) == 4


def test_nothing_on_the_screen_tells_label_score_or_name_while_judging(blind: Blind) -> None:
    heard: list[object] = []
    blind.window.session.said.connect(heard.append)
    blind.window.session.images_changed.connect(heard.append)
    blind.part.start(BlindStart("Anna", None, trials=1))
    dialog = blind.judging
    screen = dialog.screen().geometry()
    assert dialog.isModal()
    assert dialog.geometry().contains(screen)
    seen = set()
    for _ in range(9):
        image = blind.wait_for_image()
        shown = blind.window.session.images[image]
        words = words_on(dialog)
        for hint in (Path(shown.path).stem, "crack", "dent", "part_", "conv-ae", "3.2", "threshold"):
            assert not any(hint in each for each in words), hint
        # Whatever the image is, the words are the same but for the progress.
        seen.add(frozenset(re.sub(r"Image \d+ of \d+", "", each) for each in words))
        pane = dialog.view.pane
        assert (len(pane.layers), pane.has_outline, pane.has_contour, pane.message) == (1, False, False, "")
        blind.key("good")
    assert len(seen) == 1
    assert heard == []


def test_an_image_that_cannot_be_read_is_judged_without_its_name(blind: Blind) -> None:
    for image in blind.window.session.images.values():
        Path(image.path).unlink()
    blind.part.start(BlindStart("Anna", None, trials=1))
    blind.wait_for_image()
    assert "cannot be read" in blind.judging.view.pane.message
    assert "part_" not in blind.judging.view.pane.message
    blind.key("unsure")
    assert len(blind.said()) == 1


def test_undo_takes_the_last_answer_back_and_labels_stay(blind: Blind) -> None:
    session = blind.window.session
    session.apply(lambda project: project.set_label([1], Label("defect", "dent")))
    blind.part.start(BlindStart("Anna", None, trials=1))
    first = blind.wait_for_image()
    blind.key("good")
    blind.wait_for_image()
    blind.qtbot.keyClick(blind.judging, "Z", Qt.KeyboardModifier.ControlModifier)
    assert blind.wait_for_image() == first
    assert blind.said() == []
    blind.qtbot.keyClick(blind.judging, Qt.Key.Key_Backspace)  # There is nothing more to take back.
    assert session.project.image(1).label == Label("defect", "dent")


def test_a_paused_study_goes_on_where_it_was_even_after_a_restart(blind: Blind) -> None:
    blind.part.start(BlindStart("Anna", None, trials=1))
    blind.judge(truth, blind.key, 3)
    coming = blind.wait_for_image()
    blind.qtbot.keyClick(blind.judging, Qt.Key.Key_Escape)
    assert blind.part.judging is None
    folder = blind.window.session.project.folder
    blind.window.session.close_project()
    blind.window.open_project(folder)
    blind.window.show_page("review")
    blind.part.ask()
    assert "Anna goes on: trial 1 of 1, 3 of 9 images judged" in blind.start.advice.text()
    blind.qtbot.mouseClick(blind.start.start, LEFT)
    assert blind.wait_for_image() == coming
    assert blind.judging.progress_text.text() == "Image 4 of 9"


def test_labels_are_put_right_from_the_report_as_one_step_that_one_undo_takes_back(blind: Blind) -> None:
    blind.part.start(BlindStart("Anna", None, trials=1))
    blind.judge(lambda image: "good" if image in (6, 7) else truth(image), blind.key, 9)
    blind.qtbot.mouseClick(blind.judging.show_report, LEFT)
    report, project = blind.report, blind.window.session.project
    assert not report.undo.isEnabled()
    report.gallery.select_all()
    assert report.gallery.selected_ids() == [6, 7]
    blind.qtbot.mouseClick(report.good, LEFT)
    assert [project.image(image).label for image in (6, 7)] == [Label("good")] * 2
    blind.qtbot.waitUntil(lambda: report.gallery.ids == [])
    assert "Anna, trial 1: acceptable" in report.text.toPlainText()
    blind.qtbot.mouseClick(report.undo, LEFT)
    assert [project.image(image).label.kind for image in (6, 7)] == ["defect"] * 2
    blind.qtbot.waitUntil(lambda: report.gallery.ids == [6, 7])
    assert not report.undo.isEnabled(), "what was done before the report stays"
    report.gallery.select([6])
    report.gallery.selection_changed.emit()
    assert report.said.text() == "Anna, trial 1: good · Inspection: good"


def test_an_image_of_the_report_opens_in_review(blind: Blind) -> None:
    blind.part.start(BlindStart("Anna", None, trials=1))
    blind.judge(lambda image: "defect" if image == 2 else truth(image), blind.key, 9)
    blind.qtbot.mouseClick(blind.judging.show_report, LEFT)
    gallery = blind.report.gallery
    place = gallery.cell_rect(0).center()
    blind.qtbot.mouseClick(gallery.viewport(), LEFT, pos=place)
    blind.qtbot.mouseClick(blind.report.open_button, LEFT)
    assert blind.part.report is None
    assert blind.window.review_page.view.name.text().startswith("part_2.png")


def test_the_report_is_exported_and_a_finished_review_takes_no_more_answers(blind: Blind, tmp_path: Path) -> None:
    blind.part.start(BlindStart("Anna", None, trials=1))
    blind.judge(truth, blind.key, 9)
    blind.qtbot.mouseClick(blind.judging.show_report, LEFT)
    report = blind.report
    blind.part.export_to(str(tmp_path / "out.html"))
    assert {path.name for path in tmp_path.glob("out*")} == {"out.html", "out.csv", "out_answers.csv"}
    assert "out.html" in blind.report.message.text()
    blind.part.export_to(str(tmp_path / "nowhere" / "out.html"))
    assert "cannot be written" in blind.report.message.text()
    blind.qtbot.mouseClick(blind.report.finish, LEFT)
    blind.qtbot.waitUntil(lambda: not report.finish.isEnabled())
    blind.report.reject()
    blind.part.ask()
    assert blind.start.study is None  # A new one, as this one is finished.
    blind.start.review.setCurrentIndex(0)
    assert "finished" in blind.start.advice.text()
    assert not blind.start.start.isEnabled()


def test_keys_that_were_changed_hold_while_judging(blind: Blind) -> None:
    blind.window.actions_registry.action("good").setShortcut("7")
    blind.part.start(BlindStart("Anna", None, trials=1))
    blind.wait_for_image()
    assert blind.judging.answers["good"].text() == "Good  (7)"
    blind.qtbot.keyClick(blind.judging, "G")
    assert blind.said() == []
    blind.qtbot.keyClick(blind.judging, "7")
    assert len(blind.said()) == 1


def test_every_answer_is_on_disk_before_the_next_image_is_shown(blind: Blind, tmp_path: Path) -> None:
    blind.part.start(BlindStart("Anna", None, trials=1))
    blind.judge(truth, blind.key, 3)
    coming = blind.wait_for_image()
    # As a crash would leave it: the window neither pauses nor closes the project.
    copied = shutil.copytree(blind.window.session.project.folder, tmp_path / "after-a-crash")
    with Project.open(copied) as found:
        (study,) = found.blind_studies()
        state = JudgingState(study, "Anna", 1, found.judgements())
        assert (state.done, state.current) == (3, coming)
        assert not any("journal" in problem or "judgement" in problem for problem in found.verify(read_images=False))


def test_it_is_in_the_menu_and_at_hand_where_no_defect_is_missed(blind: Blind) -> None:
    session = blind.window.session
    session.apply(lambda project: project.set_threshold(1, Threshold(0.5)))
    for name in ("tune", "review"):
        blind.window.show_page(name)
    action = blind.window.actions_registry.action("judge-blind")
    assert blind.window.review_page.view.judge_blind.isVisible(), "beside the queue, which is empty"
    assert action in blind.window.menus.edit.actions()
    assert action.isVisible()
    action.trigger()
    assert blind.start.isVisible()
    blind.start.reject()
    blind.window.show_page("tune")
    assert not action.isVisible()
