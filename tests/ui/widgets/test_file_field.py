from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.file_field import FileField


@pytest.fixture
def field(qtbot: QtBot) -> FileField:
    made = FileField("Network", "Networks (*.onnx)", "The installed one")
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_path_is_typed_and_cleared_by_hand(qtbot: QtBot, field: FileField) -> None:
    assert field.path == ""
    with qtbot.waitSignal(field.path_changed):
        qtbot.keyClicks(field.line, "a")
    qtbot.keyClicks(field.line, ".onnx ")
    assert field.path == "a.onnx"
    assert field.line.toolTip() == "a.onnx"
    with qtbot.waitSignal(field.path_changed):
        field.line.clear()
    assert field.path == ""


def test_setting_a_path_emits_nothing(qtbot: QtBot, field: FileField) -> None:
    with qtbot.assertNotEmitted(field.path_changed):
        field.set_path("net.onnx")
        field.set_path("")
    assert field.path == ""


def test_a_file_is_chosen_in_a_dialog(qtbot: QtBot, field: FileField, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(b"")
    field.browse.click()
    dialog = field.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.nameFilters() == ["Networks (*.onnx)"]
    with qtbot.waitSignal(field.path_changed):
        dialog.fileSelected.emit(str(path))
    dialog.close()
    assert field.path == str(path)


def test_a_file_is_dropped_on_it(qtbot: QtBot, field: FileField, tmp_path: Path) -> None:
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(tmp_path / "net.onnx"))])
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, dropped, buttons, keys)
    field.dragEnterEvent(enter)
    assert enter.isAccepted()
    with qtbot.waitSignal(field.path_changed):
        field.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, dropped, buttons, keys))
    assert field.path == str(tmp_path / "net.onnx")
