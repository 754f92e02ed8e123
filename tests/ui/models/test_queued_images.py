"""Rows are put into words when they are seen."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from anomaly_gui.ui.models.queued_images import QueuedImages, QueueRole, QueueRow


def test_the_model_keeps_qts_rules() -> None:
    model = QueuedImages()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_rows(3, lambda n: QueueRow(n, f"{n}.png", "dent · 1.0 below", "unsure", "tip"))
    model.set_rows(0, lambda n: QueueRow(n, "", "", "", ""))
    assert model.rowCount() == 0


def test_every_part_of_a_row_can_be_asked_for() -> None:
    model = QueuedImages()
    model.set_rows(2, lambda n: QueueRow(n + 7, f"{n}.png", "dent · 1.0 below", "unsure", "tip"))
    index = model.index(1, 0)
    assert model.data(index) == "1.png"
    assert model.data(index, QueueRole.DETAIL) == "dent · 1.0 below"
    assert model.data(index, QueueRole.VERDICT) == "unsure"
    assert model.data(index, Qt.ItemDataRole.ToolTipRole) == "tip"
    assert model.data(index, Qt.ItemDataRole.DecorationRole) is None
    assert model.data(QModelIndex()) is None
    assert model.row(1).image_id == 8
    assert model.rowCount(index) == 0


def test_thousands_of_rows_are_not_described_before_they_are_seen() -> None:
    described: list[int] = []

    def describe(number: int) -> QueueRow:
        described.append(number)
        return QueueRow(number, "", "", "", "")

    model = QueuedImages()
    model.set_rows(100_000, describe)
    model.data(model.index(5, 0))
    assert described == [5]


def test_changes_are_told_for_all_rows_at_once() -> None:
    model = QueuedImages()
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    model.show_changes()
    model.set_rows(3, lambda n: QueueRow(n, "", "", "", "", "now caught"))
    model.show_changes()
    assert told == [(0, 2)]
    assert model.index(2, 0).data(QueueRole.BADGE) == "now caught"
