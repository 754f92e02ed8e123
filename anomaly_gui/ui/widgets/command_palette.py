"""All actions in one searchable list."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPalette, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.ui.actions import Entry
from anomaly_gui.ui.models.command_list import CommandList
from anomaly_gui.ui.palette_state import Command, Situation, commands
from anomaly_gui.ui.theme import explain

_SIZE_PX = (680, 440)
_SIDE_PX = 10
_MOVES = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})
_HINT = "↑ ↓ choose, Enter does it, Esc closes"


class CommandPalette(QDialog):
    """Shown with open(), deletes itself; the window does what is chosen, once this is closed."""

    command_chosen = Signal(str)
    """Name of an action."""

    def __init__(self, entries: Sequence[Entry], situation: Situation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Commands")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._entries, self._situation = list(entries), situation
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("What do you want to do? Some letters, a page or a key")
        self.search.setAccessibleName("What do you want to do?")
        self.search.setClearButtonEnabled(True)
        self.model = CommandList(self)
        self.list = QListView(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Line(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Actions that fit")
        # Keys are typed into the field above; arrows come here from there.
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.note = QLabel(self)
        explain(self.note)
        layout = QVBoxLayout(self)
        for widget in (self.search, self.list, self.note):
            layout.addWidget(widget)
        self.search.textChanged.connect(self._show)
        self.search.installEventFilter(self)
        self.list.clicked.connect(self._choose)
        self.list.selectionModel().currentChanged.connect(self._explain)
        self.resize(*_SIZE_PX)
        self._show()

    @property
    def current(self) -> Command | None:
        index = self.list.currentIndex()
        return self.model.command(index.row()) if index.isValid() else None

    def shown(self) -> list[Command]:
        return [self.model.command(row) for row in range(self.model.rowCount())]

    @Slot()
    def _show(self) -> None:
        self.model.set_commands(commands(self._entries, self._situation, self.search.text()))
        if self.model.rowCount():
            self.list.setCurrentIndex(self.model.index(0))
            self.list.scrollToTop()
        self._explain()

    @Slot()
    def _explain(self) -> None:
        command = self.current
        if command is None:
            self.note.setText("No action fits: try fewer letters, or the name of a page")
        else:
            self.note.setText(command.refusal or _HINT)

    @Slot()
    def _choose(self) -> None:
        command = self.current
        if command is not None and not command.refusal:
            self.accept()
            self.command_chosen.emit(command.name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _MOVES:
                self.list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose()
                return True
        return super().eventFilter(watched, event)


class _Line(QStyledItemDelegate):
    """Title, with the letters that fit in bold; page and keys at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, option.fontMetrics.height() + 10)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        model = index.model()
        assert isinstance(model, CommandList)
        command = model.command(index.row())
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        roles, groups = QPalette.ColorRole, QPalette.ColorGroup
        painter.save()
        if selected:
            painter.fillRect(option.rect, option.palette.color(groups.Active, roles.Highlight))
        group = groups.Disabled if command.refusal and not selected else groups.Active
        colour = option.palette.color(group, roles.HighlightedText if selected else roles.Text)
        painter.setPen(colour)
        line = option.rect.adjusted(_SIDE_PX, 0, -_SIDE_PX, 0)
        keys = option.fontMetrics.horizontalAdvance("Ctrl+Shift+Z, Ctrl+Y") + _SIDE_PX
        pages = option.fontMetrics.horizontalAdvance("Everywhere") + 2 * _SIDE_PX
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | middle, command.keys)
        page = QRect(line.right() - keys - pages, line.top(), pages, line.height())
        painter.drawText(page, Qt.AlignmentFlag.AlignLeft | middle, command.page)
        room = line.adjusted(0, 0, -keys - pages - _SIDE_PX, 0)
        document = QTextDocument()
        document.setDocumentMargin(0)
        document.setDefaultFont(option.font)
        document.setHtml(f'<span style="color:{colour.name()}">{_bold(command)}</span>')
        painter.setClipRect(room)
        painter.translate(room.left(), room.top() + (room.height() - document.size().height()) / 2)
        document.drawContents(painter)
        painter.restore()


def _bold(command: Command) -> str:
    return "".join(
        f"<b>{escape(letter)}</b>" if place in command.places else escape(letter)
        for place, letter in enumerate(command.title)
    )
