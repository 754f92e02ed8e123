"""A veil over the parts of an image that do not count."""

from __future__ import annotations

from PySide6.QtGui import QColor, QImage

from anomaly_gui.imaging.region import Region, inside_of
from anomaly_gui.ui.widgets.image_pane import Layer

DARK = QColor(0, 0, 0, 150)
"""Over photographs;"""
GREY = QColor(110, 110, 110, 190)
"""over error maps, whose calm parts are as dark as can be in most colours."""
_LONGEST_PX = 1024
"""Of the shade: finer than a screen shows at once."""


def shade_of(region: Region, size: tuple[int, int], colour: QColor = DARK) -> Layer | None:
    """To be painted over an image (width, height); None where all of it counts."""
    smaller = min(1.0, _LONGEST_PX / max(size))
    width, height = (max(1, round(side * smaller)) for side in size)
    inside = inside_of(region, height, width)
    if inside is None:
        return None
    codes = (~inside).astype("uint8")
    image = QImage(codes.data, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable([0, colour.rgba()])
    # A QImage over foreign memory does not keep that memory alive.
    return Layer((image.copy(),), crisp_from=1e9)
