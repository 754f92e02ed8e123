"""The tools to draw a mask with, and how they work."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, SignalInstance
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.ui.key_tips import does
from anomaly_gui.ui.theme import icon
from anomaly_gui.ui.widgets.choice_button import ToggleButton
from anomaly_gui.ui.widgets.live_label import NumberLabel
from anomaly_gui.ui.widgets.segmented import SegmentedButtons

TOOLS = {
    "select": ("Move", "mdi6.cursor-move", "V", "Drag moves the image; the wheel zooms, whatever the tool"),
    "brush": ("Brush", "mdi6.brush", "B", "Paint over the defect. Alt+wheel, [ and ] change the size"),
    "eraser": ("Eraser", "mdi6.eraser", "E", "Take paint away"),
    "polygon": ("Polygon", "mdi6.vector-polygon", "P", "Click corner by corner; Enter or the first corner closes it"),
    "rectangle": ("Rectangle", "mdi6.rectangle-outline", "R", "Drag from corner to corner"),
    "fill": (
        "Fill",
        "mdi6.format-color-fill",
        "L",
        "Click into an outline to fill it, or on the mask to fill its holes",
    ),
    "wand": ("Wand", "mdi6.auto-fix", "W", "Click a defect: all that is like it and connected is masked"),
}
"""Name → text, symbol, key and what it does."""
_LARGEST_TOLERANCE = 128
_SLIDER_PX = 130


class SymbolToggle(ToggleButton):
    """On or off, with a symbol that follows the colour scheme."""

    def __init__(self, text: str, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._icon_name = icon_name
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setIcon(icon(icon_name, self.palette()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.setIcon(icon(self._icon_name, self.palette()))


class DrawBar(QWidget):
    """Announces what the user wants; setters show what is so and announce nothing."""

    tool_chosen = Signal(str)
    way_chosen = Signal(str)
    """"add" or "subtract"."""
    brush_changed = Signal(int)
    source_chosen = Signal(str)
    """"grey" or "map"."""
    tolerance_changed = Signal(int)
    """In the source's unit."""
    prediction_wanted = Signal()
    invert_wanted = Signal()
    clear_wanted = Signal()
    undo_wanted = Signal()
    redo_wanted = Signal()
    overlay_toggled = Signal()
    mask_toggled = Signal()
    fit_wanted = Signal()
    full_size_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = "grey"
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self._tool_row())
        layout.addLayout(self._command_row())

    def _tool_row(self) -> QHBoxLayout:
        row = _row()
        self.tools: dict[str, SymbolToggle] = {}
        group = QButtonGroup(self)
        for name, (text, symbol, _, tip) in TOOLS.items():
            button = SymbolToggle(text, symbol, self)
            button.setToolTip(tip)
            does(button, f"mask-tool-{name}")
            button.setProperty("tool", name)
            button.clicked.connect(self._choose_tool)
            group.addButton(button)
            row.addWidget(button)
            self.tools[name] = button
        row.addWidget(_divider(self))
        self.ways = SegmentedButtons([("add", "Add"), ("subtract", "Take away")], self, name="What tools do")
        self.ways.set_tip("add", "Tools add to the mask (S switches). Ctrl or the right button takes away for once")
        self.ways.set_tip("subtract", "Tools take away from the mask (S switches). Shift adds for once")
        self.ways.chosen.connect(self.way_chosen)
        row.addWidget(self.ways)
        row.addWidget(_divider(self))
        row.addWidget(self._options())
        row.addStretch(1)
        return row

    def _options(self) -> QStackedWidget:
        """Of the tool in use; as wide for each, so that nothing jumps."""
        self.options = QStackedWidget(self)
        self._no_options = QWidget(self)
        self._brush_options = self._make_brush_options()
        self._wand_options = self._make_wand_options()
        for widget in (self._no_options, self._brush_options, self._wand_options):
            self.options.addWidget(widget)
        return self.options

    def _make_brush_options(self) -> QWidget:
        part = QWidget(self)
        row = _row(part)
        self.brush = QSpinBox(part)
        self.brush.setRange(1, 1001)
        self.brush.setSingleStep(2)
        self.brush.setSuffix(" px")
        self.brush.setAccessibleName("Brush size")
        self.brush.setToolTip("Diameter of brush and eraser in image pixels (Alt+wheel, [ and ])")
        self.brush.setKeyboardTracking(False)
        self.brush.valueChanged.connect(self.brush_changed)
        row.addWidget(QLabel("Size", part))
        row.addWidget(self.brush)
        row.addStretch(1)
        return part

    def _make_wand_options(self) -> QWidget:
        part = QWidget(self)
        row = _row(part)
        self.sources = SegmentedButtons(
            [("grey", "Grey value"), ("map", "Error map")], part, name="What the wand takes"
        )
        self.sources.set_tip("grey", "Pixels about as bright as the one clicked")
        self.sources.chosen.connect(self.source_chosen)
        self.tolerance = QSlider(Qt.Orientation.Horizontal, part)
        self.tolerance.setFixedWidth(_SLIDER_PX)
        self.tolerance.setAccessibleName("Wand tolerance")
        self.tolerance.valueChanged.connect(self._tell_tolerance)
        self.told = NumberLabel("≥ 100 %", part)
        for widget in (self.sources, self.tolerance, self.told):
            row.addWidget(widget)
        row.addStretch(1)
        return part

    def _command_row(self) -> QHBoxLayout:
        row = _row()
        self.prediction = self._button("Start from the detector’s prediction", "", self.prediction_wanted)
        row.addWidget(self.prediction)
        for text, tip, signal in (
            ("Invert", "Mask what is not masked, and the other way round (I)", self.invert_wanted),
            ("Clear", "Empty the mask (Del); Ctrl+Z brings it back", self.clear_wanted),
        ):
            row.addWidget(self._button(text, tip, signal))
        row.addWidget(_divider(self))
        self.undo = self._button("Undo", "Take back the last stroke (Ctrl+Z)", self.undo_wanted)
        self.redo = self._button("Redo", "Make it again (Ctrl+Shift+Z)", self.redo_wanted)
        row.addWidget(self.undo)
        row.addWidget(self.redo)
        row.addWidget(_divider(self))
        self.overlay = SymbolToggle("Error map", "mdi6.layers-outline", self)
        self.overlay.clicked.connect(self.overlay_toggled)
        self.mask_shown = SymbolToggle("Mask", "mdi6.eye-outline", self)
        self.mask_shown.setToolTip("Show the mask (M); holding H hides all that lies on the image")
        self.mask_shown.clicked.connect(self.mask_toggled)
        row.addWidget(self.overlay)
        row.addWidget(self.mask_shown)
        row.addWidget(_divider(self))
        row.addWidget(self._button("Fit", "Show the whole image (F)", self.fit_wanted))
        row.addWidget(self._button("1:1", "One image pixel for each screen pixel (0)", self.full_size_wanted))
        self.zoom = NumberLabel("6400 %", self)
        row.addWidget(self.zoom)
        row.addStretch(1)
        return row

    def _button(self, text: str, tip: str, signal: SignalInstance) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(signal)
        return button

    # What is so

    def show_tool(self, tool: str, *, subtracts: bool, brush_px: int) -> None:
        self.tools[tool].setChecked(True)
        self.ways.set_current("subtract" if subtracts or tool == "eraser" else "add")
        self.ways.setEnabled(tool not in ("select", "eraser"))
        with QSignalBlocker(self.brush):
            self.brush.setValue(brush_px)
        used = {"brush": self._brush_options, "eraser": self._brush_options, "wand": self._wand_options}
        self.options.setCurrentWidget(used.get(tool, self._no_options))

    def show_wand(self, source: str, value: int) -> None:
        """*value*: grey values, or per cent of the error clicked."""
        self._source = source
        self.sources.set_current(source)
        with QSignalBlocker(self.tolerance):
            self.tolerance.setRange(*((0, _LARGEST_TOLERANCE) if source == "grey" else (5, 100)))
            self.tolerance.setValue(value)
        self.tolerance.setToolTip(
            "How many grey values a pixel may be brighter or darker than the one clicked"
            if source == "grey"
            else "How large an error must be, as a share of the one clicked"
        )
        self._show_told(value)

    def set_map_available(self, available: bool, prediction_tip: str, *, has_level: bool) -> None:
        """Whether the run has an error map of this image, and a level on it."""
        tip = "Pixels whose error is as large as that of the one clicked, or nearly"
        self.sources.button("map").setEnabled(available)
        self.sources.set_tip("map", tip if available else "No run has an error map of this image")
        self.overlay.setEnabled(available)
        self.overlay.setToolTip(
            "The error map over the image (O)" if available else "No run has an error map of this image"
        )
        self.prediction.setEnabled(has_level)
        self.prediction.setToolTip(prediction_tip)

    def set_history(self, *, can_undo: bool, can_redo: bool) -> None:
        self.undo.setEnabled(can_undo)
        self.redo.setEnabled(can_redo)

    def set_view(self, *, overlay: bool, mask: bool) -> None:
        self.overlay.setChecked(overlay)
        self.mask_shown.setChecked(mask)

    def set_zoom(self, scale: float) -> None:
        """Screen pixels for each image pixel."""
        self.zoom.set_text(f"{100 * scale:.0f} %")

    def _choose_tool(self) -> None:
        self.tool_chosen.emit(str(self.sender().property("tool")))

    def _tell_tolerance(self, value: int) -> None:
        self._show_told(value)
        self.tolerance_changed.emit(value)

    def _show_told(self, value: int) -> None:
        self.told.set_text(f"± {value}" if self._source == "grey" else f"≥ {value} %")


def _row(parent: QWidget | None = None) -> QHBoxLayout:
    row = QHBoxLayout() if parent is None else QHBoxLayout(parent)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    return row


def _divider(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setFrameShape(QFrame.Shape.VLine)
    line.setFrameShadow(QFrame.Shadow.Sunken)
    return line
