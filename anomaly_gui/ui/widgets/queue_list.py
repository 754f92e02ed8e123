"""The queue under review beside the viewer."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from anomaly_gui.ui.models.queued_images import Index, QueuedImages, QueueRole

_MARKS = {"confirmed": "✓", "relabelled": "✓", "unsure": "?", "skipped": "»"}
_MARGIN = 6
_MARK_PX = 18


class _TwoLines(QStyledItemDelegate):
    """Name above type and distance; a mark where there is a verdict, a badge where something has changed."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(120, 2 * option.fontMetrics.height() + 2 * _MARGIN)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        style = option.widget.style() if option.widget else None
        if style is not None:
            style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        role = QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.Text
        inside = option.rect.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        verdict = _MARKS.get(index.data(QueueRole.VERDICT) or "", "")
        painter.save()
        painter.setPen(option.palette.color(role))
        painter.drawText(inside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, verdict)
        line = QRect(inside.left(), inside.top(), inside.width() - _MARK_PX, option.fontMetrics.height())
        self._draw(painter, option, line, str(index.data()), Qt.TextElideMode.ElideMiddle)
        if not chosen:
            painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
        line = QRect(inside.left(), line.bottom() + 1, inside.width(), line.height())
        line.setRight(line.right() - self._draw_badge(painter, option, line, str(index.data(QueueRole.BADGE) or "")))
        self._draw(painter, option, line, str(index.data(QueueRole.DETAIL)), Qt.TextElideMode.ElideRight)
        painter.restore()

    @staticmethod
    def _draw_badge(painter: QPainter, option: QStyleOptionViewItem, line: QRect, text: str) -> int:
        """At the right end of a line; returns the room that it takes."""
        if not text:
            return 0
        width = option.fontMetrics.horizontalAdvance(text) + 2 * _MARGIN
        place = QRect(line.right() - width + 1, line.top(), width, line.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(option.palette.color(QPalette.ColorRole.ToolTipBase))
        painter.drawRoundedRect(place, 4, 4)
        painter.setPen(option.palette.color(QPalette.ColorRole.ToolTipText))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()
        return width + _MARGIN

    @staticmethod
    def _draw(
        painter: QPainter, option: QStyleOptionViewItem, place: QRect, text: str, elide: Qt.TextElideMode
    ) -> None:
        painter.drawText(
            place, Qt.AlignmentFlag.AlignVCenter, option.fontMetrics.elidedText(text, elide, place.width())
        )


class QueueList(QListView):
    """Chosen by mouse; keys are left to the page, which moves through the queue itself."""

    image_chosen = Signal(int)
    """Image id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(QueuedImages(self))
        self.setItemDelegate(_TwoLines(self))
        self.setUniformItemSizes(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Queue")
        self.clicked.connect(self._choose)

    @property
    def queued(self) -> QueuedImages:
        model = self.model()
        assert isinstance(model, QueuedImages)
        return model

    def set_row(self, row: int | None) -> None:
        """Mark the image that is shown; None if it is not in the queue."""
        if row is None:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
            return
        index = self.model().index(row, 0)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def _choose(self, index: QModelIndex) -> None:
        self.image_chosen.emit(self.queued.row(index.row()).image_id)
