"""Training by hand: on the real window, a real project, and a network that learns for a second."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QSpinBox
from pytestqt.qtbot import QtBot

from anomaly_gui.jobs.import_images import ImportRequest, import_images
from anomaly_gui.jobs.train import TrainReport, TrainRequest, train
from anomaly_gui.progress import CancelToken, EpochFinished, Event, EventSink, ignore_events
from anomaly_gui.project.records import Label, Run, Threshold
from anomaly_gui.project.splits import assign_roles
from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.train import TrainPage
from anomaly_gui.ui.pages.tune_compare import TuneCompare
from anomaly_gui.ui.theme import apply_scheme
from anomaly_gui.ui.widgets.plot_colours import plot_colours
from tests.jobs.tiny_project import QUICK, make_project
from tests.ui.pages.scored_project import scored_project

LEFT = Qt.MouseButton.LeftButton
JOB_MS = 60_000
LONG = {**QUICK, "epochs": 400, "patience": 400}


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> TrainPage:
    """With a detector that has epochs, whichever is offered first."""
    make_project(tmp_path).close()
    made = shown(qtbot, window, tmp_path / "project")
    made.view.detectors.buttons["conv-ae"].click()
    assert made.view.detectors.current == "conv-ae"
    return made


def shown(qtbot: QtBot, window: MainWindow, folder: Path) -> TrainPage:
    assert window.session.open_project(folder)
    window.show_page("train")
    window.activateWindow()
    qtbot.waitActive(window)
    return window.train_page


def set_up(page: TrainPage, settings: dict[str, object]) -> None:
    """The settings as if typed; typing itself is tested with the form."""
    page.view.form.set_values(settings)
    page._show_choices()


def click(qtbot: QtBot, widget: object) -> None:
    assert widget.isVisible()  # type: ignore[attr-defined]
    assert widget.isEnabled()  # type: ignore[attr-defined]
    qtbot.mouseClick(widget, LEFT)


def finished(qtbot: QtBot, page: TrainPage, start: Callable[[], object]) -> None:
    with qtbot.waitSignal(page.session.job_ended, timeout=JOB_MS) as ended:
        start()
    assert ended.args[0].error is None


def current(page: TrainPage) -> Run:
    run_id = page.session.current_run
    assert run_id is not None
    return page.session.runs[run_id]


class Gate:
    """Lets the real training pass *epoch* only when asked to, however fast or slow the machine is."""

    def __init__(self, epoch: int) -> None:
        self._epoch = epoch
        self._opened = threading.Event()

    def open(self) -> None:
        self._opened.set()

    def train(self, project: Project, request: TrainRequest, emit: EventSink, cancel: CancelToken) -> TrainReport:
        def held(event: Event) -> None:
            emit(event)
            if isinstance(event, EpochFinished) and event.epoch == self._epoch:
                self._opened.wait(JOB_MS / 1000)

        return train(project, request, held, cancel)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch, window: MainWindow) -> Iterator[Gate]:
    """At epoch 4; opened at the end whatever happens, before the window waits for its job."""
    made = Gate(4)
    monkeypatch.setattr("anomaly_gui.ui.pages.train.train", made.train)
    yield made
    made.open()


def after_epochs(qtbot: QtBot, page: TrainPage, count: int) -> None:
    qtbot.waitUntil(lambda: len(page.view.loss.points) >= count, timeout=JOB_MS)


def epochs_drawn(page: TrainPage) -> list[int]:
    return [point.epoch for point in page.view.loss.points]


# Before


def test_without_images_there_is_nothing_to_start(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    Project.create(tmp_path / "empty").close()
    page = shown(qtbot, window, tmp_path / "empty")
    assert not page.view.start.isEnabled()
    assert "Import images of good parts" in page.view.data_sentence.text()


def test_augmentation_that_is_switched_on_is_shown_on_one_of_the_images(qtbot: QtBot, page: TrainPage) -> None:
    view = page.view
    view.settings.expand(animate=False)
    assert not view.augmentation.isVisible()
    flip = view.form.editors["flip_horizontally"]
    assert isinstance(flip, QCheckBox)
    flip.click()
    qtbot.waitUntil(view.augmentation.isVisible, timeout=JOB_MS)
    plain, mirrored = view.augmentation.variants
    assert mirrored.title == "Mirrored"
    assert np.array_equal(mirrored.pixels, plain.pixels[:, ::-1])
    # A detector that is not trained by gradient has no such settings.
    view.detectors.buttons["patch-memory"].click()
    assert not view.augmentation.isVisible()
    view.detectors.buttons["conv-ae"].click()
    flip.click()
    qtbot.waitUntil(view.augmentation.isVisible, timeout=JOB_MS)
    page.session.close_project()
    assert view.augmentation.variants == []


def test_a_conflict_blocks_training_until_it_is_settled(page: TrainPage) -> None:
    session = page.session
    first = session.images[1]
    twin = Path(first.path).with_name("twin.png")
    twin.write_bytes(Path(first.path).read_bytes())
    import_images(session.project, ImportRequest(defect=(str(twin),)), ignore_events, CancelToken())
    session.refresh()
    assert not page.view.start.isEnabled()
    assert "same picture" in page.view.data_sentence.text()
    session.apply(lambda project: project.set_excluded([max(session.images)], True))
    assert page.view.start.isEnabled()
    assert "12 good to train on" in page.view.data_sentence.text()


def test_a_preset_sets_the_form_and_the_sentence(qtbot: QtBot, page: TrainPage) -> None:
    assert page.view.form.values["input_px"] == 128
    click(qtbot, page.view.presets.button("thorough"))
    assert page.view.form.values["loss"] == "mse+ssim"
    assert page.view.form.overrides == {}
    assert "256 × 256 px" in page.view.preset_sentence.text()
    epochs = page.view.form.editors["epochs"]
    assert isinstance(epochs, QSpinBox)
    epochs.setValue(7)
    assert page.view.settings.text() == "Settings (1 changed)"


def test_choices_are_kept_with_the_project(qtbot: QtBot, window: MainWindow, page: TrainPage, tmp_path: Path) -> None:
    click(qtbot, page.view.presets.button("balanced"))
    page.view.form_place.seed.setValue(11)
    set_up(page, {"epochs": 9})
    window.session.close_project()
    Project.create(tmp_path / "other").close()
    shown(qtbot, window, tmp_path / "other")
    assert (page.view.presets.current, page.view.form_place.seed.value()) == ("fast", 0)
    shown(qtbot, window, tmp_path / "project")
    assert (page.view.presets.current, page.view.form_place.seed.value()) == ("balanced", 11)
    assert page.view.form.overrides == {"epochs": 9}


# While it learns


def test_training_is_seen_live_and_ends_with_figures(qtbot: QtBot, page: TrainPage) -> None:
    set_up(page, QUICK)
    seen: list[tuple[int, int]] = []

    def note(event: object) -> None:
        if isinstance(event, EpochFinished):
            seen.append((len(page.view.loss.points), event.epoch))

    page.session.job_progressed.connect(note)
    page.view.form_place.seed.setValue(3)
    finished(qtbot, page, lambda: click(qtbot, page.view.start))
    assert seen == [(1, 1), (2, 2), (3, 3)]
    run = current(page)
    assert (run.status, run.seed, run.preset) == ("finished", 3, "fast")
    assert QUICK.items() <= run.settings["detector"].items()
    assert len(page.view.loss.points) == 3
    assert sum(point.is_best for point in page.view.loss.points) >= 1
    qtbot.waitUntil(lambda: len(page.view.preview.images) == 4)
    assert [image.is_good for image in page.view.preview.images] == [True, True, False, False]
    assert all(image.error is not None for image in page.view.preview.images)
    qtbot.waitUntil(lambda: page.view.runs._rows[0].cells[3] != "")
    cells = page.view.runs._rows[0].cells
    assert cells[2] == "finished"
    assert float(cells[3]) <= 1


def test_a_new_run_becomes_the_current_one(qtbot: QtBot, page: TrainPage) -> None:
    set_up(page, QUICK)
    for number in (1, 2):
        finished(qtbot, page, lambda: click(qtbot, page.view.start))
        assert page.session.current_run == number
        assert page.view.table.selectionModel().selectedRows()[0].row() == 0


def test_after_training_the_page_leads_to_tune(qtbot: QtBot, window: MainWindow, page: TrainPage) -> None:
    set_up(page, QUICK)
    finished(qtbot, page, lambda: qtbot.keyClick(window, Qt.Key.Key_F5))
    assert page.view.banner.name == "threshold"
    click(qtbot, page.view.banner.button)
    assert window.current_page is window.tune_page


def test_a_second_run_is_compared_with_the_one_before_in_one_click(
    qtbot: QtBot, window: MainWindow, page: TrainPage
) -> None:
    set_up(page, QUICK)
    for _ in range(2):
        finished(qtbot, page, lambda: click(qtbot, page.view.start))
    click(qtbot, page.view.banner.button)
    assert window.current_page is window.tune_page
    assert window.tune_page.choice.current == "compare"
    part = window.tune_page.parts["compare"]
    assert isinstance(part, TuneCompare)
    qtbot.waitUntil(lambda: "At their own thresholds" in part.view.headline.text())
    assert part.view.base.currentText().startswith("001")


def test_pause_holds_the_job_and_go_on_lets_it_run(qtbot: QtBot, page: TrainPage, gate: Gate) -> None:
    set_up(page, LONG)
    click(qtbot, page.view.start)
    after_epochs(qtbot, page, 4)
    click(qtbot, page.view.pause)
    assert page.view.pause.text() == "Go on"
    gate.open()
    qtbot.wait(500)
    assert len(page.view.loss.points) == 4
    click(qtbot, page.view.pause)
    assert page.view.pause.text() == "Pause"
    after_epochs(qtbot, page, 5)
    finished(qtbot, page, lambda: click(qtbot, page.view.cancel))


def test_a_cancelled_run_keeps_its_best_and_can_be_resumed(qtbot: QtBot, page: TrainPage, gate: Gate) -> None:
    set_up(page, {**QUICK, "epochs": 12, "patience": 12})
    click(qtbot, page.view.start)
    after_epochs(qtbot, page, 4)
    click(qtbot, page.view.cancel)
    finished(qtbot, page, gate.open)
    assert current(page).status == "cancelled"
    assert page.session.is_scored(current(page).id)
    assert epochs_drawn(page) == [1, 2, 3, 4]
    assert "conv-ae was stopped" in page.window().strip.sentence.text()
    drawn: list[list[int]] = []

    def note(event: object) -> None:
        if isinstance(event, EpochFinished):
            drawn.append(epochs_drawn(page))

    page.session.job_progressed.connect(note)
    with qtbot.waitSignal(page.session.job_ended, timeout=JOB_MS):
        click(qtbot, page.view.resume)
        assert epochs_drawn(page) == [1, 2, 3, 4], "what was learnt before the resume is seen at once"
    assert drawn == [list(range(1, last + 1)) for last in range(5, 13)], "and stays while it goes on"
    assert current(page).status == "finished"
    assert epochs_drawn(page) == list(range(1, 13))
    assert not page.view.resume.isEnabled()


def test_a_second_job_waits(qtbot: QtBot, page: TrainPage) -> None:
    set_up(page, LONG)
    click(qtbot, page.view.start)
    assert not page.view.start.isEnabled()
    page.start()
    assert len(page.session.project.runs()) <= 1
    after_epochs(qtbot, page, 1)
    page.session.cancel_job()
    finished(qtbot, page, page.session.cancel_job)


# The runs


def test_a_run_that_a_crash_cut_short_is_offered(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    with make_project(tmp_path) as project:
        roles = assign_roles(project.images(), 0.25, 0)
        detector = dict(QUICK)
        run = project.add_run("conv-ae", "fast", 0, {"detector": detector, "scoring": {}}, roles)
        assert run.status == "running"
    page = shown(qtbot, window, tmp_path / "project")
    assert "interrupted" in page.view.banner.text.text()
    finished(qtbot, page, lambda: click(qtbot, page.view.banner.button))
    assert page.session.runs[run.id].status == "finished"
    assert page.session.current_run == run.id


def test_choosing_a_run_makes_it_the_current_one(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        roles = {13: "validation", 1: "test"}
        second = project.add_run("conv-ae", "fast", 1, project.run(1).settings, roles)  # type: ignore[arg-type]
        project.update_run(second.id, "failed", "The disk was full.")
        folder = project.folder
    page = shown(qtbot, window, folder)
    assert page.session.current_run == 1
    table = page.view.table
    row = page.view.runs.row_of(second.id)
    assert row == 0
    place = table.visualRect(page.view.runs.index(row, 0)).center()
    qtbot.mouseClick(table.viewport(), LEFT, pos=place)
    assert page.session.current_run == second.id
    assert "The disk was full." in page.view.figures.text()
    assert page.view.resume.isEnabled()
    assert not page.view.tune.isEnabled()


def test_figures_follow_threshold_and_labels(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        folder = project.folder
    page = shown(qtbot, window, folder)

    def cell(column: int) -> str:
        return page.view.runs._rows[0].cells[column]

    qtbot.waitUntil(lambda: cell(4) == "3 of 4")
    page.session.apply(lambda project: project.set_threshold(1, Threshold(1.0)))
    qtbot.waitUntil(lambda: cell(4) == "0 of 4")
    page.session.apply(lambda project: project.set_label([6], Label("good")))
    qtbot.waitUntil(lambda: cell(4) == "0 of 3")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read_in_both_schemes(qtbot: QtBot, page: TrainPage, scheme: str) -> None:
    apply_scheme(scheme)
    qtbot.wait(50)
    button = page.view.settings.toggleButton()
    text, behind = button.palette().buttonText().color(), page.palette().window().color()
    assert abs(text.lightness() - behind.lightness()) > 100
    assert plot_colours(page.palette()).good.name() in page.view.loss_legend.text()
