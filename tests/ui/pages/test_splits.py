"""A split is shown before it is made, made in one step, and wrong expressions are told in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.splits import SplitsPart
from tests.project.samples import SCRATCH, new_image

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def part(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> SplitsPart:
    """20 parts with 3 shots each, all for training, and 5 scratched ones."""
    with Project.create(tmp_path / "project") as project:
        good = [new_image(n, path=f"/parts/part{n // 3:02d}_shot{n % 3}.png") for n in range(60)]
        project.add_images([*good, *(new_image(n, label=SCRATCH, split="test") for n in range(60, 65))])
    assert window.session.open_project(tmp_path / "project")
    window.show_page("data")
    window.data_page.parts.show_part("splits")
    found = window.data_page.parts.parts["splits"]
    assert isinstance(found, SplitsPart)
    qtbot.waitUntil(found.view.apply.isEnabled)
    return found


def row(part: SplitsPart, number: int) -> list[str]:
    return [part.view.table.item(number, column).text() for column in range(5)]


def test_the_preview_counts_by_kind_and_nothing_is_moved_before_the_button(qtbot: QtBot, part: SplitsPart) -> None:
    assert [row(part, n) for n in range(3)] == [
        ["Good", "60", "0", "45", "15"],
        ["scratch", "0", "5", "0", "5"],
        ["All", "60", "5", "45", "20"],
    ]
    part.view.share.setValue(50)
    qtbot.waitUntil(lambda: row(part, 0) == ["Good", "60", "0", "30", "30"])
    assert all(image.split == "train" for image in part.session.images.values() if image.label.kind == "good")


def test_shots_of_one_part_stay_together_and_one_undo_takes_the_split_back(qtbot: QtBot, part: SplitsPart) -> None:
    qtbot.mouseClick(part.view.by.button("group"), LEFT)
    qtbot.waitUntil(lambda: part.view.apply.isEnabled() and "21 groups" in part.view.groups.text())
    assert "part00: 3 images, such as part00_shot0.png" in part.view.groups.text()
    assert row(part, 0) == ["Good", "60", "0", "45", "15"]
    qtbot.mouseClick(part.view.apply, LEFT)
    sides: dict[str, set[str]] = {}
    for image in part.session.images.values():
        if image.label.kind == "good":
            sides.setdefault(Path(image.path).name[:6], set()).add(image.split)
    assert all(len(each) == 1 for each in sides.values())
    assert sum(each == {"test"} for each in sides.values()) == 5
    qtbot.waitUntil(lambda: part.view.summary.text() == "The images are split like this already.")
    assert not part.view.apply.isEnabled()
    part.session.undo()
    assert all(image.split == "train" for image in part.session.images.values() if image.label.kind == "good")


def test_an_expression_that_is_wrong_is_told_and_nothing_can_be_pressed(qtbot: QtBot, part: SplitsPart) -> None:
    qtbot.mouseClick(part.view.by.button("group"), LEFT)
    part.view.pattern.setText("part(")
    qtbot.waitUntil(lambda: "it is no regular expression" in part.view.groups.text())
    assert not part.view.apply.isEnabled()
    part.view.pattern.setText(r"part(\d)")
    qtbot.waitUntil(lambda: part.view.apply.isEnabled() and "2 groups" in part.view.groups.text())


def test_the_settings_are_there_again(qtbot: QtBot, part: SplitsPart, window: MainWindow, tmp_path: Path) -> None:
    part.view.share.setValue(40)
    qtbot.mouseClick(part.view.by.button("folder"), LEFT)
    window.close_project()
    assert window.session.open_project(tmp_path / "project")
    assert (part.view.share.value(), part.view.by.current) == (40, "folder")
    assert not part.view.pattern.isEnabled()
