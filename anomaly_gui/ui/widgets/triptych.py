"""Original, reconstruction and error map side by side, moved and zoomed as one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QPointF, QTimer, Signal
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QVBoxLayout, QWidget

from anomaly_gui.ui.widgets.blink import Blink
from anomaly_gui.ui.widgets.colour_maps import DEFAULT_COLOUR_MAP
from anomaly_gui.ui.widgets.image_pane import Layer, outline_path
from anomaly_gui.ui.widgets.map_shapes import contour_path
from anomaly_gui.ui.widgets.overview_map import OverviewMap
from anomaly_gui.ui.widgets.pane_grid import PaneGrid
from anomaly_gui.ui.widgets.picture_layers import PictureLayers, layers_of
from anomaly_gui.ui.widgets.picture_set import PictureSet
from anomaly_gui.ui.widgets.readout import Readout, readout_at
from anomaly_gui.ui.widgets.readout_line import ReadoutLine
from anomaly_gui.ui.widgets.region_tour import RegionTour, view_of
from anomaly_gui.ui.widgets.view_bar import ViewBar
from anomaly_gui.ui.widgets.viewport import Viewport
from anomaly_gui.ui.widgets.warning_badge import WarningBadge

ORIGINAL, RECONSTRUCTION, ERROR_MAP = 0, 1, 2
CAPTIONS = ("Original", "Reconstruction", "Error map")
_LOADING_AFTER_MS = 150
_KEY_ZOOM = 1.5
_OPACITY_STEP = 0.05
OWN_SCALE_WARNING = (
    "Colours are scaled to this image alone: even a good part has a brightest spot. Not to be compared with others."
)


@dataclass(frozen=True)
class ViewState:
    """How the panes show any image; kept when the image changes."""

    overlay: bool = False
    overlay_opacity: float = 0.6
    mask: bool = True
    colour_map: str = DEFAULT_COLOUR_MAP
    alone: int | None = None
    """The one pane that fills the place, None for all three."""
    contour: bool = True


class Triptych(QWidget):
    """Shows a PictureSet. Knows nothing of projects."""

    view_changed = Signal()
    """The user changed overlay, opacity, mask, colour map or the layout."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: PictureSet | None = None
        self._layers = PictureLayers()
        self._outline: QPainterPath | None = None
        self._contour: QPainterPath | None = None
        self._contour_level: float | None = None
        self._own_scale = False
        self._tour = RegionTour()
        self._state = ViewState()
        self._viewport = Viewport()
        self._fitted = True
        self._scale = (0.0, 1.0)
        self._hidden = False
        self._empty_message = ""
        self._build()
        self._blink = Blink(self)
        self._blink.turned.connect(self._refresh)
        self._loading_timer = QTimer(self, singleShot=True, interval=_LOADING_AFTER_MS)
        self._loading_timer.timeout.connect(self._say_loading)

    def _build(self) -> None:
        self.bar = ViewBar(self)
        self.grid = PaneGrid(CAPTIONS, "σ of good", self)
        self.grid.unit.setToolTip("Standard deviations of held-out good images at the same place")
        self.panes, self.legend = self.grid.panes, self.grid.legend
        self.overview = OverviewMap(self.grid)
        self.overview.place_wanted.connect(self._show_place)
        for pane in self.panes:
            pane.zoomed.connect(self._zoom)
            pane.panned.connect(self._pan)
            pane.alt_wheeled.connect(self._turn_opacity)
            pane.pointed.connect(self._point)
            pane.left.connect(self._leave)
            pane.doubled.connect(self._toggle_alone)
            pane.resized.connect(self._follow_size)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self.warning = WarningBadge(OWN_SCALE_WARNING, self)
        layout.addWidget(self.bar)
        layout.addWidget(self.warning)
        layout.addWidget(self.grid, 1)
        self.readout = ReadoutLine(CAPTIONS, self)
        layout.addWidget(self.readout)
        self._connect_bar()

    def _connect_bar(self) -> None:
        self.bar.fit_wanted.connect(self.fit)
        self.bar.full_size_wanted.connect(self.show_full_size)
        self.bar.zoom_in_wanted.connect(self.zoom_in)
        self.bar.zoom_out_wanted.connect(self.zoom_out)
        self.bar.overlay_toggled.connect(self.toggle_overlay)
        self.bar.mask_toggled.connect(self.toggle_mask)
        self.bar.error_view_toggled.connect(self.toggle_error_view)
        self.bar.contour_toggled.connect(self.toggle_contour)
        self.bar.own_scale_toggled.connect(self.toggle_own_scale)
        self.bar.worst_wanted.connect(self.show_next_worst)
        self.bar.blink_held.connect(self.set_blinking)
        self.bar.opacity_changed.connect(self._change_opacity)
        self.bar.colour_map_changed.connect(self._change_colour_map)

    # What is shown

    @property
    def pictures(self) -> PictureSet | None:
        return self._pictures

    @property
    def viewport(self) -> Viewport:
        return self._viewport

    @property
    def state(self) -> ViewState:
        return self._state

    def set_state(self, state: ViewState) -> None:
        self._state = state
        self._recolour()
        self._arrange()

    def set_scale(self, lower: float, upper: float) -> None:
        """The run's fixed scale of errors, for the legend and the readout."""
        if (lower, upper) != self._scale:
            self._scale = (lower, upper)
            self._recolour()

    def set_threshold(self, threshold: float | None, pixel_threshold: float | None = None) -> None:
        """Where the threshold lies on the error map; None when scores are no maxima of the map.

        The contour is drawn at *pixel_threshold*, or without one at the threshold.
        """
        self.legend.set_threshold(threshold)
        level = threshold if pixel_threshold is None else pixel_threshold
        self.bar.set_contour_available(level is not None)
        if level != self._contour_level:
            self._contour_level = level
            self._trace()
            self._refresh()

    def expect(self) -> None:
        """Another image is on its way: keep the old one for a moment, then say so."""
        self._loading_timer.start()

    def set_pictures(self, pictures: PictureSet) -> None:
        """Show an image. Zoom and place are kept for images of one size."""
        self._loading_timer.stop()
        same_size = self._pictures is not None and self._pictures.size == pictures.size
        if self._pictures is None or self._pictures.request.image_id != pictures.request.image_id:
            self._own_scale = False
        self._tour.set_map(pictures.anomaly_map)
        self._pictures = pictures
        self.grid.set_image_size(pictures.size)
        self._empty_message = ""
        self._outline = outline_path(pictures.outline) if pictures.outline is not None else None
        self.bar.set_mask_available(self._outline is not None)
        self._recolour()
        if self._fitted or not same_size:
            self.fit()
        self._leave()

    def set_empty(self, message: str = "") -> None:
        """Show no image, and why."""
        self._loading_timer.stop()
        self._pictures = None
        self._outline = None
        self._empty_message = message
        self._recolour()
        self._leave()

    def _say_loading(self) -> None:
        self.set_empty("Loading …")

    def _recolour(self) -> None:
        """Make the layers anew: another image, or other colours."""
        state, pictures = self._state, self._pictures
        self._layers = PictureLayers()
        if pictures is not None:
            self._layers = layers_of(pictures, state.colour_map, own_scale=self._own_scale)
        layers = self._layers
        self.overview.set_image(layers.error_map or layers.original, pictures.size if pictures else (1, 1))
        lower, upper = self._scale
        self.legend.set_scale(lower, lower + (upper - lower) * self._layers.top)
        self.legend.set_colour_map(state.colour_map)
        self._trace()
        self._refresh()

    def _trace(self) -> None:
        """The contour of what lies above the threshold."""
        pictures, level, self._contour = self._pictures, self._contour_level, None
        if pictures is not None and pictures.anomaly_map is not None and level is not None and self._state.contour:
            self._contour = contour_path(pictures.anomaly_map, level, self._scale, pictures.size)

    def _refresh(self) -> None:
        """Hand the panes what they show now."""
        size = self._pictures.size if self._pictures else (1, 1)
        over = self._layers.overlay
        show_mask = self._state.mask and not self._hidden
        for index, pane in enumerate(self.panes):
            shown = RECONSTRUCTION if index == ORIGINAL and self._shows_blink() else index
            layer = self._layers.panes[shown]
            layers: tuple[Layer, ...] = (layer,) if layer else ()
            if index == ORIGINAL and layer and over and self._state.overlay and not self._hidden:
                layers += (replace(over, opacity=self._state.overlay_opacity),)
            if index == ERROR_MAP and layer and self._layers.shade:
                layers += (self._layers.shade,)
            pane.set_layers(layers, size, "" if layer else self._missing(index))
            pane.set_outline(self._outline if show_mask else None)
            pane.set_contour(self._contour if index != RECONSTRUCTION and not self._hidden else None)
            self.grid.captions[index].setText(CAPTIONS[shown])
        self.bar.set_state(
            overlay=self._state.overlay,
            opacity=self._state.overlay_opacity,
            mask=self._state.mask,
            error_view=self._state.alone == ERROR_MAP,
            colour_map=self._state.colour_map,
            contour=self._state.contour,
            own_scale=self._own_scale,
        )
        self.warning.setVisible(self._own_scale)
        self._follow_overview()

    def _missing(self, index: int) -> str:
        pictures = self._pictures
        if pictures is None:
            return self._empty_message
        if index == ORIGINAL:
            return pictures.problems[0] if pictures.problems else ""
        if not pictures.is_whole:
            return "Loading …"
        if index == ERROR_MAP:
            return next((p for p in pictures.problems if ".map." in p), "Not scored by a run yet.")
        return "This detector draws no reconstruction."

    # Moving

    def fit(self) -> None:
        """Show the whole image."""
        self._fitted = True
        self._apply_fit()

    def show_full_size(self) -> None:
        """One image pixel for each pixel of the screen."""
        self._zoom_by(1.0 / self.devicePixelRatioF() / self._viewport.scale)

    def show_next_worst(self) -> None:
        """Go to the worst spot; again, to the next worst region, and after the last back to the first."""
        self._show_region(1)

    def show_previous_worst(self) -> None:
        self._show_region(-1)

    def _show_region(self, direction: int) -> None:
        region = self._tour.go(direction) if self._pictures is not None else None
        if region is not None and self._pictures is not None:
            self._fitted = False
            self._set_viewport(view_of(region, self._pictures.size, self.grid.pane_size))

    def zoom_in(self) -> None:
        self._zoom_by(_KEY_ZOOM)

    def zoom_out(self) -> None:
        self._zoom_by(1 / _KEY_ZOOM)

    def _zoom_by(self, factor: float) -> None:
        """Around the mouse when it is over a pane, else around the middle."""
        for pane in self.panes:
            if pane.isVisible() and pane.underMouse():
                place = QPointF(pane.mapFromGlobal(pane.cursor().pos()))
                return self._zoom(factor, place)
        width, height = self.grid.pane_size
        return self._zoom(factor, QPointF(width / 2, height / 2))

    def _zoom(self, factor: float, at: QPointF) -> None:
        if self._pictures is None:
            return
        self._fitted = False
        pane = self.grid.pane_size
        self._set_viewport(self._viewport.zoomed(factor, (at.x(), at.y()), pane, self._pictures.size))

    def _pan(self, by: QPointF) -> None:
        if self._pictures is None:
            return
        self._fitted = False
        self._set_viewport(self._viewport.panned((by.x(), by.y()), self._pictures.size))

    def _follow_size(self) -> None:
        if self._fitted:
            self._apply_fit()
        self._follow_overview()

    def _apply_fit(self) -> None:
        if self._pictures is not None:
            self._set_viewport(Viewport.fitted(self._pictures.size, self.grid.pane_size))

    def _set_viewport(self, viewport: Viewport) -> None:
        self._viewport = viewport
        for pane in self.panes:
            pane.set_viewport(viewport)
        self.bar.set_zoom(viewport.scale * self.devicePixelRatioF())
        self._follow_overview()

    def _follow_overview(self) -> None:
        self.overview.follow(self._viewport, self.grid.foremost.geometry())
        if not self.overview.isHidden():
            self.overview.set_regions(self._tour.regions, self._tour.place)

    def _show_place(self, place: QPointF) -> None:
        """In the middle of the panes, as large as before."""
        if self._pictures is not None:
            self._fitted = False
            self._set_viewport(replace(self._viewport, centre_x=place.x(), centre_y=place.y()))

    # Under the mouse

    def _point(self, place: QPointF) -> None:
        if self._pictures is None:
            return
        x, y = place.x(), place.y()
        inside = 0 <= x < self._pictures.size[0] and 0 <= y < self._pictures.size[1]
        for pane in self.panes:
            pane.set_mark((x, y) if inside and not pane.underMouse() else None)
        self.readout.set_readout(readout_at(self._pictures, x, y, *self._scale))

    def _leave(self) -> None:
        for pane in self.panes:
            pane.set_mark(None)
        self.readout.set_readout(Readout())

    # What is on and off

    def toggle_overlay(self) -> None:
        """The error map over the original."""
        self._change(overlay=not self._state.overlay)

    def toggle_mask(self) -> None:
        self._change(mask=not self._state.mask)

    def toggle_error_view(self) -> None:
        """The error map alone, large, or all three panes."""
        self._change(alone=None if self._state.alone == ERROR_MAP else ERROR_MAP)

    def toggle_contour(self) -> None:
        self._change(contour=not self._state.contour)

    def toggle_own_scale(self) -> None:
        """The colours of this image alone, until another is shown: then the run's scale is back."""
        self._own_scale = not self._own_scale and self._pictures is not None
        self._recolour()

    def _turn_opacity(self, notches: float) -> None:
        self._change_opacity(min(max(self._state.overlay_opacity + _OPACITY_STEP * notches, 0.0), 1.0))

    def _toggle_alone(self) -> None:
        pane = self.panes.index(self.sender())
        self._change(alone=None if self._state.alone == pane else pane)

    def _change_opacity(self, opacity: float) -> None:
        self._change(overlay=True, overlay_opacity=opacity)

    def _change_colour_map(self, title: str) -> None:
        self._change(colour_map=title)

    def _change(self, **parts: Any) -> None:
        old = self._state
        self._state = replace(old, **parts)
        if (self._state.colour_map, self._state.contour) != (old.colour_map, old.contour):
            self._recolour()
        else:
            self._refresh()
        if self._state.alone != old.alone:
            self._arrange()
        self.view_changed.emit()

    def _arrange(self) -> None:
        self.grid.set_alone(self._state.alone, with_legend=self._state.alone != RECONSTRUCTION)

    def set_all_hidden(self, hidden: bool) -> None:
        """While a key is held: nothing drawn over the image."""
        if hidden != self._hidden:
            self._hidden = hidden
            self._refresh()

    def set_blinking(self, blinking: bool) -> None:
        """While a key is held: original and reconstruction in turn, at the same place."""
        self._blink.set_on(blinking)

    def _shows_blink(self) -> bool:
        return self._blink.shows_other and self._layers.reconstruction is not None
