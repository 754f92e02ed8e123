"""Who did what, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QItemSelectionModel, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.ui.history_state import HistoryRow
from anomaly_gui.ui.models.log_table import COLUMNS, LogTable
from anomaly_gui.ui.theme import explain

_SHARE_OF_WINDOW = 0.94
_WIDTHS_PX = (150, 170, 520)
_DETAILS_PX = 170
_LINES = 2


class HistoryDialog(QDialog):
    """Shown with open(); deletes itself when closed. Setters emit nothing."""

    filter_changed = Signal(str, str)
    """Words, and a kind."""
    row_chosen = Signal(object)
    """HistoryRow that is looked at, or None."""
    image_wanted = Signal(int)
    run_wanted = Signal(int)
    export_wanted = Signal()

    def __init__(self, kinds: Mapping[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("History")
        self.resize(parent.window().size() * _SHARE_OF_WINDOW)
        self.in_force = QLabel(self)
        self.in_force.setWordWrap(True)
        self.in_force.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.in_force.setTextFormat(Qt.TextFormat.PlainText)
        self.in_force.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.in_force.setMinimumHeight(_LINES * self.fontMetrics().lineSpacing())
        self._make_table()
        self.details = QPlainTextEdit(self)
        self.details.setReadOnly(True)
        self.details.setAccessibleName("Details of the chosen action")
        self.details.setTabChangesFocus(True)
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.splitter.addWidget(self.table)
        self.splitter.addWidget(self.details)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([1000, _DETAILS_PX])
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self.in_force)
        layout.addLayout(self._filters(kinds))
        layout.addWidget(self.splitter, 1)
        layout.addLayout(self._bottom())
        self._connect()
        self._show_choice()
        self.table.setFocus()

    def _make_table(self) -> None:
        self.model = LogTable(self)
        self.table = QTableView(self)
        self.table.setModel(self.model)
        self.table.setAccessibleName("Actions")
        self.table.setTabKeyNavigation(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setWordWrap(False)
        rows = self.table.verticalHeader()
        rows.setVisible(False)
        # One height for all: asking each of a hundred thousand rows would take seconds.
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 8)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        for column, width in enumerate(_WIDTHS_PX[: len(COLUMNS)]):
            self.table.setColumnWidth(column, width)

    def _filters(self, kinds: Mapping[str, str]) -> QHBoxLayout:
        self.words = QLineEdit(self)
        self.words.setPlaceholderText("Find: a name, an image, a day such as 2026-11-27 …")
        self.words.setClearButtonEnabled(True)
        self.words.setAccessibleName("Find")
        self.words.setToolTip("Shows the actions that have all of these words in them  ( Ctrl+F )")
        self.kind = QComboBox(self)
        self.kind.setAccessibleName("Kind of action")
        for name, title in kinds.items():
            self.kind.addItem(title, name)
        self.count = QLabel(self)
        explain(self.count)
        row = QHBoxLayout()
        row.addWidget(self.words, 1)
        row.addWidget(self.kind)
        row.addWidget(self.count)
        return row

    def _bottom(self) -> QHBoxLayout:
        self.to_image = QPushButton("Show the &image", self)
        self.to_image.setToolTip("Go to the image on the Data page")
        self.to_run = QPushButton("Show the &run", self)
        self.to_run.setToolTip("Make it the run that Tune, Review and Export look at, and go there")
        self.export = QPushButton("&Export for an audit …", self)
        self.export.setToolTip("The whole journal as a CSV or JSON file, with the chain's head and without any image")
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        box.rejected.connect(self.reject)
        row = QHBoxLayout()
        for button in (self.to_image, self.to_run):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        self.export.setAutoDefault(False)
        row.addWidget(self.export)
        row.addWidget(box)
        return row

    def _connect(self) -> None:
        self.words.textChanged.connect(self._announce)
        self.kind.currentIndexChanged.connect(self._announce)
        self.table.selectionModel().selectionChanged.connect(self._show_choice)
        self.table.activated.connect(self._jump)
        self.to_image.clicked.connect(self._to_image)
        self.to_run.clicked.connect(self._to_run)
        self.export.clicked.connect(self.export_wanted)
        QShortcut(QKeySequence("Ctrl+F"), self).activated.connect(self.words.setFocus)

    # What is shown

    def set_in_force(self, sentence: str) -> None:
        """Where the threshold of the run that is looked at comes from."""
        self.in_force.setText(sentence)

    def show_rows(self, rows: Sequence[HistoryRow], count_text: str) -> None:
        """The one that is chosen stays so if it is still there, or else the first is."""
        chosen = self.chosen
        self.model.set_rows(rows)
        self.count.setText(count_text)
        place = next((n for n, row in enumerate(rows) if row is chosen), 0) if chosen is not None else 0
        if rows:
            index = self.model.index(place, 0)
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().setCurrentIndex(index, flags)
            self.table.scrollTo(index)
        self._show_choice()

    def show_details(self, text: str) -> None:
        self.details.setPlainText(text)

    @property
    def chosen(self) -> HistoryRow | None:
        index = self.table.currentIndex()
        return self.model.row(index.row()) if index.isValid() and index.row() < self.model.rowCount() else None

    # What is done

    @Slot()
    def _announce(self) -> None:
        self.filter_changed.emit(self.words.text(), str(self.kind.currentData()))

    @Slot()
    def _show_choice(self) -> None:
        row = self.chosen
        self.to_image.setEnabled(row is not None and row.entry.image is not None)
        self.to_run.setEnabled(row is not None and row.entry.run is not None)
        self.row_chosen.emit(row)

    @Slot()
    def _jump(self) -> None:
        """Enter, or a double click: to the image if there is one, else to the run."""
        (self._to_image if self.to_image.isEnabled() else self._to_run)()

    @Slot()
    def _to_image(self) -> None:
        row = self.chosen
        if row is not None and row.entry.image is not None:
            self.image_wanted.emit(row.entry.image)
            self.accept()

    @Slot()
    def _to_run(self) -> None:
        row = self.chosen
        if row is not None and row.entry.run is not None:
            self.run_wanted.emit(row.entry.run)
            self.accept()
