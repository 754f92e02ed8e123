"""The line above the pages: which project is open, and which run is looked at."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from anomaly_gui.ui.theme import explain
from anomaly_gui.ui.widgets.elided_label import ElidedLabel
from anomaly_gui.ui.widgets.icon_button import IconButton
from anomaly_gui.ui.widgets.run_selector import RunSelector

_HEIGHT_PX = 38


class ProjectHeader(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(_HEIGHT_PX)
        self.project = ElidedLabel("", self, bold=True, enlarged=1.2, mode=Qt.TextElideMode.ElideRight)
        self.project.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.folder = ElidedLabel("", self)
        explain(self.folder)
        self.role = IconButton("", "mdi6.account-key-outline", self)
        self.role.setToolTip("Who works here: take another role")
        self.role.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.role.setVisible(False)
        self.runs = RunSelector(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.setSpacing(10)
        layout.addWidget(self.project)
        layout.addWidget(self.folder, 1)
        layout.addWidget(self.role)
        layout.addWidget(self.runs)

    def set_project(self, name: str, folder: str) -> None:
        self.project.set_text(name)
        self.folder.set_text(folder)

    def set_role(self, role: str) -> None:
        """Empty: the project has no roles."""
        self.role.setText(role.capitalize())
        self.role.setVisible(bool(role))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        shade = QColor(self.palette().windowText().color())
        shade.setAlpha(50)
        painter.fillRect(0, self.height() - 1, self.width(), 1, shade)
        painter.end()
