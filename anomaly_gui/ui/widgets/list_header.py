"""The columns of the gallery's list: a click sorts, an edge that is dragged makes room."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QHeaderView, QWidget

from anomaly_gui.project.image_table import SortKey
from anomaly_gui.ui.widgets.gallery_cells import COLUMNS


class ListHeader(QHeaderView):
    """Setters emit nothing."""

    sort_chosen = Signal(str)
    """Key of a column."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        titles = QStandardItemModel(0, len(COLUMNS), self)
        titles.setHorizontalHeaderLabels([column.title for column in COLUMNS])
        self.setModel(titles)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setStretchLastSection(True)
        self.setMinimumSectionSize(30)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setAccessibleName("Columns")
        self._shared_px = 0
        self.sectionClicked.connect(self._choose)

    @property
    def edges(self) -> list[int]:
        """Left edge of every column, and the right one of the last, as far as it is seen."""
        lefts = [self.sectionPosition(number) for number in range(self.count())]
        # Qt lets the last column keep a former width for a while.
        return [*lefts, max(lefts[-1], min(self.length(), self.viewport().width()))]

    def share_out(self, width_px: int) -> None:
        """Give every column its share of another width."""
        if width_px != self._shared_px:
            before = self._shared_px
            for number, column in enumerate(COLUMNS[:-1]):
                share = self.sectionSize(number) / before if before else column.share
                self.resizeSection(number, round(share * width_px))
            self._shared_px = width_px

    def show_sort(self, key: SortKey, *, descending: bool) -> None:
        number = next((number for number, column in enumerate(COLUMNS) if column.key == key), None)
        self.setSortIndicatorShown(number is not None)
        if number is not None:
            order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
            self.setSortIndicator(number, order)

    @Slot(int)
    def _choose(self, number: int) -> None:
        self.sort_chosen.emit(COLUMNS[number].key)
