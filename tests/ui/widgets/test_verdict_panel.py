"""Buttons and the comment only announce; what is saved is shown back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QInputDialog
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.verdict_panel import VerdictPanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot: QtBot) -> VerdictPanel:
    widget = VerdictPanel()
    qtbot.addWidget(widget)
    widget.set_types(["crack", "dent"])
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_each_button_announces_its_verdict(panel: VerdictPanel, qtbot: QtBot) -> None:
    for button, signal in (
        (panel.good, panel.good_chosen),
        (panel.defective, panel.defective_chosen),
        (panel.unsure, panel.unsure_chosen),
        (panel.confirm, panel.confirmed),
    ):
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(button, LEFT)


def test_a_type_is_announced_by_name_and_marked_only_when_saved(panel: VerdictPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.type_chosen) as chosen:
        qtbot.mouseClick(panel.type_buttons[1], LEFT)
    assert chosen.args == ["dent"]
    assert not panel.type_buttons[1].isChecked()
    panel.set_judged(1, "dent", "")
    assert panel.type_buttons[1].isChecked()
    assert not panel.type_buttons[0].isChecked()


def test_digits_stand_for_types_in_order(panel: VerdictPanel) -> None:
    assert [panel.type_of_key(digit) for digit in (1, 2, 3)] == ["crack", "dent", None]
    panel.set_types([f"type {n}" for n in range(20)])
    assert panel.type_of_key(9) == "type 8"
    assert len(panel.type_buttons) == 9


def test_a_new_type_is_asked_for_without_blocking(panel: VerdictPanel, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.other_type, LEFT)
    dialog = panel.findChild(QInputDialog)
    assert dialog is not None
    dialog.setTextValue("  pinhole ")
    with qtbot.waitSignal(panel.type_chosen) as chosen:
        dialog.accept()
    assert chosen.args == ["pinhole"]


def test_a_comment_is_saved_with_enter_once(panel: VerdictPanel, qtbot: QtBot) -> None:
    saved: list[tuple[int, str]] = []
    panel.comment_committed.connect(lambda image_id, text: saved.append((image_id, text)))
    panel.set_judged(4, None, "")
    panel.comment.setFocus()
    qtbot.keyClicks(panel.comment, "edge chipped")
    with qtbot.waitSignal(panel.comment_left):
        qtbot.keyClick(panel.comment, Qt.Key.Key_Return)
    panel.comment.clearFocus()
    QApplication.processEvents()
    assert saved == [(4, "edge chipped")]


def test_escape_takes_back_what_was_typed(panel: VerdictPanel, qtbot: QtBot) -> None:
    panel.set_judged(1, None, "as it was")
    panel.comment.setFocus()
    qtbot.keyClicks(panel.comment, " and more")
    with qtbot.assertNotEmitted(panel.comment_committed):
        qtbot.keyClick(panel.comment, Qt.Key.Key_Escape)
    assert panel.comment.text() == "as it was"


def test_what_is_being_typed_survives_a_refresh_of_the_same_image(panel: VerdictPanel, qtbot: QtBot) -> None:
    panel.set_judged(1, None, "")
    panel.comment.setFocus()
    qtbot.keyClicks(panel.comment, "half a sen")
    panel.set_judged(1, "crack", "")
    assert panel.comment.text() == "half a sen"


def test_what_is_being_typed_is_saved_for_its_own_image_when_another_is_shown(
    panel: VerdictPanel, qtbot: QtBot
) -> None:
    panel.set_judged(1, None, "")
    panel.comment.setFocus()
    qtbot.keyClicks(panel.comment, "for the first")
    with qtbot.waitSignal(panel.comment_committed) as committed:
        panel.set_judged(2, None, "")
    assert committed.args == [1, "for the first"]
    assert panel.comment.text() == ""


def test_skipping_and_leaving_out_are_announced_and_confirming_has_the_queues_own_word(
    panel: VerdictPanel, qtbot: QtBot
) -> None:
    for button, signal in ((panel.skip, panel.skipped), (panel.leave_out, panel.exclusion_wanted)):
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(button, LEFT)
    panel.set_judged(1, None, "", excluded=True)
    assert panel.leave_out.text().startswith("Put back")
    panel.set_confirm("Confirm false alarm", "Really good")
    assert panel.confirm.text().startswith("Confirm false alarm")
    assert panel.confirm.toolTip() == "Really good"
