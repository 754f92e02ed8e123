"""Images to look through and to select from, as thumbnails or as a list: only what is in view is ever drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QRubberBand, QToolTip, QWidget

from anomaly_gui.files import printable
from anomaly_gui.project.image_table import SortKey
from anomaly_gui.project.records import Image
from anomaly_gui.ui.widgets.gallery_cells import GAP_PX, LIST_SIDE_PX, CellPainter, tile_height
from anomaly_gui.ui.widgets.gallery_layout import GalleryLayout
from anomaly_gui.ui.widgets.gallery_selection import GallerySelection
from anomaly_gui.ui.widgets.label_words import file_name, label_text
from anomaly_gui.ui.widgets.list_header import ListHeader
from anomaly_gui.ui.widgets.thumbnails import Thumbnails

SIZES_PX = (72, 96, 132, 180, 240)
USUAL_SIDE_PX = 132
_ASK_AHEAD_MS = 40
_DRAG_STARTS_PX = 6
_SCROLLED_PX = 24
"""For each move of the mouse beyond the edge, while a band is drawn."""


class Gallery(QAbstractScrollArea):
    """Setters emit nothing; the signals tell what the user did."""

    selection_changed = Signal()
    activated_image = Signal(int)
    sort_chosen = Signal(str)
    """Key of the list's column that was clicked."""
    menu_wanted = Signal(QPoint)
    """Global position."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.selection = GallerySelection()
        self.painter = CellPainter(thumbnails)
        self.side_px = USUAL_SIDE_PX
        self.is_list = False
        self._records: Mapping[int, Image] = {}
        self._layout = GalleryLayout(0, 1, 1, 1)
        self._pressed: QPoint | None = None
        """In the whole sheet."""
        self._before_band: NDArray[np.bool_] = np.empty(0, np.bool_)
        self._band = QRubberBand(QRubberBand.Shape.Rectangle, self.viewport())
        self.header = ListHeader(self)
        self.header.setVisible(False)
        self.header.sort_chosen.connect(self.sort_chosen)
        self.header.sectionResized.connect(self.viewport().update)
        self._asking = QTimer(self)
        self._asking.setSingleShot(True)
        self._asking.setInterval(_ASK_AHEAD_MS)
        self._asking.timeout.connect(self._ask_ahead)
        self.setAccessibleName("Images")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        thumbnails.ready.connect(self._repaint)
        thumbnails.show_side(self.side_px)
        self._lay_out()

    # What is shown

    @property
    def ids(self) -> list[int]:
        """Of the images shown, in their order."""
        return [int(each) for each in self.selection.ids]

    @property
    def count(self) -> int:
        return len(self.selection)

    def set_images(self, ids: Sequence[int] | NDArray[np.int64], records: Mapping[int, Image]) -> None:
        """Show these; what was selected stays so, and in view, and if nothing is left the next image is.

        *records* may know more images; they are looked up when they are drawn.
        """
        self._records = records
        in_view = self.selection.current in self._visible_rows()
        changed = self.selection.set_ids(np.asarray(ids, np.int64))
        self._lay_out()
        if (changed or in_view) and self.selection.current >= 0:
            self._show_row(self.selection.current)
        if changed:
            self.selection_changed.emit()

    def set_type_colours(self, colours: Mapping[str, str]) -> None:
        """Defect type → #rrggbb."""
        self.painter.type_colours = colours
        self.viewport().update()

    def set_scores(self, scores: Mapping[int, float], decimals: int) -> None:
        """Image id → score, for those that have one."""
        self.painter.scores, self.painter.score_decimals = scores, decimals
        self.viewport().update()

    def set_side(self, side_px: int) -> None:
        """Side of a thumbnail; what is in view stays there."""
        self.side_px = side_px
        self._relay()

    def set_list(self, is_list: bool) -> None:
        """A list with columns, or thumbnails."""
        self.is_list = is_list
        self.header.setVisible(is_list)
        self.setViewportMargins(0, self.header.sizeHint().height() if is_list else 0, 0, 0)
        self._relay()

    def show_sort(self, key: SortKey, *, descending: bool) -> None:
        self.header.show_sort(key, descending=descending)

    def _relay(self) -> None:
        top = self.selection.current
        if top not in self._visible_rows():
            top = next(iter(self._visible_rows()), -1)
        self.painter.thumbnails.show_side(LIST_SIDE_PX if self.is_list else self.side_px)
        self._lay_out()
        if top >= 0:
            self._show_row(top)

    # Selecting

    def selected_ids(self) -> list[int]:
        """In the order of the gallery."""
        return [int(each) for each in self.selection.selected_ids]

    def select(self, ids: Iterable[int]) -> None:
        """Select these and scroll to the first; emits nothing."""
        rows = self.selection.rows_of(ids)
        self.selection.select_rows(rows)
        if len(rows):
            self._show_row(int(rows[0]))
        self.viewport().update()

    @Slot()
    def select_all(self) -> None:
        if len(self.selection):
            self._take(self.selection.select_all())

    def step(self, rows: int) -> None:
        """Select the image that lies so many further on."""
        if len(self.selection):
            self._go(self.selection.current + rows)

    def following_id(self) -> int | None:
        """Of the image behind the last selected one."""
        rows = self.selection.rows
        after = int(rows[-1]) + 1 if len(rows) else self.count
        return int(self.selection.ids[after]) if after < self.count else None

    def go_to(self, image_id: int | None) -> None:
        """Select one image, as if by key; nothing if it is not shown."""
        row = None if image_id is None else self.selection.row_of(image_id)
        if row is not None:
            self._go(row)

    def _take(self, changed: bool) -> None:
        if self.selection.current >= 0 and self._pressed is None:
            self._show_row(self.selection.current)
        self.viewport().update()
        self._tell_of_current()
        if changed:
            self.selection_changed.emit()

    def _tell_of_current(self) -> None:
        """For screen readers."""
        image = self._image(self.selection.current) if self.selection.current >= 0 else None
        self.setAccessibleDescription(f"{file_name(image)}, {label_text(image)}" if image else "")

    # Geometry

    def cell_rect(self, row: int) -> QRect:
        """In the viewport."""
        left, top, width, height = self._layout.place(row)
        return QRect(left, top - self.verticalScrollBar().value(), width, height)

    def scroll_to(self, row: int) -> None:
        self._show_row(row)

    def _lay_out(self) -> None:
        size = self.viewport().size()
        metrics = self.fontMetrics()
        if self.is_list:
            cell = size.width(), max(LIST_SIDE_PX, metrics.height()) + 4
        else:
            cell = self.side_px + 2 * GAP_PX, tile_height(self.side_px, metrics)
        self._layout = GalleryLayout(len(self.selection), size.width(), *cell)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._layout.height - size.height()))
        bar.setPageStep(size.height())
        bar.setSingleStep(max(20, self._layout.cell_height // 3))
        self.viewport().update()
        self._asking.start()

    def _visible_rows(self) -> range:
        top = self.verticalScrollBar().value()
        return self._layout.rows_between(top, top + self.viewport().height())

    def _show_row(self, row: int) -> None:
        _, top, _, height = self._layout.place(row)
        bar = self.verticalScrollBar()
        if top < bar.value():
            bar.setValue(top)
        elif top + height > bar.value() + self.viewport().height():
            bar.setValue(top + height - self.viewport().height())

    def _row_at(self, place: QPoint) -> int | None:
        return self._layout.row_at(place.x(), place.y() + self.verticalScrollBar().value())

    def _image(self, row: int) -> Image | None:
        return self._records.get(int(self.selection.ids[row]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        frame = self.viewport().geometry()
        self.header.setGeometry(frame.x(), frame.y() - self.header.sizeHint().height(), frame.width(), frame.y())
        self.header.setFixedHeight(self.header.sizeHint().height())
        self.header.share_out(frame.width())
        self._relay()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(dx, dy)
        self._asking.start()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self.palette().base())
        self._paint_cells(painter, event)
        row = self.selection.current
        if self.hasFocus() and 0 <= row < self.count and not self.selection.is_selected(row):
            painter.setPen(Qt.PenStyle.DotLine)
            painter.drawRect(self.cell_rect(row).adjusted(2, 2, -3, -3))
        painter.end()

    def _paint_cells(self, painter: QPainter, event: QPaintEvent) -> None:
        """Those that are to be painted anew: of a page scrolled by a line the new line, of new thumbnails theirs."""
        offset, region, palette = self.verticalScrollBar().value(), event.region(), self.palette()
        edges = self.header.edges if self.is_list else []
        rows = self._layout.rows_between(event.rect().top() + offset, event.rect().bottom() + 1 + offset)
        ids = self.selection.ids[rows.start : rows.stop].tolist()
        marked = self.selection.are_selected(rows)
        for row, image_id, selected in zip(rows, ids, marked, strict=True):
            image = self._records.get(image_id)
            left, top, width, height = self._layout.place(row)
            cell = QRect(left, top - offset, width, height)
            if image is None or not region.intersects(cell):
                continue
            if self.is_list:
                self.painter.paint_line(painter, cell, image, palette, edges, selected=selected)
            else:
                self.painter.paint_tile(painter, cell, image, self.side_px, palette, selected=selected)

    @Slot()
    def _ask_ahead(self) -> None:
        """Keep only what is in view in the queue, and the page that comes next behind it."""
        rows = self._visible_rows()
        visible = {int(each) for each in self.selection.ids[rows.start : rows.stop]}
        thumbnails = self.painter.thumbnails
        thumbnails.keep_wanting(visible)
        following = self.selection.ids[rows.stop : rows.stop + len(rows)]
        thumbnails.want_later(filter(None, (self._records.get(int(each)) for each in following)))

    @Slot(int)
    def _repaint(self, image_id: int) -> None:
        rows = self._visible_rows()
        found = np.flatnonzero(self.selection.ids[rows.start : rows.stop] == image_id)
        if len(found):
            self.viewport().update(self.cell_rect(rows.start + int(found[0])))

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        place = event.position().toPoint()
        row = self._row_at(place)
        extend, toggle = _modifiers(event)
        if event.button() == Qt.MouseButton.RightButton:
            if row is not None and not self.selection.is_selected(row):
                self._take(self.selection.point(row))
            return
        self._pressed = place + QPoint(0, self.verticalScrollBar().value())
        if row is not None:
            self._take(self.selection.point(row, extend=extend, toggle=toggle))
        elif not (extend or toggle):
            self._take(self.selection.clear())
        self._before_band = self.selection.marks if toggle else np.zeros(self.count, np.bool_)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        place = event.position().toPoint()
        bar = self.verticalScrollBar()
        if place.y() < 0 or place.y() > self.viewport().height():
            bar.setValue(bar.value() + (_SCROLLED_PX if place.y() > 0 else -_SCROLLED_PX))
        there = place + QPoint(0, bar.value())
        band = QRect(self._pressed, there).normalized()
        if not self._band.isVisible() and max(band.width(), band.height()) <= _DRAG_STARTS_PX:
            return
        self._band.setGeometry(band.translated(0, -bar.value()))
        self._band.setVisible(True)
        marked = self._before_band.copy()
        marked[self._layout.rows_within(band.left(), band.top(), band.right(), band.bottom())] = True
        self._take(self.selection.mark(marked))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._pressed = None
        self._band.setVisible(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position().toPoint())
        if row is not None and event.button() == Qt.MouseButton.LeftButton:
            self._take(self.selection.point(row))
            self.activated_image.emit(int(self.selection.ids[row]))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self._row_at(event.pos())
            image = self._image(row) if row is not None else None
            QToolTip.showText(event.globalPos(), printable(image.path) if image else "", self.viewport())
            return True
        return super().viewportEvent(event)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        extend, toggle = _modifiers(event)
        if event.key() == Qt.Key.Key_A and toggle:
            self.select_all()
        elif event.key() == Qt.Key.Key_Space and self.selection.current >= 0:
            self._take(self.selection.point(self.selection.current, toggle=toggle))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selection.current >= 0:
            self.activated_image.emit(int(self.selection.ids[self.selection.current]))
        elif self.count and (row := self._row_for(event.key())) is not None:
            self._go(row, extend=extend, only_move=toggle)
        else:
            super().keyPressEvent(event)

    def _row_for(self, key: int) -> int | None:
        current, columns = self.selection.current, self._layout.columns
        page = max(1, self.viewport().height() // self._layout.cell_height) * columns
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -columns,
            Qt.Key.Key_Down: columns,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -self.count,
            Qt.Key.Key_End: self.count,
        }
        step = steps.get(Qt.Key(key))
        if step is None:
            return None
        if current < 0:
            return self.count if key == Qt.Key.Key_End else 0
        return current + step

    def _go(self, row: int, *, extend: bool = False, only_move: bool = False) -> None:
        row = min(max(row, 0), self.count - 1)
        self._take(self.selection.move(row, extend=extend, only_move=only_move))

    def visible_images(self) -> list[Image]:
        """Those in view, from the upper left."""
        rows = self._visible_rows()
        found = (self._records.get(int(each)) for each in self.selection.ids[rows.start : rows.stop])
        return [image for image in found if image is not None]


def _modifiers(event: QMouseEvent | QKeyEvent) -> tuple[bool, bool]:
    """Shift, Ctrl."""
    held = event.modifiers()
    return bool(held & Qt.KeyboardModifier.ShiftModifier), bool(held & Qt.KeyboardModifier.ControlModifier)
