"""The panel of filters: values with their counts to tick, ranges to type, filters that were saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.project.image_filter import Facet, ImageFilter
from anomaly_gui.project.records import DefectType
from anomaly_gui.ui.pages.data_filter import FACET_TITLES, Value, dates_of, range_of, values_of
from anomaly_gui.ui.theme import failure_colour, is_dark
from anomaly_gui.ui.widgets.gallery_cells import date_text
from anomaly_gui.ui.widgets.icon_button import IconToolButton
from anomaly_gui.ui.widgets.type_box import swatch

_VALUE = Qt.ItemDataRole.UserRole
_FOLDED: tuple[Facet, ...] = ("folder",)
_BYTES_PER_KB = 1000.0
_PIXELS_PER_MP = 1e6


class FacetPanel(QWidget):
    """Setters emit nothing."""

    value_ticked = Signal(str, str, bool)
    """Facet, value, chosen."""
    ranges_typed = Signal(object)
    """Fields of ImageFilter (a dict)."""
    saved_chosen = Signal(str)
    saving_wanted = Signal()
    forgetting_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.saved = QComboBox(self)
        self.saved.setAccessibleName("Saved filters")
        self.saved.setPlaceholderText("Saved filters")
        self.saved.setToolTip("Filters that were saved under a name")
        self.saved.activated.connect(self._choose_saved)
        self.save = IconToolButton("mdi6.content-save-outline", self)
        self.save.setToolTip("Save what is shown now under a name")
        self.save.clicked.connect(self.saving_wanted)
        self.forget = IconToolButton("mdi6.delete-outline", self)
        self.forget.setToolTip("Forget the chosen saved filter")
        self.forget.clicked.connect(self._forget_saved)
        self.tree = QTreeWidget(self)
        self.tree.setAccessibleName("Filters")
        self.tree.setColumnCount(2)
        self.tree.setHeaderHidden(True)
        self.tree.setIndentation(10)
        self.tree.setUniformRowHeights(True)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._heads: dict[Facet, QTreeWidgetItem] = {}
        self._items: dict[Facet, list[QTreeWidgetItem]] = {facet: [] for facet in FACET_TITLES}
        for facet, title in FACET_TITLES.items():
            head = QTreeWidgetItem([title])
            head.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = head.font(0)
            font.setBold(True)
            head.setFont(0, font)
            self.tree.addTopLevelItem(head)
            head.setExpanded(facet not in _FOLDED)
            self._heads[facet] = head
        self.tree.itemChanged.connect(self._take_tick)
        self.ranges: dict[str, tuple[QLineEdit, QLineEdit]] = {}
        top = QHBoxLayout()
        top.setSpacing(2)
        top.addWidget(self.saved, 1)
        top.addWidget(self.save)
        top.addWidget(self.forget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self.tree, 1)
        layout.addLayout(self._range_fields())
        self.setMinimumWidth(212)
        self._recolour()

    def _range_fields(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(3)
        for line, (name, title, hint) in enumerate(
            (
                ("score", "Score", "Anomaly score of the run chosen above"),
                ("file_bytes", "File kB", "Size of the file, in kB"),
                ("pixels", "Megapixels", "Width times height, in millions"),
                ("modified_ns", "Date", "When the file was written: year-month-day, as 2026-03-14"),
            )
        ):
            fields = (QLineEdit(self), QLineEdit(self))
            for field, end in zip(fields, ("from", "to"), strict=True):
                field.setPlaceholderText(end)
                field.setToolTip(f"{hint}; {end} here on, or empty")
                field.setAccessibleName(f"{title} {end}")
                field.editingFinished.connect(self._announce_ranges)
            grid.addWidget(QLabel(title, self), line, 0)
            grid.addWidget(fields[0], line, 1)
            grid.addWidget(fields[1], line, 2)
            self.ranges[name] = fields
        return grid

    # Showing

    def show_counts(
        self, counts: Mapping[Facet, Mapping[str, int]], wanted: ImageFilter, types: Sequence[DefectType]
    ) -> None:
        """Values with how many images there would be; types in the user's order and colours."""
        order = [each.name for each in types]
        colours = {each.name: each.colour for each in types}
        with QSignalBlocker(self.tree):
            for facet, head in self._heads.items():
                values = values_of(facet, counts[facet], wanted, order)
                self._fill(facet, values, colours if facet == "defect_type" else {})
                head.setHidden(not values)

    def show_ranges(self, wanted: ImageFilter) -> None:
        texts = {
            "score": _texts(wanted.score),
            "file_bytes": _texts(wanted.file_bytes, _BYTES_PER_KB),
            "pixels": _texts(wanted.pixels, _PIXELS_PER_MP),
            "modified_ns": _days(wanted.modified_ns),
        }
        for name, fields in self.ranges.items():
            for field, text in zip(fields, texts[name], strict=True):
                if not field.hasFocus():
                    field.setText(text)

    def show_saved(self, names: Sequence[str], chosen: str = "") -> None:
        with QSignalBlocker(self.saved):
            self.saved.clear()
            self.saved.addItems(list(names))
            self.saved.setCurrentIndex(self.saved.findText(chosen) if chosen else -1)
        self.saved.setEnabled(bool(names))
        self.forget.setEnabled(self.saved.currentIndex() >= 0)

    def item(self, facet: Facet, value: str) -> QTreeWidgetItem | None:
        """The line of a value, if it is listed."""
        return next((item for item in self._items[facet] if item.data(0, _VALUE) == value), None)

    def _fill(self, facet: Facet, values: Sequence[Value], colours: Mapping[str, str]) -> None:
        """In place where the values are the same: who goes through them by keyboard stays there."""
        head, items = self._heads[facet], self._items[facet]
        if [item.data(0, _VALUE) for item in items] != [each.value for each in values]:
            expanded = head.isExpanded()
            head.takeChildren()
            items[:] = [QTreeWidgetItem() for _ in values]
            head.addChildren(items)
            head.setExpanded(expanded)
        for item, each in zip(items, values, strict=True):
            item.setData(0, _VALUE, each.value)
            item.setText(0, each.title)
            item.setToolTip(0, each.tip or each.title)
            item.setText(1, f"{each.count:,}")
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setCheckState(0, Qt.CheckState.Checked if each.chosen else Qt.CheckState.Unchecked)
            if each.value in colours:
                item.setIcon(0, swatch(colours[each.value]))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "tree"):
            self._recolour()

    def _recolour(self) -> None:
        """Fusion draws the edge of a box to tick from the window's colour: in dark it would not be seen."""
        palette = QPalette(self.palette())
        if is_dark(palette):
            palette.setColor(QPalette.ColorRole.Window, palette.color(QPalette.ColorRole.Text).darker(140))
        self.tree.setPalette(palette)

    # What the user does

    @Slot(QTreeWidgetItem, int)
    def _take_tick(self, item: QTreeWidgetItem, _column: int) -> None:
        facet = next((name for name, head in self._heads.items() if head is item.parent()), None)
        if facet is not None:
            self.value_ticked.emit(facet, str(item.data(0, _VALUE)), item.checkState(0) == Qt.CheckState.Checked)

    @Slot()
    def _announce_ranges(self) -> None:
        """All of them, unless one cannot be understood, which is shown in red."""
        found: dict[str, object] = {}
        for name, (low, high) in self.ranges.items():
            try:
                found[name] = _read(name, low.text(), high.text())
                sound = True
            except (ValueError, OverflowError, OSError):
                sound = False
            for field in (low, high):
                palette = field.palette()
                colour = self.palette().text().color() if sound else failure_colour(self.palette())
                palette.setColor(palette.ColorRole.Text, colour)
                field.setPalette(palette)
        if len(found) == len(self.ranges):
            self.ranges_typed.emit(found)

    @Slot(int)
    def _choose_saved(self, row: int) -> None:
        self.forget.setEnabled(row >= 0)
        self.saved_chosen.emit(self.saved.itemText(row))

    @Slot()
    def _forget_saved(self) -> None:
        self.forgetting_wanted.emit(self.saved.currentText())


def _read(name: str, low: str, high: str) -> tuple[float | int | None, float | int | None] | None:
    if name == "modified_ns":
        return dates_of(low, high)
    ends = range_of(low, high)
    if ends is None or name == "score":
        return ends
    factor = _BYTES_PER_KB if name == "file_bytes" else _PIXELS_PER_MP
    return None if ends[0] is None else round(ends[0] * factor), None if ends[1] is None else round(ends[1] * factor)


def _texts(limits: tuple[float | None, float | None] | None, factor: float = 1.0) -> tuple[str, str]:
    low, high = limits or (None, None)
    return "" if low is None else f"{low / factor:.10g}", "" if high is None else f"{high / factor:.10g}"


def _days(limits: tuple[int | None, int | None] | None) -> tuple[str, str]:
    low, high = limits or (None, None)
    return date_text(low).partition(" ")[0], date_text(high).partition(" ")[0]


def with_ranges(wanted: ImageFilter, ranges: Mapping[str, object]) -> ImageFilter:
    """The filter with these ranges."""
    return msgspec.structs.replace(wanted, **ranges)
