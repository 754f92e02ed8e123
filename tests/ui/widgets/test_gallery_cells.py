from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from anomaly_gui.project.records import Verdict
from anomaly_gui.ui.widgets.gallery_cells import COLUMNS, CellPainter, date_text
from anomaly_gui.ui.widgets.thumbnails import Thumbnails
from tests.ui.widgets.sample_images import DEFECT, image


@pytest.fixture
def painter(qapp: QApplication) -> Iterator[CellPainter]:
    thumbnails = Thumbnails(40, 1 << 20)
    yield CellPainter(thumbnails)
    thumbnails.stop()


def colours_in(picture: QImage) -> set[str]:
    return {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}


def tile(painter: CellPainter, shown: object, *, selected: bool = False) -> QImage:
    picture = QImage(160, 200, QImage.Format.Format_RGB32)
    picture.fill(QColor("white"))
    brush = QPainter(picture)
    painter.paint_tile(brush, picture.rect(), shown, 132, QApplication.palette(), selected=selected)  # type: ignore[arg-type]
    brush.end()
    return picture


def test_a_defect_has_the_colour_of_its_type(painter: CellPainter) -> None:
    assert "#cc79a7" not in colours_in(tile(painter, image(1, DEFECT)))
    painter.type_colours = {"crack": "#cc79a7"}
    assert "#cc79a7" in colours_in(tile(painter, image(1, DEFECT)))
    assert "#cc79a7" not in colours_in(tile(painter, image(2)))


def test_the_selected_one_and_a_score_are_seen(painter: CellPainter) -> None:
    plain = tile(painter, image(1))
    assert tile(painter, image(1), selected=True) != plain
    painter.scores = {1: 0.25}
    assert tile(painter, image(1)) != plain
    assert tile(painter, image(2, path="/parts/good/part_001.png")) == plain, "it has no score"


def test_every_column_of_the_list_is_filled(painter: CellPainter) -> None:
    reviewed = msgspec.structs.replace(
        image(3, DEFECT, split="test"), verdict=Verdict("confirmed"), modified_ns=1_700_000_000_000_000_000
    )
    painter.scores = {3: 1.5}
    edges = [number * 100 for number in range(len(COLUMNS) + 1)]
    picture = QImage(edges[-1], 44, QImage.Format.Format_RGB32)
    picture.fill(QColor("white"))
    brush = QPainter(picture)
    painter.paint_line(brush, picture.rect(), reviewed, QApplication.palette(), edges, selected=False)
    brush.end()
    for left in edges[:-1]:
        assert len(colours_in(picture.copy(QRect(left, 0, 100, 44)))) > 1


def test_a_date_is_said_as_days_and_minutes() -> None:
    moment = datetime(2026, 3, 14, 15, 9, 26)
    assert date_text(int(moment.timestamp() * 1e9)) == "2026-03-14 15:09"
    assert date_text(None) == ""
