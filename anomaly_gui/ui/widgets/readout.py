"""The values under the mouse, in words of fixed width. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from anomaly_gui.ui.widgets.picture_set import MAP_LEVELS, Picture, PictureSet
from anomaly_gui.ui.wording import score_text


@dataclass(frozen=True)
class Readout:
    """One text for each part of the line below the panes."""

    place: str = ""
    original: str = ""
    reconstruction: str = ""
    error: str = ""


def readout_at(pictures: PictureSet, x: float, y: float, lower: float, upper: float) -> Readout:
    """What all three panes hold at image coordinates (x, y); empty outside the image.

    The reconstruction is told in the original's grey levels. *lower* and *upper* are the errors
    that the ends of the stored map stand for.
    """
    across, down = x / pictures.size[0], y / pictures.size[1]
    if not (0 <= across < 1 and 0 <= down < 1):
        return Readout()
    return Readout(
        f"x {int(x)}, y {int(y)}",
        _values(pictures.original, across, down, 1.0),
        _values(pictures.reconstruction, across, down, pictures.request.white_level / 255),
        _error(pictures.anomaly_map, across, down, lower, upper),
    )


def _values(part: Picture | None, across: float, down: float, unit: float) -> str:
    values = part.value_at(across, down) if part else None
    if values is None:
        return "–"
    return " ".join(f"{round(value * unit)}" for value in values)


def _error(part: Picture | None, across: float, down: float, lower: float, upper: float) -> str:
    values = part.value_at(across, down) if part else None
    if values is None:
        return "–"
    stored = values[0]
    sign = "≤ " if stored == 0 else "≥ " if stored == MAP_LEVELS else ""
    return sign + score_text(lower + (upper - lower) * stored / MAP_LEVELS, 2)
