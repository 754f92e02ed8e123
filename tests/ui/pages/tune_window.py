"""The Tune page in a window of its own, on a project."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from anomaly_gui.project.store import Project
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.pages.tune import TunePage
from anomaly_gui.ui.session import Session


@dataclass
class TuneWindow:
    session: Session
    page: TunePage
    window: QMainWindow


def open_tune(qtbot: QtBot, project: Project, prepare: Callable[[Session], None] | None = None) -> TuneWindow:
    """Shown, with *project* opened anew; the session is to be shut down."""
    folder = project.folder
    project.close()
    session = Session()
    window = QMainWindow()
    qtbot.addWidget(window)
    page = TunePage(session, window)
    window.setCentralWidget(page)
    actions = Actions(window)
    page.add_actions(actions)
    actions.set_page("tune")
    session.open_project(folder)
    if prepare is not None:
        prepare(session)
    page.restore_place()
    window.resize(1290, 690)
    window.show()
    qtbot.waitActive(window)
    page.activate()
    QApplication.processEvents()
    return TuneWindow(session, page, window)
