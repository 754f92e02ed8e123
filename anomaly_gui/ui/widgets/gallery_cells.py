"""How one image looks in the gallery: a thumbnail with two lines of words, or one line of a list."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette, QPen, QPixmap, QStaticText, QTransform

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
    Column("name", "Name", 0.24),
    Column("label", "Label", 0.12),
    Column("split", "Split", 0.08),
    Column("verdict", "Verdict", 0.09),
    Column("score", "Score", 0.06),
    Column("pixels", "Pixels", 0.10),
    Column("file_bytes", "File", 0.08),
    Column("modified_ns", "Date", 0.15),
    Column("folder", "Folder", 0.08),
)
"""The last one takes what is left."""


_CUT = {"name": Qt.TextElideMode.ElideMiddle, "folder": Qt.TextElideMode.ElideLeft}
"""Where a column's words are cut: a folder is told by its end."""
_LEFT_OUT_OPACITY = 0.35
_KEPT_WORDS = 4_000


class _Ink:
    """Everything that all cells share; made anew when palette, font, colours or scores change."""

    def __init__(self, painter: QPainter, palette: QPalette, cells: CellPainter) -> None:
        role = QPalette.ColorRole
        self.palette_key, self.font, self.ratio = palette.cacheKey(), painter.font(), _ratio_of(painter)
        self.type_colours, self.scores, self.decimals = cells.type_colours, cells.scores, cells.score_decimals
        self.metrics = QFontMetrics(self.font)
        self.text, self.faint = palette.color(role.Text), palette.color(role.PlaceholderText)
        self.shade, self.accent = QColor(self.text), palette.color(role.Highlight)
        self.shade.setAlpha(20)
        self.edge = QPen(QColor(self.accent), 2)
        self.accent.setAlpha(60)
        self.palette = QPalette(palette)
        self._dots: dict[tuple[int, bool], QPixmap] = {}

    def is_of(self, painter: QPainter, palette: QPalette, cells: CellPainter) -> bool:
        return (
            self.palette_key == palette.cacheKey()
            and self.scores is cells.scores
            and self.type_colours is cells.type_colours
            and self.decimals == cells.score_decimals
            and self.ratio == _ratio_of(painter)
            and self.font == painter.font()
        )

    def dot(self, image: Image) -> QPixmap:
        """The label's, full if it is decided."""
        colour = label_colour(image, self.palette, self.type_colours)
        key = (colour.rgba(), image.label.is_decided)
        if key not in self._dots:
            self._dots[key] = _dot(colour, self.ratio, full=image.label.is_decided)
        return self._dots[key]


