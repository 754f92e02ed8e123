"""One image of a run in a window of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.pages.image_look import open_image
from anomaly_gui.ui.session import Session
from tests.ui.pages.scored_project import scored_project


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    project = scored_project(tmp_path)
    folder = project.folder
    project.close()
    made = Session()
    made.open_project(folder)
    yield made
    made.shut_down()


def test_an_image_is_shown_by_its_name_with_the_threshold_on_its_scale(
    qtbot: QtBot, session: Session, owner: QWidget
) -> None:
    dialog = open_image(session, 1, 6, "1.2: defect, missed", 3.2, owner)
    assert dialog is not None
    assert dialog.isVisible()
    assert dialog.windowTitle() == "part_6.png"
    qtbot.waitUntil(lambda: dialog.triptych.pictures is not None)
    dialog.close()


def test_a_run_whose_files_are_gone_is_announced_and_an_image_that_is_gone_is_passed_over(
    qtbot: QtBot, session: Session, owner: QWidget
) -> None:
    assert open_image(session, 1, 999, "", 3.2, owner) is None
    session.project.run_folder(1).statistics.unlink()
    with qtbot.waitSignal(session.failed):
        assert open_image(session, 1, 6, "", 3.2, owner) is None
