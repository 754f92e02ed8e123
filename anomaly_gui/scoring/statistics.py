"""What a run keeps of every map, so that tuning never needs another pass over images."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.errors import InputError
from anomaly_gui.files import atomic_write
from anomaly_gui.scoring.peak import Peak, peak_box
from anomaly_gui.scoring.reduce import (
    BIN_COUNT,
    BIN_EDGES,
    area_edge,
    counted,
    lowest_outside,
    region_level,
    top_count,
)
from anomaly_gui.scoring.sealed_arrays import seal, unseal
from anomaly_gui.scoring.settings import REGION_SIDES, TOP_SHARES, ScoringSettings

_FORMAT = 4
"""2 added regions: their levels, and how large they are on held-out good images; 3 where each map is highest; 4 how
large each map is, of which not all may count."""
_ALL_COUNTS = 3
"""The newest format in which every pixel of a map counts: it can still be read."""
_CHUNK = 1 << 20
"""Values that are sorted into bins at once."""
_MOST_ABOVE = 0.01
"""Of a map: where more is above a level, all of it stands for its largest region."""
_REGION_STEP = 2
"""Regions are measured at every second edge; at those between, the one below stands for them."""


@dataclass(frozen=True)
class RunStatistics:
    """Compact statistics of N images' normalised maps, R of whose regions a mask marks; H are held-out good."""

    image_ids: NDArray[np.int64]
    """(N,)"""
    maximum: NDArray[np.float32]
    """(N,), NaN where the map was not finite; so are the next three."""
    mean: NDArray[np.float32]
    """(N,)"""
    top: NDArray[np.float32]
    """(N, 4): means of the shares TOP_SHARES."""
    region_level: NDArray[np.float32]
    """(N, 4): levels that squares of the sides REGION_SIDES reach."""
    histogram: NDArray[np.uint32]
    """(N, 768): pixels between BIN_EDGES; those outside the region of interest are not among them."""
    map_pixels: NDArray[np.uint32]
    """(N,): of the whole map."""
    has_mask: NDArray[np.bool_]
    """(N,): whether a mask splits the image's pixels."""
    region_image_ids: NDArray[np.int64]
    """(R,): the image of each connected region of the masks."""
    region_histogram: NDArray[np.uint32]
    """(R, 768): pixels of the region."""
    peak_factor: NDArray[np.uint8]
    """(N,): the scale whose map is highest; 1 is the finest, 4 a quarter of its sides."""
    peak_box: NDArray[np.int32]
    """(N, 4): x, y, width, height of the region that is highest, in pixels of the map."""
    held_out_ids: NDArray[np.int64]
    """(H,)"""
    largest_region: NDArray[np.uint32]
    """(H, 768): pixels of the largest connected region of what lies in each bin or a higher one, or more:
    where a map is hardly above its level at all it is never less."""
    display_scale: NDArray[np.float32]
    """(2,): lower and upper end of these maps' one colour scale."""
    map_scale: NDArray[np.float32]
    """(2,): the same of the maps that are stored as pictures, which one smoothing alone is drawn of."""
    maps_match: NDArray[np.bool_]
    """(1,): whether the stored maps are the ones that these statistics are of."""

    def scores(self, settings: ScoringSettings) -> NDArray[np.float32]:
        """(N,) anomaly scores by any reduction; equal to reducing the maps again."""
        match settings.reduction:
            case "max":
                return self.maximum
            case "top":
                return self.top[:, TOP_SHARES.index(settings.top_per_10000)]
            case "region":
                return self.region_level[:, REGION_SIDES.index(settings.region_side_px)]
            case "mean":
                return self.mean
            case "area":
                return self._areas(settings.area_level)

    def _areas(self, level: float) -> NDArray[np.float32]:
        first_bin = int(np.searchsorted(BIN_EDGES, np.float32(area_edge(level)), side="right"))
        above = self.histogram[:, first_bin:].sum(axis=1) / np.maximum(self.histogram.sum(axis=1), 1)
        return np.where(np.isfinite(self.maximum), above, np.nan).astype(np.float32)

    def save(self, path: Path) -> None:
        """Write atomically as safetensors."""
        arrays = {f.name: np.ascontiguousarray(getattr(self, f.name)) for f in fields(self)}
        header = {"format": str(_FORMAT), "edges": json.dumps([float(BIN_EDGES[0]), float(BIN_EDGES[-1])])}
        atomic_write(path, seal(arrays, header))

    @classmethod
    def load(cls, path: Path) -> RunStatistics:
        """Read what save() wrote. Raises InputError if it is missing, damaged or of another version."""
        again = "Score the run again"
        try:
            arrays, header = unseal(path.read_bytes())
            version = int(header.get("format", "0"))
        except FileNotFoundError:
            raise InputError(str(path), "the run has no scores yet", again) from None
        except (OSError, ValueError) as error:
            raise InputError(str(path), f"the scores cannot be read ({error})", again) from error
        if version == _ALL_COUNTS and "histogram" in arrays:
            arrays["map_pixels"] = arrays["histogram"].sum(axis=1, dtype=np.uint32)
        elif version != _FORMAT:
            which = "an older" if version < _FORMAT else "a newer"
            raise InputError(str(path), f"the scores were made by {which} version of the program", again)
        names = {f.name for f in fields(cls)}
        if set(arrays) != names or arrays["histogram"].shape != (len(arrays["image_ids"]), BIN_COUNT):
            raise InputError(str(path), "the scores are not as this version writes them", again)
        return cls(**arrays)


