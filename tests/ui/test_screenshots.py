from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from anomaly_gui.errors import InputError
from anomaly_gui.project.store import Project
from anomaly_gui.ui.screenshots import write_screenshots
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
    Project.open(folder).close()


def test_a_project_that_is_open_elsewhere_is_refused(qapp: QApplication, folder: Path, tmp_path: Path) -> None:
    with Project.open(folder), pytest.raises(InputError, match="open in another window"):
        write_screenshots(folder, tmp_path, [(1366, 768)], ["light"])


def _bytes(picture: QImage) -> bytes:
    return bytes(picture.constBits())
