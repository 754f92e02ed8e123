"""Twenty misses reviewed by keyboard alone, and again by mouse alone: the project is exactly as expected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QThreadPool
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from anomaly_gui.project.records import Label, Verdict
from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.widgets.triptych import ORIGINAL
from tests.ui.pages.review_window import LEFT, Reviewing
from tests.ui.pages.scored_project import scored_project

GOOD_SCORES = (1.0, 1.45, 2.03, 2.5, 4.0)
MISSES = [("crack" if n % 2 else "dent", 1.0 + n / 10) for n in range(20)]
THRESHOLD = 3.2
FIRST = len(GOOD_SCORES) + 1


@dataclass
class Doing:
    """One way to do everything that a reviewer does."""

    confirm: Callable[[], None]
    good: Callable[[], None]
    unsure: Callable[[], None]
    skip: Callable[[], None]
    leave_out: Callable[[], None]
    type_dent: Callable[[], None]
    comment: Callable[[str], None]
    blink: Callable[[bool], None]
    catch: Callable[[], None]
    pay: Callable[[], None]
    undo: Callable[[], None]


def by_keys(reviewing: Reviewing) -> Doing:
    def press(key: str | Qt.Key) -> Callable[[], None]:
        return lambda: reviewing.key(key)

    def comment(text: str) -> None:
        reviewing.key("C")
        field = reviewing.page.view.verdicts.comment
        reviewing.qtbot.keyClicks(field, text)
        reviewing.qtbot.keyClick(field, Qt.Key.Key_Return)

    def blink(held: bool) -> None:
        (reviewing.qtbot.keyPress if held else reviewing.qtbot.keyRelease)(reviewing.window, Qt.Key.Key_Z)

    return Doing(
        confirm=press(Qt.Key.Key_Return),
        good=press("G"),
        unsure=press("U"),
        skip=press("S"),
        leave_out=press(Qt.Key.Key_Delete),
        type_dent=press("2"),
        comment=comment,
        blink=blink,
        catch=press("T"),
        pay=press(Qt.Key.Key_Return),
        undo=lambda: reviewing.key("Z", Qt.KeyboardModifier.ControlModifier),
    )


def by_mouse(reviewing: Reviewing) -> Doing:
    view, qtbot, window = reviewing.page.view, reviewing.qtbot, reviewing.window
    assert isinstance(window, MainWindow)

    def click(button: QAbstractButton) -> Callable[[], None]:
        return lambda: qtbot.mouseClick(button, LEFT)

    def comment(text: str) -> None:
        # Words are typed, as ever; everything around them is the mouse's.
        qtbot.mouseClick(view.verdicts.comment, LEFT)
        qtbot.keyClicks(view.verdicts.comment, text)

    def blink(held: bool) -> None:
        (qtbot.mousePress if held else qtbot.mouseRelease)(view.triptych.bar.blink, LEFT)

    return Doing(
        confirm=click(view.verdicts.confirm),
        good=click(view.verdicts.good),
        unsure=click(view.verdicts.unsure),
        skip=click(view.verdicts.skip),
        leave_out=click(view.verdicts.leave_out),
        type_dent=lambda: qtbot.mouseClick(view.verdicts.type_buttons[1], LEFT),
        comment=comment,
        blink=blink,
        catch=click(view.catch_this),
        pay=click(view.catch.accept),
        undo=click(window.strip.undo),
    )


def review_twenty(reviewing: Reviewing, do: Doing) -> None:
    """Every kind of verdict; a blink; a catch; and an undo of the last but one."""
    caption = reviewing.page.view.triptych.grid.captions[ORIGINAL]
    reviewing.wait_for_pictures(FIRST)
    do.blink(True)
    assert caption.text() == "Reconstruction"
    do.blink(False)
    assert caption.text() == "Original"
    for _ in range(10):
        do.confirm()
    do.good()
    do.type_dent()
    do.unsure()
    do.comment("edge of the tool")
    do.skip()
    do.leave_out()
    do.good()
    do.undo()
    assert reviewing.current == FIRST + 15
    do.confirm()
    # Image 16 of 20 has a score of 2.6; the next lower one is 2.5.
    do.catch()
    assert reviewing.page.view.catch.price.text() == "Catches this and 3 more; no more false alarms"
    do.pay()
    for _ in range(4):
        do.confirm()


def expect(project: Project) -> None:
    """What all of that has made of the project."""
    images = {image.id: image for image in project.images()}
    confirmed = {*range(FIRST, FIRST + 10), *range(FIRST + 15, FIRST + 20)}
    for number, (kind, _) in enumerate(MISSES):
        image = images[FIRST + number]
        if number == 10:
            assert (image.label, image.verdict) == (Label("good"), Verdict("relabelled"))
        elif number == 11:
            assert (image.label, image.verdict) == (Label("defect", "dent"), Verdict("relabelled"))
        elif number == 12:
            assert (image.label, image.verdict) == (Label("defect", kind), Verdict("unsure"))
        else:
            assert image.label == Label("defect", kind)
            assert image.verdict == (Verdict("confirmed") if image.id in confirmed else None)
        assert image.excluded == (number == 14)
        assert image.comment == ("edge of the tool" if number == 13 else "")
    threshold = project.threshold(project.run().id)
    assert threshold is not None
    assert threshold.value == pytest.approx(2.55)
    assert project.undo_sentence == "Marked part_25.png confirmed"
    assert project.verify(read_images=False) == ["run 001-conv-ae: weights.safetensors is missing"], "nothing else"


@pytest.mark.timeout(180)
@pytest.mark.parametrize("way", [by_keys, by_mouse])
def test_twenty_misses_are_reviewed(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, way: Callable[[Reviewing], Doing]
) -> None:
    project = scored_project(tmp_path, good=GOOD_SCORES, defects=MISSES, held_out=(0.8, 1.1), threshold=THRESHOLD)
    project.close()
    window.open_project(project.folder)
    window.show_page("review")
    qtbot.waitActive(window)
    reviewing = Reviewing(window.session, window.review_page, window, qtbot)
    assert reviewing.queue() == list(range(FIRST, FIRST + 20))
    review_twenty(reviewing, way(reviewing))
    assert reviewing.page.view.position.text() == "20 of 20 · 0 left · 1 skipped"
    expect(reviewing.session.project)
    QThreadPool.globalInstance().waitForDone()
