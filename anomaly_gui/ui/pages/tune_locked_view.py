"""The widgets of the locked test and of the cross-validation."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.ui.pages.tune_locked_state import FOLDED_PURPOSE, PURPOSE, LabelRow
from anomaly_gui.ui.theme import explain
from anomaly_gui.ui.widgets.figures_panel import FiguresPanel
from anomaly_gui.ui.widgets.rules_panel import section_title
from anomaly_gui.ui.widgets.shown_figures import ShownFigures
from anomaly_gui.ui.widgets.warning_badge import WarningBadge

_SPACE = 24
_LABELS = ("Label", "Choose thresholds", "Locked")
_REVEALS = ("Looked at", "Threshold", "Missed", "False alarms", "Figures")
_FOLDED = ("", "Same images", "Others", "95 % interval")
_LABELS_SHOWN = 9


class TuneLockedView(QWidget):
    """Setters announce nothing."""

    lock_wanted = Signal()
    unlock_wanted = Signal()
    reveal_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(_SPACE)
        columns.addWidget(_scrolling(self._left(), self), 1)
        columns.addWidget(_scrolling(self._middle(), self), 1)
        columns.addWidget(_scrolling(self._right(), self), 1)

    # Making it

    def _left(self) -> QWidget:
        made, column = _column("Set images aside", PURPOSE)
        self.labels = _table(_LABELS, made)
        self.how = _sentence("", made)
        self.lock, self.unlock = QPushButton(made), QPushButton("Unlock them", made)
        self.lock.setToolTip("They stay in the project and can be unlocked; undo takes it back, too")
        self.unlock.setToolTip("Let them choose thresholds again; undo takes it back")
        self.lock.clicked.connect(self.lock_wanted)
        self.unlock.clicked.connect(self.unlock_wanted)
        for widget in (self.labels, self.how, self.lock, self.unlock):
            column.addWidget(widget)
        column.addStretch(1)
        return made

    def _middle(self) -> QWidget:
        made, column = _column("Locked figures", "")
        self.state = _sentence("", made)
        self.reveal = QPushButton("Reveal the locked figures …", made)
        self.reveal.clicked.connect(self.reveal_wanted)
        self.stale = WarningBadge("", made)
        self.figures = FiguresPanel(made)
        self.reveals_title = section_title("Every look", made)
        self.reveals = _table(_REVEALS, made)
        parts = (self.state, self.reveal, self.stale, self.figures, self.reveals_title, self.reveals)
        for widget in parts:
            column.addWidget(widget)
        column.addStretch(1)
        return made

    def _right(self) -> QWidget:
        made, column = _column("Cross-validated", FOLDED_PURPOSE)
        self.folded = QWidget(made)
        grid = QGridLayout(self.folded)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(0, 1)
        tips = ("", "Chosen and counted on the same images", "Counted on images that it was not chosen on", "")
        for place, (title, tip) in enumerate(zip(_FOLDED, tips, strict=True)):
            label = QLabel(title, self.folded)
            label.setToolTip(tip)
            explain(label)
            grid.addWidget(label, 0, place, Qt.AlignmentFlag.AlignRight)
        self._folded_cells = [[QLabel(self.folded) for _ in _FOLDED] for _ in range(3)]
        for row, cells in enumerate(self._folded_cells, start=1):
            for place, label in enumerate(cells):
                side = Qt.AlignmentFlag.AlignRight if place else Qt.AlignmentFlag.AlignLeft
                grid.addWidget(label, row, place, side)
            font = cells[2].font()
            font.setBold(True)
            cells[2].setFont(font)
        self.folded_note = _sentence("", made)
        column.addWidget(self.folded)
        column.addWidget(self.folded_note)
        column.addStretch(1)
        return made

    # Showing

    def show_labels(self, rows: Sequence[LabelRow], how: str, *, locked: bool) -> None:
        """Counts as they are, or with nothing *locked* yet as they would be."""
        self.labels.setHorizontalHeaderLabels([*_LABELS[:2], _LABELS[2] if locked else "Would be locked"])
        _fill(self.labels, [(row.title, f"{row.tune:,}", f"{row.locked:,}") for row in rows], _LABELS_SHOWN)
        self.how.setText(how)
        self.lock.setVisible(not locked)
        self.unlock.setVisible(locked)

    def show_lock(self, text: str, why_not: str) -> None:
        """The button that locks, greyed where *why_not* says why."""
        self.lock.setText(text)
        self.lock.setEnabled(not why_not)

    def show_reveals(self, state: str, rows: Sequence[Sequence[str]], *, can_reveal: bool, why_not: str) -> None:
        self.state.setText(state)
        self.reveal.setEnabled(can_reveal)
        self.reveal.setText("Reveal them again …" if rows else "Reveal the locked figures …")
        self.reveal.setToolTip(why_not or "Work the figures out at the saved threshold; the journal keeps the look")
        self.reveals_title.setVisible(bool(rows))
        self.reveals.setVisible(bool(rows))
        _fill(self.reveals, rows, 5)

    def show_figures(self, figures: ShownFigures | None, stale: str) -> None:
        self.figures.setVisible(figures is not None)
        if figures is not None:
            self.figures.set_figures(figures)
        self.stale.setText(f"⚠  {stale}")
        self.stale.setToolTip(stale)
        self.stale.setVisible(bool(stale))

    def show_folded(self, rows: Sequence[Sequence[str]], note: str) -> None:
        """Figures, or with none of them a note alone."""
        self.folded.setVisible(bool(rows))
        for cells, texts in zip(self._folded_cells, rows, strict=False):
            for label, text in zip(cells, texts, strict=True):
                label.setText(text)
        self.folded_note.setText(note)


def _column(title: str, sentence: str) -> tuple[QWidget, QVBoxLayout]:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    column.addWidget(section_title(title, made))
    if sentence:
        column.addWidget(_sentence(sentence, made))
    return made, column


def _sentence(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setWordWrap(True)
    return label


def _table(titles: Sequence[str], parent: QWidget) -> QTableWidget:
    table = QTableWidget(0, len(titles), parent)
    table.verticalHeader().setVisible(False)
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 8)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.setShowGrid(False)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.horizontalHeader().setHighlightSections(False)
    for place, title in enumerate(titles):
        mode = QHeaderView.ResizeMode.ResizeToContents if place else QHeaderView.ResizeMode.Stretch
        table.horizontalHeader().setSectionResizeMode(place, mode)
        item = QTableWidgetItem(title)
        item.setTextAlignment(_side(place))
        table.setHorizontalHeaderItem(place, item)
    return table


def _fill(table: QTableWidget, rows: Sequence[Sequence[str]], most_shown: int) -> None:
    table.setRowCount(len(rows))
    for number, row in enumerate(rows):
        for place, text in enumerate(row):
            item = QTableWidgetItem(text)
            item.setTextAlignment(_side(place))
            table.setItem(number, place, item)
    shown = max(1, min(len(rows), most_shown))
    height = table.horizontalHeader().sizeHint().height() + shown * table.verticalHeader().defaultSectionSize()
    table.setFixedHeight(height + 4)


def _side(place: int) -> Qt.AlignmentFlag:
    return (Qt.AlignmentFlag.AlignRight if place else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter


def _scrolling(content: QWidget, parent: QWidget) -> QScrollArea:
    """*content* at its full width; in a low window it is scrolled instead of cut."""
    area = QScrollArea(parent)
    # What is in it has the focus, and is scrolled to.
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidgetResizable(True)
    area.setWidget(content)
    return area
