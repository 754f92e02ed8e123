"""The layers that the three panes paint of one image."""

from __future__ import annotations

from dataclasses import dataclass

from anomaly_gui.ui.widgets.colour_maps import colour_table, overlay_table
from anomaly_gui.ui.widgets.image_pane import Layer, layer_of
from anomaly_gui.ui.widgets.map_shapes import on_own_scale
from anomaly_gui.ui.widgets.picture_set import PictureSet
from anomaly_gui.ui.widgets.region_shade import GREY, shade_of

_CRISP_ORIGINAL = 2.0
_CRISP_AT_INPUT_SIZE = 8.0


@dataclass(frozen=True)
class PictureLayers:
    """None for what there is not."""

    original: Layer | None = None
    reconstruction: Layer | None = None
    error_map: Layer | None = None
    overlay: Layer | None = None
    shade: Layer | None = None
    """Over the parts of the error map that do not count."""
    top: float = 1.0
    """Where the brightest colour lies, as a share of the run's scale."""

    @property
    def panes(self) -> list[Layer | None]:
        """In the order of the panes."""
        return [self.original, self.reconstruction, self.error_map]


def layers_of(pictures: PictureSet, colour_map: str, *, own_scale: bool) -> PictureLayers:
    """Colour an image's parts. *own_scale* gives the image's highest error the brightest colour."""
    original, drawn, found, over, top = None, None, None, None, 1.0
    if pictures.original:
        original = layer_of(pictures.original, None, crisp_from=_CRISP_ORIGINAL)
    if pictures.reconstruction:
        drawn = layer_of(pictures.reconstruction, None, crisp_from=_CRISP_AT_INPUT_SIZE)
    if pictures.anomaly_map:
        shown, top = on_own_scale(pictures.anomaly_map) if own_scale else (pictures.anomaly_map, 1.0)
        found = layer_of(shown, colour_table(colour_map), crisp_from=_CRISP_AT_INPUT_SIZE)
        over = layer_of(shown, overlay_table(colour_map), crisp_from=_CRISP_AT_INPUT_SIZE)
    shade = shade_of(pictures.request.region, pictures.size, GREY) if found else None
    return PictureLayers(original, drawn, found, over, shade, top)
