"""How one image looks in the gallery: a thumbnail with two lines of words, or one line of a list."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette, QPen

from anomaly_gui.files import printable
from anomaly_gui.project.image_table import SortKey
from anomaly_gui.project.records import Image
from anomaly_gui.ui.widgets.label_words import file_name, label_colour, label_text
from anomaly_gui.ui.widgets.thumbnails import Thumbnails
from anomaly_gui.ui.wording import score_text, size_text

GAP_PX = 6
LIST_SIDE_PX = 40
_DOT_PX = 9
_VERDICTS = {"confirmed": "confirmed", "relabelled": "label changed", "unsure": "unsure"}


@dataclass(frozen=True)
class Column:
    """One of the list."""

    key: SortKey
    title: str
    share: float
    """Of the width."""


COLUMNS = (
    Column("name", "Name", 0.22),
    Column("label", "Label", 0.13),
    Column("split", "Split", 0.08),
    Column("verdict", "Verdict", 0.09),
    Column("score", "Score", 0.07),
    Column("pixels", "Pixels", 0.10),
    Column("file_bytes", "File", 0.08),
    Column("modified_ns", "Date", 0.13),
    Column("folder", "Folder", 0.10),
)
"""The last one takes what is left."""


@dataclass
class CellPainter:
    """Paints cells, and asks for the thumbnails that it lacks."""

    thumbnails: Thumbnails
    type_colours: Mapping[str, str] = field(default_factory=dict)
    """Defect type → #rrggbb."""
    scores: Mapping[int, float] = field(default_factory=dict)
    """Image id → score of the run that is looked at."""
    score_decimals: int = 3

    def paint_tile(
        self, painter: QPainter, cell: QRect, image: Image, side: int, palette: QPalette, *, selected: bool
    ) -> None:
        """A thumbnail of at most *side* pixels, below it name and label."""
        self._paint_ground(painter, cell.adjusted(2, 2, -2, -2), palette, selected=selected)
        square = QRect(cell.x() + (cell.width() - side) // 2, cell.y() + GAP_PX, side, side)
        self._paint_picture(painter, square, image, palette)
        metrics = painter.fontMetrics()
        line = QRect(square.left(), square.bottom() + GAP_PX, square.width(), metrics.height())
        self._paint_text(painter, line, file_name(image), palette.color(QPalette.ColorRole.Text), middle=True)
        line.translate(0, metrics.height())
        faint = palette.color(QPalette.ColorRole.PlaceholderText)
        score = self._score(image)
        if score and metrics.horizontalAdvance(score) < line.width() // 2:
            painter.setPen(faint)
            painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, score)
            line.setRight(line.right() - metrics.horizontalAdvance(score) - GAP_PX)
        self._paint_label(painter, line, image, palette, faint)

    def paint_line(
        self, painter: QPainter, cell: QRect, image: Image, palette: QPalette, edges: list[int], *, selected: bool
    ) -> None:
        """One line of the list; *edges* are the left edges of COLUMNS and the right one of the last."""
        self._paint_ground(painter, cell, palette, selected=selected)
        side = min(LIST_SIDE_PX, cell.height() - 4)
        self._paint_picture(painter, QRect(cell.x() + 3, cell.y() + 2, side, side), image, palette)
        text, faint = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.PlaceholderText)
        for number, column in enumerate(COLUMNS):
            left = edges[number] + (side + 2 * GAP_PX if number == 0 else GAP_PX)
            place = QRect(left, cell.y(), max(0, edges[number + 1] - left - GAP_PX), cell.height())
            if column.key == "label":
                self._paint_label(painter, place, image, palette, text)
            else:
                words = self._words(image, column.key)
                first = column.key in ("name", "folder")
                self._paint_text(painter, place, words, text if number == 0 else faint, middle=first)

    def _score(self, image: Image) -> str:
        score = self.scores.get(image.id)
        return "" if score is None else score_text(score, self.score_decimals)

    def _words(self, image: Image, key: SortKey) -> str:
        match key:
            case "name":
                return file_name(image)
            case "split":
                return "training" if image.split == "train" else "testing"
            case "verdict":
                return _VERDICTS[image.verdict.kind] if image.verdict else ""
            case "score":
                return self._score(image)
            case "pixels":
                return f"{image.width} × {image.height}"
            case "file_bytes":
                return size_text(image.file_bytes)
            case "modified_ns":
                return date_text(image.modified_ns)
            case _:
                return printable(os.path.dirname(image.path))

    def _paint_ground(self, painter: QPainter, cell: QRect, palette: QPalette, *, selected: bool) -> None:
        if selected:
            accent = QColor(palette.color(QPalette.ColorRole.Highlight))
            edge = QColor(accent)
            accent.setAlpha(60)
            painter.fillRect(cell, accent)
            painter.setPen(QPen(edge, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(cell.adjusted(1, 1, -1, -1))

    def _paint_picture(self, painter: QPainter, square: QRect, image: Image, palette: QPalette) -> None:
        pixmap = self.thumbnails.picture(image)
        if pixmap is not None:
            size = pixmap.size()
            if size.width() > square.width() or size.height() > square.height():
                size = size.scaled(square.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(square.center() - QRect(0, 0, size.width(), size.height()).center(), size)
            painter.setOpacity(0.35 if image.excluded else 1.0)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, size != pixmap.size())
            painter.drawPixmap(place, pixmap)
            painter.setOpacity(1.0)
            return
        shade = QColor(palette.color(QPalette.ColorRole.Text))
        shade.setAlpha(20)
        painter.fillRect(square, shade)
        problem = self.thumbnails.problem(image.id)
        if problem:
            painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(square.adjusted(4, 4, -4, -4), flags, problem if square.width() > 60 else "!")

    def _paint_label(self, painter: QPainter, line: QRect, image: Image, palette: QPalette, pen: QColor) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dot = QRect(line.left() + 1, line.center().y() - _DOT_PX // 2, _DOT_PX, _DOT_PX)
        colour = label_colour(image, palette, self.type_colours)
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(colour if image.label.is_decided else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(dot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        words = QRect(dot.right() + 6, line.top(), max(0, line.right() - dot.right() - 6), line.height())
        self._paint_text(painter, words, label_text(image), pen)

    @staticmethod
    def _paint_text(painter: QPainter, line: QRect, text: str, pen: QColor, *, middle: bool = False) -> None:
        mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        painter.setPen(pen)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, flags, painter.fontMetrics().elidedText(text, mode, line.width()))


def tile_height(side: int, metrics: QFontMetrics) -> int:
    return side + 2 * metrics.height() + 3 * GAP_PX


def date_text(modified_ns: int | None) -> str:
    """The local date and time; empty if it is not known."""
    return "" if modified_ns is None else f"{datetime.fromtimestamp(modified_ns / 1e9):%Y-%m-%d %H:%M}"
