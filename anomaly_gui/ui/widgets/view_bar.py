"""The controls above the three panes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSlider, QToolButton, QWidget

from anomaly_gui.ui.key_tips import does
from anomaly_gui.ui.widgets.choice_button import ToggleButton
from anomaly_gui.ui.widgets.colour_maps import COLOUR_MAPS
from anomaly_gui.ui.widgets.live_label import NumberLabel

_CONTOUR_TIP = "Around what lies above the pixel threshold, or without one above the threshold"


class ViewBar(QWidget):
    """Announces what the user wants; set_state shows what is so and announces nothing."""

    fit_wanted = Signal()
    full_size_wanted = Signal()
    zoom_in_wanted = Signal()
    zoom_out_wanted = Signal()
    overlay_toggled = Signal()
    mask_toggled = Signal()
    error_view_toggled = Signal()
    contour_toggled = Signal()
    own_scale_toggled = Signal()
    worst_wanted = Signal()
    blink_held = Signal(bool)
    """While the button is held down."""
    opacity_changed = Signal(float)
    """In [0, 1]."""
    colour_map_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for text, tip, signal, action in (
            ("Fit", "Show the whole image", self.fit_wanted, "fit"),
            ("1:1", "One image pixel for each screen pixel", self.full_size_wanted, "full-size"),
            ("−", "Zoom out, as the wheel does", self.zoom_out_wanted, "zoom-out"),
            ("+", "Zoom in, as the wheel does", self.zoom_in_wanted, "zoom-in"),
        ):
            row.addWidget(self._button(text, tip, signal, action))
        self.zoom = NumberLabel("6400 %", self)
        row.addWidget(self.zoom)
        row.addSpacing(4)
        self._add_overlay(row)
        row.addSpacing(4)
        self.outline = self._toggle("Mask", "Outline of the marked defect", self.mask_toggled, "mask")
        row.addWidget(self.outline)
        self.error_view = self._toggle("Map only", "The error map alone, large", self.error_view_toggled, "error-view")
        row.addWidget(self.error_view)
        self.contour = self._toggle("Contour", _CONTOUR_TIP, self.contour_toggled, "contour")
        row.addWidget(self.contour)
        self.blink = QToolButton(self)
        self.blink.setText("Blink")
        self.blink.setToolTip("Original and reconstruction in turn while held down")
        does(self.blink, "blink")
        self.blink.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.blink.pressed.connect(self._hold_blink)
        self.blink.released.connect(self._release_blink)
        row.addWidget(self.blink)
        tip = "To the worst spot, then to the next worst region"
        row.addWidget(self._button("Worst", tip, self.worst_wanted, "worst-spot"))
        row.addStretch(1)
        self.own_scale = self._toggle(
            "Own scale", "Scale the colours of this image alone", self.own_scale_toggled, "own-scale"
        )
        row.addWidget(self.own_scale)
        self._add_colour_maps(row)

    def _add_overlay(self, row: QHBoxLayout) -> None:
        self.overlay = self._toggle("Overlay", "The error map over the original", self.overlay_toggled, "overlay")
        row.addWidget(self.overlay)
        self.opacity = QSlider(Qt.Orientation.Horizontal, self)
        self.opacity.setRange(0, 100)
        self.opacity.setFixedWidth(50)
        self.opacity.setToolTip("How strongly the error map covers the original (Alt+wheel over a picture)")
        self.opacity.setAccessibleName("Overlay opacity")
        self.opacity.valueChanged.connect(self._tell_opacity)
        row.addWidget(self.opacity)

    def _add_colour_maps(self, row: QHBoxLayout) -> None:
        self.colour_maps = QComboBox(self)
        self.colour_maps.addItems(list(COLOUR_MAPS))
        self.colour_maps.setAccessibleName("Colours of the error map")
        self.colour_maps.setToolTip("Colours of the error map: equal steps of error look equally large in each")
        self.colour_maps.textActivated.connect(self.colour_map_changed)
        # A click leaves the focus where it is: else a letter key meant for the panes would choose a colour map.
        self.colour_maps.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row.addWidget(self.colour_maps)

    def _button(self, text: str, tip: str, signal: SignalInstance, action: str) -> QToolButton:
        button = QToolButton(self)
        does(button, action)
        button.setText(text)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(signal)
        return button

    def _toggle(self, text: str, tip: str, signal: SignalInstance, action: str = "") -> ToggleButton:
        button = ToggleButton(text, self)
        does(button, action)
        button.setToolTip(tip)
        # What has a key needs no focus, which would take Space and Enter from the page.
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus if action else Qt.FocusPolicy.TabFocus)
        button.clicked.connect(signal)
        return button

    def _hold_blink(self) -> None:
        self.blink_held.emit(True)

    def _release_blink(self) -> None:
        self.blink_held.emit(False)

    def _tell_opacity(self, percent: int) -> None:
        self.opacity_changed.emit(percent / 100)

    def set_zoom(self, scale: float) -> None:
        """Screen pixels for each image pixel."""
        self.zoom.set_text(f"{100 * scale:.0f} %")

    def set_mask_available(self, available: bool) -> None:
        self.outline.setEnabled(available)
        tip = "Outline of the marked defect" if available else "No mask marks a defect on this image"
        self.outline.setToolTip(tip)

    def set_contour_available(self, available: bool) -> None:
        self.contour.setEnabled(available)
        tip = _CONTOUR_TIP if available else "No threshold is a value of the error map: scores are no maxima of it"
        self.contour.setToolTip(tip)

    def set_state(
        self,
        *,
        overlay: bool,
        opacity: float,
        mask: bool,
        error_view: bool,
        colour_map: str,
        contour: bool = True,
        own_scale: bool = False,
    ) -> None:
        self.overlay.setChecked(overlay)
        self.outline.setChecked(mask)
        self.error_view.setChecked(error_view)
        self.contour.setChecked(contour)
        self.own_scale.setChecked(own_scale)
        self.colour_maps.setCurrentText(colour_map)
        self.opacity.blockSignals(True)
        self.opacity.setValue(round(100 * opacity))
        self.opacity.blockSignals(False)
