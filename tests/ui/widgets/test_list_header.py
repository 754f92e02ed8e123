from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.gallery_cells import COLUMNS
from anomaly_gui.ui.widgets.list_header import ListHeader


@pytest.fixture
def made(qtbot: QtBot) -> Iterator[ListHeader]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1000, 60)
    made = ListHeader(window)
    made.setGeometry(0, 0, 1000, 24)
    made.share_out(1000)
    window.show()
    qtbot.waitExposed(window)
    yield made
    window.close()


def test_a_click_on_a_column_asks_to_sort_by_it(qtbot: QtBot, made: ListHeader) -> None:
    place = QPoint(made.edges[4] + 8, 10)
    with qtbot.waitSignal(made.sort_chosen) as chosen:
        qtbot.mouseClick(made.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [COLUMNS[4].key]
    with qtbot.assertNotEmitted(made.sort_chosen):
        made.show_sort("score", descending=True)
    assert made.sortIndicatorSection() == 4
    made.show_sort("imported", descending=False)
    assert not made.isSortIndicatorShown()


def test_columns_keep_their_share_of_another_width(made: ListHeader) -> None:
    made.resizeSection(0, 400)
    made.resize(2000, 24)
    made.share_out(2000)
    assert made.sectionSize(0) == 800
    assert made.edges == sorted(made.edges)
    assert len(made.edges) == len(COLUMNS) + 1
