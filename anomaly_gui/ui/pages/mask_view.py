"""The mask editor's widgets: the image, its tools, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from anomaly_gui.ui.theme import explain
from anomaly_gui.ui.widgets.draw_bar import DrawBar
from anomaly_gui.ui.widgets.draw_pane import DrawPane
from anomaly_gui.ui.widgets.elided_label import ElidedLabel
from anomaly_gui.ui.widgets.image_heading import ImageHeading
from anomaly_gui.ui.widgets.key_bar import KeyBar
from anomaly_gui.ui.widgets.pane_navigator import PaneNavigator
from anomaly_gui.ui.widgets.type_box import TypeBox

_TYPE_PX = 180


class MaskView(QWidget):
    """Lays the parts out; the page connects them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = ImageHeading("Save the mask and go back (Esc)", self)
        self.bar = DrawBar(self)
        self.pane = DrawPane("Image to mask", self)
        self.navigator = PaneNavigator(self.pane)
        self.keys = KeyBar(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.heading)
        layout.addWidget(self.bar)
        layout.addWidget(self.pane, 1)
        layout.addLayout(self._labelling())
        layout.addWidget(self.keys)

    def _labelling(self) -> QHBoxLayout:
        self.label = QLabel(self)
        self.label.setFixedWidth(self.fontMetrics().horizontalAdvance("Label: not labelled "))
        self.relabel = QCheckBox("Label it &defective when its mask is saved", self)
        self.relabel.setToolTip("One step with the mask: one undo takes both back")
        self.relabel.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        font = self.relabel.font()
        font.setBold(True)
        self.relabel.setFont(font)
        policy = self.relabel.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.relabel.setSizePolicy(policy)
        self.types = TypeBox(self)
        self.types.setFixedWidth(_TYPE_PX)
        self.types.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.types.setToolTip("What kind of defect is masked: choose, or type a new name and press Enter (1–9)")
        self.said = ElidedLabel("", self, mode=Qt.TextElideMode.ElideRight)
        explain(self.said)
        row = QHBoxLayout()
        row.setSpacing(10)
        for widget in (self.label, self.types, self.relabel):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.said)
        return row

    def set_types(self, names: Sequence[str], defect_type: str) -> None:
        """The types there are, and the one of the image."""
        self.types.set_names(names)
        self.types.setEditText(defect_type)

    def show_label(self, label: str, *, offers_defective: bool) -> None:
        """*offers_defective*: there is a mask on an image that is not labelled defective."""
        self.label.setText(f"Label: {label}")
        self.relabel.setVisible(offers_defective)
