"""Who judges blindly, and which images."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.blind_start_dialog import BlindStartDialog, StudyChoice

SHARES = (("Half", 0.5), ("Random", 0.0))
OPEN = StudyChoice(2, "Review 2", is_open=True, has_answers=False)
FINISHED = StudyChoice(1, "Review 1", is_open=False, has_answers=True)
Make = Callable[..., BlindStartDialog]


@pytest.fixture
def make(owner: QWidget) -> Make:
    def made(*studies: StudyChoice, counts: tuple[int, int] = (200, 300)) -> BlindStartDialog:
        dialog = BlindStartDialog(["Anna"], studies, SHARES, counts, lambda study, name: f"{name} in {study}", owner)
        dialog.open()
        return dialog

    return made


def test_a_new_review_tells_what_its_size_can_tell(make: Make) -> None:
    dialog = make()
    assert (dialog.reviewer_name, dialog.study, dialog.sample_size, dialog.trials) == ("Anna", None, 50, 2)
    assert "enough, with 3 reviewers" in dialog.advice.text()
    dialog.size_box.setValue(10)
    assert "none of 5 defects" in dialog.advice.text()
    dialog.shares.setCurrentIndex(1)
    assert dialog.hard_share == 0.0
    dialog.reject()


def test_too_few_defects_are_filled_up_with_good_images(make: Make) -> None:
    dialog = make(counts=(4, 300))
    assert "none of 4 defects" in dialog.advice.text()
    assert "on 46 good images" in dialog.advice.text()
    dialog.reject()


def test_an_open_review_is_offered_first_and_cannot_be_changed(make: Make) -> None:
    dialog = make(FINISHED, OPEN)
    assert dialog.study == 2
    assert dialog.advice.text() == "Anna in 2"
    assert not dialog.size_box.isVisible()
    assert dialog.start.isEnabled()
    assert not dialog.report.isEnabled()
    dialog.reject()


def test_nobody_judges_without_a_name_or_in_a_finished_review(make: Make, qtbot: QtBot) -> None:
    dialog = make(FINISHED)
    assert dialog.study is None
    dialog.reviewer.setCurrentText("  ")
    assert not dialog.start.isEnabled()
    dialog.reviewer.setCurrentText("Ben")
    assert dialog.start.isEnabled()
    dialog.review.setCurrentIndex(0)
    assert not dialog.start.isEnabled()
    with qtbot.waitSignal(dialog.report_wanted) as wanted:
        qtbot.mouseClick(dialog.report, Qt.MouseButton.LeftButton)
    assert wanted.args == [1]


def test_enter_in_the_name_starts(make: Make, qtbot: QtBot) -> None:
    dialog = make(OPEN)
    with qtbot.waitSignal(dialog.start_wanted):
        qtbot.keyClick(dialog.reviewer.lineEdit(), Qt.Key.Key_Return)


def test_a_name_is_written_as_before_but_a_shorter_one_is_another(make: Make, qtbot: QtBot) -> None:
    dialog = make(OPEN)
    dialog.reviewer.setCurrentText(" anna ")
    assert dialog.reviewer_name == "Anna"
    dialog.reviewer.lineEdit().selectAll()
    qtbot.keyClicks(dialog.reviewer.lineEdit(), "An")
    assert dialog.reviewer_name == "An"
    dialog.reject()
