"""All keys on one sheet, from the registry of actions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from PySide6.QtCore import QMarginsF, Qt, Signal, Slot
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPdfWriter, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.ui.actions import Entry
from anomaly_gui.ui.keys import span_text
from anomaly_gui.ui.widgets.live_label import LiveLabel
from anomaly_gui.ui.widgets.message import message_for

_COLUMNS = 3
_SIZE_PX = (1180, 640)
_PDF_POINTS = 8
_MARGIN_MM = 10

Block = tuple[str, list[tuple[str, str]]]


class CheatSheet(QDialog):
    """Shown with open(), deletes itself."""

    change_wanted = Signal()
    """This is closed, and the keys are to be changed."""

    def __init__(self, entries: Sequence[Entry], titles: Mapping[str | None, str], parent: QWidget | None) -> None:
        """*titles*: page's name (None: everywhere) → heading, in order."""
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._columns = ["".join(_html(*block) for block in blocks) for blocks in _columns(_blocks(entries, titles))]
        sheet = QWidget(self)
        row = QHBoxLayout(sheet)
        row.setSpacing(28)
        for text in self._columns:
            label = QLabel(text, sheet)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setTextFormat(Qt.TextFormat.RichText)
            row.addWidget(label)
        row.addStretch(1)
        area = QScrollArea(self)
        area.setWidget(sheet)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setAccessibleName("All keys, by page")
        layout = QVBoxLayout(self)
        layout.addWidget(area, 1)
        layout.addLayout(self._make_buttons())
        self.resize(*_SIZE_PX)

    def _make_buttons(self) -> QHBoxLayout:
        self.change = QPushButton("&Change keys …", self)
        self.change.setToolTip("Give any action another key")
        self.change.clicked.connect(self._change)
        self.save = QPushButton("&Save as PDF …", self)
        self.save.setToolTip("One sheet of A4, to be printed and kept at the screen")
        self.save.clicked.connect(self._ask_save)
        self.note = LiveLabel(self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.close)
        row = QHBoxLayout()
        for button in (self.change, self.save):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addWidget(self.note, 1)
        row.addWidget(buttons)
        return row

    @Slot()
    def _change(self) -> None:
        self.close()
        self.change_wanted.emit()

    @Slot()
    def _ask_save(self) -> None:
        dialog = QFileDialog(self, "Save the keys as a PDF", str(Path.home()), "PDF (*.pdf)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile("anomaly-gui-keys.pdf")
        dialog.fileSelected.connect(self.write_pdf)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def write_pdf(self, path: str) -> None:
        """A sheet of A4, wide; says what came of it."""
        try:
            # Qt tells of a folder that cannot be written to in its log alone.
            Path(path).write_bytes(b"")
        except OSError as error:
            cause = f"it cannot be written ({error.strerror or error})"
            message_for(InputError(printable(path), cause, "Choose another folder"), self).open()
            return
        writer = QPdfWriter(path)
        writer.setTitle("Anomaly GUI: keys")
        margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
        writer.setPageLayout(
            QPageLayout(
                QPageSize(QPageSize.PageSizeId.A4),
                QPageLayout.Orientation.Landscape,
                margins,
                QPageLayout.Unit.Millimeter,
            )
        )
        document = QTextDocument()
        document.setDefaultFont(QFont(self.font().family(), _PDF_POINTS))
        cells = "".join(f'<td style="padding-right:24px">{column}</td>' for column in self._columns)
        document.setHtml(f'<table width="100%"><tr>{cells}</tr></table>')
        document.print_(writer)
        self.note.set_text(f"Saved as {printable(path)}")


def _blocks(entries: Sequence[Entry], titles: Mapping[str | None, str]) -> list[Block]:
    """Heading and (keys, text) of each page; keys that differ in a digit as their texts do become one row."""
    blocks = []
    for page, title in titles.items():
        rows: dict[tuple[str, str], list[Entry]] = {}
        for entry in entries:
            if entry.page == page and entry.keys_text:
                rows.setdefault(_kind(entry), []).append(entry)
        if rows:
            blocks.append((title, [_row(alike) for alike in rows.values()]))
    return blocks


def _kind(entry: Entry) -> tuple[str, str]:
    """The same for what is said in one row: "Defect type 1" by 1, "Defect type 2" by 2."""
    digit, keys = re.search(r"\d", entry.title), entry.keys
    if digit is None or len(keys) != 1 or not keys[0].endswith(digit.group()):
        return entry.name, ""
    return entry.title.replace(digit.group(), "…", 1), keys[0][:-1]


def _row(alike: Sequence[Entry]) -> tuple[str, str]:
    if len(alike) == 1:
        return alike[0].keys_text, alike[0].title
    return span_text([entry.keys[0] for entry in alike]), _kind(alike[0])[0]


def _columns(blocks: Sequence[Block]) -> list[list[Block]]:
    """At most three columns of about the same height, in order."""
    high = sum(len(rows) + 2 for _, rows in blocks) / _COLUMNS
    columns: list[list[Block]] = [[]]
    filled = 0.0
    for block in blocks:
        if columns[-1] and filled + (len(block[1]) + 2) / 2 > high * len(columns) and len(columns) < _COLUMNS:
            columns.append([])
        columns[-1].append(block)
        filled += len(block[1]) + 2
    return columns


def _html(title: str, rows: Sequence[tuple[str, str]]) -> str:
    lines = "".join(
        f'<tr><td style="padding-right:12px"><b>{escape(keys)}</b></td><td>{escape(text)}</td></tr>'
        for keys, text in rows
    )
    return f"<h3>{escape(title)}</h3><table>{lines}</table>"
