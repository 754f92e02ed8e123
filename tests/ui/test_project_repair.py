"""A damaged project is made whole with one click, in the window."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from anomaly_gui.project.records import Label
from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.widgets.message import About, Question, Refusal
from tests.project.test_recovery import without_triggers, worked_in


def damage(folder: Path) -> bytes:
    """An event that was changed: the project does not open any more."""
    without_triggers(folder / "project.db", lambda c: c.execute("UPDATE event SET who = 'x' WHERE seq > 4"))
    return (folder / "project.db").read_bytes()


def test_a_damaged_project_is_repaired_with_one_click_and_opens(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    worked_in(tmp_path / "p")
    with Project.open(tmp_path / "p") as project:
        labels = {image.id: image.label for image in project.images()}
    damaged = damage(tmp_path / "p")
    window.open_project(tmp_path / "p")
    (question,) = window.findChildren(Question)
    assert "damaged" in question.headline.text()
    assert "The damaged file is kept" in question.text.text()
    question.accept_button.click()
    qtbot.waitUntil(lambda: window.session.is_open, timeout=20_000)
    qtbot.waitUntil(lambda: bool(window.findChildren(About)))
    said = window.findChildren(About)[0].text.text()
    assert "Repaired" in said
    kept = Path(said.rpartition("The damaged file is kept: ")[2])
    assert kept.read_bytes() == damaged
    assert {key: image.label for key, image in window.session.images.items()} == labels
    assert window.session.apply(lambda project: project.set_label([1], Label("good"))) is not None
    assert not window.findChildren(Refusal)


def test_a_project_that_is_not_to_be_repaired_stays_as_it_is(window: MainWindow, tmp_path: Path) -> None:
    worked_in(tmp_path / "p")
    damaged = damage(tmp_path / "p")
    for _ in range(2):
        window.open_project(tmp_path / "p")
    (question,) = window.findChildren(Question)
    question.reject_button.click()
    assert not window.session.is_open
    assert (tmp_path / "p" / "project.db").read_bytes() == damaged


def test_damage_that_shows_while_the_project_is_open_is_offered_to_be_repaired(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    worked_in(tmp_path / "p")
    window.open_project(tmp_path / "p")
    data = bytearray((tmp_path / "p" / "project.db").read_bytes())
    data[24:28] = b"next"  # The count of changes, so that nothing is believed that was read before.
    data[100:] = b"\xff" * (len(data) - 100)
    (tmp_path / "p" / "project.db").write_bytes(data)
    window.session.apply(lambda project: project.set_label([1], Label("good")))
    qtbot.waitUntil(lambda: bool(window.findChildren(Question)))
    window.findChildren(Question)[0].accept_button.click()
    qtbot.waitUntil(lambda: bool(window.findChildren(About)), timeout=20_000)
    assert window.session.is_open
