"""What the window shows while no project is open."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.files import printable
from anomaly_gui.progress import CancelToken, EpochFinished, Event, Progress
from anomaly_gui.ui.background import Background
from anomaly_gui.ui.durations import time_left_text
from anomaly_gui.ui.recent import recent_projects, remove_recent
from anomaly_gui.ui.resources import APP_ICON, resource
from anomaly_gui.ui.theme import explain
from anomaly_gui.ui.widgets.elided_label import ElidedLabel
from anomaly_gui.ui.widgets.icon_button import IconButton
from anomaly_gui.ui.widgets.rules_panel import section_title

_LEFT_PX = 320
_RIGHT_PX = 460
_STEPS = 1000


class StartPage(QWidget):
    """Announces what is wanted; the window does it."""

    new_wanted = Signal()
    open_wanted = Signal()
    demo_wanted = Signal()
    project_wanted = Signal(object)
    """Path of a recent project."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looking = Background(self)
        self._looking.answered.connect(self._mark)
        columns = QHBoxLayout()
        columns.setSpacing(48)
        columns.addStretch(1)
        columns.addWidget(self._left_column())
        columns.addWidget(self._right_column())
        columns.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addLayout(columns)
        layout.addStretch(3)
        self.show_recent()

    def _left_column(self) -> QWidget:
        left = QWidget(self)
        left.setFixedWidth(_LEFT_PX)
        symbol = QLabel(left)
        symbol.setPixmap(QIcon(str(resource(APP_ICON))).pixmap(64, 64))
        title = QLabel("Anomaly GUI", left)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 2.2)
        font.setBold(True)
        title.setFont(font)
        sentence = QLabel("Find the defects that an inspection would miss, see why, and set the threshold.", left)
        sentence.setWordWrap(True)
        explain(sentence)
        self.new = IconButton("New project …", "mdi6.folder-plus-outline", left, emphasis=True)
        self.new.clicked.connect(self.new_wanted)
        self.open = IconButton("Open a project …", "mdi6.folder-open-outline", left)
        self.open.clicked.connect(self.open_wanted)
        self.demo = IconButton("Try the demo project …", "mdi6.flask-outline", left)
        self.demo.setToolTip("Makes a small project with drawn parts, trains it and opens it: about two minutes")
        self.demo.clicked.connect(self.demo_wanted)
        self.progress = ElidedLabel("", left, mode=Qt.TextElideMode.ElideRight)
        self.bar = QProgressBar(left)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(10)
        for widget in (self.progress, self.bar):
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            widget.setSizePolicy(policy)
            widget.setVisible(False)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for label in (symbol, title, sentence):
            column.addWidget(label)
        column.addSpacing(8)
        for button in (self.new, self.open, self.demo):
            button.setMinimumHeight(38)
            column.addWidget(button)
        column.addWidget(self.progress)
        column.addWidget(self.bar)
        return left

    def _right_column(self) -> QWidget:
        right = QWidget(self)
        right.setFixedWidth(_RIGHT_PX)
        self.recent = QListWidget(right)
        self.recent.setAccessibleName("Recent projects")
        self.recent.setMinimumHeight(280)
        self.recent.setSpacing(3)
        self.recent.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.recent.setToolTip("Enter or double-click opens; Delete takes a project off this list, not off the disk")
        self.recent.itemActivated.connect(self._open_recent)
        self.none = QLabel("No project was opened on this PC yet.", self.recent)
        explain(self.none)
        self.none.move(12, 12)
        hint = QLabel("Or drop a project, or folders of images, on this window.", right)
        explain(hint)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(section_title("Recent projects", right))
        column.addWidget(self.recent, 1)
        column.addWidget(hint)
        return right

    def show_recent(self) -> None:
        """Read the list anew."""
        self.recent.clear()
        for folder in recent_projects():
            item = QListWidgetItem(f"{printable(folder.name)}\n{printable(folder.parent)}", self.recent)
            item.setData(Qt.ItemDataRole.UserRole, str(folder))
            item.setToolTip(printable(folder))
        self._looking.ask(partial(_missing, recent_projects()))
        self.none.setVisible(self.recent.count() == 0)

    @Slot(object)
    def _mark(self, missing: frozenset[str]) -> None:
        for item in (self.recent.item(row) for row in range(self.recent.count())):
            path = str(item.data(Qt.ItemDataRole.UserRole))
            if path in missing:
                folder = Path(path)
                item.setText(f"{printable(folder.name)} (not found)\n{printable(folder.parent)}")
                item.setForeground(self.palette().placeholderText())

    def shut_down(self) -> None:
        """Before the window is deleted."""
        self._looking.stop()

    @Slot(QListWidgetItem)
    def _open_recent(self, item: QListWidgetItem) -> None:
        self.project_wanted.emit(Path(str(item.data(Qt.ItemDataRole.UserRole))))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.recent.currentItem()
        if event.key() == Qt.Key.Key_Delete and item is not None and self.recent.hasFocus():
            remove_recent(Path(str(item.data(Qt.ItemDataRole.UserRole))))
            self.show_recent()
        else:
            super().keyPressEvent(event)

    # While the demo is made

    def show_busy(self, busy: bool) -> None:
        """Whether the demo is being made: no other project can be opened meanwhile."""
        for button in (self.new, self.open, self.demo):
            button.setEnabled(not busy)
        self.recent.setEnabled(not busy)
        for widget in (self.progress, self.bar):
            widget.setVisible(busy)
        if busy:
            self.progress.set_text("Making the demo project …")
            self.bar.setRange(0, 0)

    def show_event(self, event: Event) -> None:
        if isinstance(event, Progress):
            self.bar.setRange(0, _STEPS)
            self.bar.setValue(round(_STEPS * event.fraction))
            words = (event.phase, event.detail, time_left_text(event.seconds_left))
            self.progress.set_text(" · ".join(word for word in words if word))
        elif isinstance(event, EpochFinished):
            self.bar.setRange(0, _STEPS)
            self.bar.setValue(round(_STEPS * event.epoch / event.epochs))


def _missing(folders: Sequence[Path], _cancel: CancelToken) -> frozenset[str]:
    """Which of them are not there, or cannot be reached: a share that is gone may take its time to say so."""
    return frozenset(str(folder) for folder in folders if not (folder / "project.db").exists())
