"""Catching an image: the price first, then the threshold, as one step; and the threshold's other keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from anomaly_gui.project.records import Label, Threshold
from anomaly_gui.ui.widgets.image_dialog import ImageDialog
from tests.ui.pages.review_window import FIRST, LEFT, SECOND, THIRD, Open, Reviewing, choose
from tests.ui.pages.review_window import open_page as open_page
from tests.ui.pages.review_window import reviewing as reviewing
from tests.ui.pages.scored_project import scored_project

SHIFT = Qt.KeyboardModifier.ShiftModifier


def saved(reviewing: Reviewing) -> float:
    """The threshold on disk."""
    found = reviewing.session.project.threshold(reviewing.session.current_run or 0)
    assert found is not None
    return found.value


def steps(reviewing: Reviewing) -> int:
    """Threshold moves in the journal."""
    return sum(event.field == "threshold" for event in reviewing.session.project.events())


def test_t_tells_the_price_and_enter_pays_it_as_one_step_that_undo_takes_back(reviewing: Reviewing) -> None:
    reviewing.key("D")
    assert reviewing.current == SECOND
    reviewing.key("T")
    panel = reviewing.page.view.catch
    assert panel.isVisible()
    assert panel.price.text() == "Catches this and 1 more; 1 more false alarm"
    reviewing.qtbot.waitUntil(lambda: {flip.image_id for flip in panel.strip.flips} == {SECOND, 4, THIRD})
    assert saved(reviewing) == 3.2, "nothing is done before it is wanted"
    before = steps(reviewing)
    reviewing.key(Qt.Key.Key_Return)
    # Half-way between this score, 2.2, and the next lower one, 2.0.
    assert saved(reviewing) == pytest.approx(2.1)
    assert steps(reviewing) == before + 1
    assert reviewing.badges() == ["", "now caught", "now caught"]
    assert not panel.isVisible()
    assert reviewing.image(SECOND).verdict is None, "Enter paid, and confirmed nothing"
    reviewing.session.undo()
    assert saved(reviewing) == 3.2
    assert reviewing.current == SECOND


def test_t_twice_catches_and_escape_leaves_everything_as_it_is(reviewing: Reviewing) -> None:
    reviewing.key("T")
    reviewing.key(Qt.Key.Key_Escape)
    assert not reviewing.page.view.catch.isVisible()
    assert saved(reviewing) == 3.2
    reviewing.key("T")
    reviewing.key("D")
    assert not reviewing.page.view.catch.isVisible(), "the price was that of another image"
    reviewing.key("T")
    reviewing.key("T")
    assert saved(reviewing) == pytest.approx(2.1)


def test_what_is_caught_already_is_said_instead(reviewing: Reviewing) -> None:
    choose(reviewing.page.view.chooser.queues, "type:dent")
    reviewing.key("D")
    assert not reviewing.page.view.catch_this.isEnabled()
    with reviewing.qtbot.waitSignal(reviewing.session.said) as said:
        reviewing.key("T")
    assert said.args == ["It is caught already: 1.800 above the threshold"]


def test_a_false_alarm_is_let_pass(reviewing: Reviewing) -> None:
    choose(reviewing.page.view.chooser.queues, "alarms")
    assert reviewing.page.view.catch_this.text().startswith("Let this one pass")
    reviewing.key("T")
    assert reviewing.page.view.catch.price.text() == "Lets this pass; no more missed defects"
    reviewing.key("T")
    assert saved(reviewing) == pytest.approx(4.25)
    assert reviewing.badges() == ["passes now"]


def test_an_image_without_a_finite_score_has_no_price(open_page: Open, tmp_path: Path) -> None:
    reviewing = open_page(scored_project(tmp_path, good=(1.0, float("nan"), 2.0)))
    choose(reviewing.page.view.chooser.queues, "alarms")
    with reviewing.qtbot.waitSignal(reviewing.session.said) as said:
        reviewing.key("T")
    assert "no finite score" in said.args[0]


def test_a_flip_of_the_price_is_looked_at_large(reviewing: Reviewing) -> None:
    reviewing.key("T")
    strip = reviewing.page.view.catch.strip
    reviewing.qtbot.waitUntil(lambda: bool(strip.flips))
    strip.image_chosen.emit(strip.flips[0].image_id)
    dialog = reviewing.page.view.findChild(ImageDialog)
    assert dialog is not None
    dialog.close()
    QApplication.processEvents()


def test_a_burst_of_brackets_is_shown_at_once_and_saved_as_one_step(reviewing: Reviewing) -> None:
    before = steps(reviewing)
    for _ in range(3):
        reviewing.key("[")
    assert reviewing.badges() == ["", "now caught", "now caught"]
    assert saved(reviewing) == 3.2, "not yet"
    reviewing.qtbot.waitUntil(lambda: saved(reviewing) == pytest.approx(2.1), timeout=3000)
    assert steps(reviewing) == before + 1
    reviewing.session.undo()
    assert saved(reviewing) == 3.2
    assert reviewing.badges() == ["", "", ""]
    reviewing.session.redo()
    assert saved(reviewing) == pytest.approx(2.1)


def test_what_is_done_after_a_step_comes_after_it(reviewing: Reviewing) -> None:
    reviewing.key("[")
    reviewing.key("G")
    assert saved(reviewing) == pytest.approx(2.75)
    assert reviewing.image(FIRST).label == Label("good")
    reviewing.session.undo()
    assert reviewing.image(FIRST).label == Label("defect", "crack")
    reviewing.key("]")
    reviewing.session.undo()
    assert saved(reviewing) == pytest.approx(2.75), "the step that was not saved yet is the last one"


def test_a_step_that_is_not_saved_yet_is_not_lost_with_the_page_or_the_project(reviewing: Reviewing) -> None:
    folder = reviewing.session.project.folder
    reviewing.key("]")
    reviewing.page.deactivate()
    assert saved(reviewing) == pytest.approx(4.25)
    reviewing.key("]")
    reviewing.session.close_project()
    reviewing.session.open_project(folder)
    assert saved(reviewing) > 4.9


def test_shift_and_a_bracket_moves_by_a_hundredth_of_the_range(reviewing: Reviewing) -> None:
    scores = reviewing.page.scores
    assert scores is not None
    reviewing.key("[", SHIFT)
    reviewing.page.catching.moves.settle()
    assert saved(reviewing) == pytest.approx(3.2 - (scores.bins.high - scores.bins.low) / 100)


def test_at_the_last_score_the_threshold_stays(reviewing: Reviewing) -> None:
    reviewing.set_threshold(99.0)
    with reviewing.qtbot.waitSignal(reviewing.session.said) as said:
        reviewing.key("]")
    assert "No further decision" in said.args[0]


def test_shift_t_goes_back_to_where_the_queue_was_started(reviewing: Reviewing) -> None:
    reviewing.key("T")
    reviewing.key("T")
    assert saved(reviewing) < 3.2
    reviewing.key("T", SHIFT)
    assert saved(reviewing) == 3.2
    with reviewing.qtbot.waitSignal(reviewing.session.said) as said:
        reviewing.key("T", SHIFT)
    assert said.args == ["The threshold is where it was"]
    reviewing.session.undo()
    assert saved(reviewing) < 3.2


def test_shift_t_goes_to_a_pinned_threshold_first(reviewing: Reviewing) -> None:
    run = reviewing.session.current_run
    reviewing.session.project.remember("tune.pins", {str(run): {"B": 1.7}})
    reviewing.key("T", SHIFT)
    assert saved(reviewing) == 1.7


def test_the_same_by_mouse(reviewing: Reviewing) -> None:
    view = reviewing.page.view
    reviewing.qtbot.mouseClick(view.catch_this, LEFT)
    reviewing.qtbot.mouseClick(view.catch.decline, LEFT)
    assert saved(reviewing) == 3.2
    reviewing.qtbot.mouseClick(view.catch_this, LEFT)
    reviewing.qtbot.mouseClick(view.catch.accept, LEFT)
    assert saved(reviewing) == pytest.approx(1.1)
    reviewing.qtbot.mouseClick(view.threshold_back, LEFT)
    assert saved(reviewing) == 3.2
    reviewing.qtbot.mouseClick(view.lower_threshold, LEFT)
    reviewing.qtbot.mouseClick(view.lower_threshold, LEFT)
    reviewing.qtbot.mouseClick(view.higher_threshold, LEFT)
    reviewing.page.catching.moves.settle()
    assert saved(reviewing) == pytest.approx(2.75)


def test_a_recheck_line_below_the_new_threshold_stays(reviewing: Reviewing) -> None:
    run = reviewing.session.current_run
    assert run is not None
    reviewing.session.apply(lambda project: project.set_threshold(run, Threshold(3.2, recheck=1.5)))
    reviewing.key("D")
    reviewing.key("T")
    reviewing.key("T")
    found = reviewing.session.project.threshold(run)
    assert found is not None
    assert found.recheck == 1.5
