"""The Export page's widgets."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QTextOption
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.ui.theme import explain
from anomaly_gui.ui.widgets.icon_button import IconButton
from anomaly_gui.ui.widgets.notice import Notice
from anomaly_gui.ui.widgets.rules_panel import section_title

_FACTS = 6
_PATH = Qt.ItemDataRole.UserRole

_HOW = (
    "The bundle is one file with everything the line needs: the network, the pre-processing, the error map, the "
    "score and the threshold. On the line's PC it needs neither this window nor torch, only numpy, OpenCV and "
    "onnxruntime. This line scores a folder of images and prints one JSON object for each: path, score, decision "
    "(good, recheck or defective) and the regions that stand out."
)


class ExportView(QWidget):
    """Lays the parts out; the page connects them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = Notice(self)
        self.content = QWidget(self)
        columns = QHBoxLayout(self.content)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(14)
        columns.addLayout(self._left_column(), 11)
        columns.addLayout(self._right_column(), 9)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.notice)
        self._stack.addWidget(self.content)

    def set_ready(self, ready: bool) -> None:
        """Whether there is a run to export, or else the notice says why not."""
        self._stack.setCurrentWidget(self.content if ready else self.notice)

    @property
    def is_ready(self) -> bool:
        return self._stack.currentWidget() is self.content

    def _left_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addWidget(self._facts_box())
        column.addWidget(self._target_box())
        column.addWidget(self._how_box())
        column.addStretch(1)
        return column

    def _facts_box(self) -> QWidget:
        box = QGroupBox("What is exported", self)
        grid = QGridLayout(box)
        grid.setContentsMargins(12, 10, 12, 12)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        self._facts: list[tuple[QLabel, QLabel]] = []
        for row in range(_FACTS):
            pair = (QLabel(box), QLabel(box))
            explain(pair[0])
            pair[1].setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            for column, label in enumerate(pair):
                grid.addWidget(label, row, column)
            self._facts.append(pair)
        self.tune = QPushButton("Change the threshold", box)
        self.tune.setToolTip("Go to the Tune page")
        grid.addWidget(self.tune, 0, 2, 2, 1, Qt.AlignmentFlag.AlignTop)
        self.caution = QLabel(box)
        self.caution.setWordWrap(True)
        explain(self.caution)
        grid.addWidget(self.caution, _FACTS, 0, 1, 3)
        return box

    def _target_box(self) -> QWidget:
        box = QGroupBox("Bundle file", self)
        layout = QVBoxLayout(box)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(8)
        row = QHBoxLayout()
        self.target = QLineEdit(box)
        self.target.setAccessibleName("Bundle file")
        self.browse = QPushButton("Browse …", box)
        row.addWidget(self.target, 1)
        row.addWidget(self.browse)
        layout.addLayout(row)
        buttons = QHBoxLayout()
        self.export = IconButton("Export and check", "mdi6.package-variant-closed-check", box, emphasis=True)
        self.export.setMinimumHeight(36)
        self.bar = QProgressBar(box)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(10)
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(policy)
        self.bar.setVisible(False)
        self.cancel = IconButton("Cancel", "mdi6.stop", box)
        self.cancel.setEnabled(False)
        buttons.addWidget(self.export)
        buttons.addWidget(self.bar, 1)
        buttons.addWidget(self.cancel)
        layout.addLayout(buttons)
        self.result = QLabel(box)
        self.result.setWordWrap(True)
        self.result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.result.setMinimumHeight(4 * self.fontMetrics().lineSpacing())
        self.result.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.result)
        return box

    def _how_box(self) -> QWidget:
        box = QGroupBox("How to use it on the line", self)
        layout = QVBoxLayout(box)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(8)
        text = QLabel(_HOW, box)
        text.setWordWrap(True)
        layout.addWidget(text)
        row = QHBoxLayout()
        self.command = QPlainTextEdit(box)
        self.command.setReadOnly(True)
        # A path has no spaces to wrap at, and a command that is cut off looks as if it were whole.
        self.command.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.command.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.command.setFixedHeight(3 * self.command.fontMetrics().lineSpacing() + 12)
        self.command.setAccessibleName("Command")
        self.copy = IconButton("Copy", "mdi6.content-copy", box)
        self.copy.setToolTip("Copy the command")
        row.addWidget(self.command, 1)
        row.addWidget(self.copy)
        layout.addLayout(row)
        return box

    def _right_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(section_title("Earlier exports", self))
        head.addStretch(1)
        self.open_folder = IconButton("Open folder", "mdi6.folder-open-outline", self)
        self.open_folder.setToolTip("Show the chosen bundle's folder")
        head.addWidget(self.open_folder)
        column.addLayout(head)
        self.exports = QTreeWidget(self)
        self.exports.setHeaderLabels(["File", "Run", "Threshold", "Written"])
        self.exports.setRootIsDecorated(False)
        self.exports.setUniformRowHeights(True)
        self.exports.setAlternatingRowColors(True)
        self.exports.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.exports.setAccessibleName("Earlier exports")
        header = self.exports.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for number, width in enumerate((150, 85, 150, 120)):
            header.resizeSection(number, width)
        self.no_exports = QLabel("Nothing was exported yet.", self.exports)
        explain(self.no_exports)
        self.no_exports.move(12, self.fontMetrics().height() + 18)
        column.addWidget(self.exports, 1)
        return column

    def set_facts(self, facts: Sequence[tuple[str, str]], caution: str) -> None:
        for row, (title, value) in enumerate(self._facts):
            title.setText(facts[row][0] if row < len(facts) else "")
            value.setText(facts[row][1] if row < len(facts) else "")
        self.caution.setText(caution)
        self.caution.setVisible(bool(caution))

    def set_exports(self, rows: Sequence[tuple[str, str, str, str, str]]) -> None:
        """File, run, threshold, time and path of each."""
        self.exports.clear()
        for *cells, path in rows:
            item = QTreeWidgetItem(self.exports, cells)
            item.setData(0, _PATH, path)
            for column in range(len(cells)):
                item.setToolTip(column, path)
        self.no_exports.setVisible(not rows)
        if rows:
            self.exports.setCurrentIndex(self.exports.model().index(0, 0))
        self.open_folder.setEnabled(bool(rows))

    @property
    def chosen_export(self) -> str:
        """Path of the chosen bundle; empty if none is."""
        item = self.exports.currentItem()
        return str(item.data(0, _PATH)) if item is not None else ""
