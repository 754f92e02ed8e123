"""The missed defects reviewed by keyboard alone and by mouse alone, on a real project."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QThreadPool
from PySide6.QtWidgets import QApplication

from anomaly_gui.project.image_filter import ImageFilter
from anomaly_gui.project.records import Label, Threshold, Verdict
from anomaly_gui.project.store import Project
from anomaly_gui.ui.pages.saved_filter import save_filter
from anomaly_gui.ui.widgets.triptych import ERROR_MAP, ORIGINAL
from tests.ui.pages.review_window import FIRST, FOUND, LEFT, SECOND, THIRD, Open, Reviewing, choose
from tests.ui.pages.review_window import open_page as open_page
from tests.ui.pages.review_window import reviewing as reviewing
from tests.ui.pages.scored_project import scored_project


def test_the_missed_defects_are_listed_and_the_first_is_shown(reviewing: Reviewing) -> None:
    assert reviewing.queue() == [FIRST, SECOND, THIRD]
    assert reviewing.current == FIRST
    view = reviewing.page.view
    assert view.name.text() == "part_6.png  ·  crack"
    assert view.score.text() == "1.200 · 2.000 below the threshold"
    assert view.position.text() == "1 of 3 · 3 left to review"
    assert view.list.queued.index(0, 0).data() == "part_6.png"
    reviewing.wait_for_pictures(FIRST)
    assert view.triptych.legend.threshold == 3.2
    assert view.score_place.score == pytest.approx(1.2)


def test_keys_move_through_the_queue_and_stop_at_its_ends(reviewing: Reviewing) -> None:
    reviewing.key(Qt.Key.Key_Right)
    assert reviewing.current == SECOND
    reviewing.key("D")
    assert reviewing.current == THIRD
    with reviewing.qtbot.waitSignal(reviewing.session.said) as said:
        reviewing.key("D")
    assert "last" in said.args[0]
    reviewing.key("A")
    reviewing.key(Qt.Key.Key_Left)
    assert reviewing.current == FIRST
    reviewing.wait_for_pictures(FIRST)


def test_enter_confirms_the_miss_and_goes_on(reviewing: Reviewing) -> None:
    reviewing.key(Qt.Key.Key_Return)
    assert reviewing.image(FIRST).verdict == Verdict("confirmed")
    assert reviewing.image(FIRST).label == Label("defect", "crack")
    assert reviewing.current == SECOND
    assert reviewing.queue() == [FIRST, SECOND, THIRD]
    assert reviewing.page.view.position.text() == "2 of 3 · 2 left to review"


def test_good_relabels_and_the_image_stays_with_a_badge(reviewing: Reviewing) -> None:
    reviewing.key("G")
    assert reviewing.image(FIRST).label == Label("good")
    assert reviewing.image(FIRST).verdict == Verdict("relabelled")
    assert reviewing.queue() == [FIRST, SECOND, THIRD]
    assert reviewing.badges() == ["now good", "", ""]
    assert reviewing.current == SECOND
    assert reviewing.page.view.position.text() == "2 of 3 · 2 left to review"


def test_a_verdict_is_one_step_and_undo_leads_back_to_its_image(reviewing: Reviewing) -> None:
    reviewing.key("G")
    reviewing.key(Qt.Key.Key_Right)
    reviewing.session.undo()
    assert reviewing.image(FIRST).label == Label("defect", "crack")
    assert reviewing.image(FIRST).verdict is None
    assert reviewing.queue() == [FIRST, SECOND, THIRD]
    assert reviewing.current == FIRST


def test_backspace_returns_to_the_last_verdict_to_say_otherwise(reviewing: Reviewing) -> None:
    reviewing.key("G")
    reviewing.key(Qt.Key.Key_Backspace)
    assert reviewing.current == FIRST
    assert reviewing.page.view.badge.text() == "now good"
    assert reviewing.page.view.badge.isVisible()
    reviewing.key("X")
    assert reviewing.image(FIRST).label.kind == "defect"
    assert reviewing.badges() == ["", "", ""]


def test_a_digit_says_the_defect_type(reviewing: Reviewing) -> None:
    reviewing.key("2")
    assert reviewing.image(FIRST).label == Label("defect", "dent")
    assert reviewing.image(FIRST).verdict == Verdict("relabelled")
    with reviewing.qtbot.waitSignal(reviewing.session.said) as said:
        reviewing.key("9")
    assert "no defect type" in said.args[0]


def test_unsure_keeps_the_label_and_marks_the_image(reviewing: Reviewing) -> None:
    reviewing.key("U")
    assert reviewing.image(FIRST).label == Label("defect", "crack")
    assert reviewing.image(FIRST).verdict == Verdict("unsure")
    assert reviewing.current == SECOND


def test_without_going_on_the_image_stays_and_enter_leads_on(reviewing: Reviewing) -> None:
    reviewing.qtbot.mouseClick(reviewing.page.view.go_on, LEFT, pos=QPoint(8, 8))
    reviewing.key("U")
    assert reviewing.current == FIRST
    reviewing.key(Qt.Key.Key_Return)
    assert reviewing.image(FIRST).verdict == Verdict("unsure"), "Enter does not overwrite a verdict"
    assert reviewing.current == SECOND


def test_next_unreviewed_passes_over_what_is_done(reviewing: Reviewing) -> None:
    reviewing.key("D")
    reviewing.key(Qt.Key.Key_Return)
    reviewing.key("A")
    reviewing.key("A")
    assert reviewing.current == FIRST
    reviewing.key("N")
    assert reviewing.current == THIRD
    reviewing.key("N", Qt.KeyboardModifier.ShiftModifier)
    assert reviewing.current == FIRST


def test_a_comment_is_typed_without_firing_keys_and_saved(reviewing: Reviewing) -> None:
    reviewing.key("C")
    field = reviewing.page.view.verdicts.comment
    assert field.hasFocus()
    reviewing.qtbot.keyClicks(field, "good grind mark 12")
    assert reviewing.image(FIRST).verdict is None
    reviewing.qtbot.keyClick(field, Qt.Key.Key_Return)
    assert reviewing.image(FIRST).comment == "good grind mark 12"
    assert reviewing.current == FIRST
    reviewing.key("D")
    assert reviewing.current == SECOND
    assert field.text() == ""


def test_a_comment_that_is_left_by_clicking_another_image_belongs_to_its_own(reviewing: Reviewing) -> None:
    reviewing.key("C")
    field = reviewing.page.view.verdicts.comment
    reviewing.qtbot.keyClicks(field, "for the first")
    listed = reviewing.page.view.list
    place = listed.visualRect(listed.queued.index(2, 0)).center()
    reviewing.qtbot.mouseClick(listed.viewport(), LEFT, pos=place)
    assert reviewing.current == THIRD
    assert reviewing.image(FIRST).comment == "for the first"
    assert reviewing.image(THIRD).comment == ""


def test_an_undo_while_one_types_does_not_give_the_comment_to_another_image(reviewing: Reviewing) -> None:
    reviewing.key("U")
    assert reviewing.current == SECOND
    reviewing.key("C")
    reviewing.qtbot.keyClicks(reviewing.page.view.verdicts.comment, "for the second")
    reviewing.session.undo()
    assert reviewing.current == FIRST
    assert reviewing.image(FIRST).verdict is None
    assert reviewing.image(FIRST).comment == ""
    assert reviewing.image(SECOND).comment == "for the second"


def test_everything_can_be_done_by_mouse(reviewing: Reviewing) -> None:
    verdicts = reviewing.page.view.verdicts
    reviewing.qtbot.mouseClick(verdicts.confirm, LEFT)
    reviewing.qtbot.mouseClick(verdicts.type_buttons[0], LEFT)
    reviewing.qtbot.mouseClick(verdicts.good, LEFT)
    assert reviewing.image(FIRST).verdict == Verdict("confirmed")
    assert reviewing.image(SECOND).label == Label("defect", "crack")
    assert reviewing.image(THIRD).label == Label("good")
    assert reviewing.badges() == ["", "", "now good"]
    place = reviewing.page.view.list.visualRect(reviewing.page.view.list.queued.index(0, 0)).center()
    reviewing.qtbot.mouseClick(reviewing.page.view.list.viewport(), LEFT, pos=place)
    assert reviewing.current == FIRST
    reviewing.qtbot.mouseClick(verdicts.unsure, LEFT)
    assert reviewing.image(FIRST).verdict == Verdict("unsure")


def test_a_queue_is_frozen_until_it_is_started_anew(reviewing: Reviewing) -> None:
    reviewing.key("D")
    reviewing.set_threshold(2.0)
    assert reviewing.queue() == [FIRST, SECOND, THIRD]
    assert reviewing.badges() == ["", "now caught", "now caught"]
    assert reviewing.page.view.badge.text() == "now caught"
    assert reviewing.page.view.position.text() == "2 of 3 · 1 left to review"
    reviewing.set_threshold(10.0)
    assert reviewing.queue() == [FIRST, SECOND, THIRD]
    anew = reviewing.page.view.chooser.anew
    assert anew.text() == "Start anew (+1)"
    reviewing.qtbot.mouseClick(anew, LEFT)
    assert reviewing.queue() == [FIRST, SECOND, THIRD, FOUND]
    assert reviewing.current == FIRST


def test_a_queue_that_was_not_begun_is_built_by_what_holds_when_the_page_is_shown(reviewing: Reviewing) -> None:
    reviewing.page.deactivate()
    reviewing.set_threshold(2.0)
    reviewing.page.activate()
    assert reviewing.queue() == [FIRST]
    reviewing.key("S")
    reviewing.page.deactivate()
    reviewing.set_threshold(3.2)
    reviewing.page.activate()
    assert reviewing.queue() == [FIRST, SECOND, THIRD], "all that was in it had been dealt with"
    reviewing.key("D")
    reviewing.page.deactivate()
    reviewing.set_threshold(2.0)
    reviewing.page.activate()
    assert reviewing.queue() == [FIRST, SECOND, THIRD]
    assert reviewing.current == SECOND


def test_every_queue_says_how_many_it_has_and_keeps_its_place(reviewing: Reviewing) -> None:
    queues = reviewing.page.view.chooser.queues
    texts = [queues.itemText(number) for number in range(queues.count())]
    assert texts == [
        "Missed defects  ·  3",
        "False alarms  ·  1",
        "Closest to the threshold  ·  9",
        "Suspicious labels  ·  9",
        "Not labelled  ·  0",
        "Type crack  ·  2",
        "Type dent  ·  2",
    ]
    reviewing.key("D")
    choose(queues, "alarms")
    assert reviewing.queue() == [5]
    assert reviewing.page.view.verdicts.confirm.text().startswith("Confirm false alarm")
    choose(queues, "closest")
    assert reviewing.queue()[:2] == [THIRD, 5]
    choose(queues, "type:dent")
    assert reviewing.queue() == [SECOND, FOUND]
    choose(queues, "unlabelled")
    assert reviewing.page.view.empty.title.text() == "Every image is labelled"
    choose(queues, "missed")
    assert reviewing.current == SECOND


def test_the_popup_of_queues_takes_keys_and_gives_none_to_the_page(reviewing: Reviewing) -> None:
    reviewing.key("Q")
    box = reviewing.page.view.chooser.queues
    reviewing.qtbot.waitUntil(box.view().isVisible)
    reviewing.qtbot.keyClick(box.view(), Qt.Key.Key_Down)
    reviewing.qtbot.keyClick(box.view(), Qt.Key.Key_Return)
    assert reviewing.queue() == [5]
    assert reviewing.image(FIRST).verdict is None


def test_labelled_in_the_queue_of_the_unlabelled_an_image_is_done(open_page: Open, tmp_path: Path) -> None:
    project = scored_project(tmp_path)
    project.set_label([1], Label("unlabelled"))
    project.set_label([2], Label("unsure"))
    reviewing = open_page(project)
    choose(reviewing.page.view.chooser.queues, "unlabelled")
    assert reviewing.queue() == [1, 2]
    reviewing.key(Qt.Key.Key_Return)
    assert reviewing.page.view.position.text() == "2 of 2 · 1 left · 1 skipped"
    reviewing.key("1")
    assert reviewing.image(2).label == Label("defect", "crack")
    assert reviewing.badges() == ["", "now crack"]


def test_an_image_is_left_out_and_put_back(reviewing: Reviewing) -> None:
    reviewing.key(Qt.Key.Key_Delete)
    assert reviewing.image(FIRST).excluded
    assert reviewing.current == SECOND
    assert reviewing.badges()[0] == "left out"
    reviewing.key(Qt.Key.Key_Backspace)
    reviewing.key(Qt.Key.Key_Delete)
    assert not reviewing.image(FIRST).excluded


def test_the_filter_of_the_data_page_is_a_queue(reviewing: Reviewing) -> None:
    save_filter(
        reviewing.session.project, ImageFilter(label=frozenset({"good"}), split=frozenset({"test"}), text="part_3")
    )
    reviewing.page.activate()
    choose(reviewing.page.view.chooser.queues, "filter")
    assert reviewing.queue() == [3]


def test_filters_that_the_project_keeps_are_queues_by_their_names(reviewing: Reviewing) -> None:
    project = reviewing.session.project
    project.save_filter("Third", ImageFilter(text="part_3"))
    project.save_filter("Cracks", ImageFilter(defect_type=frozenset({"crack"})))
    reviewing.page.activate()
    queues = reviewing.page.view.chooser.queues
    assert [queues.itemText(n) for n in range(queues.count()) if queues.itemText(n).startswith("Filter")] == [
        "Filter Cracks",
        "Filter Third",
    ]
    choose(queues, "saved:Third")
    assert reviewing.queue() == [3]
    assert queues.currentText() == "Filter Third  ·  1"
    choose(queues, "saved:Cracks")
    assert reviewing.queue() == [FIRST, THIRD]
    project.save_filter("Cracks", None)
    reviewing.page.start_anew()
    assert reviewing.queue() == []
    assert reviewing.page.view.empty.title.text().endswith("or it is there no more")


def test_without_a_labelled_test_image_the_unlabelled_ones_can_be_reviewed(open_page: Open, tmp_path: Path) -> None:
    project = scored_project(tmp_path)
    project.set_label(range(1, 10), Label("unlabelled"))
    reviewing = open_page(project)
    choose(reviewing.page.view.chooser.queues, "unlabelled")
    assert reviewing.queue() == list(range(1, 10))
    reviewing.wait_for_pictures(1)
    reviewing.key("X")
    assert reviewing.image(1).label.kind == "defect"


def test_a_recheck_band_is_a_queue_where_there_is_one(reviewing: Reviewing) -> None:
    assert reviewing.page.view.chooser.queues.findData("recheck") == -1
    run = reviewing.session.current_run
    assert run is not None
    reviewing.session.apply(lambda project: project.set_threshold(run, Threshold(3.2, recheck=2.1)))
    choose(reviewing.page.view.chooser.queues, "recheck")
    assert sorted(reviewing.queue()) == [4, SECOND, THIRD]


def test_keys_of_the_panes_work(reviewing: Reviewing) -> None:
    triptych = reviewing.page.view.triptych
    reviewing.wait_for_pictures(FIRST)
    fitted = triptych.viewport
    reviewing.key("+")
    assert triptych.viewport.scale > fitted.scale
    reviewing.key("F")
    assert triptych.viewport == fitted
    reviewing.key("0")
    assert triptych.viewport.scale == pytest.approx(1 / triptych.devicePixelRatioF())
    reviewing.key("O")
    assert triptych.state.overlay
    reviewing.key("M")
    assert not triptych.state.mask
    reviewing.key("E")
    assert triptych.state.alone == ERROR_MAP
    reviewing.key("E")
    assert triptych.state.alone is None


def test_z_blinks_and_h_hides_only_while_they_are_held(reviewing: Reviewing) -> None:
    triptych = reviewing.page.view.triptych
    reviewing.wait_for_pictures(FIRST)
    reviewing.qtbot.keyPress(reviewing.window, Qt.Key.Key_Z)
    assert triptych.grid.captions[ORIGINAL].text() == "Reconstruction"
    reviewing.qtbot.keyRelease(reviewing.window, Qt.Key.Key_Z)
    assert triptych.grid.captions[ORIGINAL].text() == "Original"
    reviewing.qtbot.keyPress(reviewing.window, Qt.Key.Key_H)
    assert not triptych.panes[ORIGINAL].has_outline
    reviewing.qtbot.keyRelease(reviewing.window, Qt.Key.Key_H)
    assert triptych.panes[ORIGINAL].has_outline


def test_leaving_the_page_with_a_key_held_stops_blinking(reviewing: Reviewing) -> None:
    reviewing.wait_for_pictures(FIRST)
    reviewing.qtbot.keyPress(reviewing.window, Qt.Key.Key_Z)
    reviewing.page.deactivate()
    assert reviewing.page.view.triptych.grid.captions[ORIGINAL].text() == "Original"


def test_undo_keeps_zoom_and_place(reviewing: Reviewing) -> None:
    reviewing.wait_for_pictures(FIRST)
    reviewing.key("+")
    reviewing.key("U")
    reviewing.wait_for_pictures(SECOND)
    zoomed = reviewing.page.view.triptych.viewport
    reviewing.session.undo()
    reviewing.wait_for_pictures(FIRST)
    assert reviewing.page.view.triptych.viewport == zoomed


def test_the_next_image_is_read_before_it_is_asked_for(reviewing: Reviewing) -> None:
    reviewing.wait_for_pictures(FIRST)
    reviewing.qtbot.waitUntil(lambda: not reviewing.page._after_painting.isActive())  # Now the next one is read.
    QThreadPool.globalInstance().waitForDone()
    QApplication.processEvents()
    reviewing.key("D")
    pictures = reviewing.page.view.triptych.pictures
    assert pictures is not None
    assert pictures.request.image_id == SECOND, "shown at once, without waiting for a thread"


def test_an_image_deleted_since_it_was_scored_says_so_and_can_be_judged(
    reviewing: Reviewing,
) -> None:
    reviewing.wait_for_pictures(FIRST)
    Path(reviewing.image(THIRD).path).unlink()
    reviewing.page._loader.forget()
    reviewing.page.walking.go_to(THIRD)
    reviewing.wait_for_pictures(THIRD)
    assert "part_8.png" in reviewing.page.view.triptych.panes[ORIGINAL].message
    assert reviewing.page.view.triptych.panes[ERROR_MAP].message == ""
    reviewing.key("U")
    assert reviewing.image(THIRD).verdict == Verdict("unsure")


def test_the_order_of_the_queue_can_be_chosen(reviewing: Reviewing) -> None:
    orders = reviewing.page.view.chooser.orders
    choose(orders, "closest")
    assert reviewing.queue() == [THIRD, SECOND, FIRST]
    assert reviewing.current == THIRD, "what comes first is shown, as nothing was begun"
    reviewing.key("D")
    choose(orders, "name")
    assert reviewing.queue() == [FIRST, SECOND, THIRD]
    assert reviewing.current == SECOND


def test_place_order_and_view_are_remembered(reviewing: Reviewing) -> None:
    orders = reviewing.page.view.chooser.orders
    choose(orders, "closest")
    reviewing.page.walking.go_to(SECOND)
    reviewing.key("O")
    reviewing.page.save_place()
    reviewing.page.walking.go_to(FIRST)
    reviewing.key("O")
    choose(orders, "name")
    reviewing.page.restore_place()
    assert reviewing.current == SECOND
    assert reviewing.queue() == [THIRD, SECOND, FIRST]
    assert reviewing.page.view.triptych.state.overlay


def test_a_new_defect_type_gets_a_key(reviewing: Reviewing) -> None:
    reviewing.page.judging.judge_as_type("pinhole")
    assert reviewing.image(FIRST).label == Label("defect", "pinhole")
    assert reviewing.page.view.verdicts.type_of_key(3) == "pinhole"


def test_reviewing_the_last_miss_as_good_ends_with_a_friendly_word(reviewing: Reviewing) -> None:
    for _ in range(3):
        reviewing.key("G")
    # The last image stays, so that it can be taken back; the next visit says that all is done.
    assert reviewing.current == THIRD
    assert reviewing.badges() == ["now good"] * 3
    reviewing.key(Qt.Key.Key_Backspace)
    assert reviewing.current == SECOND
    reviewing.page.activate()
    assert reviewing.queue() == []
    assert reviewing.page.view.empty.title.text() == "No missed defects at this threshold"


@pytest.mark.parametrize(
    ("defects", "threshold", "title", "page"),
    [
        ((), 3.0, "No defects are labelled", "data"),
        ((("crack", 5.0),), 3.0, "No missed defects at this threshold", "tune"),
        ((("crack", float("nan")),), 3.0, "No missed defects at this threshold", "tune"),
    ],
)
def test_with_nothing_to_review_the_page_says_why_and_leads_on(
    open_page: Open,
    tmp_path: Path,
    defects: tuple[tuple[str, float], ...],
    threshold: float,
    title: str,
    page: str,
) -> None:
    reviewing = open_page(scored_project(tmp_path, defects=defects, threshold=threshold))
    empty = reviewing.page.view.empty
    assert empty.isVisible()
    assert empty.title.text() == title
    with reviewing.qtbot.waitSignal(reviewing.session.page_wanted) as wanted:
        reviewing.qtbot.mouseClick(empty.button, LEFT)
    assert wanted.args == [page]


def test_without_a_run_the_page_leads_to_training(open_page: Open, tmp_path: Path) -> None:
    reviewing = open_page(Project.create(tmp_path / "empty"))
    assert reviewing.page.notice.title.text() == "No run yet"
    for key in ("G", "D", Qt.Key.Key_Return, "C", "Z", "F", "+"):
        reviewing.key(key)
