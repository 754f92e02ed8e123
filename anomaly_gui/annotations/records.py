"""What a set of annotations says, whatever format it came in.

Coordinates are in pixels, x to the right and y down, from the image's upper left corner: pixel (0, 0)
covers the square from (0, 0) to (1, 1), and its centre is at (0.5, 0.5).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from anomaly_gui.annotations.rle import Rle

Point = tuple[float, float]
"""x, y."""
Kind = Literal["good", "defect", "unlabelled"]
Split = Literal["train", "test"]


class Box(msgspec.Struct, frozen=True):
    """An upright rectangle."""

    left: float
    top: float
    right: float
    bottom: float


class Polygon(msgspec.Struct, frozen=True):
    """One or more outlines, each of three points or more; what lies in any of them belongs to it."""

    parts: tuple[tuple[Point, ...], ...]


class Circle(msgspec.Struct, frozen=True):
    """By its centre and one point on its rim."""

    centre: Point
    rim: Point


class Line(msgspec.Struct, frozen=True):
    """Straight strokes from point to point."""

    points: tuple[Point, ...]


class Points(msgspec.Struct, frozen=True):
    """Single places."""

    points: tuple[Point, ...]


Shape = Box | Polygon | Circle | Line | Points | Rle


class Region(msgspec.Struct, frozen=True):
    """One marked defect of an image."""

    shape: Shape
    defect_type: str | None = None
    crowd: bool = False
    """COCO's iscrowd: a group of defects that were not told apart."""


class Annotated(msgspec.Struct, frozen=True, kw_only=True):
    """One image and what is said of it. Only a defective image has regions."""

    image: str
    """Relative path with "/" between folders; without a suffix where only the name's stem is known."""
    label: Kind
    defect_type: str | None = None
    """Of the image as a whole; only with label "defect", and never None where a region has one."""
    width: int | None = None
    height: int | None = None
    split: Split | None = None
    regions: tuple[Region, ...] = ()
    path: str | None = None
    """Where the image lies; None if nothing was found there."""
    where: str = ""
    """File and line or key that said so, for messages."""


class Reading(msgspec.Struct, frozen=True):
    """A set of annotations that was read and found sound as a whole."""

    images: tuple[Annotated, ...]
    notes: tuple[str, ...] = ()
    """What the user should know of how it was understood; sentences without a final full stop."""
