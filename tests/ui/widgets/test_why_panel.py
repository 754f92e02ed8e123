"""The panel beside the panes folds, and shows nothing that is empty."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.evaluation.misses import REASONS
from anomaly_gui.ui.widgets.why_panel import WhyPanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot: QtBot) -> WhyPanel:
    widget = WhyPanel({"small": "Small", "other": "Other"})
    qtbot.addWidget(widget)
    widget.resize(280, 500)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_folding_is_announced_and_leaves_a_narrow_bar(panel: WhyPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.opened) as opened:
        qtbot.mouseClick(panel.fold, LEFT)
    assert opened.args == [False]
    assert panel.width() < 70
    assert not panel.content.isVisible()
    assert panel.fold.text() == "Why?"


def test_setting_it_open_announces_nothing(panel: WhyPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(panel.opened):
        panel.set_open(False)
        panel.set_open(True)
    assert panel.content.isVisible()


def test_causes_appear_when_there_are_any(panel: WhyPanel, qtbot: QtBot) -> None:
    panel.set_causes("", "", "")
    assert panel.causes_title.isHidden()
    assert panel.step_button.isHidden()
    panel.set_causes("2 small", "2 of 3 small: try more", "Train")
    assert panel.causes.isVisibleTo(panel)
    with qtbot.waitSignal(panel.step_chosen):
        qtbot.mouseClick(panel.step_button, LEFT)


def test_longer_findings_move_nothing(panel: WhyPanel, qtbot: QtBot) -> None:
    place = panel.reasons.geometry()
    panel.set_findings(["one sentence " * 5, "another"])
    qtbot.wait(1)
    assert panel.reasons.geometry() == place


def test_nothing_is_cut_when_the_panel_has_to_scroll(qtbot: QtBot) -> None:
    widget = WhyPanel(REASONS)
    qtbot.addWidget(widget)
    widget.reasons.set_reason(None, "outside the region")
    widget.resize(widget.width(), 200)
    widget.show()
    qtbot.waitExposed(widget)
    assert widget.content.verticalScrollBar().isVisible()
    assert widget.content.widget().width() <= widget.content.viewport().width()
