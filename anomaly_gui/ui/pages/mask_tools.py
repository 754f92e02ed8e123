"""Which tool is in the hand and how it works: chosen in the bar or by key, kept from image to image."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from anomaly_gui.ui.pages.mask_drawing import ToolSettings
from anomaly_gui.ui.theme import settings
from anomaly_gui.ui.widgets.draw_bar import DrawBar
from anomaly_gui.ui.widgets.draw_pane import DrawPane

_KEY = "mask_tools"


class MaskTools(QObject):
    """Connects the bar with the settings that a MaskDrawing reads."""

    leaving = Signal()
    """Another tool is about to be taken: what is begun with this one is to be settled."""
    tolerance_changed = Signal()

    def __init__(self, bar: DrawBar, pane: DrawPane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = _kept()
        self._bar, self._pane = bar, pane
        self._ready = False
        bar.tool_chosen.connect(self.choose)
        bar.way_chosen.connect(self._choose_way)
        bar.brush_changed.connect(self._set_brush)
        bar.source_chosen.connect(self._choose_source)
        bar.tolerance_changed.connect(self._set_tolerance)
        pane.alt_wheeled.connect(self.resize_brush)
        self._show()

    def set_ready(self, ready: bool) -> None:
        """Whether there is a mask to draw in."""
        self._ready = ready
        self._show()

    @Slot(str)
    def choose(self, tool: str) -> None:
        if tool != self.settings.tool:
            self.leaving.emit()
        self.settings.tool = tool  # type: ignore[assignment]
        self._save()

    def switch_way(self) -> None:
        self._choose_way("add" if self.settings.subtracts else "subtract")

    @Slot(float)
    def resize_brush(self, notches: float) -> None:
        self._set_brush(self.settings.resized(notches))

    @Slot(str)
    def _choose_way(self, way: str) -> None:
        self.settings.subtracts = way == "subtract"
        self._save()

    @Slot(int)
    def _set_brush(self, diameter_px: int) -> None:
        self.settings.brush_px = diameter_px | 1
        self._save()

    @Slot(str)
    def _choose_source(self, source: str) -> None:
        self.settings.source = source  # type: ignore[assignment]
        self._save()

    @Slot(int)
    def _set_tolerance(self, value: int) -> None:
        if self.settings.source == "grey":
            self.settings.tolerance = value
        else:
            self.settings.share_percent = value
        self._save()
        self.tolerance_changed.emit()

    def _save(self) -> None:
        settings().setValue(_KEY, msgspec.json.encode(self.settings).decode())
        self._show()

    def _show(self) -> None:
        chosen = self.settings
        self._bar.show_tool(chosen.tool, subtracts=chosen.subtracts, brush_px=chosen.brush_px)
        self._bar.show_wand(chosen.source, chosen.tolerance if chosen.source == "grey" else chosen.share_percent)
        self._pane.set_drawing(self._ready and chosen.tool != "select")
        self._pane.set_brush(chosen.brush_px if chosen.tool in ("brush", "eraser") else None)


def _kept() -> ToolSettings:
    """As they were when the program was used last."""
    try:
        return msgspec.json.decode(str(settings().value(_KEY, "{}")), type=ToolSettings)
    except msgspec.DecodeError:
        return ToolSettings()
