"""The cases of a finding: a row each, with its pictures small and a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from anomaly_gui.project.findings import Case

SIDE_PX = 48
_GAP_PX = 4
_SHOWN = 4
_CASE = Qt.ItemDataRole.UserRole


class _Cases(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.cases: list[Case] = []

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.cases)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        case = self.cases[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return case.sentence
        return case if role == _CASE else None

    def set_cases(self, cases: Sequence[Case]) -> None:
        self.beginResetModel()
        self.cases = list(cases)
        self.endResetModel()


class _Row(QStyledItemDelegate):
    def __init__(self, parent: CaseList) -> None:
        super().__init__(parent)
        self._list = parent

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        case = index.data(_CASE)
        return QSize(200, SIDE_PX + 2 * _GAP_PX if case.images else self._list.fontMetrics().height() + 3 * _GAP_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        case: Case = index.data(_CASE)
        area: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        palette = self._list.palette()
        if chosen:
            painter.fillRect(area, palette.highlight())
        left = area.left() + _GAP_PX
        for image_id in case.images[:_SHOWN]:
            self._paint_picture(painter, QRect(left, area.top() + _GAP_PX, SIDE_PX, SIDE_PX), image_id)
            left += SIDE_PX + _GAP_PX
        role = QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.Text
        painter.setPen(palette.color(role))
        room = QRect(left + _GAP_PX, area.top(), area.right() - left - 2 * _GAP_PX, area.height())
        more = f"+{len(case.images) - _SHOWN} · " if len(case.images) > _SHOWN else ""
        text = self._list.fontMetrics().elidedText(more + case.sentence, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _paint_picture(self, painter: QPainter, place: QRect, image_id: int) -> None:
        picture = self._list.picture_of(image_id)
        if picture is None or picture.isNull():
            painter.fillRect(place, self._list.palette().alternateBase())
            return
        size = picture.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        shown = QRect(0, 0, size.width(), size.height())
        shown.moveCenter(place.center())
        painter.drawPixmap(shown, picture)


class CaseList(QListView):
    """Setters emit nothing but the selection's own signal."""

    case_shown = Signal(object)
    """Case that is current now, or None."""

    def __init__(self, picture_of: Callable[[int], QPixmap | None], parent: QWidget | None = None) -> None:
        """*picture_of* gives a thumbnail by image id, None while it is on its way."""
        super().__init__(parent)
        self.picture_of = picture_of
        self._cases = _Cases(self)
        self.setModel(self._cases)
        self.setItemDelegate(_Row(self))
        self.setUniformItemSizes(False)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setAccessibleName("Cases of this finding")
        self.selectionModel().currentChanged.connect(self._show)

    @property
    def cases(self) -> list[Case]:
        return self._cases.cases

    @property
    def chosen(self) -> list[Case]:
        """The selected cases."""
        return [index.data(_CASE) for index in self.selectionModel().selectedIndexes()]

    def set_cases(self, cases: Sequence[Case]) -> None:
        """Show these; the row that was current stays so, as far as there is one."""
        row = max(0, self.currentIndex().row())
        self._cases.set_cases(cases)
        if cases:
            self.setCurrentIndex(self._cases.index(min(row, len(cases) - 1), 0))
        self._show()

    def _show(self) -> None:
        index = self.currentIndex()
        self.case_shown.emit(index.data(_CASE) if index.isValid() else None)
