"""Tooltips that say where the threshold comes from, besides what they said before."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from anomaly_gui.project.store import Project
from anomaly_gui.ui.pages.tune_origin import TuneOrigin
from anomaly_gui.ui.session import Session


def test_it_follows_the_run_and_keeps_what_the_tooltip_said(qtbot: QtBot, demo_project: Path) -> None:
    session, label = Session(), QLabel()
    qtbot.addWidget(label)
    label.setToolTip("The threshold")
    origin = TuneOrigin(session, [label], session)
    session.adopt(Project.open(demo_project))
    qtbot.waitUntil(lambda: "set by" in label.toolTip())
    assert label.toolTip().endswith("\n\nThe threshold")
    session.choose_run(None)
    qtbot.waitUntil(lambda: label.toolTip() == "The threshold")
    origin.background.stop()
    session.shut_down()
