"""The widgets of the trust report."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.project.findings import Finding
from anomaly_gui.ui.pages.trust_state import ONE_OF_EACH, count_text
from anomaly_gui.ui.theme import explain, failure_colour, warning_colour
from anomaly_gui.ui.widgets.case_list import CaseList
from anomaly_gui.ui.widgets.icon_button import IconButton
from anomaly_gui.ui.widgets.live_label import LiveLabel
from anomaly_gui.ui.widgets.side_by_side import SideBySide

_LIST_PX = 330
_KIND = Qt.ItemDataRole.UserRole
_SEVERITIES = {
    "blocks": ("●  Blocks training", "A contradiction: no detector is trained before it is settled"),
    "warning": ("●  Warnings", "Look at these before you trust a figure"),
    "note": ("●  Notes", "Good to know; often as it should be"),
}


class TrustView(QWidget):
    """Setters announce nothing."""

    finding_chosen = Signal(str)
    """Kind."""

    def __init__(self, picture_of: Callable[[int], QPixmap | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings: list[Finding] = []
        self.headline = LiveLabel(self, bold=True)
        self.check = IconButton("Check the set", "mdi6.shield-search", self)
        self.check.setToolTip("Reads every image once; what was measured is kept, so that the next check takes seconds")
        self.list = self._make_list()
        self.sentence = QLabel(self)
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.sentence.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        self.cases = CaseList(picture_of, self)
        self.side = SideBySide(self)
        self._make_buttons()
        self._lay_out()

    def _make_list(self) -> QTreeWidget:
        made = QTreeWidget(self)
        made.setHeaderHidden(True)
        made.setColumnCount(2)
        made.setRootIsDecorated(False)
        made.setIndentation(10)
        made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        made.setAccessibleName("Findings")
        made.header().setStretchLastSection(False)
        made.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        made.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        made.setUniformRowHeights(True)
        made.setItemsExpandable(False)
        made.currentItemChanged.connect(self._choose)
        return made

    def _make_buttons(self) -> None:
        self.fine = IconButton("These are fine", "mdi6.check", self)
        self.fine.setToolTip("Accept the selected cases: they are not told again while their files stay as they are")
        self.all_fine = IconButton("All are fine", "mdi6.check-all", self)
        self.all_fine.setToolTip("Accept every case of this finding")
        self.again = IconButton("Show accepted", "mdi6.restore", self)
        self.again.setToolTip("Take back what was accepted of this finding")
        self.surplus = IconButton("Leave out all but the first of each", "mdi6.eye-off-outline", self)
        self.surplus.setToolTip("In one step that one undo takes back; nothing is deleted")
        self.gallery = IconButton("Show in gallery", "mdi6.image-multiple-outline", self)
        self.gallery.setToolTip("Show the images of the selected cases among the images")

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.headline, 1)
        top.addWidget(self.check)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.fine, self.all_fine, self.again, self.surplus):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.gallery)
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(8, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.sentence)
        column.addLayout(buttons)
        column.addWidget(self.cases, 2)
        column.addWidget(self.side, 3)
        self.list.setFixedWidth(_LIST_PX)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self.list)
        body.addWidget(right, 1)
        self.foot = QLabel(
            "Copies are found by their pixels; almost equal pictures by what tells them from the set's mean, confirmed "
            "by their details; exposure and blur by their distance from the median of the same label and split.",
            self,
        )
        self.foot.setWordWrap(True)
        explain(self.foot)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addLayout(body, 1)
        layout.addWidget(self.foot)

    def set_findings(self, findings: Sequence[Finding], chosen: str) -> None:
        """The list by severity; the finding of kind *chosen* is current, or else the first."""
        self._findings = list(findings)
        self.list.blockSignals(True)
        self.list.clear()
        current: QTreeWidgetItem | None = None
        for severity, (title, tip) in _SEVERITIES.items():
            of_it = [each for each in findings if each.severity == severity]
            if not of_it:
                continue
            head = QTreeWidgetItem([title, ""])
            head.setFlags(Qt.ItemFlag.ItemIsEnabled)
            head.setToolTip(0, tip)
            head.setForeground(0, self._colour(severity))
            self.list.addTopLevelItem(head)
            for each in of_it:
                item = QTreeWidgetItem([each.title, count_text(each)])
                item.setData(0, _KIND, each.kind)
                item.setToolTip(0, each.sentence)
                item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                item.setSizeHint(0, QSize(100, self.fontMetrics().height() + 8))
                if not each.cases:
                    for column in (0, 1):
                        item.setForeground(column, self.palette().placeholderText())
                head.addChild(item)
                if current is None or each.kind == chosen:
                    current = item
        self.list.expandAll()
        if current is not None:
            self.list.setCurrentItem(current)
        self.list.blockSignals(False)

    @property
    def kind(self) -> str:
        """Of the finding that is looked at; empty if there is none."""
        item = self.list.currentItem()
        return "" if item is None else str(item.data(0, _KIND) or "")

    def show_finding(self, finding: Finding | None) -> None:
        """What it says and its cases; None: nothing was found."""
        if finding is None:
            self.sentence.setText("")
            self.cases.set_cases([])
        else:
            accepted = f" {len(finding.accepted):,} accepted." if finding.accepted else ""
            said = f"{finding.sentence}{accepted}" if finding.cases else f"Nothing is open here.{accepted}"
            self.sentence.setText(f"<b>{finding.title}.</b> {said} <i>{finding.advice}</i>")
            self.cases.set_cases(finding.cases)
        there = finding is not None and bool(finding.cases)
        self.fine.setVisible(there and finding is not None and finding.can_be_accepted)
        self.all_fine.setVisible(there and finding is not None and finding.can_be_accepted)
        self.again.setVisible(finding is not None and bool(finding.accepted))
        self.surplus.setVisible(there and finding is not None and finding.kind in ONE_OF_EACH)
        self.gallery.setVisible(there and finding is not None and any(case.images for case in finding.cases))

    def _colour(self, severity: str) -> QColor:
        palette = self.palette()
        return {"blocks": failure_colour(palette), "warning": warning_colour(palette)}.get(
            severity, palette.placeholderText().color()
        )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "gallery"):
            self.set_findings(self._findings, self.kind)

    def _choose(self) -> None:
        if self.kind:
            self.finding_chosen.emit(self.kind)
