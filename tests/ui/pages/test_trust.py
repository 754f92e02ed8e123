"""A leak is found, looked at side by side and settled in one step; a set with planted faults shows all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.project.findings import PLACE
from anomaly_gui.project.labels import conflicts
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.trust import TrustPart
from tests.jobs.planted_set import clean_set, imported, plant_faults

LEFT = Qt.MouseButton.LeftButton
Choose = Callable[[str], None]


@pytest.fixture
def part(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> TrustPart:
    """Of a set with planted faults, shown."""
    data = clean_set(tmp_path / "data")
    plant_faults(data)
    imported(data, tmp_path / "project").close()
    assert window.session.open_project(tmp_path / "project")
    window.show_page("data")
    window.data_page.parts.show_part("trust")
    found = window.data_page.parts.parts["trust"]
    assert isinstance(found, TrustPart)
    qtbot.waitUntil(lambda: "copies-splits" in found._findings)
    return found


def choose(part: TrustPart, kind: str) -> None:
    for row in range(part.view.list.topLevelItemCount()):
        head = part.view.list.topLevelItem(row)
        for number in range(head.childCount()):
            if head.child(number).data(0, Qt.ItemDataRole.UserRole) == kind:
                part.view.list.setCurrentItem(head.child(number))
                return
    raise AssertionError(f"{kind} is not in the list")


def check(qtbot: QtBot, part: TrustPart) -> None:
    with qtbot.waitSignal(part.session.job_ended, timeout=60_000):
        qtbot.mouseClick(part.view.check, LEFT)
    qtbot.waitUntil(lambda: "blur" in part._findings)


def test_what_labels_and_sizes_tell_is_there_at_once_and_the_rest_after_a_check(qtbot: QtBot, part: TrustPart) -> None:
    assert set(part._findings) == {"copies", "copies-splits", "copies-labels", "sizes"}
    assert "have not been looked at yet" in part.view.headline.text()
    check(qtbot, part)
    assert set(part._findings) == {
        *("copies", "copies-splits", "copies-labels", "sizes"),
        *("alike", "alike-splits", "blur", "exposure"),
    }
    assert "2 contradictions that block training" in part.view.headline.text()
    assert "looked at" in part.view.headline.text()


def test_a_leak_is_settled_side_by_side_and_one_undo_takes_it_back(qtbot: QtBot, part: TrustPart) -> None:
    session = part.session
    choose(part, "copies-splits")
    panes = [pane for pane in part.view.side.panes if pane.isVisible()]
    assert ["training" in pane.caption.text() for pane in panes] == [True, False]
    assert not part.view.fine.isVisible(), "a contradiction cannot be waved through"
    qtbot.mouseClick(panes[1].leave_out, LEFT)
    assert session.images[panes[1].image_id].excluded
    qtbot.waitUntil(lambda: "copies-splits" not in part._findings)
    assert [each.kind for each in conflicts(session.images.values())] == ["good and defective"]
    session.undo()
    qtbot.waitUntil(lambda: "copies-splits" in part._findings)


def test_a_wrong_label_and_the_wrong_side_are_put_right(qtbot: QtBot, part: TrustPart) -> None:
    choose(part, "copies-labels")
    wrong = next(pane for pane in part.view.side.panes if pane.isVisible() and "good" in pane.caption.text())
    assert wrong.relabel.text() == "Defective"
    qtbot.mouseClick(wrong.relabel, LEFT)
    qtbot.waitUntil(lambda: "copies-labels" not in part._findings)
    choose(part, "copies-splits")
    tested = next(pane for pane in part.view.side.panes if pane.isVisible() and "test" in pane.caption.text())
    qtbot.mouseClick(tested.move_over, LEFT)
    qtbot.waitUntil(lambda: "copies-splits" not in part._findings)
    assert conflicts(part.session.images.values()) == []


def test_copies_are_left_out_at_once_and_come_back_with_one_undo(qtbot: QtBot, part: TrustPart) -> None:
    choose(part, "copies")
    assert part.view.surplus.isVisible()
    qtbot.mouseClick(part.view.surplus, LEFT)
    qtbot.waitUntil(lambda: "copies" not in part._findings)
    assert sum(image.excluded for image in part.session.images.values()) == 1
    part.session.undo()
    assert not any(image.excluded for image in part.session.images.values())


def test_what_is_fine_is_remembered_and_can_be_taken_back(qtbot: QtBot, part: TrustPart) -> None:
    choose(part, "sizes")
    qtbot.mouseClick(part.view.fine, LEFT)
    qtbot.waitUntil(lambda: not part._findings["sizes"].cases)
    assert len(part.session.project.place(PLACE)) == 1
    choose(part, "sizes")
    assert not part.view.fine.isVisible()
    qtbot.mouseClick(part.view.again, LEFT)
    qtbot.waitUntil(lambda: bool(part._findings["sizes"].cases))


def test_the_images_of_a_case_are_shown_in_the_gallery(qtbot: QtBot, part: TrustPart, window: MainWindow) -> None:
    choose(part, "copies-splits")
    finding = part.finding
    assert finding is not None
    qtbot.mouseClick(part.view.gallery, LEFT)
    assert window.data_page.parts.part is None
    assert sorted(window.data_page.view.gallery.ids) == sorted(finding.cases[0].images)