@dataclass
class _Words:
    """What is written in one cell, laid out: shaping a text takes longer than drawing it."""

    image: Image
    place: tuple[int, ...]
    """The measures that it was laid out for."""
    texts: list[tuple[int, int, QStaticText, QColor]] = field(default_factory=list)
    """Left and top in the cell, text, colour."""
    dot: tuple[int, int, QPixmap] | None = None

    def write(
        self,
        ink: _Ink,
        line: QRect,
        text: str,
        colour: QColor,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        """*line* is in the cell; what does not fit is cut, where *mode* says."""
        laid_out = QStaticText(ink.metrics.elidedText(text, mode, line.width()))
        laid_out.setTextFormat(Qt.TextFormat.PlainText)
        laid_out.prepare(QTransform(), ink.font)
        self.texts.append((line.x(), line.y() + (line.height() - ink.metrics.height()) // 2, laid_out, colour))

    def write_label(self, ink: _Ink, line: QRect, colour: QColor) -> None:
        left, top = line.left(), line.center().y() - _DOT_PX // 2 - 1
        self.dot = (left, top, ink.dot(self.image))
        after = left + _DOT_PX + 2 + 5
        self.write(
            ink, QRect(after, line.top(), max(0, line.right() - after), line.height()), label_text(self.image), colour
        )


@dataclass
class CellPainter:
    """Paints cells, and asks for the thumbnails that it lacks."""

    thumbnails: Thumbnails
    type_colours: Mapping[str, str] = field(default_factory=dict)
    """Defect type → #rrggbb."""
    scores: Mapping[int, float] = field(default_factory=dict)
    """Image id → score of the run that is looked at."""
    score_decimals: int = 3
    _ink: _Ink | None = None
    _words: dict[int, _Words] = field(default_factory=dict)
    """By image id."""

    def paint_tile(
        self, painter: QPainter, cell: QRect, image: Image, side: int, palette: QPalette, *, selected: bool
    ) -> None:
        """A thumbnail of at most *side* pixels, below it name and label."""
        ink = self._ink_for(painter, palette)
        if selected:
            _paint_ground(painter, cell.adjusted(2, 2, -2, -2), ink)
        self._paint_picture(painter, cell.x() + (cell.width() - side) // 2, cell.y() + GAP_PX, side, image, ink)
        place = (cell.width(), side)
        words = self._words.get(image.id)
        if words is None or words.image is not image or words.place != place:
            words = self._keep(self._tile_words(_Words(image, place), ink))
        _paint_words(painter, cell, words)

    def paint_line(
        self, painter: QPainter, cell: QRect, image: Image, palette: QPalette, edges: list[int], *, selected: bool
    ) -> None:
        """One line of the list; *edges* are the left edges of COLUMNS and the right one of the last."""
        ink = self._ink_for(painter, palette)
        if selected:
            _paint_ground(painter, cell, ink)
        side = min(LIST_SIDE_PX, cell.height() - 4)
        self._paint_picture(painter, cell.x() + 3, cell.y() + 2, side, image, ink)
        place = (cell.height(), *edges)
        words = self._words.get(image.id)
        if words is None or words.image is not image or words.place != place:
            words = self._keep(self._line_words(_Words(image, place), ink, edges, side))
        _paint_words(painter, cell, words)

    def _ink_for(self, painter: QPainter, palette: QPalette) -> _Ink:
        if self._ink is None or not self._ink.is_of(painter, palette, self):
            self._ink = _Ink(painter, palette, self)
            self._words.clear()
        return self._ink

    def _keep(self, words: _Words) -> _Words:
        if len(self._words) >= _KEPT_WORDS:
            self._words.clear()
        self._words[words.image.id] = words
        return words

    def _tile_words(self, words: _Words, ink: _Ink) -> _Words:
        (width, side), high = words.place, ink.metrics.height()
        line = QRect((width - side) // 2, side + 2 * GAP_PX - 1, side, high)
        words.write(ink, line, file_name(words.image), ink.text, Qt.TextElideMode.ElideMiddle)
        line.translate(0, high)
        score = self._score(words.image)
        wide = ink.metrics.horizontalAdvance(score)
        if score and wide < line.width() // 2:
            words.write(ink, QRect(line.right() + 1 - wide, line.y(), wide + 1, high), score, ink.faint)
            line.setRight(line.right() - wide - GAP_PX)
        words.write_label(ink, line, ink.faint)
        return words

    def _line_words(self, words: _Words, ink: _Ink, edges: list[int], side: int) -> _Words:
        high = words.place[0]
        for number, column in enumerate(COLUMNS):
            left = edges[number] + (side + 2 * GAP_PX if number == 0 else GAP_PX)
            line = QRect(left, 0, max(0, edges[number + 1] - left - GAP_PX), high)
            if column.key == "label":
                words.write_label(ink, line, ink.text)
            else:
                text = self._text(words.image, column.key)
                colour = ink.text if number == 0 else ink.faint
                words.write(ink, line, text, colour, _CUT.get(column.key, Qt.TextElideMode.ElideRight))
        return words

    def _score(self, image: Image) -> str:
        score = self.scores.get(image.id)
        return "" if score is None else score_text(score, self.score_decimals)

    def _text(self, image: Image, key: SortKey) -> str:
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

    def _paint_picture(self, painter: QPainter, left: int, top: int, side: int, image: Image, ink: _Ink) -> None:
        pixmap = self.thumbnails.picture(image)
        if pixmap is None:
            self._paint_lack(painter, QRect(left, top, side, side), image, ink)
            return
        if image.excluded:
            painter.setOpacity(_LEFT_OUT_OPACITY)
        wide, high = pixmap.width(), pixmap.height()
        if wide <= side and high <= side:
            painter.drawPixmap(left + (side - wide) // 2, top + (side - high) // 2, pixmap)
        else:
            size = QSize(wide, high).scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio)
            corner = QPoint(left + (side - size.width()) // 2, top + (side - size.height()) // 2)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(QRect(corner, size), pixmap)
        if image.excluded:
            painter.setOpacity(1.0)

    def _paint_lack(self, painter: QPainter, square: QRect, image: Image, ink: _Ink) -> None:
        """There is no thumbnail, or not yet."""
        painter.fillRect(square, ink.shade)
        problem = self.thumbnails.problem(image.id)
        if problem:
            painter.setPen(ink.faint)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(square.adjusted(4, 4, -4, -4), flags, problem if square.width() > 60 else "!")


def _paint_ground(painter: QPainter, cell: QRect, ink: _Ink) -> None:
    """Of one that is selected."""
    painter.fillRect(cell, ink.accent)
    painter.setPen(ink.edge)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(cell.adjusted(1, 1, -1, -1))


def _paint_words(painter: QPainter, cell: QRect, words: _Words) -> None:
    x, y = cell.x(), cell.y()
    for left, top, text, colour in words.texts:
        painter.setPen(colour)
        painter.drawStaticText(x + left, y + top, text)
    if words.dot is not None:
        left, top, dot = words.dot
        painter.drawPixmap(x + left, y + top, dot)


def _dot(colour: QColor, ratio: float, *, full: bool) -> QPixmap:
    """A disc, or a ring if not *full*, with a pixel of room around it."""
    side = _DOT_PX + 2
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(colour if full else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(1, 1, _DOT_PX, _DOT_PX)
    painter.end()
    return pixmap


def _ratio_of(painter: QPainter) -> float:
    """Pixels of the screen for one of the window."""
    return float(painter.device().devicePixelRatio())


def tile_height(side: int, metrics: QFontMetrics) -> int:
    return side + 2 * metrics.height() + 3 * GAP_PX


def date_text(modified_ns: int | None) -> str:
    """The local date and time; empty if it is not known."""
    return "" if modified_ns is None else f"{datetime.fromtimestamp(modified_ns / 1e9):%Y-%m-%d %H:%M}"
