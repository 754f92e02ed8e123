"""The widgets to draw the region of interest with."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from anomaly_gui.ui.key_tips import does
from anomaly_gui.ui.theme import explain
from anomaly_gui.ui.widgets.draw_bar import SymbolToggle
from anomaly_gui.ui.widgets.draw_pane import DrawPane
from anomaly_gui.ui.widgets.elided_label import ElidedLabel
from anomaly_gui.ui.widgets.image_heading import ImageHeading
from anomaly_gui.ui.widgets.key_bar import KeyBar
from anomaly_gui.ui.widgets.pane_navigator import PaneNavigator
from anomaly_gui.ui.widgets.segmented import SegmentedButtons

TOOLS = {
    "select": ("Select", "mdi6.cursor-default-outline", "V", "Drag a shape or one of its corners"),
    "rectangle": ("Rectangle", "mdi6.rectangle-outline", "R", "Drag from corner to corner"),
    "polygon": ("Polygon", "mdi6.vector-polygon", "P", "Click corner by corner; Enter or the first corner closes it"),
}
PURPOSE = (
    "Drawn once, for every image: what lies outside the region or in an ignored shape is not to be judged. "
    "It is meant for runs trained from now on; the scores of runs that there are stay."
)


class RegionView(QWidget):
    """Setters emit nothing."""

    tool_chosen = Signal(str)
    way_chosen = Signal(str)
    remove_wanted = Signal()
    clear_wanted = Signal()
    fit_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = ImageHeading("Go back (Esc): every shape is saved already", self)
        self.pane = DrawPane("Image to draw the region on", self)
        self.navigator = PaneNavigator(self.pane)
        self.purpose = QLabel(PURPOSE, self)
        self.purpose.setWordWrap(True)
        explain(self.purpose)
        self.said = ElidedLabel("", self, mode=Qt.TextElideMode.ElideRight)
        self.keys = KeyBar(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.heading)
        layout.addWidget(self.purpose)
        layout.addLayout(self._tools())
        layout.addWidget(self.pane, 1)
        layout.addWidget(self.said)
        layout.addWidget(self.keys)

    def _tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self.tools: dict[str, SymbolToggle] = {}
        group = QButtonGroup(self)
        for name, (text, symbol, _, tip) in TOOLS.items():
            button = SymbolToggle(text, symbol, self)
            button.setToolTip(tip)
            does(button, f"region-{name}")
            button.setProperty("tool", name)
            button.clicked.connect(self._choose_tool)
            group.addButton(button)
            row.addWidget(button)
            self.tools[name] = button
        self.ways = SegmentedButtons([("add", "Counts"), ("subtract", "Ignored")], self, name="What a shape says")
        self.ways.set_tip("add", "New shapes say what counts: all of them together, and nothing else (S switches)")
        self.ways.set_tip("subtract", "New shapes say what does not count (S switches; Ctrl or the right button, once)")
        self.ways.chosen.connect(self.way_chosen)
        row.addSpacing(8)
        row.addWidget(self.ways)
        row.addSpacing(8)
        self.remove = self._button("Remove shape", "Take the selected shape away", self.remove_wanted)
        does(self.remove, "region-remove")
        self.clear = self._button(
            "Everything counts", "Take all shapes away; Ctrl+Z brings them back", self.clear_wanted
        )
        fit = self._button("Fit", "Show the whole image", self.fit_wanted)
        does(fit, "region-fit")
        for widget in (self.remove, self.clear, fit):
            row.addWidget(widget)
        row.addStretch(1)
        return row

    def _button(self, text: str, tip: str, signal: SignalInstance) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(signal)
        return button

    def show_tools(self, tool: str, *, ignores: bool) -> None:
        self.tools[tool].setChecked(True)
        self.ways.set_current("subtract" if ignores else "add")
        self.ways.setEnabled(tool != "select")

    def show_region(self, sentence: str, *, is_everything: bool, has_selected: bool) -> None:
        self.said.set_text(sentence)
        self.remove.setEnabled(has_selected)
        self.clear.setEnabled(not is_everything)

    def _choose_tool(self) -> None:
        self.tool_chosen.emit(str(self.sender().property("tool")))
