"""The Data page's widgets."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from anomaly_gui.ui.key_tips import does
from anomaly_gui.ui.pages.data_bar import AddButtons, FilterBar, ViewBar
from anomaly_gui.ui.pages.data_facets import FacetPanel
from anomaly_gui.ui.pages.data_panel import DataPanel
from anomaly_gui.ui.theme import explain
from anomaly_gui.ui.widgets.banner import Banner
from anomaly_gui.ui.widgets.elided_label import ElidedLabel
from anomaly_gui.ui.widgets.gallery import Gallery
from anomaly_gui.ui.widgets.icon_button import IconToolButton
from anomaly_gui.ui.widgets.problem_list import ProblemList
from anomaly_gui.ui.widgets.thumbnails import Thumbnails

_PANEL_PX = 380
_FACETS_PX = 230
_TEXT_PX = 560
_TITLE_SIZE = 1.5


class EmptyData(QWidget):
    """What to do when there are no images yet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("Start with photographs of good parts", self)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * _TITLE_SIZE)
        title.setFont(font)
        text = QLabel(
            "Add a folder of good parts: the program learns from them what a part looks like. Add defective ones as "
            "well, as many as there are: they are never trained on, but tell which defects would be missed.",
            self,
        )
        text.setWordWrap(True)
        text.setFixedSize(_TEXT_PX, text.heightForWidth(_TEXT_PX))
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint = QLabel(
            "Or drop folders here. PNG, JPEG, BMP, TIFF and WebP; images stay where they are and are never changed.",
            self,
        )
        hint.setWordWrap(True)
        hint.setFixedSize(_TEXT_PX, hint.heightForWidth(_TEXT_PX))
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        explain(hint)
        self.buttons = AddButtons(self, large=True)
        layout = QVBoxLayout(self)
        layout.setSpacing(16)
        layout.addStretch(2)
        for widget in (title, text, self.buttons, hint):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A dashed frame: things can be dropped here."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.PlaceholderText), 1.5, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), 8, 8)
        painter.end()


class DataView(QWidget):
    """Lays the parts out; the page connects them."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filters = FilterBar(self)
        self.add = AddButtons(self)
        self.region = IconToolButton("mdi6.vector-square", self)
        self.region.setToolTip("Region of interest: draw once, for all images, what counts and what is to be ignored")
        does(self.region, "data-region")
        self.look = ViewBar(self)
        self.facets = FacetPanel(self)
        self.facets.setVisible(False)
        self.missing = Banner(self)
        self.arrivals = Banner(self)
        self.gallery = Gallery(thumbnails, self)
        self.nothing = QLabel("No image passes the filter", self)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setFrameShape(QFrame.Shape.StyledPanel)
        explain(self.nothing)
        self.found = QStackedWidget(self)
        self.found.addWidget(self.gallery)
        self.found.addWidget(self.nothing)
        self.panel = DataPanel(self)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        for widget in (self.facets, self.found, self.panel):
            self.splitter.addWidget(widget)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([_FACETS_PX, 1000, _PANEL_PX])
        self.status = ElidedLabel("", self, mode=Qt.TextElideMode.ElideRight)
        explain(self.status)
        self.problems = ProblemList(self)
        self.empty = EmptyData(self)
        self.full = QWidget(self)
        self._lay_out()

    def _lay_out(self) -> None:
        inside = QVBoxLayout(self.full)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        top = QHBoxLayout()
        top.addWidget(self.add)
        top.addStretch(1)
        top.addWidget(self.region)
        top.addWidget(self.look)
        inside.addLayout(top)
        inside.addWidget(self.missing)
        inside.addWidget(self.arrivals)
        inside.addWidget(self.filters)
        inside.addWidget(self.splitter, 1)
        inside.addWidget(self.status)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.full)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.problems)

    def show_emptiness(self, *, no_images: bool, none_passes: bool) -> None:
        """Gallery, "add images", or "nothing passes the filter"."""
        self.stack.setCurrentWidget(self.empty if no_images else self.full)
        self.found.setCurrentWidget(self.nothing if none_passes else self.gallery)
