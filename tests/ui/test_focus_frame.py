from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.focus_frame import FocusFrame


def test_tab_draws_a_frame_that_follows_and_outlives_what_it_was_around(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layout, inner = QVBoxLayout(window), QWidget(window)
    one, two, three = QPushButton("One", window), QPushButton("Two", inner), QPushButton("Three", window)
    QVBoxLayout(inner).addWidget(two)
    for widget in (one, inner, three):
        layout.addWidget(widget)
    frame = FocusFrame(window)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    one.setFocus()
    assert frame.framed is None, "a click needs no frame"
    plain = two.grab().toImage()
    qtbot.keyClick(one, Qt.Key.Key_Tab)
    assert frame.framed is two
    QApplication.processEvents()
    assert window.grab(inner.geometry()).toImage() != plain
    inner.deleteLater()
    qtbot.waitUntil(lambda: frame.framed is not two)
    three.setFocus()
    qtbot.keyClick(three, Qt.Key.Key_Tab)
    assert frame.framed is one
    frame.release()
    frame.release()
    assert frame.framed is None
