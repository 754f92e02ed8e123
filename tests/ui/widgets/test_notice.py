"""An empty page says what to do and has the button to do it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.notice import Notice


def test_the_button_leads_to_its_page(qtbot: QtBot) -> None:
    notice = Notice()
    qtbot.addWidget(notice)
    notice.say("No run yet", "Train first.", "Go to Train", "train")
    notice.show()
    with qtbot.waitSignal(notice.page_chosen) as chosen:
        qtbot.mouseClick(notice.button, Qt.MouseButton.LeftButton)
    assert chosen.args == ["train"]
    assert (notice.title.text(), notice.sentence.text()) == ("No run yet", "Train first.")


def test_without_a_next_step_there_is_no_button(qtbot: QtBot) -> None:
    notice = Notice()
    qtbot.addWidget(notice)
    notice.say("Wait", "It is not done yet.")
    notice.show()
    assert not notice.button.isVisible()


def test_a_sentence_of_several_lines_is_shown_whole(qtbot: QtBot) -> None:
    notice = Notice()
    qtbot.addWidget(notice)
    notice.resize(900, 500)
    notice.show()
    for sentence in ("", "Short.", "All labelled defects are found at this threshold. " * 5):
        notice.say("No missed defects", sentence)
        QApplication.processEvents()
        assert notice.sentence.height() >= notice.sentence.heightForWidth(notice.sentence.width())
