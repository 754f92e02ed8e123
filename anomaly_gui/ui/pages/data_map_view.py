"""The widgets of the map."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from anomaly_gui.ui.pages.data_map_state import COLOURINGS, SCORE_STEPS, Colouring
from anomaly_gui.ui.theme import explain
from anomaly_gui.ui.widgets.colour_maps import lookup_table
from anomaly_gui.ui.widgets.icon_button import IconButton
from anomaly_gui.ui.widgets.key_bar import KeyBar
from anomaly_gui.ui.widgets.live_label import LiveLabel
from anomaly_gui.ui.widgets.plot_colours import legend_html, plot_colours
from anomaly_gui.ui.widgets.point_map import LASSO, MOVE, RECTANGLE, PointMap
from anomaly_gui.ui.widgets.segmented import SegmentedButtons
from anomaly_gui.ui.widgets.type_box import TypeBox

_TYPE_COLOURS = ("#d96a00", "#b83a8a", "#7a5af0", "#00866a", "#c23b3b", "#8a6d00", "#3a7d9c", "#6b8e23")
_MUTED = QColor(128, 128, 128)
_TYPE_PX = 150
_SCORE_ROWS = (60, 225)
_KEYS = [
    ("Space", "cross, then corners"),
    ("Arrows", "move it; Shift far, Ctrl finely"),
    ("Enter", "select; Shift adds, Ctrl takes away"),
    ("Backspace", "last corner back"),
    ("+ −", "zoom"),
    ("F", "show all"),
    ("Ctrl+A", "all in view"),
    ("Esc", "back"),
]


class DataMapView(QWidget):
    """Setters announce nothing."""

    colouring_chosen = Signal(str)

    def __init__(
        self,
        picture_of: Callable[[int], QPixmap | None],
        caption_of: Callable[[int], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._colouring: Colouring | None = None
        self.make = IconButton("Make the map", "mdi6.map-outline", self, emphasis=True)
        self.make.setToolTip("Every image is looked at once; the next map takes seconds")
        self.umap = QCheckBox("&UMAP", self)
        self.umap.setToolTip("Keeps neighbours together better than PCA, but distances between groups mean little")
        self.by = SegmentedButtons([(name, title) for name, title, _ in COLOURINGS], self, name="Colours")
        for name, _, tip in COLOURINGS:
            self.by.set_tip(name, tip)
        self.by.chosen.connect(self.colouring_chosen)
        self.tool = SegmentedButtons(
            [(LASSO, "Lasso"), (RECTANGLE, "Rectangle"), (MOVE, "Move")], self, name="What the mouse does"
        )
        self.tool.set_tip(LASSO, "Draw around points; Shift adds, Ctrl takes away. The right button moves the map")
        self.tool.set_tip(RECTANGLE, "Enclose points by a rectangle; Shift adds, Ctrl takes away")
        self.tool.set_tip(MOVE, "Drag the map. The wheel zooms, F shows all")
        self.tool.chosen.connect(self._choose_tool)
        self.map = PointMap(picture_of, caption_of, self)
        self.legend = QLabel(self)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.sentence = QLabel(self)
        explain(self.sentence)
        self.selection = LiveLabel(self, bold=True)
        self.keys = KeyBar(self)
        self.keys.set_keys(_KEYS)
        self._make_buttons()
        self.empty = QLabel(
            "The map puts pictures that look alike beside each other: clusters, outliers and wrong labels show at a "
            "glance.\nPress “Make the map”; images are looked at in the background.",
            self,
        )
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        explain(self.empty)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.map)
        self._lay_out()

    def _make_buttons(self) -> None:
        self.good = self._button("Good", "mdi6.check-circle-outline", "Label the selected images good")
        self.defect = self._button("Defective", "mdi6.alert-circle-outline", "Label the selected images defective")
        self.leave_out = self._button("Leave out", "mdi6.eye-off-outline", "No run uses the selected images")
        self.gallery = self._button("Show in gallery", "mdi6.image-multiple-outline", "Look at the selected images")
        self.types = TypeBox(self)
        self.types.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.types.setFixedWidth(_TYPE_PX)
        self.types.setToolTip("What kind of defect the selected images show: choose, or type a name and press Enter")

    def _button(self, text: str, icon: str, tip: str) -> IconButton:
        button = IconButton(text, icon, self)
        button.setToolTip(tip)
        return button

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(QLabel("Colours", self))
        top.addWidget(self.by)
        top.addSpacing(8)
        top.addWidget(self.tool)
        top.addStretch(1)
        top.addWidget(self.umap)
        top.addWidget(self.make)
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(self.selection, 1)
        for widget in (self.good, self.defect, self.types, self.leave_out, self.gallery):
            foot.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self.legend)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.sentence)
        layout.addLayout(foot)
        layout.addWidget(self.keys)

    def show_map(self, there: bool) -> None:
        self.keys.setVisible(there)
        self.stack.setCurrentWidget(self.map if there else self.empty)

    def set_colouring(self, colouring: Colouring) -> None:
        """Colour the points, and say what the colours stand for."""
        self._colouring = colouring
        if colouring.names:
            colours = [self._colour(number, name) for number, name in enumerate(colouring.names)]
            entries = list(zip(colouring.names, colours, strict=True))
        else:
            table = lookup_table("")[_score_rows()]
            colours = [*(QColor(*map(int, rgb)) for rgb in table), _MUTED]
            entries = [("lowest scores", colours[0]), ("highest", colours[-2]), ("no score", _MUTED)]
        self.legend.setText(legend_html(entries))
        self.map.set_colours(colouring.ids, colouring.numbers, colours)

    def set_selection(self, text: str, count: int, types: Sequence[str]) -> None:
        """How many are selected, and which types there are to give."""
        self.selection.set_text(text)
        self.types.set_names(types)
        for widget in (self.good, self.defect, self.types, self.leave_out, self.gallery):
            widget.setEnabled(count > 0)

    def _colour(self, number: int, name: str) -> QColor:
        colours = plot_colours(self.palette())
        word = name.rpartition(" ")[0]
        known = {
            "good": colours.good,
            "training": colours.good,
            "defective": colours.defective,
            "test": colours.defective,
            "unsure": colours.f1,
            "not labelled": _MUTED,
            "left out": colours.faint,
        }
        return known.get(word) or QColor(_TYPE_COLOURS[(number - 1) % len(_TYPE_COLOURS)])

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and getattr(self, "_colouring", None) is not None:
            assert self._colouring is not None
            self.set_colouring(self._colouring)

    def _choose_tool(self, name: str) -> None:
        self.map.tool = name


def _score_rows() -> list[int]:
    """Rows of a colour map of 256 for the steps of scores, without its ends, which the background may hide."""
    first, last = _SCORE_ROWS
    return [first + step * (last - first) // (SCORE_STEPS - 1) for step in range(SCORE_STEPS)]
