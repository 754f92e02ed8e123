"""The bar names keys and what they do, and never widens the page."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.key_bar import KeyBar


def test_keys_are_written_as_they_are_and_take_no_width(qtbot: QtBot) -> None:
    bar = KeyBar()
    qtbot.addWidget(bar)
    bar.set_keys([("G", "good"), ("<", "lower")] * 20)
    assert "&lt;" in bar.text()
    assert bar.minimumSizeHint().width() < 300
