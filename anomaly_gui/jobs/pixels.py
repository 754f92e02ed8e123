"""What a run's statistics say of pixels by the present labels, and rules that set their threshold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.pixel_rules import BEST_F1, LARGEST_REGION, PIXEL_RULES, PixelRule, pixel_rule_sentence
from anomaly_gui.evaluation.pixels import PixelTable, aupro, first_bin_below, pixel_auroc, pixel_f1
from anomaly_gui.project.records import Image, PixelThreshold
from anomaly_gui.scoring.reduce import BIN_EDGES
from anomaly_gui.scoring.statistics import RunStatistics

AUPRO_LIMITS = (0.3, 0.05)
"""False alarm rates of pixels that the per-region overlap is told to."""
BY_HAND = "manual"


def bin_of(level: float) -> int:
    """The first bin whose pixels are at or above *level*, which stands for the nearest edge of the histograms."""
    return int(np.argmin(np.abs(BIN_EDGES - level))) + 1


def level_of(first_bin: int) -> float:
    """The pixel threshold from which *first_bin* (1…767) and higher ones count."""
    return float(BIN_EDGES[first_bin - 1])


@dataclass(frozen=True)
class JudgedPixels:
    """Pixels of good test images and of the defects with a mask; a defect without one says nothing of pixels.

    Histograms are over the 768 bins between BIN_EDGES, in pixels of the detector's input.
    """

    good: NDArray[np.int64]
    """(768,): pixels outside the masks."""
    regions: NDArray[np.uint32]
    """(R, 768): pixels of each region of the masks,"""
    region_places: NDArray[np.int64]
    """(R,): and which of *ids* it belongs to."""
    ids: NDArray[np.int64]
    """(M,): defective images with a mask."""
    totals: NDArray[np.uint32]
    """(M, 768): all their pixels."""
    good_images: int
    unmarked: int
    """Defective images without a mask."""
    largest: NDArray[np.float64]
    """(H, 768): size of the largest region of each held-out good image, in pixels of the original image."""

    @cached_property
    def table(self) -> PixelTable:
        return PixelTable(self.good, self.regions.sum(axis=0, dtype=np.int64))

    @cached_property
    def auroc(self) -> float | None:
        return pixel_auroc(self.good, self.regions.sum(axis=0, dtype=np.int64))

    @cached_property
    def best(self) -> tuple[float, int] | None:
        """The highest F1 and the first bin that gives it; None without a marked defect."""
        found = pixel_f1(self.good, self.regions.sum(axis=0, dtype=np.int64))
        return (found[0], max(found[1], 1)) if found else None

    @cached_property
    def aupros(self) -> tuple[float | None, float | None]:
        """To each of AUPRO_LIMITS."""
        first, second = (aupro(self.good, self.regions, limit) for limit in AUPRO_LIMITS)
        return first, second

    def largest_at(self, first_bin: int) -> float | None:
        """The largest region of any held-out good image, in pixels of the original; None without an image."""
        return float(self.largest[:, first_bin].max()) if len(self.largest) else None


def judge_pixels(
    statistics: RunStatistics,
    defective: Mapping[int, bool],
    held_out: NDArray[np.int64],
    images: Mapping[int, Image],
) -> JudgedPixels:
    """By the labels of test images (id → is defective), and by those held-out good images that still count."""
    keys = statistics.image_ids.tolist()
    judged = np.array([key in defective for key in keys], np.bool_)
    defect = np.array([defective.get(key, False) for key in keys], np.bool_)
    marked = judged & defect & statistics.has_mask
    ids = statistics.image_ids[marked]
    of_these = np.isin(statistics.region_image_ids, ids)
    regions = statistics.region_histogram[of_these]
    outside = statistics.histogram[(judged & ~defect) | marked].sum(axis=0, dtype=np.int64)
    order = np.argsort(ids)
    places = order[np.searchsorted(ids, statistics.region_image_ids[of_these], sorter=order)] if len(ids) else order
    return JudgedPixels(
        good=outside - regions.sum(axis=0, dtype=np.int64),
        regions=regions,
        region_places=places,
        ids=ids,
        totals=statistics.histogram[marked],
        good_images=int((judged & ~defect).sum()),
        unmarked=int((judged & defect & ~statistics.has_mask).sum()),
        largest=_largest(statistics, held_out, images),
    )


def _largest(
    statistics: RunStatistics, held_out: NDArray[np.int64], images: Mapping[int, Image]
) -> NDArray[np.float64]:
    """A pixel of the map stands for as many of the original image as it was shrunk from."""
    kept = np.isin(statistics.held_out_ids, held_out)
    sizes = [images[key].width * images[key].height for key in statistics.held_out_ids[kept].tolist()]
    row = {key: number for number, key in enumerate(statistics.image_ids.tolist())}
    rows = [row[key] for key in statistics.held_out_ids[kept].tolist()]
    map_pixels = statistics.map_pixels[rows].astype(np.float64)
    scaled: NDArray[np.float64] = statistics.largest_region[kept] * (np.asarray(sizes) / map_pixels)[:, None]
    return scaled


def threshold_by_pixel_rule(rule: PixelRule, judged: JudgedPixels) -> PixelThreshold:
    """What *rule* gives. Raises InputError where it gives none."""
    why = why_not_pixel_rule(rule.name, judged)
    if why:
        raise InputError(f"pixel rule {rule.name}", why, "Choose another rule or give a value")
    if rule.name == BEST_F1:
        assert judged.best is not None
        return PixelThreshold(level_of(judged.best[1]), rule.name)
    if rule.parameter is None or not rule.parameter > 0:
        raise InputError(f"pixel rule {rule.name}", "the smallest defect that matters is not given", "Give its pixels")
    first = first_bin_below(judged.largest, rule.parameter)
    if first is None:
        raise InputError(f"pixel rule {rule.name}", "no level keeps every region that small", "Give a larger size")
    return PixelThreshold(level_of(max(first, 1)), rule.name, rule.parameter)


def why_not_pixel_rule(name: str, judged: JudgedPixels) -> str:
    """Why a rule of PIXEL_RULES cannot be used with these images; empty if it can. Raises InputError if it is none."""
    if name not in PIXEL_RULES:
        known = ", ".join(PIXEL_RULES)
        raise InputError(f"pixel rule {name}", "there is none of this name", f"Choose one of: {known}")
    if name == LARGEST_REGION:
        return "" if len(judged.largest) else "no held-out good image has statistics"
    return "" if len(judged.ids) else "no defective image has a mask"


def pixel_rule_of(threshold: PixelThreshold) -> PixelRule | None:
    """The rule that set *threshold*; None if it was set by hand."""
    return PixelRule(threshold.rule, threshold.parameter) if threshold.rule in PIXEL_RULES else None


def pixel_threshold_sentence(threshold: PixelThreshold, judged: JudgedPixels) -> str:
    """How *threshold* was chosen, and what that promises."""
    rule = pixel_rule_of(threshold)
    return "Set by hand." if rule is None else pixel_rule_sentence(rule, len(judged.largest))
