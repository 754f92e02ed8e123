"""The defect types: names, colours, number keys and order, which can be changed, merged and deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QItemSelectionModel, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction, QColor, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QColorDialog,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.project.records import DefectType
from anomaly_gui.ui.theme import explain
from anomaly_gui.ui.widgets.type_box import swatch

_SIZE_PX = (620, 460)
_NAME = Qt.ItemDataRole.UserRole
_KEYS = range(1, 10)
COLOUR, NAME, KEY, COUNT = range(4)
"""Columns."""


@dataclass(frozen=True)
class _Row:
    """What shows one type."""

    colour: QTableWidgetItem
    name: QTableWidgetItem
    key: QComboBox
    count: QTableWidgetItem


class TypesDialog(QDialog):
    """Shown with open(); deletes itself. Every change is announced at once, and can be undone."""

    add_wanted = Signal(str)
    renamed = Signal(str, str)
    """Name, wanted name."""
    coloured = Signal(str, str)
    """Name, #rrggbb."""
    key_chosen = Signal(str, int)
    """Name, 1 to 9, or 0 for none."""
    ordered = Signal(object)
    """All names."""
    merged = Signal(object, str)
    """Names, and the one that they become."""
    deleted = Signal(str)
    undo_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Defect types")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE_PX)
        self._types: tuple[DefectType, ...] = ()
        self._rows: list[_Row] = []
        self.table = self._make_table()
        self.name = QLineEdit(self)
        self.name.setPlaceholderText("Name of a new type")
        self.name.returnPressed.connect(self._add)
        self.add = self._button("&Add", "A type that no image has yet; it gets the next free colour and key")
        self.add.clicked.connect(self._add)
        self.up = self._button("Move &up", "Earlier in every list (Alt+↑)")
        self.down = self._button("Move &down", "Later in every list (Alt+↓)")
        self.up.clicked.connect(self._move_up)
        self.down.clicked.connect(self._move_down)
        self.colour = self._button("&Colour …", "For the dot in the gallery and wherever the type is shown")
        self.colour.clicked.connect(self._ask_colour)
        self.merge = self._button("&Merge", "Select several types: the images of all become those of one")
        self.merge_menu = QMenu(self)
        self.merge.setMenu(self.merge_menu)
        self.delete = self._button("De&lete", "The images stay defective, without a type (Del)")
        self.delete.clicked.connect(self._delete)
        self.undo = self._button("U&ndo", "Take back the last change (Ctrl+Z)")
        self.undo.clicked.connect(self.undo_wanted)
        for keys, slot in (
            ("Alt+Up", self._move_up),
            ("Alt+Down", self._move_down),
            ("Ctrl+Z", self.undo_wanted),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(slot)
        delete = QShortcut(QKeySequence("Del"), self.table)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._delete)
        self._lay_out()
        self.table.itemSelectionChanged.connect(self._show_possible)
        self.table.itemChanged.connect(self._take_name)
        self.table.cellDoubleClicked.connect(self._take_double_click)
        self._show_possible()

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, 4, self)
        table.setAccessibleName("Defect types")
        table.setHorizontalHeaderLabels(["", "Name", "Key", "Images"])
        table.verticalHeader().setVisible(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in ((COLOUR, 34), (KEY, 84), (COUNT, 84)):
            header.resizeSection(column, width)
        return table

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.setToolTip(tip)
        return button

    def _lay_out(self) -> None:
        hint = QLabel(
            "On the Data page a number key labels the selection defective, of that type. Double-click a name to "
            "change it.",
            self,
        )
        hint.setWordWrap(True)
        explain(hint)
        adding = QHBoxLayout()
        adding.addWidget(self.name, 1)
        adding.addWidget(self.add)
        beside = QVBoxLayout()
        for button in (self.up, self.down, self.colour, self.merge, self.delete, self.undo):
            beside.addWidget(button)
        beside.addStretch(1)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        box.rejected.connect(self.reject)
        box.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 14, 16, 12)
        grid.setSpacing(10)
        grid.addWidget(hint, 0, 0, 1, 2)
        grid.addWidget(self.table, 1, 0)
        grid.addLayout(beside, 1, 1)
        grid.addLayout(adding, 2, 0)
        grid.addWidget(box, 3, 0, 1, 2)

    # Showing

    def show_types(self, types: Sequence[DefectType], counts: Mapping[str, int]) -> None:
        """Types in their order with how many images each; what was selected stays so."""
        chosen = set(self._selected())
        self._types = tuple(types)
        with QSignalBlocker(self.table):
            self.table.setRowCount(len(types))
            del self._rows[len(types) :]
            for row, each in enumerate(types):
                self._fill(row, each, counts.get(each.name, 0))
            self.table.clearSelection()
        if self.table.currentColumn() != NAME and types:  # At first the keyboard is at a colour.
            self.table.setCurrentCell(0, NAME, QItemSelectionModel.SelectionFlag.NoUpdate)
        for row, each in enumerate(types):
            if each.name in chosen:
                for item in (self._rows[row].colour, self._rows[row].name, self._rows[row].count):
                    item.setSelected(True)
        self._show_possible()

    def _fill(self, row: int, each: DefectType, count: int) -> None:
        """In place: an item must not go while it tells of its change."""
        if row == len(self._rows):
            self._rows.append(self._made_row(row))
        made = self._rows[row]
        made.colour.setIcon(swatch(each.colour))
        made.colour.setToolTip(f"{each.colour}: double-click to change it")
        made.name.setText(each.name)
        made.name.setData(_NAME, each.name)
        made.count.setText(f"{count:,}")
        made.key.setProperty("type", each.name)
        made.key.setAccessibleName(f"Key of {each.name}")
        with QSignalBlocker(made.key):
            made.key.setCurrentIndex(each.key or 0)

    def _made_row(self, row: int) -> _Row:
        made = _Row(QTableWidgetItem(), QTableWidgetItem(), self._key_box(), QTableWidgetItem())
        for column, item in ((COLOUR, made.colour), (NAME, made.name), (COUNT, made.count)):
            if column != NAME:
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            self.table.setItem(row, column, item)
        made.count.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.table.setCellWidget(row, KEY, made.key)
        return made

    def _key_box(self) -> QComboBox:
        box = QComboBox(self.table)
        box.addItem("none", 0)
        for key in _KEYS:
            box.addItem(str(key), key)
        box.currentIndexChanged.connect(self._choose_key)
        return box

    def _selected(self) -> list[str]:
        rows = sorted({index.row() for index in self.table.selectedIndexes()})
        return [self._types[row].name for row in rows if row < len(self._types)]

    @Slot()
    def _show_possible(self) -> None:
        chosen = self._selected()
        names = [each.name for each in self._types]
        one = chosen[0] if len(chosen) == 1 else None
        self.up.setEnabled(one is not None and one != names[0])
        self.down.setEnabled(one is not None and one != names[-1])
        self.colour.setEnabled(one is not None)
        self.delete.setEnabled(one is not None)
        self.merge.setEnabled(len(chosen) > 1)
        self.merge_menu.clear()
        for name in chosen if len(chosen) > 1 else ():
            action = self.merge_menu.addAction(f"into {name}".replace("&", "&&"))
            action.setData(name)
            action.triggered.connect(self._merge)

    # What the user does

    @Slot()
    def _add(self) -> None:
        name = self.name.text().strip()
        if name:
            self.name.clear()
            self.add_wanted.emit(name)

    @Slot(QTableWidgetItem)
    def _take_name(self, item: QTableWidgetItem) -> None:
        name, wanted = str(item.data(_NAME)), item.text().strip()
        if item.column() == NAME and wanted != name:
            self.renamed.emit(name, wanted)

    @Slot(int)
    def _choose_key(self, row: int) -> None:
        self.key_chosen.emit(str(self.sender().property("type")), row)

    @Slot(int, int)
    def _take_double_click(self, _row: int, column: int) -> None:
        if column == COLOUR:
            self._ask_colour()

    @Slot()
    def _ask_colour(self) -> None:
        chosen = self._selected()
        if len(chosen) == 1:
            present = next(each.colour for each in self._types if each.name == chosen[0])
            dialog = QColorDialog(QColor(present), self)
            dialog.setWindowTitle(f"Colour of {chosen[0]}")
            dialog.setProperty("type", chosen[0])
            dialog.colorSelected.connect(self._choose_colour)
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

    @Slot(QColor)
    def _choose_colour(self, colour: QColor) -> None:
        self.coloured.emit(str(self.sender().property("type")), colour.name())

    @Slot()
    def _move_up(self) -> None:
        self._move(-1)

    @Slot()
    def _move_down(self) -> None:
        self._move(1)

    def _move(self, step: int) -> None:
        names, chosen = [each.name for each in self._types], self._selected()
        if len(chosen) == 1:
            place = names.index(chosen[0])
            if 0 <= place + step < len(names):
                names[place], names[place + step] = names[place + step], names[place]
                self.ordered.emit(names)

    @Slot()
    def _merge(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        into = str(action.data())
        self.merged.emit([name for name in self._selected() if name != into], into)

    @Slot()
    def _delete(self) -> None:
        chosen = self._selected()
        if len(chosen) == 1:
            self.deleted.emit(chosen[0])
