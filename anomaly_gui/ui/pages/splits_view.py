"""The widgets of the splits: how to divide on the left, what comes of it on the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.project.split_proposal import SplitSettings
from anomaly_gui.ui.pages.splits_state import SplitRow
from anomaly_gui.ui.theme import explain, failure_colour
from anomaly_gui.ui.widgets.icon_button import IconButton
from anomaly_gui.ui.widgets.rules_panel import section_title
from anomaly_gui.ui.widgets.segmented import SegmentedButtons

_FORM_PX = 430
_COLUMNS = ("", "Training now", "Test now", "Training then", "Test then")
_BY = (
    ("share", "Share", "Every image for itself"),
    ("folder", "Folder", "All images of one folder stay together, as where each folder is a lot or a day"),
    ("group", "Group", "Images whose names agree stay together, as shots of one part"),
)


class SplitsView(QWidget):
    """Setters announce nothing."""

    settings_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.by = SegmentedButtons([(name, title) for name, title, _ in _BY], self, name="What stays together")
        for name, _, tip in _BY:
            self.by.set_tip(name, tip)
        self.share = QSpinBox(self)
        self.share.setRange(1, 99)
        self.share.setSuffix(" %")
        self.share.setToolTip("Of the good images, as far as groups can stay whole. Training never sees these")
        self.pattern = QLineEdit(self)
        self.pattern.setToolTip(
            "A regular expression searched for in each name without its suffix. What its brackets catch names the "
            "part: ^(.*)_ makes part7_shot1 and part7_shot2 one group, part7"
        )
        self.defects = QCheckBox("Divide &defective images too", self)
        self.defects.setToolTip("Otherwise all of them are for testing: no detector is trained on defects")
        self.seed = QSpinBox(self)
        self.seed.setRange(0, 999_999)
        self.seed.setToolTip("The same number gives the same split")
        self.groups = QLabel(self)
        self.groups.setWordWrap(True)
        self.groups.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.groups.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.table = self._make_table()
        self.summary = QLabel(self)
        self.summary.setWordWrap(True)
        self.apply = IconButton("Split the images", "mdi6.call-split", self, emphasis=True)
        self.apply.setToolTip("In one step that one undo takes back")
        self._lay_out()
        self.by.chosen.connect(self._change)
        self.share.valueChanged.connect(self._change)
        self.pattern.textChanged.connect(self._change)
        self.defects.toggled.connect(self._change)
        self.seed.valueChanged.connect(self._change)

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, len(_COLUMNS), self)
        table.setAccessibleName("Images by kind, now and after the split")
        table.setHorizontalHeaderLabels(_COLUMNS)
        table.verticalHeader().hide()
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, len(_COLUMNS)):
            table.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        return table

    def _lay_out(self) -> None:
        left = QWidget(self)
        left.setFixedWidth(_FORM_PX)
        form = QFormLayout()
        form.addRow("What stays together", self.by)
        form.addRow("For &testing", self.share)
        form.addRow("&Pattern", self.pattern)
        form.addRow("", self.defects)
        form.addRow("&Seed", self.seed)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 12, 0)
        column.addWidget(section_title("How to divide", left))
        column.addLayout(form)
        column.addSpacing(8)
        column.addWidget(section_title("Groups", left))
        column.addWidget(self.groups, 1)
        right = QVBoxLayout()
        right.addWidget(section_title("What comes of it", self))
        right.addWidget(self.table, 1)
        right.addWidget(self.summary)
        foot = QHBoxLayout()
        hint = QLabel("Good images are drawn by label and type; locked images stay where they are.", self)
        explain(hint)
        foot.addWidget(hint, 1)
        foot.addWidget(self.apply)
        right.addLayout(foot)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(left)
        layout.addLayout(right, 1)

    @property
    def settings(self) -> SplitSettings:
        return SplitSettings(
            by=self.by.current,  # type: ignore[arg-type]
            test_share=self.share.value() / 100,
            pattern=self.pattern.text(),
            defects_too=self.defects.isChecked(),
            seed=self.seed.value(),
        )

    def set_settings(self, settings: SplitSettings) -> None:
        blocked = [QSignalBlocker(each) for each in (self.share, self.pattern, self.defects, self.seed)]
        self.by.set_current(settings.by)
        self.share.setValue(round(100 * settings.test_share))
        self.pattern.setText(settings.pattern)
        self.defects.setChecked(settings.defects_too)
        self.seed.setValue(settings.seed)
        del blocked
        self._show_pattern()

    def set_rows(self, rows: Sequence[SplitRow]) -> None:
        """The last one is the sum."""
        self.table.setRowCount(len(rows))
        for number, row in enumerate(rows):
            cells = (row.title, *(f"{n:,}" for n in (row.train_now, row.test_now, row.train_then, row.test_then)))
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                font = item.font()
                font.setBold(number == len(rows) - 1 or (column >= 3 and row.changes))
                item.setFont(font)
                self.table.setItem(number, column, item)

    def say(self, groups: str, summary: str, *, wrong: bool, ready: bool) -> None:
        """Groups or what is *wrong* with the pattern, and what the button would do."""
        self.groups.setText(groups)
        palette = self.palette()
        if wrong:
            palette.setColor(self.groups.foregroundRole(), failure_colour(self.palette()))
        self.groups.setPalette(palette)
        self.summary.setText(summary)
        self.apply.setEnabled(ready)

    def _show_pattern(self) -> None:
        self.pattern.setEnabled(self.by.current == "group")

    def _change(self) -> None:
        self._show_pattern()
        self.settings_changed.emit()
