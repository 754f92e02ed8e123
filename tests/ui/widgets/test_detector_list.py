from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from anomaly_gui.detectors.registry import DETECTORS, Entry
from anomaly_gui.detectors.settings import ConvAutoencoderSettings
from anomaly_gui.ui.widgets.detector_list import DetectorList

TWO = [
    Entry(name=name, sentence=f"{name.title()}: use it well.", settings=ConvAutoencoderSettings, import_path="a:b")
    for name in ("first", "second")
]


def test_a_click_chooses_a_detector(qtbot: QtBot) -> None:
    shown = DetectorList(TWO)
    qtbot.addWidget(shown)
    shown.show()
    assert shown.current == "first"
    with qtbot.waitSignal(shown.chosen) as chosen:
        qtbot.mouseClick(shown.buttons["second"], Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert chosen.args == ["second"]
    assert shown.current == "second"


def test_every_detector_says_when_to_use_it(qtbot: QtBot) -> None:
    shown = DetectorList(list(DETECTORS.values()))
    qtbot.addWidget(shown)
    shown.show()
    for entry in DETECTORS.values():
        words = entry.sentence.partition(": ")[2][1:]
        assert words in shown.buttons[entry.name].toolTip()
        shown.set_current(entry.name)
        visible = [label.text() for label in shown.findChildren(QLabel) if label.isVisible()]
        assert len(visible) == 1
        assert words in visible[0]


def test_setting_says_nothing(qtbot: QtBot) -> None:
    shown = DetectorList(TWO)
    qtbot.addWidget(shown)
    with qtbot.assertNotEmitted(shown.chosen):
        shown.set_current("second")
        shown.set_current("none")
    assert shown.current == "second"
