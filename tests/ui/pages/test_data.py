"""Import, look through, label: with mouse and keys on the real window and a real project."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.import_candidates import ImportRequest
from anomaly_gui.project.image_filter import Facet
from anomaly_gui.project.records import Label
from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.data import DataPage
from anomaly_gui.ui.widgets.import_dialog import ImportDialog
from tests.jobs.tiny_project import make_dataset, make_project, picture, write

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(window: MainWindow, tmp_path: Path) -> DataPage:
    """Of an empty project."""
    assert window.session.create_project(tmp_path / "project")
    window.show_page("data")
    return window.data_page


@pytest.fixture
def full_page(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> DataPage:
    """12 + 4 good and 4 defective images; ids count from 1."""
    make_project(tmp_path).close()
    assert window.session.open_project(tmp_path / "project")
    window.show_page("data")
    window.activateWindow()
    qtbot.waitActive(window)
    return window.data_page


def job_done(qtbot: QtBot, page: DataPage, start: Callable[[], object]) -> None:
    with qtbot.waitSignal(page.session.job_ended, timeout=20_000):
        start()


def import_dialog() -> ImportDialog:
    (found,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, ImportDialog) and one.isVisible()]
    return found


def labels(page: DataPage) -> list[str]:
    return [image.label.kind for image in page.session.project.images()]


def ids_shown(page: DataPage) -> list[int]:
    return page.view.gallery.ids


def press(qtbot: QtBot, page: DataPage, key: Qt.Key | str, modifier: Qt.KeyboardModifier | None = None) -> None:
    qtbot.keyClick(page.window(), key, modifier or Qt.KeyboardModifier.NoModifier)


def type_name(qtbot: QtBot, page: DataPage, name: str) -> None:
    """Of a defect type, into its field."""
    types = page.view.panel.types
    types.setFocus()
    types.lineEdit().selectAll()
    qtbot.keyClicks(types, name)
    qtbot.keyClick(types, Qt.Key.Key_Return)


def tick(page: DataPage, facet: Facet, value: str) -> None:
    """As a click into the panel of filters does."""
    page.show_facets(True)
    item = page.view.facets.item(facet, value)
    assert item is not None
    item.setCheckState(0, Qt.CheckState.Checked)


def click_image(qtbot: QtBot, page: DataPage, image_id: int, modifier: Qt.KeyboardModifier | None = None) -> None:
    gallery = page.view.gallery
    row = gallery.selection.row_of(image_id)
    assert row is not None
    gallery.scroll_to(row)
    place = gallery.cell_rect(row).center()
    qtbot.mouseClick(gallery.viewport(), LEFT, modifier or Qt.KeyboardModifier.NoModifier, place)


# Importing


def test_an_empty_project_says_how_to_begin(page: DataPage) -> None:
    assert page.view.empty.isVisible()
    buttons = page.view.empty.buttons
    assert all(button.isVisible() and button.isEnabled() for button in (buttons.good, buttons.defect, buttons.dataset))
    assert not page.view.problems.isVisible()


def test_dropped_folders_are_confirmed_and_imported(qtbot: QtBot, page: DataPage, tmp_path: Path) -> None:
    for number in range(5):
        write(tmp_path / "shots/good" / f"{number}.png", picture(number))
        write(tmp_path / "shots/scratch" / f"{number}.png", picture(50 + number, defect=True))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "shots"))])
    buttons, modifiers = LEFT, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, buttons, modifiers)
    page.dragEnterEvent(enter)
    assert enter.isAccepted()
    page.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, buttons, modifiers))
    dialog = import_dialog()
    assert [box.currentData() for box in dialog.roles] == ["good", "defect"]
    job_done(qtbot, page, lambda: qtbot.mouseClick(dialog.start, LEFT))
    assert labels(page).count("good") == labels(page).count("defect") == 5
    assert page.session.project.defect_types() == ["scratch"]
    assert len(ids_shown(page)) == 10
    assert page.view.full.isVisible()


def test_a_folder_is_chosen_without_blocking_the_window(qtbot: QtBot, page: DataPage, tmp_path: Path) -> None:
    write(tmp_path / "parts" / "1.png", picture(1))
    qtbot.mouseClick(page.view.empty.buttons.good, LEFT)
    (dialog,) = page.findChildren(QFileDialog)
    assert dialog.isVisible()
    dialog.selectFile(str(tmp_path / "parts"))
    dialog.accept()
    preview = import_dialog()
    assert [box.currentData() for box in preview.roles] == ["good"]
    assert labels(page) == [], "nothing comes in unseen"
    job_done(qtbot, page, lambda: qtbot.mouseClick(preview.start, LEFT))
    assert labels(page) == ["good"]


@pytest.mark.parametrize(("button", "role"), [("defect", "defect"), ("dataset", "dataset")])
def test_every_way_in_goes_through_the_preview(
    qtbot: QtBot, page: DataPage, tmp_path: Path, button: str, role: str
) -> None:
    make_dataset(tmp_path / "data", train=3, good=1, defects=1)
    folder = tmp_path / "data" / ("test/hole" if role == "defect" else "")
    qtbot.mouseClick(getattr(page.view.empty.buttons, button), LEFT)
    (dialog,) = page.findChildren(QFileDialog)
    dialog.selectFile(str(folder))
    dialog.accept()
    preview = import_dialog()
    assert [box.currentData() for box in preview.roles] == [role]
    job_done(qtbot, page, lambda: qtbot.mouseClick(preview.start, LEFT))
    assert "defect" in labels(page)


def test_masks_beside_defective_parts_are_offered(qtbot: QtBot, page: DataPage, tmp_path: Path) -> None:
    make_project(tmp_path / "other").close()
    data = tmp_path / "other/data"
    (data / "ground_truth").rename(data / "test/masks")
    page.imports.offer_defective(str(data / "test/hole"))
    dialog = import_dialog()
    assert [box.currentData() for box in dialog.roles] == ["defect", "masks"]
    job_done(qtbot, page, lambda: qtbot.mouseClick(dialog.start, LEFT))
    assert all(image.mask_path for image in page.session.project.images())


def test_refused_files_are_listed_and_the_rest_goes_in(qtbot: QtBot, page: DataPage, tmp_path: Path) -> None:
    for number in range(3):
        write(tmp_path / "good" / f"{number}.png", picture(number))
    (tmp_path / "good" / "note.png").write_text("not an image")
    said: list[str] = []
    page.session.said.connect(said.append)
    job_done(qtbot, page, lambda: page.imports.start(ImportRequest(good=(str(tmp_path / "good"),))))
    assert len(ids_shown(page)) == 3
    problems = page.view.problems
    assert problems.list.isVisible()
    (refused,) = [problem for problem in problems.problems if problem.kind == "refused"]
    assert refused.what.endswith("note.png")
    assert "not an image" in refused.reason
    assert said[-1] == "Imported 3 images (3 good); 1 file refused."
    qtbot.mouseClick(problems.dismiss, LEFT)
    assert not problems.isVisible()


def test_a_picture_that_is_good_and_defective_is_shown_until_it_is_settled(
    qtbot: QtBot, page: DataPage, tmp_path: Path
) -> None:
    for number in range(4):
        write(tmp_path / "good" / f"{number}.png", picture(number))
    write(tmp_path / "bad" / "same.png", picture(2))
    request = ImportRequest(good=(str(tmp_path / "good"),), defect=(str(tmp_path / "bad"),))
    job_done(qtbot, page, lambda: page.imports.start(request))
    problems = page.view.problems
    qtbot.waitUntil(lambda: bool(problems.problems))
    (conflict,) = [problem for problem in problems.problems if problem.kind == "conflict"]
    problems.images_chosen.emit(conflict.paths)
    assert len(ids_shown(page)) == 2
    assert len(page.view.panel.images) == 2
    page.view.gallery.select(ids_shown(page)[1:])
    page._show_selection()
    qtbot.mouseClick(page.view.panel.leave_out, LEFT)
    qtbot.waitUntil(lambda: not problems.isVisible())
    assert not problems.problems


def test_an_import_that_cannot_be_is_said_and_changes_nothing(qtbot: QtBot, page: DataPage, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with qtbot.waitSignal(page.session.failed, timeout=20_000) as failed:
        page.imports.start(ImportRequest(good=(str(tmp_path / "nothing"),)))
    assert isinstance(failed.args[0], InputError)
    assert page.view.empty.isVisible()
    assert page.view.empty.buttons.isEnabled()


# Labelling


def test_keys_label_the_selection_and_undo_takes_it_back(qtbot: QtBot, full_page: DataPage) -> None:
    page = full_page
    before = labels(page)
    click_image(qtbot, page, 1)
    click_image(qtbot, page, 3, Qt.KeyboardModifier.ShiftModifier)
    press(qtbot, page, "x")
    assert labels(page)[:4] == ["defect", "defect", "defect", "good"]
    press(qtbot, page, "u")
    assert labels(page)[:4] == ["unsure"] * 3 + ["good"]
    press(qtbot, page, "u", Qt.KeyboardModifier.ShiftModifier)
    assert labels(page)[:4] == ["unlabelled"] * 3 + ["good"]
    press(qtbot, page, "1")
    assert page.session.project.image(2).label == Label("defect", "hole")
    press(qtbot, page, "g")
    assert labels(page) == before
    press(qtbot, page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.session.project.image(2).label == Label("defect", "hole")
    assert page.view.gallery.selected_ids() == [1, 2, 3]


def test_labelling_defective_keeps_types_that_are_known(qtbot: QtBot, full_page: DataPage) -> None:
    page = full_page
    page.view.gallery.select([1, 17])
    page._show_selection()
    press(qtbot, page, "x")
    assert page.session.project.image(1).label == Label("defect")
    assert page.session.project.image(17).label == Label("defect", "hole")


def test_letters_typed_into_the_search_field_label_nothing(qtbot: QtBot, full_page: DataPage) -> None:
    page = full_page
    click_image(qtbot, page, 1)
    page.view.filters.text.setFocus()
    qtbot.keyClicks(page.view.filters.text, "hole gxu")
    assert labels(page)[0] == "good"
    qtbot.waitUntil(lambda: ids_shown(page) == [])
    assert page.view.nothing.isVisible()
    for _ in range(4):
        qtbot.keyClick(page.view.filters.text, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: ids_shown(page) == [17, 18, 19, 20])
    qtbot.mouseClick(page.view.filters.clear, LEFT)
    assert len(ids_shown(page)) == 20


def test_a_new_defect_type_is_typed(qtbot: QtBot, full_page: DataPage) -> None:
    page = full_page
    click_image(qtbot, page, 18)
    type_name(qtbot, page, "burr")
    assert page.session.project.image(18).label == Label("defect", "burr")
    assert page.view.panel.types.names == ["hole", "burr"]
    assert page.view.gallery.hasFocus(), "the next key labels again"


def test_under_a_filter_a_type_is_given_to_the_selection_alone(qtbot: QtBot, full_page: DataPage) -> None:
    page = full_page
    page.session.apply(lambda project: project.set_label([19, 20], Label("defect", "burr")))
    tick(page, "defect_type", "burr")
    assert ids_shown(page) == [19, 20]
    click_image(qtbot, page, 19)
    type_name(qtbot, page, "hole")
    assert ids_shown(page) == [20]
    assert page.session.project.image(19).label == Label("defect", "hole")
    assert page.session.project.image(20).label == Label("defect", "burr")


def test_under_a_filter_labelling_goes_on_to_the_next_image(qtbot: QtBot, full_page: DataPage) -> None:
    page = full_page
    qtbot.mouseClick(page.view.filters.kinds.button("defect"), LEFT)
    assert ids_shown(page) == [17, 18, 19, 20]
    click_image(qtbot, page, 18)
    press(qtbot, page, "g")
    assert ids_shown(page) == [17, 19, 20]
    assert page.view.gallery.selected_ids() == [19]
    assert page.view.filters.kinds.button("defect").text() == "Defective 3"
    assert page.view.filters.kinds.button("good").text() == "Good 17"


def test_images_are_left_out_and_put_back(qtbot: QtBot, full_page: DataPage) -> None:
    page = full_page
    click_image(qtbot, page, 4)
    press(qtbot, page, Qt.Key.Key_Delete)
    assert page.session.project.image(4).excluded
    assert page.view.panel.leave_out.text() == "Put back"
    tick(page, "state", "excluded")
    assert ids_shown(page) == [4]
    qtbot.mouseClick(page.view.panel.leave_out, LEFT)
    assert not page.session.project.image(4).excluded


# Looking


def test_the_selected_image_is_shown_large_with_its_facts(qtbot: QtBot, full_page: DataPage) -> None:
    page = full_page
    click_image(qtbot, page, 17)
    view = page.view.panel.view
    qtbot.waitUntil(lambda: view.image_id == 17)
    assert view.pane.has_outline
    facts = page.view.panel.facts.text()
    for words in ("defective · hole", "40 × 40 px", "8 bit grey", "testing"):
        assert words in facts


def test_thumbnails_come_for_what_is_in_view(qtbot: QtBot, full_page: DataPage) -> None:
    page = full_page
    qtbot.waitUntil(lambda: page.thumbnails.picture(page.session.images[1]) is not None)


def test_another_label_from_elsewhere_is_seen(full_page: DataPage) -> None:
    page = full_page
    page.session.apply(lambda project: project.set_label([5], Label("unlabelled")))
    assert page.session.images[5].label.kind == "unlabelled"
    assert page.view.filters.kinds.button("unlabelled").text() == "Not labelled 1"


def test_the_engineer_comes_back_to_where_they_were(
    qtbot: QtBot, window: MainWindow, full_page: DataPage, tmp_path: Path
) -> None:
    page = full_page
    qtbot.mouseClick(page.view.filters.kinds.button("defect"), LEFT)
    click_image(qtbot, page, 19)
    window.session.close_project()
    assert window.session.create_project(tmp_path / "another")
    assert page.view.filters.kinds.current == "all"
    assert ids_shown(page) == []
    assert window.session.open_project(tmp_path / "project")
    assert ids_shown(page) == [17, 18, 19, 20]
    assert page.view.gallery.selected_ids() == [19]


def test_nothing_is_cut_in_the_smallest_window(qtbot: QtBot, window: MainWindow, full_page: DataPage) -> None:
    window.resize(1366, 768)
    page = full_page
    for button in (*page.view.add.findChildren(type(page.view.add.good)), page.view.panel.leave_out):
        assert button.width() >= button.sizeHint().width()
    for name in ("all", "good", "defect", "unsure", "unlabelled"):
        segment = page.view.filters.kinds.button(name)
        assert segment.width() >= segment.fontMetrics().horizontalAdvance(segment.text())
    assert page.view.minimumSizeHint().width() <= page.view.width()


def test_the_project_holds_what_the_window_said(full_page: DataPage, tmp_path: Path) -> None:
    full_page.view.gallery.select([1])
    full_page._show_selection()
    full_page.labels.label_defective()
    with Project.open(tmp_path / "project", read_only=True) as beside:
        assert beside.image(1).label == Label("defect")
