"""Keys do what they say, on the page they belong to, and never while one types."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.actions import Actions


@dataclass
class Desk:
    """A window with a field of each kind."""

    window: QMainWindow
    actions: Actions
    text: QLineEdit
    long_text: QPlainTextEdit
    number: QSpinBox
    box: QComboBox
    button: QPushButton
    slider: QSlider
    pressed: list[str] = field(default_factory=list)

    def note(self, name: str) -> _Note:
        return _Note(self, name)


@dataclass
class _Note:
    desk: Desk
    name: str

    def __call__(self) -> None:
        self.desk.pressed.append(self.name)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    window = QMainWindow()
    qtbot.addWidget(window)
    central = QWidget(window)
    layout = QVBoxLayout(central)
    fields = (
        QLineEdit(central),
        QPlainTextEdit(central),
        QSpinBox(central),
        QComboBox(central),
        QPushButton("Press", central),
        QSlider(Qt.Orientation.Horizontal, central),
    )
    for each in fields:
        layout.addWidget(each)
    fields[3].addItems(["Good", "Great"])
    window.setCentralWidget(central)
    made = Desk(window, Actions(window), *fields)
    made.actions.add("good", "Good", ["G"], made.note("good"))
    made.actions.add("go-on", "Go on", ["Space", "Return"], made.note("go-on"))
    made.actions.add("next", "Next", ["Right", "D"], made.note("next"))
    made.actions.add("undo", "Undo", ["Ctrl+Shift+U"], made.note("undo"))
    made.actions.add("help", "Help", ["F1"], made.note("help"))
    window.show()
    window.activateWindow()
    qtbot.waitActive(window)
    made.button.setFocus()
    return made


def press(qtbot: QtBot, desk: Desk, *keys: Qt.Key) -> list[str]:
    """What the keys set off, sent to whatever has the focus."""
    desk.pressed.clear()
    for key in keys:
        qtbot.keyClick(desk.window.focusWidget() or desk.window, key)
    return desk.pressed


K = Qt.Key


def test_every_key_of_an_action_sets_it_off(qtbot: QtBot, desk: Desk) -> None:
    desk.window.setFocus()
    assert press(qtbot, desk, K.Key_G, K.Key_Space, K.Key_Return, K.Key_Right, K.Key_D) == [
        "good",
        "go-on",
        "go-on",
        "next",
        "next",
    ]


@pytest.mark.parametrize("name", ["text", "long_text", "number"])
def test_single_keys_rest_while_one_types(qtbot: QtBot, desk: Desk, name: str) -> None:
    getattr(desk, name).setFocus()
    assert press(qtbot, desk, K.Key_G, K.Key_D, K.Key_Space, K.Key_Return, K.Key_Right) == []


def test_what_is_typed_arrives_in_the_field(qtbot: QtBot, desk: Desk) -> None:
    desk.text.setFocus()
    press(qtbot, desk, K.Key_G, K.Key_D)
    assert desk.text.text() == "gd"


@pytest.mark.parametrize("name", ["text", "long_text", "number"])
def test_keys_with_ctrl_and_function_keys_work_while_one_types(qtbot: QtBot, desk: Desk, name: str) -> None:
    widget = getattr(desk, name)
    widget.setFocus()
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(widget, K.Key_U, both)
    qtbot.keyClick(widget, K.Key_F1)
    assert desk.pressed == ["undo", "help"]


def test_space_presses_the_button_that_has_the_focus_and_letters_stay_shortcuts(qtbot: QtBot, desk: Desk) -> None:
    desk.button.setFocus()
    with qtbot.waitSignal(desk.button.clicked):
        assert press(qtbot, desk, K.Key_Space) == []
    assert press(qtbot, desk, K.Key_G) == ["good"]


def test_arrows_move_the_slider_that_has_the_focus(qtbot: QtBot, desk: Desk) -> None:
    desk.slider.setFocus()
    assert press(qtbot, desk, K.Key_Right) == []
    assert desk.slider.value() == 1
    assert press(qtbot, desk, K.Key_D) == ["next"]


def test_single_keys_work_again_when_the_field_is_left(qtbot: QtBot, desk: Desk) -> None:
    desk.text.setFocus()
    desk.button.setFocus()
    assert press(qtbot, desk, K.Key_G) == ["good"]


def test_a_field_that_is_deleted_while_it_has_the_focus_is_forgotten(qtbot: QtBot, desk: Desk) -> None:
    desk.text.setFocus()
    desk.text.deleteLater()
    qtbot.wait(10)
    desk.button.setFocus()
    assert press(qtbot, desk, K.Key_G) == ["good"]


def test_two_pages_may_use_one_key(qtbot: QtBot, desk: Desk) -> None:
    desk.actions.add("mark", "Mark", ["X"], desk.note("data"), page="data")
    desk.actions.add("cross", "Cross", ["X"], desk.note("review"), page="review")
    assert press(qtbot, desk, K.Key_X) == []
    desk.actions.set_page("data")
    assert press(qtbot, desk, K.Key_X) == ["data"]
    desk.actions.set_page("review")
    assert press(qtbot, desk, K.Key_X, K.Key_G) == ["review", "good"]


def test_a_page_that_disables_an_action_is_not_overruled(qtbot: QtBot, desk: Desk) -> None:
    action = desk.actions.add("mark", "Mark", ["X"], desk.note("data"), page="data")
    action.setEnabled(False)
    desk.actions.set_page("data")
    assert press(qtbot, desk, K.Key_X) == []


def test_a_name_is_given_once(desk: Desk) -> None:
    with pytest.raises(ValueError, match="good"):
        desk.actions.add("good", "Good again", [], desk.note("x"))


def test_the_registry_lists_actions_in_order_with_their_page(desk: Desk) -> None:
    desk.actions.add("mark", "Mark", ["X"], desk.note("data"), page="data", tip="Marks")
    entries = desk.actions.entries()
    assert [entry.name for entry in entries] == ["good", "go-on", "next", "undo", "help", "mark"]
    assert entries[-1].page == "data"
    assert desk.actions.action("mark").toolTip() == "Marks"


def test_a_key_held_down_sets_an_action_off_once_unless_it_may_repeat(desk: Desk) -> None:
    assert not desk.actions.action("good").autoRepeat()
