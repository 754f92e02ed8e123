"""Why one defective image was called good: where the detector looked, and how visible the defect is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.evaluation.regions import Region, near_mask, worst_regions
from anomaly_gui.imaging.masks import shrink_mask

REASONS = {
    "too small": "Too small",
    "low contrast": "Low contrast",
    "reconstructed": "Reconstructed",
    "outside the region": "Outside region",
    "lighting": "Lighting",
    "bad image": "Bad image",
    "other": "Other",
}
"""What a reviewer can give as the reason of a miss: as stored with the verdict → title. In the order of their keys."""

Seen = Literal["too weak", "elsewhere", "everywhere", "not seen"]

SMALL_PX = 4.0
"""A defect that is narrower at the detector's input is hard to tell from noise and edges."""
LOW_CONTRAST = 1.0
"""Below this the marked area differs from its surroundings by less than these vary in themselves."""
COPIED = 0.5
"""Reconstructed: less than this share of what makes the defect stand out is left as an error."""
_RAISED = 0.5
"""A map whose median is this share of its peak is raised as a whole: no place stands out."""
_MARGIN_PX = 3
_FLAT = 1.0 / 255
"""Surroundings vary by at least one grey level of 8 bits: the camera's rounding."""


@dataclass(frozen=True)
class Evidence:
    """What there is to know of one image."""

    anomaly_map: NDArray[np.float32]
    """(H, W), normalised as scores are."""
    pixels: NDArray[np.float32]
    """(h, w, C) in [0, 1]: the original."""
    input_px: int
    """Side of the detector's square input."""
    ordinary: float | None
    """Median of what good images reach at their worst spot; None where that is not known."""
    mask: NDArray[np.bool_] | None = None
    """(h, w): the marked defect."""
    reconstruction: NDArray[np.float32] | None = None
    """(any size, C or 1) in [0, 1]."""
    counted: NDArray[np.bool_] | None = None
    """(h, w): the region of interest; None for the whole image."""


@dataclass(frozen=True)
class DefectSize:
    """Of the largest marked region, in pixels."""

    length: float
    """Longer side of the tightest rectangle around it."""
    width: float
    """Diameter of the largest circle inside it: of a crack its thickness."""
    input_length: float
    """The same at the detector's input, as is the next one."""
    input_width: float

    @property
    def is_small(self) -> bool:
        return self.input_width < SMALL_PX


@dataclass(frozen=True)
class MissAnalysis:
    """What can be said of a miss. What needs a mask is None without one."""

    regions: tuple[Region, ...]
    """Of the map, worst first; empty where it shows nothing at all."""
    ordinary: float | None
    inside: float | None = None
    """Highest value of the map in the mask or next to it."""
    outside: float | None = None
    """Highest value of the map elsewhere; None where the mask covers everything."""
    background: float | None = None
    """Median of the map outside the mask; None where the mask covers everything."""
    seen: Seen | None = None
    size: DefectSize | None = None
    contrast: float | None = None
    """How much the marked area differs from its surroundings, in standard deviations of these."""
    copied: float | None = None
    """Share of the defect's contrast that the reconstruction repeats, in [0, 1]; None without one."""
    ignored: bool = False
    """Nothing of the mask lies in the region of interest."""

    @property
    def reason(self) -> str | None:
        """The one of REASONS that the figures speak for; None if they speak for none."""
        if self.ignored:
            return "outside the region"
        if self.size is not None and self.size.is_small:
            return "too small"
        if self.contrast is not None and self.contrast < LOW_CONTRAST:
            return "low contrast"
        if self.copied is not None and self.copied > COPIED:
            return "reconstructed"
        return None


def why_missed(evidence: Evidence) -> MissAnalysis:
    """Look at one image. Without a mask only the map's regions are told.

    *Not seen*: the map inside the mask is no higher than the worst spot of the median good image.
    Else *everywhere* if the median of the map outside the mask is at least half its highest value there or in it,
    *too weak* if the map's strongest region touches the mask, and *elsewhere* if it does not.
    """
    found, mask = evidence.anomaly_map, evidence.mask
    if mask is None or not mask.any():
        return MissAnalysis(tuple(worst_regions(found)), evidence.ordinary)
    small = shrink_mask(mask, *found.shape)
    near = near_mask(small)
    regions = tuple(worst_regions(found, mask=small))
    inside = float(found[near].max())
    background = float(np.median(found[~near])) if not near.all() else None
    part, marked = _crop(evidence.pixels, mask)
    return MissAnalysis(
        regions,
        evidence.ordinary,
        inside,
        float(found[~near].max()) if not near.all() else None,
        background,
        _seen(inside, regions, evidence.ordinary, background),
        defect_size(mask, evidence.input_px),
        contrast(part, marked),
        _copied(evidence),
        evidence.counted is not None and not mask[evidence.counted].any(),
    )


