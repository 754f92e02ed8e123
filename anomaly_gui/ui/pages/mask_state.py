"""Which images are masked one after the other, and what is said of one. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from anomaly_gui.project.records import Label
from anomaly_gui.ui.widgets.picture_set import MAP_LEVELS
from anomaly_gui.ui.wording import counted


@dataclass
class MaskQueue:
    """The images that were shown where the editor was opened, in their order."""

    ids: list[int] = field(default_factory=list)
    current: int | None = None

    @property
    def place(self) -> int | None:
        """From 0; None for an image that is not among them."""
        return self.ids.index(self.current) if self.current in self.ids else None

    def at(self, step: int) -> int | None:
        """The image *step* further; None beyond the ends."""
        place = self.place
        if place is None or not 0 <= place + step < len(self.ids):
            return None
        return self.ids[place + step]

    @property
    def position(self) -> str:
        place = self.place
        return "" if place is None else f"{place + 1:,} of {len(self.ids):,}"


@dataclass(frozen=True)
class MapLevel:
    """From where on the run's error map its detector sees a defect."""

    stored: float | None
    """As stored maps hold it; None where there is no such level."""
    tip: str


def map_level(
    scale: tuple[float, float] | None, threshold: float | None, pixel_threshold: float | None, *, maxima: bool
) -> MapLevel:
    """*scale* are the values that the ends of stored maps stand for, None without a scored run.

    The pixel threshold counts, or without one the threshold where scores are *maxima* of the map.
    """
    if scale is None:
        return MapLevel(None, "Train a detector first: its error map can be the start of a mask")
    level = pixel_threshold if pixel_threshold is not None else threshold if maxima else None
    if level is None:
        return MapLevel(None, "No threshold is a value of the error map: set a pixel threshold on Tune")
    lower, upper = scale
    share = (level - lower) / (upper - lower) if upper > lower else 2.0
    if share > 1:
        return MapLevel(None, f"The threshold {level:.3g} lies above all that the error map tells apart")
    name = "pixel threshold" if pixel_threshold is not None else "threshold"
    tip = f"The mask becomes what the error map shows at the {name}, {level:.3g}; what is drawn goes (T)"
    return MapLevel(max(share, 0.0) * MAP_LEVELS, tip)


def masked_sentence(pixels: int, size: tuple[int, int]) -> str:
    """How much of an image of *size* (height, width) is masked."""
    if not pixels:
        return "Nothing is masked"
    share = 100 * pixels / (size[0] * size[1])
    return f"{counted(pixels, 'pixel')} masked, {share:.2g} %"


def label_to_save(label: Label, *, masked: bool, wanted: bool, defect_type: str) -> Label | None:
    """The label that goes with a mask on an image that is not labelled defective; None leaves it as it is."""
    if label.kind == "defect" or not (masked and wanted):
        return None
    return Label("defect", defect_type.strip() or None)


def type_of_digit(names: Sequence[str], digit: int) -> str | None:
    """The defect type that is *digit*th in the list."""
    return names[digit - 1] if digit <= len(names) else None
