"""Recall of each defect type as a bar that moves with the threshold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QLineF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from anomaly_gui.ui.widgets.live_label import tabular
from anomaly_gui.ui.widgets.plot_colours import PlotColours, plot_colours
from anomaly_gui.ui.widgets.shown_figures import TypeBar
from anomaly_gui.ui.wording import percent_interval_text, percent_text

_ROW_PX = 36
_BAR_PX = 10
_EDGE_PX = 6
_NONE = "n/a: no defective image is labelled"


@dataclass(frozen=True)
class _Row:
    """Where the parts of a row lie."""

    area: QRect
    name: QRect
    words: QRect
    bar: QRect


class TypeBars(QWidget):
    """One row for each type: name, found of all, and the bar. Only painted, so a move lays nothing out anew."""

    type_chosen = Signal(str)
    """A row was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: list[TypeBar] = []
        self._chosen: str | None = None
        self.setFont(tabular(self.font()))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # Nothing behind it need be painted at a move.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("Recall by defect type")
        self._row = 0
        self._words_px = 0
        self._rows: list[_Row] = []
        self._colours: Mapping[str, str] = {}

    @property
    def bars(self) -> list[TypeBar]:
        return self._bars

    def set_bars(self, bars: list[TypeBar]) -> None:
        """Other recalls; another number of types asks for another height."""
        before, self._bars = self._bars, bars
        if bars == before:
            return
        self.setAccessibleDescription("; ".join(f"{bar.name}: {bar.found} of {bar.count} found" for bar in bars))
        if [(bar.name, bar.count) for bar in bars] != [(bar.name, bar.count) for bar in before]:
            self._row = min(self._row, max(0, len(bars) - 1))
            whole = (_words(TypeBar(bar.name, bar.count, bar.count, bar.interval)) for bar in bars)
            self._words_px = max(map(self.fontMetrics().horizontalAdvance, whole), default=0)
            self._place_rows()
            self.updateGeometry()
            self.update()
            return
        # Names stay: to write them anew takes as long as all the rest.
        for row, bar, old in zip(self._rows, bars, before, strict=True):
            if bar.found != old.found:
                self.update(row.words)
                self.update(row.bar)

    def set_colours(self, colours: Mapping[str, str]) -> None:
        """Type → #rrggbb that its bar is drawn in; without one, the colour of recall."""
        if colours != self._colours:
            self._colours = dict(colours)
            self.update()

    def set_chosen(self, name: str | None) -> None:
        """Mark the type whose images are shown; None marks none."""
        if name != self._chosen:
            self._chosen = name
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, max(1, len(self._bars)) * _ROW_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def row_rect(self, row: int) -> QRect:
        return QRect(0, row * _ROW_PX, self.width(), _ROW_PX)

    def _place_rows(self) -> None:
        self._rows = []
        for number in range(len(self._bars)):
            area = self.row_rect(number)
            inside = area.adjusted(_EDGE_PX, 2, -_EDGE_PX, -4)
            height = self.fontMetrics().height()
            words = QRect(inside.right() - self._words_px, inside.top(), self._words_px + 1, height)
            name = QRect(inside.left(), inside.top(), words.left() - inside.left() - _EDGE_PX, height)
            bar = QRect(inside.left(), inside.bottom() - _BAR_PX, inside.width(), _BAR_PX + 1)
            self._rows.append(_Row(area, name, words, bar))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_rows()

    def _at(self, y: float) -> TypeBar | None:
        row = int(y // _ROW_PX)
        return self._bars[row] if 0 <= row < len(self._bars) else None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, region = QPainter(self), event.region()
        painter.fillRect(self.rect(), self.palette().base())
        if not self._bars:
            painter.setPen(self.palette().placeholderText().color())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter.value | Qt.TextFlag.TextWordWrap.value, _NONE)
        colours = plot_colours(self.palette())
        for number, (row, bar) in enumerate(zip(self._rows, self._bars, strict=True)):
            if region.intersects(row.area):
                self._paint_row(painter, number, row, bar, region)
                own = self._colours.get(bar.name)
                _paint_bar(painter, QRectF(row.bar), bar, colours, QColor(own) if own else colours.recall)
        painter.end()

    def _paint_row(self, painter: QPainter, number: int, row: _Row, bar: TypeBar, region: QRegion) -> None:
        palette = self.palette()
        if bar.name == self._chosen:
            mark = QColor(palette.color(QPalette.ColorRole.Highlight))
            mark.setAlpha(70)
            painter.fillRect(row.area, mark)
        if self.hasFocus() and number == self._row:
            painter.setPen(palette.color(QPalette.ColorRole.Highlight))
            painter.drawRect(row.area.adjusted(0, 0, -1, -1))
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        if region.intersects(row.name):
            name = self.fontMetrics().elidedText(bar.name, Qt.TextElideMode.ElideRight, row.name.width())
            painter.drawText(row.name, Qt.AlignmentFlag.AlignLeft, name)
        if region.intersects(row.words):
            painter.drawText(row.words, Qt.AlignmentFlag.AlignRight, _words(bar))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        bar = self._at(event.position().y())
        if bar is not None and event.button() == Qt.MouseButton.LeftButton:
            self._row = self._bars.index(bar)
            self.type_chosen.emit(bar.name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None and 0 <= self._row + step < len(self._bars):
            self._row += step
            self.update()
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._bars:
            self.type_chosen.emit(self._bars[self._row].name)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            bar = self._at(event.pos().y())
            QToolTip.showText(event.globalPos(), tip_of(bar) if bar else "", self)
            return True
        return super().event(event)


def _paint_bar(painter: QPainter, whole: QRectF, bar: TypeBar, colours: PlotColours, own: QColor) -> None:
    """Found in the type's *own* colour, missed left pale, with a whisker for the interval."""
    pale = QColor(colours.defective)
    pale.setAlpha(60)
    left, top, width, height = whole.left(), whole.top(), whole.width(), whole.height()
    painter.fillRect(whole, pale)
    painter.fillRect(QRectF(left, top, width * bar.recall, height), own)
    painter.setPen(colours.text)
    low, high = (left + width * share for share in bar.interval)
    middle = top + height / 2
    whisker = [QLineF(low, middle, high, middle)]
    painter.drawLines(whisker + [QLineF(end, middle - 3, end, middle + 3) for end in (low, high)])


def _words(bar: TypeBar) -> str:
    return f"{bar.found:,} of {bar.count:,}  {percent_text(bar.recall, bar.interval)}"


def tip_of(bar: TypeBar) -> str:
    """Counts, and how far the recall can be trusted."""
    interval = percent_interval_text(bar.interval).strip().replace("\u2007", "")
    return (
        f"{bar.name}: {bar.found:,} of {bar.count:,} found, {bar.count - bar.found:,} missed.\n"
        f"With so many images the recall may truly be {interval} (95 %, Wilson).\nClick to see these images"
    )
