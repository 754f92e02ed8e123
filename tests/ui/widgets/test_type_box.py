"""A defect type is given when it is asked for, once, and never by the way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.type_box import TypeBox


@pytest.fixture
def box(qtbot: QtBot, owner: QWidget) -> TypeBox:
    """With a field beside it, to go to."""
    layout = QVBoxLayout(owner)
    made = TypeBox(owner)
    made.set_names(["burr", "crack", "dent"])
    layout.addWidget(made)
    layout.addWidget(QLineEdit(owner))
    owner.resize(300, 90)
    owner.show()
    owner.activateWindow()
    qtbot.waitActive(owner)
    return made


@pytest.fixture
def chosen(box: TypeBox) -> list[str]:
    found: list[str] = []
    box.chosen.connect(found.append)
    return found


def type_in(qtbot: QtBot, box: TypeBox, text: str) -> None:
    """Keys go where the keyboard's focus is: to the box, which passes them to its field."""
    box.lineEdit().setFocus()
    assert box.hasFocus()
    box.lineEdit().selectAll()
    qtbot.keyClicks(box, text)


@pytest.mark.parametrize(
    ("typed", "name"),
    [(" pore ", "pore"), ("dent", "dent"), ("Dent", "dent"), ("de", "dent"), (" ", "")],
    ids=["new", "known", "in capitals", "begun", "none"],
)
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter], ids=["return", "keypad"])
def test_a_typed_name_is_told_once(
    qtbot: QtBot, box: TypeBox, chosen: list[str], typed: str, name: str, key: Qt.Key
) -> None:
    box.setEditText("crack")
    type_in(qtbot, box, typed)
    qtbot.keyClick(box, key)
    box.nextInFocusChain().setFocus()
    assert chosen == [name]


def test_a_name_is_picked_from_the_list(qtbot: QtBot, box: TypeBox, chosen: list[str]) -> None:
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.view().isVisible()
    assert chosen == [], "stepping through the list gives nothing a type"
    qtbot.keyClick(box.view(), Qt.Key.Key_End)
    qtbot.keyClick(box.view(), Qt.Key.Key_Return)
    assert chosen == ["dent"]


def test_leaving_the_field_gives_no_type(qtbot: QtBot, box: TypeBox, chosen: list[str]) -> None:
    type_in(qtbot, box, "dent")
    (other,) = (field for field in box.parentWidget().findChildren(QLineEdit) if field is not box.lineEdit())
    other.setFocus()
    assert not box.hasFocus()
    assert chosen == []


def test_the_wheel_gives_no_type(box: TypeBox, chosen: list[str]) -> None:
    box.setEditText("crack")
    middle = QPointF(box.rect().center())
    wheel = QWheelEvent(
        middle,
        box.mapToGlobal(middle),
        QPoint(0, 0),
        QPoint(0, -240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(box, wheel)
    assert chosen == []
    assert box.currentText() == "crack"


def test_other_names_leave_what_is_typed(qtbot: QtBot, box: TypeBox, chosen: list[str]) -> None:
    type_in(qtbot, box, "por")
    box.set_names(["burr", "dent", "pit"])
    assert box.currentText() == "por"
    assert box.names == ["burr", "dent", "pit"]
    assert chosen == []