class StatisticsBuilder:
    """Collects the statistics of one map after another."""

    def __init__(self) -> None:
        self._ids: list[int] = []
        self._maxima: list[float] = []
        self._means: list[float] = []
        self._tops: list[list[float]] = []
        self._levels: list[list[float]] = []
        self._histograms: list[NDArray[np.uint32]] = []
        self._pixels: list[int] = []
        self._has_mask: list[bool] = []
        self._regions: list[tuple[int, NDArray[np.uint32]]] = []
        self._held_out: list[bool] = []
        self._peaks: list[Peak] = []
        self._largest: list[tuple[int, NDArray[np.uint32]]] = []

    def add(
        self,
        image_id: int,
        normalised_map: NDArray[np.float32],
        mask: NDArray[np.bool_] | None = None,
        *,
        held_out_good: bool = False,
        peak: Peak | None = None,
        inside: NDArray[np.bool_] | None = None,
    ) -> None:
        """Take (H, W) and a mask of the same shape; held-out good images set the colour scale.

        *peak* is for a map that was combined of several scales. Pixels outside of *inside* (H, W) are in no figure,
        and no mask marks them; where none is inside, the figures are not finite.
        """
        values = counted(normalised_map, inside)
        finite = bool(values.size and np.isfinite(values).all())
        histogram = _count(values)
        shown = lowest_outside(normalised_map, inside)
        self._ids.append(image_id)
        self._held_out.append(held_out_good and finite)
        self._maxima.append(float(values.max()) if finite else np.nan)
        self._means.append(float(values.mean()) if finite else np.nan)
        self._tops.append(_top_means(values, histogram) if finite else [np.nan] * len(TOP_SHARES))
        self._levels.append([region_level(shown, side) if finite else np.nan for side in REGION_SIDES])
        self._histograms.append(histogram)
        self._pixels.append(normalised_map.size)
        self._peaks.append(peak or Peak(1, peak_box(shown)))
        if mask is not None and inside is not None:
            mask = mask & inside
        marked = mask is not None and bool(mask.any())
        self._has_mask.append(marked)
        if mask is not None and marked:
            count, labels, boxes, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
            for region in range(1, count):
                box = _box(boxes[region])
                self._regions.append((image_id, _count(normalised_map[box][labels[box] == region])))
        if held_out_good and finite:
            self._largest.append((image_id, largest_regions(shown, histogram)))

    def finish(self, map_scale: NDArray[np.float32] | None = None) -> RunStatistics:
        """The statistics of all maps so far; *map_scale* of the stored ones, if those are not the same maps."""
        maxima = np.asarray(self._maxima, np.float32)
        scale = _display_scale(maxima[np.asarray(self._held_out, np.bool_)])
        return RunStatistics(
            image_ids=np.asarray(self._ids, np.int64),
            maximum=maxima,
            mean=np.asarray(self._means, np.float32),
            top=np.asarray(self._tops, np.float32).reshape(-1, len(TOP_SHARES)),
            region_level=np.asarray(self._levels, np.float32).reshape(-1, len(REGION_SIDES)),
            histogram=_stack(self._histograms),
            map_pixels=np.asarray(self._pixels, np.uint32),
            has_mask=np.asarray(self._has_mask, np.bool_),
            region_image_ids=np.asarray([image for image, _ in self._regions], np.int64),
            region_histogram=_stack([histogram for _, histogram in self._regions]),
            peak_factor=np.asarray([peak.factor for peak in self._peaks], np.uint8),
            peak_box=np.asarray([peak.box for peak in self._peaks], np.int32).reshape(-1, 4),
            held_out_ids=np.asarray([image for image, _ in self._largest], np.int64),
            largest_region=_stack([sizes for _, sizes in self._largest]),
            display_scale=scale,
            map_scale=scale if map_scale is None else map_scale,
            maps_match=np.asarray([map_scale is None]),
        )


