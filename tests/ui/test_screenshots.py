from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QRunnable, QThreadPool, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from anomaly_gui.errors import InputError
from anomaly_gui.project.store import Project
from anomaly_gui.ui.screenshots import settled_picture, write_screenshots
from anomaly_gui.ui.theme import is_dark
from tests.ui.pages.scored_project import scored_project

PAGES = ("data", "train", "tune", "review", "export")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = scored_project(tmp_path)
    made.close()
    return made.folder


def test_every_page_is_pictured_in_every_size_and_scheme(qapp: QApplication, folder: Path, tmp_path: Path) -> None:
    written = write_screenshots(folder, tmp_path / "shots", [(1366, 768)], ["light", "dark"])
    assert [path.name for path in written] == [f"{p}-1366x768-{s}.png" for s in ("light", "dark") for p in PAGES]
    pictures = {path.name: QImage(str(path)) for path in written}
    assert {picture.size().toTuple() for picture in pictures.values()} == {(1366, 768)}
    assert len({_bytes(picture) for picture in pictures.values()}) == 10, "two pages look alike"
    for page in PAGES:
        light, dark = (pictures[f"{page}-1366x768-{scheme}.png"] for scheme in ("light", "dark"))
        corner = (5, 760)
        assert light.pixelColor(*corner).lightness() > 200
        assert dark.pixelColor(*corner).lightness() < 80
    assert not is_dark(QApplication.palette()), "the colours are afterwards those that were chosen"
    Project.open(folder).close()


def test_a_project_that_is_open_elsewhere_is_refused(qapp: QApplication, folder: Path, tmp_path: Path) -> None:
    with Project.open(folder), pytest.raises(InputError, match="open in another window"):
        write_screenshots(folder, tmp_path, [(1366, 768)], ["light"])


class SlowLabel(QLabel):
    """Shows a text that a thread of a pool reads; until then nothing in it moves."""

    read = Signal(str)

    def __init__(self) -> None:
        super().__init__("")
        self.setFixedSize(200, 40)
        self.own_pool = QThreadPool(self)
        self.read.connect(self.setText)


class SlowReading(QRunnable):
    """Takes longer than two looks at the window."""

    def __init__(self, label: SlowLabel) -> None:
        super().__init__()
        self._label = label

    def run(self) -> None:
        time.sleep(0.9)
        self._label.read.emit("what was read")


@pytest.mark.parametrize("shared", [True, False], ids=["shared pool", "own pool"])
def test_a_picture_waits_for_what_is_still_being_read(qtbot: QtBot, qapp: QApplication, shared: bool) -> None:
    label = SlowLabel()
    qtbot.addWidget(label)
    label.show()
    (QThreadPool.globalInstance() if shared else label.own_pool).start(SlowReading(label))
    taken = settled_picture(qapp, label)
    assert label.text() == "what was read"
    assert taken == label.grab().toImage()


def _bytes(picture: QImage) -> bytes:
    return bytes(picture.constBits())
