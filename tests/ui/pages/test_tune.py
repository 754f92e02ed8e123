"""One threshold, many views: driven with mouse and keys on a real project."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QThreadPool
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot
from safetensors.numpy import save_file

from anomaly_gui.imaging.region import Region, Shape
from anomaly_gui.project.records import Label, Threshold
from anomaly_gui.project.store import Project
from anomaly_gui.ui import session as session_module
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.burst import PAUSE_MS
from anomaly_gui.ui.pages.tune import TunePage
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.widgets.image_dialog import ImageDialog
from tests.ui.pages.scored_project import scored_project
from tests.ui.widgets.mouse import drag, drag_to, press, release
from tests.ui.widgets.test_score_histogram import place_of

LEFT = Qt.MouseButton.LeftButton


@dataclass
class Tuning:
    """The page in a window of its own."""

    session: Session
    page: TunePage
    window: QMainWindow

    @property
    def saved(self) -> Threshold:
        run = self.session.current_run
        assert run is not None
        threshold = self.session.project.threshold(run)
        assert threshold is not None
        return threshold

    def shown(self) -> set[float]:
        """What all views say the threshold is."""
        view = self.page.view
        value = view.histogram.threshold.value()
        assert view.rates.threshold.value() == value
        assert view.control.number.value() == pytest.approx(value, abs=1e-3)
        return {value}


Open = Callable[[Project], Tuning]


@pytest.fixture
def open_page(qtbot: QtBot) -> Iterator[Open]:
    sessions: list[Session] = []

    def make(project: Project) -> Tuning:
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
        page.restore_place()
        window.resize(1290, 690)
        window.show()
        qtbot.waitActive(window)
        page.activate()
        QApplication.processEvents()
        sessions.append(session)
        return Tuning(session, page, window)

    yield make
    for session in sessions:
        session.shut_down()
    QThreadPool.globalInstance().waitForDone()


@pytest.fixture
def tuning(open_page: Open, tmp_path: Path) -> Tuning:
    return open_page(scored_project(tmp_path, rule="best-f1"))


def test_a_drag_is_live_writes_nothing_and_is_saved_once_at_its_end(tuning: Tuning) -> None:
    histogram = tuning.page.view.histogram
    start, end = place_of(histogram, 3.2), place_of(histogram, 2.1)
    press(histogram.viewport(), start)
    for share in (0.3, 0.6, 1.0):
        drag_to(histogram.viewport(), start + (end - start) * share)
    assert tuning.saved == Threshold(3.2, "best-f1")
    assert tuning.page.view.figures.figure("found") == "3"
    assert tuning.page.view.figures.figure("false_alarms") == "2"
    before = tuning.session.project.undo_sentence
    release(histogram.viewport(), end)
    assert tuning.saved.rule == "manual"
    assert tuning.saved.value == pytest.approx(2.1, abs=0.03)
    assert tuning.shown() == {tuning.saved.value}
    assert tuning.session.project.undo_sentence != before
    tuning.session.undo()
    assert tuning.saved == Threshold(3.2, "best-f1")
    assert tuning.shown() == {3.2}
    assert tuning.page.view.figures.figure("found") == "1"


def test_every_view_sets_the_same_value(tuning: Tuning, qtbot: QtBot) -> None:
    view = tuning.page.view
    drag(view.rates.viewport(), place_of(view.rates, 3.2), place_of(view.rates, 4.0))
    assert tuning.shown() == {tuning.saved.value}
    assert tuning.saved.value == pytest.approx(4.0, abs=0.05)
    view.control.number.setFocus()
    view.control.number.selectAll()
    qtbot.keyClicks(view.control.number, "2.25")
    qtbot.keyClick(view.control.number, Qt.Key.Key_Return)
    assert tuning.saved.value == 2.25
    assert tuning.shown() == {2.25}
    slider = view.control.slider
    drag(slider, QPointF(slider.width() * 0.4, 8), QPointF(slider.width() * 0.6, 8))
    assert tuning.shown() == {tuning.saved.value}
    assert tuning.saved.value != 2.25


def test_brackets_step_from_score_to_score_and_a_burst_of_them_is_one_step_to_undo(
    tuning: Tuning, qtbot: QtBot
) -> None:
    qtbot.keyClick(tuning.window, "[")
    assert tuning.page.view.figures.figure("found") == "2"
    qtbot.keyClick(tuning.window, "[")
    assert tuning.page.view.figures.figure("false_alarms") == "2"
    qtbot.keyClick(tuning.window, "]")
    assert tuning.saved == Threshold(3.2, "best-f1"), "the burst goes on"
    tuning.page.burst.settle()
    assert tuning.saved.value == pytest.approx((2.5 + 3.0) / 2)
    tuning.session.undo()
    assert tuning.saved == Threshold(3.2, "best-f1")
    assert tuning.shown() == {3.2}


def test_a_burst_ends_by_itself(tuning: Tuning, qtbot: QtBot) -> None:
    qtbot.keyClick(tuning.window, "[")
    qtbot.waitUntil(lambda: tuning.saved.rule == "manual", timeout=10 * PAUSE_MS)
    assert tuning.saved.value == pytest.approx((2.5 + 3.0) / 2)


@pytest.mark.parametrize("what", ["undo", "label", "page", "close"])
def test_whatever_comes_after_a_burst_finds_it_saved(tuning: Tuning, qtbot: QtBot, what: str) -> None:
    qtbot.keyClick(tuning.window, "[")
    if what == "undo":
        tuning.session.undo()
        assert tuning.saved == Threshold(3.2, "best-f1")
        tuning.session.redo()
    elif what == "label":
        tuning.session.apply(lambda project: project.set_label([1], Label("unlabelled")))
    elif what == "page":
        tuning.page.deactivate()
    else:
        folder = tuning.session.project.folder
        tuning.session.close_project()
        tuning.session.open_project(folder)
    assert tuning.saved.value == pytest.approx((2.5 + 3.0) / 2)


def test_arrow_keys_in_slider_and_number_are_bursts_too(tuning: Tuning, qtbot: QtBot) -> None:
    control = tuning.page.view.control
    for widget, key in ((control.slider, Qt.Key.Key_Left), (control.number, Qt.Key.Key_Down)):
        widget.setFocus()
        for _ in range(3):
            qtbot.keyClick(widget, key)
        assert tuning.saved == Threshold(3.2, "best-f1")
        tuning.window.setFocus()
        tuning.page.burst.settle()
        assert tuning.saved.value == tuning.page.state.value  # type: ignore[union-attr]
        assert tuning.saved.rule == "manual"
        tuning.session.undo()
        assert tuning.saved == Threshold(3.2, "best-f1"), "one step"
        tuning.page.burst.settle()
        assert tuning.saved == Threshold(3.2, "best-f1"), "nothing is saved anew"


def test_undo_keeps_the_zoom_of_the_plots(tuning: Tuning, qtbot: QtBot) -> None:
    view = tuning.page.view
    boxes = [plot.getPlotItem().getViewBox() for plot in (view.histogram, view.rates)]
    boxes[0].setXRange(1.5, 2.5, padding=0)
    zoomed = [box.viewRange()[0] for box in boxes]
    qtbot.keyClick(tuning.window, "[")
    tuning.session.undo()
    assert tuning.saved == Threshold(3.2, "best-f1")
    assert [box.viewRange()[0] for box in boxes] == zoomed
    tuning.session.apply(lambda project: project.set_label([1], Label("unlabelled")))
    tuning.session.undo()
    assert [box.viewRange()[0] for box in boxes] == zoomed


def test_esc_leads_from_another_part_back_to_the_threshold(tuning: Tuning, qtbot: QtBot) -> None:
    tuning.page.show_part("compare")
    qtbot.keyClick(tuning.window, Qt.Key.Key_Escape)
    assert tuning.page.choice.current == "threshold"


def test_shift_and_brackets_move_by_a_hundredth_of_the_range(tuning: Tuning, qtbot: QtBot) -> None:
    low, high = tuning.page.view.histogram.getPlotItem().getViewBox().viewRange()[0]
    qtbot.keyClick(tuning.window, Qt.Key.Key_BracketLeft, Qt.KeyboardModifier.ShiftModifier)
    tuning.page.burst.settle()
    assert tuning.saved.value == pytest.approx(3.2 - (high - low) / 100)


def test_brackets_typed_into_the_number_are_no_steps(tuning: Tuning, qtbot: QtBot) -> None:
    tuning.page.view.control.number.setFocus()
    qtbot.keyClick(tuning.page.view.control.number, "[")
    assert tuning.saved == Threshold(3.2, "best-f1")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("good-max-plus", 2.0 + (2.0 - 1.3)),
        ("recall-at-least", 1.1),
        ("false-alarm-at-most", (3.5 + 5.0) / 2),
    ],
)
def test_a_rule_sets_the_threshold_in_one_click_and_is_marked(
    tuning: Tuning, qtbot: QtBot, name: str, expected: float
) -> None:
    button = tuning.page.view.rules.buttons[name]
    qtbot.mouseClick(button, LEFT)
    assert tuning.saved.rule == name
    assert tuning.saved.value == pytest.approx(expected, abs=0.06)
    assert button.isChecked()
    assert tuning.shown() == {tuning.saved.value}
    tuning.session.undo()
    assert tuning.page.view.rules.buttons["best-f1"].isChecked()


def test_figures_follow_a_new_label(tuning: Tuning) -> None:
    tuning.session.apply(lambda project: project.set_threshold(1, Threshold(3.2)))
    assert tuning.page.view.figures.figure("missed") == "3"
    tuning.session.apply(lambda project: project.set_label([6], Label("good")))
    assert tuning.page.view.figures.figure("missed") == "2"
    assert "6 good, 3 defective" in tuning.page.view.basis.text()


def test_a_new_label_keeps_what_the_change_is_told_against(tuning: Tuning, qtbot: QtBot) -> None:
    qtbot.keyClick(tuning.window, "[")
    tuning.session.apply(lambda project: project.set_label([6], Label("good")))
    assert tuning.page.view.change.text().startswith("Against 3.200")


def test_a_threshold_by_a_rule_follows_a_new_label_and_one_undo_takes_both_back(tuning: Tuning) -> None:
    tuning.session.apply(lambda project: project.set_label([6], Label("good")))
    # Of 1.1 and 2.1, F1 is now better at the upper one: 3 found, 2 false alarms.
    assert tuning.saved.value == pytest.approx(2.1)
    assert tuning.shown() == {tuning.saved.value}
    assert tuning.saved.rule == "best-f1"
    tuning.session.undo()
    assert tuning.saved == Threshold(3.2, "best-f1")
    assert "5 good, 4 defective" in tuning.page.view.basis.text()


def test_a_label_changed_while_another_page_is_shown_is_seen_on_return(tuning: Tuning) -> None:
    tuning.session.apply(lambda project: project.set_threshold(1, Threshold(3.2)))
    tuning.page.hide()
    tuning.session.apply(lambda project: project.set_label([6], Label("good")))
    tuning.page.show()
    assert tuning.page.view.figures.figure("missed") == "2"


def test_the_price_of_the_move_and_the_images_it_decides_are_shown(tuning: Tuning, qtbot: QtBot) -> None:
    qtbot.keyClick(tuning.window, "[")
    view = tuning.page.view
    assert view.change.text() == "Against 3.200: 1 more found, none more false alarms."
    qtbot.waitUntil(lambda: [flip.image_id for flip in view.flips.flips] == [8])
    qtbot.waitUntil(lambda: tuning.page._thumbnail_of(8) is not None)


def test_a_thumbnail_opens_its_image_in_three_panes(tuning: Tuning, qtbot: QtBot) -> None:
    strip = tuning.page.view.flips
    qtbot.waitUntil(lambda: len(strip.flips) > 0)
    assert strip.flips[0].image_id == 8
    qtbot.mouseClick(strip, LEFT, pos=QPoint(20, 20))
    dialog = tuning.page.findChild(ImageDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.triptych.pictures is not None)
    assert dialog.windowTitle() == "part_8.png"
    assert dialog.triptych.legend.threshold == 3.2
    dialog.close()


def test_the_page_says_what_the_figures_rest_on_and_warns(tuning: Tuning) -> None:
    assert tuning.page.view.basis.text() == "9 images that training never saw: 5 good, 4 defective."
    assert "same images" in tuning.page.view.remark.text()


def test_the_warning_leads_to_the_figures_that_nothing_was_chosen_on(tuning: Tuning, qtbot: QtBot) -> None:
    assert tuning.page.view.leave.isVisible()
    qtbot.mouseClick(tuning.page.view.leave, Qt.MouseButton.LeftButton)
    assert tuning.page.choice.current == "locked"


def test_scores_of_an_older_version_are_made_again_with_one_click(
    open_page: Open, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = scored_project(tmp_path)
    path = project.run_folder(1).statistics
    kept = path.read_bytes()
    save_file({"image_ids": np.zeros(1)}, path, metadata={"format": "1"})
    tuning = open_page(project)
    notice = tuning.page.notice
    assert notice.isVisible()
    assert "older version" in notice.sentence.text()
    asked: list[int] = []

    def score_again(_project: Project, run_id: int, *_: object) -> None:
        asked.append(run_id)
        path.write_bytes(kept)

    monkeypatch.setattr(session_module, "score", score_again)
    qtbot.mouseClick(notice.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tuning.page.view.isVisible())
    assert asked == [1]
    assert tuning.page.view.figures.figure("found") != ""


def test_scores_that_are_not_finite_are_shown_and_count_as_defective(open_page: Open, tmp_path: Path) -> None:
    project = scored_project(tmp_path, defects=[("crack", float("nan")), ("crack", 1.0)])
    tuning = open_page(project)
    assert tuning.page.view.figures.figure("found") == "1"
    assert tuning.page.view.figures.figure("missed") == "1"
    tuning.page.choose(1000.0)
    assert tuning.page.view.figures.figure("found") == "1"


def test_without_defects_rates_are_undefined_and_their_rules_rest(open_page: Open, tmp_path: Path) -> None:
    tuning = open_page(scored_project(tmp_path, defects=()))
    view = tuning.page.view
    assert view.figures.figure("recall") == "n/a"
    assert view.figures.figure("specificity") == "80 %"
    assert not view.rules.buttons["best-f1"].isEnabled()
    assert view.rules.buttons["good-max-plus"].isEnabled()
    assert view.curves.title.text().endswith("n/a")
    assert "No defective image" in view.remark.text()


def test_with_equal_scores_everything_still_works(open_page: Open, tmp_path: Path, qtbot: QtBot) -> None:
    project = scored_project(tmp_path, [2.0] * 3, [("crack", 2.0)] * 3, [2.0] * 4, threshold=2.0)
    tuning = open_page(project)
    assert tuning.page.view.figures.figure("false_alarms") == "3"
    qtbot.keyClick(tuning.window, "]")
    assert tuning.page.view.figures.figure("false_alarms") == "0"
    qtbot.keyClick(tuning.window, "]")
    assert tuning.page.view.figures.figure("found") == "0"


def test_without_a_run_the_page_says_what_to_do_and_leads_there(open_page: Open, tmp_path: Path, qtbot: QtBot) -> None:
    tuning = open_page(Project.create(tmp_path / "empty"))
    assert tuning.page.notice.isVisible()
    assert tuning.page.notice.title.text() == "No run yet"
    with qtbot.waitSignal(tuning.session.page_wanted) as wanted:
        qtbot.mouseClick(tuning.page.notice.button, LEFT)
    assert wanted.args == ["train"]


def test_a_run_that_was_never_scored_says_so(open_page: Open, tmp_path: Path) -> None:
    tuning = open_page(scored_project(tmp_path, threshold=None))
    assert tuning.page.notice.title.text() == "This run has no scores"


def test_without_labelled_images_the_page_leads_to_the_data(open_page: Open, tmp_path: Path) -> None:
    tuning = open_page(scored_project(tmp_path, good=(), defects=()))
    assert tuning.page.notice.title.text() == "No labelled images to judge by"


def test_damaged_scores_are_said_not_raised(open_page: Open, tmp_path: Path) -> None:
    project = scored_project(tmp_path)
    project.run_folder().statistics.write_bytes(b"not scores")
    tuning = open_page(project)
    assert "statistics" in tuning.page.notice.sentence.text()


def test_log_counts_are_remembered(tuning: Tuning, qtbot: QtBot) -> None:
    qtbot.keyClick(tuning.window, "L")
    assert tuning.page.view.histogram.logarithmic
    tuning.page.save_place()
    tuning.page.view.log_counts.setChecked(False)
    tuning.page.restore_place()
    assert tuning.page.view.histogram.logarithmic


def test_a_run_that_counts_by_another_region_says_so_before_all_else(open_page: Open, tmp_path: Path) -> None:
    tuning = open_page(scored_project(tmp_path))
    remark = tuning.page.view.remark
    before = remark.text()
    assert "region" not in before
    region = Region(inside=(Shape("rectangle", ((0.0, 0.0), (0.5, 1.0))),))
    tuning.session.apply(lambda project: project.set_region(region))
    assert remark.text().startswith("The region of interest was changed since run 001-conv-ae was trained")
    tuning.session.undo()
    assert remark.text() == before