def largest_regions(normalised_map: NDArray[np.float32], histogram: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """(768,): pixels of the map's (H, W) largest 8-connected region in each bin or a higher one, falling.

    *histogram* (768,) is that of what counts of the map; the rest of it is as low as the lowest. Never too few: where
    more than 1 % of what counts is above a level, all of it is taken for one region.
    """
    above = np.cumsum(histogram[::-1])[::-1].astype(np.uint32)
    few = np.flatnonzero((above > 0) & (above <= _MOST_ABOVE * int(above[0])))
    sizes = above.copy()
    if len(few):
        firsts = few[::_REGION_STEP]
        for first, largest in zip(firsts.tolist(), _largest_at(normalised_map, firsts).tolist(), strict=True):
            sizes[first : first + _REGION_STEP] = np.minimum(above[first : first + _REGION_STEP], largest)
    return sizes


def _largest_at(normalised_map: NDArray[np.float32], firsts: NDArray[np.int64]) -> NDArray[np.int64]:
    """(L,): pixels of the largest region from each of the bins *firsts* (L,), which rise.

    A region at one level lies within a region of the lowest: those are gone through, the largest first, and
    only at levels where they could hold a larger one than is known.
    """
    edges = BIN_EDGES[firsts - 1]
    shown = (normalised_map >= edges[0]).astype(np.uint8)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(shown, connectivity=8)
    found = np.zeros(len(edges), np.int64)
    for region in (1 + np.argsort(-boxes[1:count, cv2.CC_STAT_AREA], kind="stable")).tolist():
        area = int(boxes[region, cv2.CC_STAT_AREA])
        if area <= found[-1]:
            break
        box = _box(boxes[region])
        part = np.where(labels[box] == region, normalised_map[box], -np.inf)
        wanted = np.flatnonzero((found < area) & (edges <= part.max()))
        for level in wanted.tolist():
            inner = (part >= edges[level]).astype(np.uint8)
            _, _, within, _ = cv2.connectedComponentsWithStats(inner, connectivity=8)
            found[level] = max(found[level], int(within[1:, cv2.CC_STAT_AREA].max()))
    return found


def _box(row: NDArray[np.int32]) -> tuple[slice, slice]:
    """Where a row of OpenCV's component statistics lies."""
    x, y, width, height = row[:4].tolist()
    return slice(y, y + height), slice(x, x + width)


def _count(values: NDArray[np.float32]) -> NDArray[np.uint32]:
    """(768,): values of any shape between BIN_EDGES. NaN, which sorts last, counts as the highest."""
    flat = values.reshape(-1)
    total = np.zeros(BIN_COUNT, np.int64)
    for first in range(0, flat.size, _CHUNK):
        bins = np.searchsorted(BIN_EDGES, flat[first : first + _CHUNK], side="right")
        total += np.bincount(bins, minlength=BIN_COUNT)
    return total.astype(np.uint32)


def _top_means(normalised_map: NDArray[np.float32], histogram: NDArray[np.uint32]) -> list[float]:
    """Means of the shares TOP_SHARES of a finite map (of any shape) with this *histogram*: only what they can hold is
    sorted."""
    counts = [top_count(normalised_map.size, share) for share in TOP_SHARES]
    above = np.cumsum(histogram[::-1])[::-1]
    first = int(np.flatnonzero(above >= max(counts))[-1])
    candidates = normalised_map[normalised_map >= BIN_EDGES[first - 1]] if first else normalised_map.reshape(-1)
    rising = np.sort(candidates)
    return [float(rising[-count:].mean()) for count in counts]


def _stack(histograms: Sequence[NDArray[np.uint32]]) -> NDArray[np.uint32]:
    return np.asarray(histograms, np.uint32).reshape(-1, BIN_COUNT)


def _display_scale(good_maxima: NDArray[np.float32]) -> NDArray[np.float32]:
    """From the average of good images to twice what nine of ten good images reach at their worst spot.

    So a good part stays in the lower half of the colours, and a defect has the upper half.
    """
    reach = float(np.percentile(good_maxima, 90)) if len(good_maxima) else 5.0
    return np.asarray([0.0, 2 * max(reach, 1.0)], np.float32)
