"""Masks are drawn by mouse and by keyboard, saved when their image is left, and found again pixel by pixel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.imaging.mask_areas import brush_area, polygon_area
from anomaly_gui.project import drawn_masks
from anomaly_gui.project.records import Label, PixelThreshold
from anomaly_gui.project.store import Project
from anomaly_gui.project.unsaved_masks import UnsavedMasks
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.reviewed_run import look_at
from tests.jobs.tiny_project import SIDE, make_project
from tests.ui.pages.mask_window import Editing
from tests.ui.pages.scored_project import HEIGHT, WIDTH, scored_project
from tests.ui.widgets.mouse import drag_to, press

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
GOOD, DEFECT = 1, 6
"""Ids in the scored project: 6 is a crack with a mask of 4 × 6 pixels."""


@pytest.fixture
def editing(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> Editing:
    """A project with a scored run, whose error maps are hot at one cell of 16 × 16."""
    scored_project(tmp_path).close()
    window.resize(1366, 768)
    assert window.session.open_project(tmp_path / "project")
    window.activateWindow()
    qtbot.waitActive(window)
    return Editing(qtbot, window)


def original() -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[8:12, 10:16] = True
    return mask


def operations(project: Project) -> int:
    return sum(event.field == "operation" for event in project.events())


def with_stroke(mask: np.ndarray, *points: tuple[float, float], size: int) -> np.ndarray:
    made = mask.copy()
    for start, end in zip(points, points[1:] or points, strict=False):
        area = brush_area(start, end, size / 2, (HEIGHT, WIDTH))
        made[area.box.slices] |= area.inside
    return made


def test_a_stroke_by_mouse_is_saved_on_leaving_as_one_step_and_found_again(editing: Editing, tmp_path: Path) -> None:
    editing.open(DEFECT)
    assert np.array_equal(editing.drawn, original())
    before = operations(editing.project)
    editing.page.tools.resize_brush(-10)
    editing.stroke((20.5, 20.5), (30.5, 20.5), (30.5, 28.5))
    expected = with_stroke(
        original(), (20.5, 20.5), (30.5, 20.5), (30.5, 28.5), size=editing.page.tools.settings.brush_px
    )
    assert np.array_equal(editing.drawn, expected)
    assert operations(editing.project) == before
    editing.key(Qt.Key.Key_Escape)
    assert editing.window.current_page is editing.window.data_page
    assert operations(editing.project) == before + 1
    assert np.array_equal(editing.saved(DEFECT), expected)
    editing.window.close_project()
    with Project.open(tmp_path / "project") as project:
        assert np.array_equal(editing.saved(DEFECT, project), expected)
        assert project.image(DEFECT).label == Label("defect", "crack")
        project.undo()
        assert np.array_equal(editing.saved(DEFECT, project), original())


def test_a_mask_is_painted_by_keyboard_alone(editing: Editing) -> None:
    editing.open(DEFECT)
    editing.key(Qt.Key.Key_Delete)
    editing.key("B")
    for _ in range(30):
        editing.key("[")
    assert editing.page.tools.settings.brush_px == 1
    editing.key(Qt.Key.Key_Space)
    start = editing.pane.cross
    assert start is not None
    assert not editing.drawn.any()
    editing.key(Qt.Key.Key_Space)
    editing.key(Qt.Key.Key_Right)
    editing.key(Qt.Key.Key_Right)
    editing.key(Qt.Key.Key_Down, SHIFT)
    end = editing.pane.cross
    assert end is not None
    editing.key(Qt.Key.Key_Space)
    editing.key(Qt.Key.Key_Left)
    assert editing.drawn[int(start[1]), int(start[0])]
    assert editing.drawn[int(end[1]), int(end[0])]
    assert editing.drawn.sum() == (end[0] - start[0]) + (end[1] - start[1]) + 1
    editing.undo()
    assert not editing.drawn.any()
    editing.undo()
    assert np.array_equal(editing.drawn, original())
    editing.key("Z", CTRL | SHIFT)
    editing.key("Z", CTRL | SHIFT)
    assert editing.drawn.any()


def test_a_polygon_by_mouse_and_one_by_keyboard(editing: Editing) -> None:
    editing.open(DEFECT)
    editing.key("P")
    corners = [(20.5, 4.5), (40.5, 4.5), (30.5, 20.5)]
    for corner in corners:
        editing.click(*corner)
    assert len(editing.pane.sketch) == 3
    editing.key(Qt.Key.Key_Return)
    drawn = editing.drawn & ~original()
    area = polygon_area(corners, (HEIGHT, WIDTH))
    expected = np.zeros_like(drawn)
    expected[area.box.slices] = area.inside
    # A click falls on a whole pixel of the screen, not quite where it was meant.
    assert (drawn ^ expected).sum() < 12
    assert drawn.sum() > 100
    editing.key(Qt.Key.Key_Delete)
    editing.key(Qt.Key.Key_Space)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left):
        editing.key(Qt.Key.Key_Space)
        editing.key(key, SHIFT)
    assert len(editing.pane.sketch) == 3
    editing.key(Qt.Key.Key_Backspace)
    assert len(editing.pane.sketch) == 2
    editing.key(Qt.Key.Key_Escape)
    assert editing.pane.sketch == []
    assert editing.window.current_page is editing.page


def test_ctrl_and_the_mode_take_away(editing: Editing) -> None:
    editing.open(DEFECT)
    editing.key("R")
    editing.stroke((10.5, 8.5), (12.5, 11.5))
    assert np.array_equal(editing.drawn, original())
    editing.key("S")
    editing.stroke((10.5, 8.5), (12.5, 11.5))
    assert editing.drawn.sum() == 12
    editing.key("L")
    editing.click(14.5, 10.5, SHIFT)
    assert editing.drawn.sum() == 12
    editing.click(14.5, 10.5)
    assert not editing.drawn.any()
    editing.key("S")
    editing.undo()
    editing.click(14.5, 10.5, CTRL)
    assert not editing.drawn.any()


def test_the_wand_follows_its_slider(editing: Editing) -> None:
    editing.open(DEFECT)
    editing.key(Qt.Key.Key_Delete)
    editing.key("W")
    bar = editing.page.view.bar
    bar.tolerance.setValue(5)
    editing.click(12.5, 10.5)
    assert np.array_equal(editing.drawn, original()), "the dark spot"
    bar.tolerance.setValue(100)
    assert editing.drawn.all()
    bar.tolerance.setValue(5)
    assert np.array_equal(editing.drawn, original())
    editing.undo()
    assert not editing.drawn.any()
    bar.sources.button("map").click()
    editing.click(13.5, 11.5)
    assert editing.drawn.sum() == 3 * 2, "one cell of the error map"


def test_a_mask_starts_from_the_detectors_prediction(editing: Editing) -> None:
    run = editing.window.session.current_run
    assert run is not None
    lower, upper = look_at(editing.project, run).scale
    # Stored maps hold shares of the scale; those of this project a score's eighth part.
    level = PixelThreshold(lower + 0.4 * (upper - lower))
    editing.window.session.apply(lambda project: project.set_pixel_threshold(run, level))
    editing.open(9)
    editing.key("T")
    expected = np.zeros((HEIGHT, WIDTH), bool)
    expected[10:12, 12:15] = True
    assert np.array_equal(editing.drawn, expected), "the map is 5/8 at cell (5, 4)"
    editing.open(DEFECT)
    editing.key("T")
    assert not editing.drawn.any(), "its map stays below"


def test_an_image_is_left_by_key_and_its_mask_saved_without_leaving_the_editor(editing: Editing) -> None:
    editing.open(DEFECT)
    editing.page.tools.resize_brush(-10)
    editing.stroke((20.5, 20.5), (25.5, 20.5))
    first = editing.drawn
    editing.key("D")
    editing.wait()
    assert np.array_equal(editing.saved(DEFECT), first)
    assert np.array_equal(editing.drawn, original())
    assert editing.page.view.heading.name.text() == "part_7.png"
    editing.undo()
    assert np.array_equal(editing.saved(DEFECT), first), "Ctrl+Z is about strokes here"
    editing.key(Qt.Key.Key_Escape)
    assert editing.window.data_page.view.gallery.selected_ids() == [DEFECT + 1]
    editing.key("M")
    editing.wait()
    editing.key("A")
    editing.wait()
    assert np.array_equal(editing.drawn, first)
    editing.window.strip.undo_wanted.emit()
    editing.wait()
    assert np.array_equal(editing.drawn, original()), "the project's step was taken back"


def test_a_mask_on_a_good_image_labels_it_in_the_same_step_if_wanted(editing: Editing) -> None:
    editing.open(GOOD)
    view = editing.page.view
    assert not view.relabel.isVisible()
    editing.stroke((20.5, 20.5), (25.5, 20.5))
    assert view.relabel.isVisible()
    assert view.relabel.isChecked()
    editing.key("2")
    assert view.types.currentText() == "dent"
    before = editing.project.undo_sentence
    editing.key(Qt.Key.Key_Escape)
    assert editing.project.image(GOOD).label == Label("defect", "dent")
    assert editing.saved(GOOD) is not None
    editing.undo()
    assert editing.project.image(GOOD).label == Label("good")
    assert editing.saved(GOOD) is None
    assert editing.project.undo_sentence == before
    editing.open(GOOD)
    editing.stroke((20.5, 20.5), (25.5, 20.5))
    view.relabel.setChecked(False)
    editing.key(Qt.Key.Key_Escape)
    assert editing.project.image(GOOD).label == Label("good")
    assert editing.saved(GOOD) is not None


def test_a_mask_that_the_disk_refuses_is_kept_for_later(editing: Editing, qtbot: QtBot, tmp_path: Path) -> None:
    editing.open(DEFECT)
    editing.stroke((20.5, 20.5), (25.5, 20.5))
    drawn = editing.drawn
    masks = tmp_path / "project/masks"
    for path in masks.glob("*.png"):
        path.unlink()
    said: list[Exception] = []
    editing.window.session.failed.disconnect(editing.window.show_error)
    editing.window.session.failed.connect(said.append)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawn_masks, "atomic_write", refuse)
        editing.key("D")
    assert "mask cannot be written" in str(said[0])
    assert np.array_equal(editing.drawn, drawn), "the image is not left"
    qtbot.waitUntil(lambda: UnsavedMasks(tmp_path / "project").found() == [DEFECT])
    editing.key("D")
    editing.wait()
    assert np.array_equal(editing.saved(DEFECT), drawn)


def refuse(path: Path, data: bytes) -> None:
    raise OSError(28, "No space left on device")


def test_a_type_that_is_typed_goes_with_the_label_and_not_to_the_next_image(editing: Editing, qtbot: QtBot) -> None:
    editing.open(GOOD)
    editing.stroke((20.5, 20.5), (25.5, 20.5))
    types = editing.page.view.types
    types.setFocus()
    qtbot.keyClicks(types, "chip")
    qtbot.mouseClick(editing.page.view.heading.next, Qt.MouseButton.LeftButton)
    editing.wait()
    assert editing.project.image(GOOD).label == Label("defect", "chip")
    assert types.currentText() == ""


def test_nothing_is_lost_when_the_window_closes_in_mid_stroke(editing: Editing, tmp_path: Path) -> None:
    editing.open(DEFECT)
    editing.page.tools.resize_brush(-10)
    press(editing.pane, editing.at(20.5, 20.5))
    drag_to(editing.pane, editing.at(28.5, 20.5))
    drawn = editing.drawn
    assert drawn.sum() > 24
    editing.window.close()
    with Project.open(tmp_path / "project") as project:
        assert np.array_equal(editing.saved(DEFECT, project), drawn)
        assert UnsavedMasks(project.folder).found() == []


def test_another_page_by_key_saves_the_mask_too(editing: Editing) -> None:
    editing.open(DEFECT)
    editing.key("R")
    editing.stroke((20.5, 20.5), (22.5, 22.5))
    editing.key("3", CTRL)
    assert editing.window.current_page is editing.window.tune_page
    saved = editing.saved(DEFECT)
    assert saved is not None
    assert saved.sum() == 24 + 9


def test_a_crash_loses_only_the_last_seconds(editing: Editing, qtbot: QtBot, tmp_path: Path) -> None:
    editing.open(DEFECT)
    editing.stroke((20.5, 20.5), (25.5, 20.5))
    drawn = editing.drawn
    unsaved = UnsavedMasks(editing.project.folder)
    qtbot.waitUntil(lambda: unsaved.found() == [DEFECT], timeout=10_000)
    kept = unsaved.read(DEFECT, HEIGHT, WIDTH)
    assert np.array_equal(kept, drawn)
    editing.key(Qt.Key.Key_Escape)
    assert unsaved.found() == []
    # As the program finds it after a crash: the mask kept, and the project without it.
    editing.undo()
    unsaved.keep(DEFECT, kept)
    editing.window.close_project()
    said: list[str] = []
    editing.window.session.said.connect(said.append)
    assert editing.window.session.open_project(tmp_path / "project")
    qtbot.waitUntil(lambda: any("Recovered" in sentence for sentence in said))
    assert np.array_equal(editing.saved(DEFECT), drawn)
    assert "Recovered" in editing.window.strip.sentence.text()
    assert unsaved.found() == []


def test_a_mask_is_reached_by_button_by_double_click_and_from_review(editing: Editing, qtbot: QtBot) -> None:
    window = editing.window
    window.data_page.view.gallery.select([DEFECT])
    window.data_page._show_selection()
    panel = window.data_page.view.panel
    qtbot.mouseClick(panel.draw, Qt.MouseButton.LeftButton)
    editing.wait()
    qtbot.mouseClick(editing.page.view.heading.back, Qt.MouseButton.LeftButton)
    assert window.current_page is window.data_page
    qtbot.mouseDClick(panel.view.pane, Qt.MouseButton.LeftButton)
    editing.wait()
    window.show_page("review")
    bar = window.review_page.view.triptych.bar
    qtbot.waitUntil(lambda: bar.edit_mask.width() > 0)
    qtbot.mouseClick(bar.edit_mask, Qt.MouseButton.LeftButton)
    editing.wait()
    assert editing.page.view.heading.position.text() == "1 of 3"
    editing.key(Qt.Key.Key_Escape)
    assert window.current_page is window.review_page


def test_a_mask_that_cannot_be_read_is_said_and_replaced_only_by_what_is_drawn(
    editing: Editing, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "masks/part_6_mask.png").write_bytes(b"not a picture")
    before = editing.project.image(DEFECT).mask_path
    with qtbot.waitSignal(editing.window.session.said, check_params_cb=lambda text: "cannot be read" in text):
        editing.open(DEFECT)
    assert not editing.drawn.any()
    editing.key(Qt.Key.Key_Escape)
    assert editing.project.image(DEFECT).mask_path == before


def test_an_image_that_is_gone_cannot_be_masked_and_says_so(editing: Editing, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "images/part_6.png").unlink()
    editing.window.data_page.view.gallery.select([DEFECT])
    editing.window.data_page._show_selection()
    editing.key("M")
    qtbot.waitUntil(lambda: "cannot be masked" in editing.pane.message)
    editing.stroke((5.5, 5.5), (9.5, 9.5))
    editing.key(Qt.Key.Key_Escape)
    assert np.array_equal(editing.saved(DEFECT), original())


def test_tools_are_remembered(editing: Editing, qtbot: QtBot) -> None:
    editing.open(DEFECT)
    editing.key("W")
    editing.page.view.bar.tolerance.setValue(77)
    again = MainWindow()
    qtbot.addWidget(again)
    assert again.mask_page.tools.settings.tool == "wand"
    assert again.mask_page.tools.settings.tolerance == 77
    again.close()


def test_without_a_run_the_editor_works_on_grey_values_alone(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    make_project(tmp_path, train=2, good=1, defects=1).close()
    assert window.session.open_project(tmp_path / "project")
    window.activateWindow()
    qtbot.waitActive(window)
    editing = Editing(qtbot, window)
    editing.open(4)
    bar = editing.page.view.bar
    assert not bar.prediction.isEnabled()
    assert "Train a detector" in bar.prediction.toolTip()
    editing.key(Qt.Key.Key_Delete)
    editing.key("W")
    editing.click(20.5, 17.5)
    assert editing.drawn[15:21, 18:24].all()
    assert editing.drawn.sum() < SIDE * SIDE


def test_the_fields_of_the_bar_keep_their_keys(editing: Editing) -> None:
    editing.open(DEFECT)
    brush = editing.page.view.bar.brush
    brush.setFocus()
    editing.qtbot.keyClick(brush, Qt.Key.Key_Up)
    assert editing.pane.cross is None
    editing.stroke((20.5, 20.5), (22.5, 22.5))
    assert QApplication.focusWidget() is editing.pane
