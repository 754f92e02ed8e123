"""Missing, changed, moved and new files, on the real window."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.data import DataPage
from anomaly_gui.ui.pages.data_files import ARRIVED, CHANGED, MISSING, WAITING
from tests.jobs.tiny_project import picture, write
from tests.ui.pages.data_window import opened, tiny, waited


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> DataPage:
    made = tiny(qtbot, window, tmp_path)
    made.files.watch._again.setInterval(60)
    return made


def test_a_moved_folder_is_found_again_in_one_step(
    qtbot: QtBot, window: MainWindow, page: DataPage, tmp_path: Path
) -> None:
    window.session.close_project()
    shutil.move(tmp_path / "data", tmp_path / "elsewhere")
    page = opened(qtbot, window, tmp_path / "project")
    banner = page.view.missing
    qtbot.waitUntil(lambda: banner.name == MISSING)
    assert banner.text.text().startswith("20 files are missing")
    banner.button.click()
    (dialog,) = page.findChildren(QFileDialog)
    with qtbot.waitSignal(page.session.job_ended, timeout=20_000):
        dialog.fileSelected.emit(str(tmp_path / "elsewhere"))
    dialog.close()
    assert all(str(tmp_path / "elsewhere") in image.path for image in page.session.project.images())
    assert page.session.project.verify() == []
    qtbot.waitUntil(lambda: not page.files._background._pool.activeThreadCount())
    qtbot.wait(20)
    assert banner.name == ""
    page.session.undo()
    assert all(str(tmp_path / "data") in image.path for image in page.session.project.images())


def test_a_folder_without_them_changes_nothing_and_the_banner_stays(
    qtbot: QtBot, page: DataPage, tmp_path: Path
) -> None:
    shutil.move(tmp_path / "data", tmp_path / "elsewhere")
    page.files.check()
    qtbot.waitUntil(lambda: page.view.missing.name == MISSING)
    (tmp_path / "nothing").mkdir()
    with qtbot.waitSignal(page.session.job_ended, timeout=20_000):
        page.files.find_in(str(tmp_path / "nothing"))
    assert page.view.missing.name == MISSING
    assert page.session.undo_sentence is None or "Found" not in page.session.undo_sentence


def test_changed_files_are_shown_on_their_own(qtbot: QtBot, page: DataPage) -> None:
    write(Path(page.session.images[3].path), picture(900))
    page.files.check()
    qtbot.waitUntil(lambda: page.view.missing.name == CHANGED)
    page.view.missing.button.click()
    assert page.view.gallery.ids == [3]
    assert page.view.filters.words.text() == "1 singled out"


def test_changed_files_are_accepted_as_they_are_and_an_undo_takes_that_back(qtbot: QtBot, page: DataPage) -> None:
    before = page.session.images[3]
    write(Path(before.path), picture(900))
    page.files.check()
    banner = page.view.missing
    qtbot.waitUntil(lambda: banner.name == CHANGED)
    with qtbot.waitSignal(page.session.job_ended, timeout=20_000):
        next(button for button in banner.others if button.text() == "Accept them").click()
    assert page.session.images[3].sha256 != before.sha256
    assert page.session.images[3].label == before.label
    page.files.check()
    qtbot.waitUntil(lambda: not page.files._background._pool.activeThreadCount())
    qtbot.wait(20)
    assert banner.name == ""
    page.session.undo()
    assert page.session.images[3].sha256 == before.sha256


def test_what_a_changed_file_held_is_found_elsewhere(
    qtbot: QtBot, window: MainWindow, page: DataPage, tmp_path: Path
) -> None:
    before = page.session.images[3]
    (tmp_path / "archive").mkdir()
    shutil.copy(before.path, tmp_path / "archive/kept.png")
    write(Path(before.path), picture(900))
    page.files.check()
    qtbot.waitUntil(lambda: page.view.missing.name == CHANGED)
    window.actions_registry.action("data-elsewhere").trigger()
    (dialog,) = page.findChildren(QFileDialog)
    with qtbot.waitSignal(page.session.job_ended, timeout=20_000):
        dialog.fileSelected.emit(str(tmp_path / "archive"))
    dialog.close()
    assert page.session.images[3].path == str(tmp_path / "archive/kept.png")
    assert page.session.images[3].sha256 == before.sha256


def test_new_images_of_a_watched_folder_come_in_and_are_said(qtbot: QtBot, page: DataPage, tmp_path: Path) -> None:
    (tmp_path / "camera").mkdir()
    page.files.start_watching(str(tmp_path / "camera"))
    (tmp_path / "camera/2.png").write_text("no image")  # First: whoever finds the image has found this one too.
    write(tmp_path / "camera/1.png", picture(901))
    qtbot.waitUntil(lambda: page.view.arrivals.name == ARRIVED, timeout=20_000)
    assert page.view.arrivals.text.text().startswith("1 new image came in from")
    page.view.arrivals.button.click()
    (new,) = page.view.gallery.ids
    assert page.session.images[new].label.kind == "unlabelled"
    with qtbot.assertNotEmitted(page.session.job_started, wait=300):
        page.files.watch.look()  # What was refused is not tried again and again.
    page.session.undo()
    page.files.stop_watching(str(tmp_path / "camera"))
    assert page.files.watch.folders == ()


def test_the_masks_of_a_watched_data_set_are_no_new_images(qtbot: QtBot, page: DataPage, tmp_path: Path) -> None:
    before = len(page.session.images)
    page.files.start_watching(str(tmp_path / "data"))
    write(tmp_path / "data/train/good/new.png", picture(902))
    qtbot.waitUntil(lambda: page.view.arrivals.name == ARRIVED, timeout=20_000)
    assert page.view.arrivals.text.text().startswith("1 new image came in from")
    assert len(page.session.images) == before + 1
    page.files.stop_watching(str(tmp_path / "data"))


def test_new_images_wait_for_the_job_that_runs(qtbot: QtBot, page: DataPage, tmp_path: Path) -> None:
    (tmp_path / "camera").mkdir()
    page.files.start_watching(str(tmp_path / "camera"))
    page.session.start_job("train", "Training", lambda _project, _emit, cancel: waited(cancel))
    write(tmp_path / "camera/1.png", picture(901))
    qtbot.waitUntil(lambda: page.view.arrivals.name == WAITING, timeout=20_000)
    assert "1 new image will come in when Training is done" in page.view.arrivals.text.text()
    page.session.cancel_job()
    qtbot.waitUntil(lambda: page.view.arrivals.name == ARRIVED, timeout=20_000)


def test_watching_goes_on_in_the_next_session(qtbot: QtBot, window: MainWindow, page: DataPage, tmp_path: Path) -> None:
    (tmp_path / "camera").mkdir()
    page.files.start_watching(str(tmp_path / "camera"))
    window.session.close_project()
    assert page.files.watch.folders == ()
    write(tmp_path / "camera/1.png", picture(901))
    page = opened(qtbot, window, tmp_path / "project")
    qtbot.waitUntil(lambda: page.view.arrivals.name == ARRIVED, timeout=20_000)
