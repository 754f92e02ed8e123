"""What an import left out and what stands in the way of training, folded away until asked for."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QSizePolicy, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from anomaly_gui.ui.theme import failure_colour, warning_colour
from anomaly_gui.ui.widgets.elided_label import ElidedLabel
from anomaly_gui.ui.widgets.icon_button import IconToolButton
from anomaly_gui.ui.wording import counted, listed

CONFLICT, REFUSED, WARNING = "conflict", "refused", "warning"
_TITLES = {CONFLICT: "Conflict", REFUSED: "Refused", WARNING: "Warning"}
_LIST_PX = 148
_PATHS = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Problem:
    """One line of the list."""

    kind: str
    what: str
    """A file, or empty."""
    reason: str
    paths: tuple[str, ...] = ()
    """Images of the project that it is about."""


class ProblemList(QWidget):
    """One line that counts, and below it the list; nothing at all if there are no problems."""

    images_chosen = Signal(object)
    """Paths (tuple of str) of a line that was double-clicked."""
    dismissed = Signal()
    """The list of what the last import left out was read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.problems: list[Problem] = []
        self._items: list[QTreeWidgetItem] = []
        self.arrow = IconToolButton("mdi6.chevron-right", self)
        self.arrow.setCheckable(True)
        self.arrow.setToolTip("Show the list with the reasons")
        self.arrow.toggled.connect(self._unfold)
        self.summary = ElidedLabel("", self, mode=Qt.TextElideMode.ElideRight, bold=True)
        self.dismiss = IconToolButton("mdi6.close", self)
        self.dismiss.setToolTip("Clear what the last import left out. Conflicts stay until they are settled")
        self.dismiss.clicked.connect(self.dismissed)
        self.list = self._make_list()
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.arrow)
        head.addWidget(self.summary, 1)
        head.addWidget(self.dismiss)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.list)
        self.list.setVisible(False)
        self.setVisible(False)

    def _make_list(self) -> QTreeWidget:
        made = QTreeWidget(self)
        made.setAccessibleName("Problems")
        made.setHeaderLabels(["Kind", "File", "Reason and next step"])
        made.setRootIsDecorated(False)
        made.setUniformRowHeights(True)
        made.setAlternatingRowColors(True)
        made.setFixedHeight(_LIST_PX)
        made.setTextElideMode(Qt.TextElideMode.ElideRight)
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        header = made.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.resizeSection(1, 220)
        header.setStretchLastSection(True)
        made.itemDoubleClicked.connect(self._choose)
        return made

    def set_problems(self, problems: list[Problem], *, unfold: bool = False) -> None:
        """Conflicts first; *unfold* shows the list at once."""
        self.problems = sorted(problems, key=lambda problem: list(_TITLES).index(problem.kind))
        self.list.clear()
        self._items = [_item(problem) for problem in self.problems]
        self.list.addTopLevelItems(self._items)
        self.summary.set_text(summary_of(self.problems))
        self.dismiss.setVisible(any(problem.kind != CONFLICT for problem in self.problems))
        self._recolour()
        self.setVisible(bool(self.problems))
        if unfold and self.problems:
            self.arrow.setChecked(True)

    @Slot(bool)
    def _unfold(self, shown: bool) -> None:
        self.arrow.set_icon_name("mdi6.chevron-down" if shown else "mdi6.chevron-right")
        self.list.setVisible(shown)

    @Slot(QTreeWidgetItem)
    def _choose(self, item: QTreeWidgetItem) -> None:
        paths = item.data(0, _PATHS)
        if paths:
            self.images_chosen.emit(tuple(paths))

    def _recolour(self) -> None:
        palette = self.palette()
        for item, problem in zip(self._items, self.problems, strict=True):
            warns = problem.kind == WARNING
            item.setForeground(0, warning_colour(palette) if warns else failure_colour(palette))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "list"):
            self._recolour()


def summary_of(problems: list[Problem]) -> str:
    """ "1 conflict blocks training, 2 files were refused and 1 warning"."""
    counts = {kind: sum(problem.kind == kind for problem in problems) for kind in _TITLES}
    parts = []
    if counts[CONFLICT]:
        verb = "blocks" if counts[CONFLICT] == 1 else "block"
        parts.append(f"{counted(counts[CONFLICT], 'conflict')} {verb} training")
    if counts[REFUSED]:
        parts.append(f"{counted(counts[REFUSED], 'file')} refused")
    if counts[WARNING]:
        parts.append(counted(counts[WARNING], "warning"))
    return listed(parts)


def _item(problem: Problem) -> QTreeWidgetItem:
    name = problem.what.replace("\\", "/").rpartition("/")[2] or problem.what
    item = QTreeWidgetItem([_TITLES[problem.kind], name, problem.reason])
    item.setData(0, _PATHS, list(problem.paths))
    for column, text in enumerate((_TITLES[problem.kind], problem.what, problem.reason)):
        item.setToolTip(column, text)
    if problem.paths:
        item.setToolTip(0, "Double-click to see these images")
    return item
