"""Thumbnails of many images, to look through and to select from."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QPainter, QPalette, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from anomaly_gui.project.records import Image
from anomaly_gui.ui.models.image_list import ImageList, ImageRole, file_name
from anomaly_gui.ui.widgets.label_words import label_colour, label_text
from anomaly_gui.ui.widgets.thumbnails import Thumbnails

SIZES_PX = (96, 132, 180, 240)
_GAP_PX = 6
_DOT_PX = 9

Index = QModelIndex | QPersistentModelIndex


class _Cell(QStyledItemDelegate):
    """Thumbnail, name, label."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.side_px = SIZES_PX[1]

    def cell_size(self, widget: QWidget) -> QSize:
        return QSize(self.side_px + 2 * _GAP_PX, self.side_px + 2 * widget.fontMetrics().height() + 3 * _GAP_PX)

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return self.cell_size(option.widget)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        image: Image = index.data(ImageRole.IMAGE)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        cell = option.rect.adjusted(2, 2, -2, -2)
        if selected:
            accent = QColor(option.palette.color(QPalette.ColorRole.Highlight))
            painter.setPen(QPen(accent, 2))
            accent.setAlpha(60)
            painter.setBrush(accent)
            painter.drawRoundedRect(cell, 4, 4)
        side = self.side_px
        square = QRect(option.rect.x() + (option.rect.width() - side) // 2, option.rect.y() + _GAP_PX, side, side)
        painter.setOpacity(0.35 if image.excluded else 1.0)
        self._paint_picture(painter, square, image, option.palette)
        painter.setOpacity(1.0)
        self._paint_words(painter, square, image, option)
        painter.restore()

    def _paint_picture(self, painter: QPainter, square: QRect, image: Image, palette: QPalette) -> None:
        pixmap = self._thumbnails.picture(image)
        if pixmap is not None:
            size = pixmap.size().scaled(square.size(), Qt.AspectRatioMode.KeepAspectRatio)
            if pixmap.width() <= size.width() and pixmap.height() <= size.height():
                size = pixmap.size()
            place = QRect(square.center() - QRect(0, 0, size.width(), size.height()).center(), size)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(place, pixmap)
            return
        shade = QColor(palette.color(QPalette.ColorRole.Text))
        shade.setAlpha(20)
        painter.fillRect(square, shade)
        problem = self._thumbnails.problem(image.id)
        if problem:
            painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(square.adjusted(4, 4, -4, -4), flags, problem)

    def _paint_words(self, painter: QPainter, square: QRect, image: Image, option: QStyleOptionViewItem) -> None:
        metrics, palette = option.fontMetrics, option.palette
        line = QRect(square.left(), square.bottom() + _GAP_PX, square.width(), metrics.height())
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        name = metrics.elidedText(file_name(image), Qt.TextElideMode.ElideMiddle, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        line.translate(0, metrics.height())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dot = QRect(line.left() + 1, line.center().y() - _DOT_PX // 2, _DOT_PX, _DOT_PX)
        colour = label_colour(image, palette)
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(colour if image.label.is_decided else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(dot)
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        line.setLeft(dot.right() + 6)
        words = metrics.elidedText(label_text(image), Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)


class Gallery(QListView):
    """Setters emit nothing; the signals tell what the user did."""

    selection_changed = Signal()
    activated_image = Signal(int)

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.images = ImageList(self)
        self._cell = _Cell(thumbnails, self)
        self._silent = False
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Images")
        self.setItemDelegate(self._cell)
        self.setModel(self.images)
        self.set_side(SIZES_PX[1])
        self.selectionModel().selectionChanged.connect(self._announce)
        self.activated.connect(self._announce_activated)
        thumbnails.ready.connect(self._repaint)

    @property
    def side_px(self) -> int:
        return self._cell.side_px

    def set_side(self, side_px: int) -> None:
        """Side of a thumbnail."""
        self._cell.side_px = side_px
        self.setGridSize(self._cell.cell_size(self))
        self.verticalScrollBar().setSingleStep(self.gridSize().height() // 3)
        self.scheduleDelayedItemsLayout()

    def set_images(self, images: list[Image]) -> None:
        """Show these; what was selected stays so, and if nothing is left the next image is."""
        before = self.selected_ids()
        current_row = min((self.images.row_of(i) or 0 for i in before), default=0)
        self._silent = True
        if not self.images.set_images(images):
            self.select(before)
        if before and not self.selected_ids() and images:
            self.select([self.images.image(min(current_row, len(images) - 1)).id])
        self._silent = False
        if self.selected_ids() != before:
            self.selection_changed.emit()

    def selected_ids(self) -> list[int]:
        """In the order of the gallery."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return [self.images.image(row).id for row in rows]

    def select(self, ids: Iterable[int]) -> None:
        """Select these and scroll to the first; emits nothing."""
        rows = sorted(row for row in map(self.images.row_of, ids) if row is not None)
        chosen = QItemSelection()
        for row in rows:
            chosen.select(self.images.index(row), self.images.index(row))
        silent, self._silent = self._silent, True
        flags = QItemSelectionModel.SelectionFlag
        if rows:
            first = self.images.index(rows[0])
            self.selectionModel().setCurrentIndex(first, flags.NoUpdate)
            self.scrollTo(first)
        self.selectionModel().select(chosen, flags.ClearAndSelect)
        self._silent = silent

    @Slot()
    def _announce(self) -> None:
        if not self._silent:
            self.selection_changed.emit()

    @Slot(QModelIndex)
    def _announce_activated(self, index: QModelIndex) -> None:
        self.activated_image.emit(self.images.image(index.row()).id)

    @Slot(int)
    def _repaint(self, image_id: int) -> None:
        row = self.images.row_of(image_id)
        if row is not None:
            self.update(self.images.index(row))