def _seen(inside: float, regions: tuple[Region, ...], ordinary: float | None, background: float | None) -> Seen:
    if not regions or inside <= (ordinary or 0.0):
        return "not seen"
    if background is not None and background >= _RAISED * regions[0].peak:
        return "everywhere"
    return "too weak" if regions[0].touches else "elsewhere"


def defect_size(mask: NDArray[np.bool_], input_px: int) -> DefectSize:
    """Of the largest region of a mask (h, w) that marks something.

    At the input both sides are stretched to *input_px*, so a length is scaled by the mean of both factors.
    """
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    number = 1 + int(boxes[1:, cv2.CC_STAT_AREA].argmax())
    left, top, across, down = (int(v) for v in boxes[number, :4])
    region = (labels[top : top + down, left : left + across] == number).astype(np.uint8)
    # Drawn twice as large every width is even, and the middle's distance to the edge is the width as it was.
    doubled = np.pad(region.repeat(2, axis=0).repeat(2, axis=1), 1)
    width = float(cv2.distanceTransform(doubled, cv2.DIST_L2, cv2.DIST_MASK_PRECISE).max())
    points = np.argwhere(region)[:, ::-1].astype(np.float32)
    length = max(cv2.minAreaRect(points)[1]) + 1.0
    scale = math.sqrt(input_px / mask.shape[0] * (input_px / mask.shape[1]))
    return DefectSize(max(length, width), width, max(length, width) * scale, width * scale)


def _crop(pixels: NDArray[np.float32], mask: NDArray[np.bool_]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The part of an image around what is marked: all that contrast looks at."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    spans = []
    for found, length in ((rows, mask.shape[0]), (columns, mask.shape[1])):
        low, high = int(found[0]), int(found[-1]) + 1
        margin = 2 * _MARGIN_PX + (high - low) // 2
        spans.append(slice(max(0, low - margin), min(length, high + margin)))
    return pixels[spans[0], spans[1]], mask[spans[0], spans[1]]


def contrast(pixels: NDArray[np.float32], mask: NDArray[np.bool_]) -> float | None:
    """Difference of means in and around the mask, in standard deviations around it; the clearest channel counts.

    *pixels* (h, w, C) in [0, 1], *mask* (h, w). None where the mask leaves no surroundings.
    """
    ring = _ring(mask)
    if ring is None:
        return None
    inside, around = pixels[mask], pixels[ring]
    noise = np.maximum(around.std(axis=0), _FLAT)
    return float((np.abs(inside.mean(axis=0) - around.mean(axis=0)) / noise).max())


def _ring(mask: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    """What lies around the mask, a pixel apart from it: an edge belongs to neither."""
    shape = (2 * _MARGIN_PX + 1, 2 * _MARGIN_PX + 1)
    wide = cv2.dilate(near_mask(mask).astype(np.uint8), np.ones(shape, np.uint8)).astype(np.bool_)
    ring: NDArray[np.bool_] = wide & ~near_mask(mask)
    return ring if ring.any() else None


def _copied(evidence: Evidence) -> float | None:
    """Compared at the reconstruction's size: finer than that no detector can draw."""
    drawn, mask = evidence.reconstruction, evidence.mask
    if drawn is None or mask is None:
        return None
    height, width = drawn.shape[:2]
    small = shrink_mask(mask, height, width)
    ring = _ring(small)
    if ring is None:
        return None
    seen = cv2.resize(_grey(evidence.pixels), (width, height), interpolation=cv2.INTER_AREA)
    stands_out = float(np.abs(seen[small] - np.median(seen[ring])).mean())
    if stands_out < _FLAT:
        return None
    left_over = float(np.abs(seen[small] - _grey(drawn)[small]).mean())
    return min(max(1.0 - left_over / stands_out, 0.0), 1.0)


def _grey(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """(h, w)"""
    return np.asarray(pixels.mean(axis=2), np.float32)
