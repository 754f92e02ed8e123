"""All keys on one sheet, from the registry of actions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from anomaly_gui.ui.actions import Entry

_COLUMNS = 3
_SIZE_PX = (1060, 560)

Block = tuple[str, list[tuple[str, str]]]


class CheatSheet(QDialog):
    """Shown with open(), deletes itself."""

    def __init__(self, entries: Sequence[Entry], titles: Mapping[str | None, str], parent: QWidget | None) -> None:
        """*titles*: page's name (None: everywhere) → heading, in order."""
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet = QWidget(self)
        row = QHBoxLayout(sheet)
        row.setSpacing(28)
        for blocks in _columns(_blocks(entries, titles)):
            label = QLabel("".join(_html(title, rows) for title, rows in blocks), sheet)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setTextFormat(Qt.TextFormat.RichText)
            row.addWidget(label)
        row.addStretch(1)
        area = QScrollArea(self)
        area.setWidget(sheet)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)
        self.resize(*_SIZE_PX)


def keys_text(entry: Entry) -> str:
    """ "A, ←"; empty for an action without a key."""
    shown = [key.toString(QKeySequence.SequenceFormat.NativeText) for key in entry.action.shortcuts()]
    arrows = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "Return": "Enter"}
    return ", ".join(dict.fromkeys(arrows.get(text, text) for text in shown if text))


def _blocks(entries: Sequence[Entry], titles: Mapping[str | None, str]) -> list[Block]:
    """Heading and (keys, text) of each page; rows that differ in a digit alone become one."""
    blocks = []
    for page, title in titles.items():
        rows: dict[str, list[str]] = {}
        for entry in entries:
            if entry.page == page and (keys := keys_text(entry)):
                text = entry.action.text().replace("&", "").rstrip("… ")
                rows.setdefault(re.sub(r"\d", "…", text) if re.search(r"\d$", keys) else text, []).append(keys)
        if rows:
            spans = [(keys[0] if len(keys) == 1 else f"{keys[0]} – {keys[-1]}", text) for text, keys in rows.items()]
            blocks.append((title, spans))
    return blocks


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
