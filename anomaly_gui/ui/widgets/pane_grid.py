"""The three panes with their captions and the legend, in a row or a stack."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from anomaly_gui.ui.widgets.colour_legend import ColourLegend
from anomaly_gui.ui.widgets.image_pane import ImagePane
from anomaly_gui.ui.widgets.pane_layout import GAP_PX, lay_out


class PaneGrid(QWidget):
    """Places its children itself: panes must have one size to the pixel to show one place."""

    def __init__(self, captions: tuple[str, ...], unit: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.panes = tuple(ImagePane(caption, self) for caption in captions)
        self.captions = tuple(QLabel(caption, self) for caption in captions)
        self.legend = ColourLegend(self)
        self.unit = QLabel(unit, self)
        metrics = self.fontMetrics()
        self._caption_size = (max(metrics.horizontalAdvance(c) for c in captions) + 8, metrics.height() + 2)
        self._image = (1, 1)
        self._alone: int | None = None
        self._legend_shown = True
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.arrange()

    def sizeHint(self) -> QSize:
        return QSize(900, 360)

    def minimumSizeHint(self) -> QSize:
        return QSize(420, 180)

    @property
    def alone(self) -> int | None:
        return self._alone

    @property
    def foremost(self) -> ImagePane:
        """The pane that is looked at: the only one, or the last."""
        return self.panes[len(self.panes) - 1 if self._alone is None else self._alone]

    @property
    def pane_size(self) -> tuple[int, int]:
        """Of every pane that is shown."""
        return self.panes[self._alone or 0].pane_size

    def set_image_size(self, image: tuple[int, int]) -> None:
        """Arrange the panes for an image of this width and height."""
        if image != self._image:
            self._image = image
            self.arrange()

    def set_alone(self, alone: int | None, *, with_legend: bool) -> None:
        """Let one pane fill the place, or show all (None)."""
        self._alone, self._legend_shown = alone, with_legend
        self.arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Give everything its place."""
        legend = max(self.legend.sizeHint().width(), self.unit.sizeHint().width())
        reserved = legend + GAP_PX if self._legend_shown else 0
        area = (max(1, self.width() - reserved), max(1, self.height()))
        made = lay_out(area, self._image, self._caption_size, len(self.panes), self._alone)
        for pane, place in zip(self.panes, made.panes, strict=True):
            _put(pane, place)
        align = Qt.AlignmentFlag.AlignLeft if made.stacked else Qt.AlignmentFlag.AlignHCenter
        for caption, place in zip(self.captions, made.captions, strict=True):
            caption.setAlignment(align | Qt.AlignmentFlag.AlignTop)
            _put(caption, place)
        top = self._caption_size[1] + GAP_PX
        left = area[0] + GAP_PX
        _put(self.unit, (left, 0, legend, top) if self._legend_shown else None)
        below = (left, top, legend, max(1, area[1] - top))
        _put(self.legend, below if self._legend_shown else None)


def _put(widget: QWidget, place: tuple[int, int, int, int] | None) -> None:
    if place is not None:
        widget.setGeometry(*place)
    widget.setVisible(place is not None)
