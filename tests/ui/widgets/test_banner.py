from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.banner import Banner


def test_its_button_tells_which_sentence_it_was_about(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    banner.say("resume 3", "Run 3 was interrupted.", "Resume it")
    assert banner.isVisible()
    with qtbot.waitSignal(banner.accepted) as accepted:
        qtbot.mouseClick(banner.button, Qt.MouseButton.LeftButton)
    assert accepted.args == ["resume 3"]
    assert not banner.isVisible()
    assert banner.name == ""


def test_it_can_be_sent_away(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    banner.say("tune", "Run 1 is trained.", "Tune")
    with qtbot.assertNotEmitted(banner.accepted), qtbot.waitSignal(banner.dismissed) as dismissed:
        qtbot.mouseClick(banner.close_button, Qt.MouseButton.LeftButton)
    assert dismissed.args == ["tune"]
    assert not banner.isVisible()


def test_other_choices_have_buttons_and_names_of_their_own(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    banner.say("changed", "3 files changed.", "Show them", {"accept": "Accept", "find": "Find"})
    with qtbot.waitSignal(banner.accepted) as accepted:
        qtbot.mouseClick(banner.others[1], Qt.MouseButton.LeftButton)
    assert accepted.args == ["find"]
    banner.say("missing", "3 files are missing.", "Find them")
    assert [button.isVisible() for button in (banner.button, *banner.others)] == [True, False, False]
