"""The Review page in a window of its own, on a real project."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QThreadPool
from PySide6.QtWidgets import QApplication, QComboBox, QMainWindow
from pytestqt.qtbot import QtBot

from anomaly_gui.project.records import Image, Threshold
from anomaly_gui.project.store import Project
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.models.queued_images import QueueRole
from anomaly_gui.ui.pages.review import ReviewPage
from anomaly_gui.ui.session import Session
from tests.ui.pages.scored_project import scored_project

LEFT = Qt.MouseButton.LeftButton
# Ids 6…9 are the defects: crack 1.2, dent 2.2, crack 3.0, dent 5.0; the threshold is 3.2.
FIRST, SECOND, THIRD, FOUND = 6, 7, 8, 9


@dataclass
class Reviewing:
    """The page in a window of its own."""

    session: Session
    page: ReviewPage
    window: QMainWindow
    qtbot: QtBot

    def image(self, image_id: int) -> Image:
        """As it is on disk."""
        return self.session.project.image(image_id)

    @property
    def current(self) -> int | None:
        queue = self.page.queue
        return queue.current if queue is not None else None

    def queue(self) -> list[int]:
        """Image ids in the list."""
        model = self.page.view.list.queued
        return [model.row(number).image_id for number in range(model.rowCount())]

    def badges(self) -> list[str]:
        """What the list says has changed, image by image."""
        model = self.page.view.list.queued
        return [model.index(number, 0).data(QueueRole.BADGE) for number in range(model.rowCount())]

    def key(self, key: Qt.Key | str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.window, key, modifier)

    def wait_for_pictures(self, image_id: int) -> None:
        def shown() -> bool:
            pictures = self.page.view.triptych.pictures
            return pictures is not None and pictures.request.image_id == image_id

        self.qtbot.waitUntil(shown)

    def set_threshold(self, value: float) -> None:
        run = self.session.current_run
        assert run is not None
        self.session.apply(lambda project: project.set_threshold(run, Threshold(value)))


def choose(box: QComboBox, name: str) -> None:
    """As a click on the entry does."""
    number = box.findData(name)
    assert number >= 0, f"there is no {name}"
    box.setCurrentIndex(number)
    box.activated.emit(number)


Open = Callable[[Project], Reviewing]


@pytest.fixture
def open_page(qtbot: QtBot) -> Iterator[Open]:
    sessions: list[Session] = []

    def make(project: Project) -> Reviewing:
        folder = project.folder
        project.close()
        session = Session()
        window = QMainWindow()
        qtbot.addWidget(window)
        page = ReviewPage(session, window)
        window.setCentralWidget(page)
        actions = Actions(window)
        page.add_actions(actions)
        actions.set_page("review")
        session.open_project(folder)
        page.restore_place()
        window.resize(1290, 690)
        window.show()
        qtbot.waitActive(window)
        page.activate()
        QApplication.processEvents()
        sessions.append(session)
        return Reviewing(session, page, window, qtbot)

    yield make
    QThreadPool.globalInstance().waitForDone()
    QApplication.processEvents()
    for session in sessions:
        session.shut_down()


@pytest.fixture
def reviewing(open_page: Open, tmp_path: Path) -> Reviewing:
    return open_page(scored_project(tmp_path))
