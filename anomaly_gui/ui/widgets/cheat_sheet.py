"""All keys on one sheet, from the registry of actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from anomaly_gui.ui.actions import Entry

_COLUMNS = 3
_SIZE_PX = (980, 560)


class CheatSheet(QDialog):
    """Shown with open(), deletes itself."""

    def __init__(self, entries: Sequence[Entry], titles: Mapping[str | None, str], parent: QWidget | None) -> None:
        """*titles*: page's name (None: everywhere) → heading, in order."""
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet = QWidget(self)
        grid = QGridLayout(sheet)
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(18)
        number = 0
        for page, title in titles.items():
            rows = [
                (keys_text(e), e.action.text().replace("&", "")) for e in entries if e.page == page and keys_text(e)
            ]
            if rows:
                label = QLabel(_html(title, rows), sheet)
                label.setAlignment(Qt.AlignmentFlag.AlignTop)
                label.setTextFormat(Qt.TextFormat.RichText)
                grid.addWidget(label, number // _COLUMNS, number % _COLUMNS)
                number += 1
        grid.setRowStretch(number // _COLUMNS + 1, 1)
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


def _html(title: str, rows: Sequence[tuple[str, str]]) -> str:
    lines = "".join(
        f'<tr><td style="padding-right:12px"><b>{escape(keys)}</b></td><td>{escape(text)}</td></tr>'
        for keys, text in rows
    )
    return f"<h3>{escape(title)}</h3><table>{lines}</table>"
