"""Training images are scored in one click, where wrong labels are looked for."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.jobs.train import train
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.project.records import Label
from anomaly_gui.ui.main_window import MainWindow
from tests.jobs.tiny_project import make_project, quick
from tests.ui.conftest import window as window
from tests.ui.pages.review_window import choose


def test_the_queue_of_suspicious_labels_offers_to_score_what_was_learnt(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    project = make_project(tmp_path)
    train(project, quick(), ignore_events, CancelToken())
    learnt = {image_id for image_id, role in project.roles(1).items() if role == "train"}
    folder = project.folder
    project.close()
    window.open_project(folder)
    window.show_page("review")
    page = window.review_page
    assert page.view.score_training.isHidden(), "it is about suspicious labels"
    choose(page.view.chooser.queues, "suspicious")
    assert page.view.score_training.text() == "Score 9 training images too"
    assert page.queue is not None
    assert not learnt & {*page.queue.ids}
    figures = window.tune_page
    qtbot.mouseClick(page.view.score_training, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.job is None, timeout=30_000)
    qtbot.waitUntil(lambda: page.queue is not None and learnt <= {*page.queue.ids})
    assert page.view.score_training.isHidden()
    window.show_page("tune")
    assert figures.state is not None
    assert not learnt & {*figures.state.scored.ids.tolist()}


def test_a_wrong_label_that_was_learnt_is_suspicious(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    project = make_project(tmp_path)
    wrong = next(image.id for image in project.images() if image.label.kind == "defect")
    project.set_label([wrong], Label("good"))
    project.set_splits({wrong: "train"})
    train(project, quick(), ignore_events, CancelToken())
    folder = project.folder
    project.close()
    window.open_project(folder)
    window.show_page("review")
    page = window.review_page
    choose(page.view.chooser.queues, "suspicious")
    page.training.start()
    qtbot.waitUntil(lambda: window.session.job is None, timeout=30_000)
    qtbot.waitUntil(lambda: page.scores is not None and page.scores.score_of(wrong) is not None)
    assert page.queue is not None
    assert wrong in page.queue.ids
