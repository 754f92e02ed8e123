"""What the Tune page shows at a pixel threshold, worked out from a run's statistics. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.evaluation.guarantee import rate_bound
from anomaly_gui.evaluation.pixel_rules import LARGEST_REGION, PixelRule, pixel_rule_sentence
from anomaly_gui.evaluation.pixels import region_overlap
from anomaly_gui.jobs.pixels import AUPRO_LIMITS, JudgedPixels, bin_of, level_of, pixel_rule_of
from anomaly_gui.jobs.rescoring import ScoringEffect
from anomaly_gui.project.records import PixelThreshold
from anomaly_gui.scoring.reduce import BIN_COUNT, BIN_EDGES
from anomaly_gui.ui.widgets.score_bins import ScoreBins
from anomaly_gui.ui.wording import NO_FIGURE, counted, percent_text, score_decimals, score_text

Curve = NDArray[np.float64]
_FAR = 0.002
"""The axis ends where less than this share of the defects' pixels lies higher, and no good region reaches."""


@dataclass(frozen=True)
class PixelFigure:
    """One row of figures."""

    name: str
    title: str
    tip: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class WorstImage:
    """A defective image at the pixel threshold."""

    image_id: int
    found: float
    """Share of its marked pixels, in [0, 1]."""
    f1: float


class PixelsState:
    """Pixels of one run with a threshold that moves over the levels of its statistics."""

    def __init__(self, judged: JudgedPixels, saved: PixelThreshold | None, start: float) -> None:
        """*start*: where the threshold is shown while none is saved."""
        self.judged = judged
        self.saved = saved
        self.before: float | None = None
        self.first = bin_of(saved.value if saved else start)
        self._rates = judged.table.rates()
        self.bins = _bins(judged)
        self.decimals = score_decimals(self.bins.low, self.bins.high)

    @property
    def value(self) -> float:
        return level_of(self.first)

    @property
    def has_masks(self) -> bool:
        return len(self.judged.ids) > 0

    # Moving

    def move_to(self, value: float) -> None:
        """Show the level nearest to *value*; nothing is saved."""
        if np.isfinite(value):
            self.first = bin_of(value)

    def take_saved(self, saved: PixelThreshold | None) -> None:
        """The project holds another: a drag ended, a rule was applied, or an undo."""
        if self.saved is not None and saved != self.saved:
            self.before = self.saved.value
        self.saved = saved
        if saved is not None:
            self.first = bin_of(saved.value)

    def stepped(self, direction: int) -> float:
        """The next level at which pixels change sides; the same one at an end."""
        counts = self.judged.table.found + self.judged.table.alarms
        first = self.first + direction
        while 1 <= first < BIN_COUNT - 1 and counts[first] == counts[self.first]:
            first += direction
        return level_of(min(max(first, 1), BIN_COUNT - 1))

    def stepped_by_percent(self, direction: int) -> float:
        """By 1 % of the axis, and by a level at least."""
        wanted = bin_of(self.value + direction * (self.bins.high - self.bins.low) / 100)
        return level_of(wanted if wanted != self.first else min(max(self.first + direction, 1), BIN_COUNT - 1))

    @property
    def compared_with(self) -> float | None:
        """The threshold that is saved while it moves, then the one before."""
        if self.saved is None:
            return None
        return self.saved.value if self.value != self.saved.value else self.before

    # Curves

    def rates_at(self, thresholds: Curve) -> tuple[Curve, Curve, Curve]:
        """Precision, recall and F1 (K,) each of pixels at thresholds (K,); NaN where undefined."""
        first = np.searchsorted(BIN_EDGES, thresholds.astype(np.float32), side="left") + 1
        precision, recall, f1 = (rate[np.minimum(first, BIN_COUNT - 1)] for rate in self._rates)
        return precision, recall, f1

    @cached_property
    def overlap(self) -> tuple[Curve, Curve]:
        """The per-region overlap curve, by falling threshold; empty without a mask."""
        if not self.has_masks or not self.judged.good.sum():
            return np.empty(0), np.empty(0)
        return region_overlap(self.judged.good, self.judged.regions)

    def overlap_point(self, value: float | None) -> tuple[float, float] | None:
        """Where a threshold is on it."""
        x, y = self.overlap
        if value is None or not len(x):
            return None
        place = BIN_COUNT - bin_of(value)
        return float(x[place]), float(y[place])

    def level_on_overlap(self, false_alarm_rate: float, overlap: float, limit: float) -> float | None:
        """The threshold whose point is nearest to a click; None without a curve."""
        x, y = self.overlap
        if not len(x):
            return None
        distance = ((x - false_alarm_rate) / limit) ** 2 + (y - overlap) ** 2
        return level_of(min(max(BIN_COUNT - int(np.argmin(distance)), 1), BIN_COUNT - 1))

    # Figures

    def figures(self) -> list[PixelFigure]:
        """What moves with the threshold."""
        counts, judged = self.judged.table.at(self.first), self.judged
        touched = int((self._highest >= self.first).sum())
        largest, images = judged.largest_at(self.first), len(judged.largest)
        return [
            PixelFigure(
                "precision", "Precision", "Share of the marked pixels that a mask has", _share(counts.precision)
            ),
            PixelFigure("recall", "Recall", "Share of the masks' pixels that are marked", _share(counts.recall)),
            PixelFigure("f1", "F1", "Harmonic mean of both", _share(counts.f1)),
            PixelFigure(
                "touched",
                "Defects touched",
                "Regions of the masks in which at least one pixel is marked",
                f"{touched:,}" if self.has_masks else NO_FIGURE,
                f"of {counted(len(self._highest), 'region')}" if self.has_masks else "",
            ),
            PixelFigure(
                "largest",
                "Largest good region",
                "In pixels of the original image. It is measured at every second level, and never told too small",
                NO_FIGURE if largest is None else f"{largest:,.0f} px",
                f"of {images:,} held-out" if images else "no held-out image",
            ),
        ]

    def areas(self) -> list[PixelFigure]:
        """What does not."""
        judged = self.judged
        rows = [PixelFigure("auroc", "Pixel AUROC", "Area under the ROC curve of pixels", _area(judged.auroc, 2))]
        for limit, value in zip(AUPRO_LIMITS, judged.aupros, strict=True):
            tip = (
                "Area under the per-region overlap curve up to this false alarm rate of pixels, divided by it: "
                "a small defect weighs as much as a large one"
            )
            rows.append(PixelFigure(f"aupro {limit}", f"AUPRO to {100 * limit:g} %", tip, _area(value, 2)))
        return rows

    @cached_property
    def _highest(self) -> NDArray[np.int64]:
        """(R,): the highest bin that each region of the masks has a pixel in."""
        regions = self.judged.regions
        return regions.shape[1] - 1 - np.argmax(regions[:, ::-1] > 0, axis=1)

    @cached_property
    def _inside(self) -> NDArray[np.int64]:
        """(M, 768): pixels of each image's mask in each bin or a higher one."""
        judged = self.judged
        inside = np.zeros((len(judged.ids), BIN_COUNT), np.int64)
        np.add.at(inside, judged.region_places, judged.regions.astype(np.int64))
        return np.cumsum(inside[:, ::-1], axis=1)[:, ::-1]

    @cached_property
    def _above(self) -> NDArray[np.int64]:
        """(M, 768): all pixels of each image in each bin or a higher one."""
        return np.cumsum(self.judged.totals[:, ::-1], axis=1, dtype=np.int64)[:, ::-1]

    def worst(self, count: int) -> list[WorstImage]:
        """Defective images with a mask, the lowest F1 of pixels first; of those alike the one with most to find."""
        if not self.has_masks:
            return []
        found, marked = self._inside[:, self.first], self._inside[:, 0]
        f1 = 2 * found / (self._above[:, self.first] + marked)
        order = np.lexsort((-marked, f1))[:count]
        return [WorstImage(int(self.judged.ids[n]), float(found[n] / marked[n]), float(f1[n])) for n in order]

    # Sentences

    @property
    def basis_sentence(self) -> str:
        """Which images the figures rest on."""
        judged = self.judged
        masks = f"{counted(len(judged.ids), 'defective image')} with a mask"
        left_out = f"; {judged.unmarked:,} without one say nothing of pixels" if judged.unmarked else ""
        return f"Pixels of {masks} and of {counted(judged.good_images, 'good image')}, none trained on{left_out}."

    @property
    def remark(self) -> str:
        """What to keep in mind."""
        if not self.has_masks:
            return (
                "No defective test image has a mask: precision, recall, F1, AUROC and AUPRO of pixels cannot be told. "
                "Import masks on the Data page."
            )
        saved = self.saved
        if saved is None:
            return "No pixel threshold is saved yet: move the line, or let a rule set it."
        if saved.rule == LARGEST_REGION and saved.value == self.value:
            return "This threshold comes from held-out good images alone, not from the masks below."
        return (
            "The pixel threshold is chosen on the same images as its figures: expect them to be a little worse on "
            "new parts."
        )

    @property
    def rule_note(self) -> str:
        """What the rule that holds promises."""
        rule = pixel_rule_of(self.saved) if self.saved is not None and self.saved.value == self.value else None
        if rule is not None:
            return pixel_rule_sentence(rule, len(self.judged.largest))
        images, largest = len(self.judged.largest), self.judged.largest_at(self.first)
        if largest is None:
            return ""
        size = f" above {largest:,.0f} px" if largest else ""
        return (
            f"By hand. With 95 % confidence, no more than {100 * rate_bound(0, images):.2g} % of new good parts show a "
            f"region{size} here."
        )

    @property
    def change_sentence(self) -> str:
        """The price of the move."""
        other = self.compared_with
        if other is None or other == self.value or not self.has_masks:
            return "Move the line to see what it would change." if self.has_masks else ""
        now, then = (self.judged.table.at(first) for first in (self.first, bin_of(other)))
        recall, precision = (now.recall or 0) - (then.recall or 0), (now.precision or 0) - (then.precision or 0)
        against = f"Against {score_text(other, self.decimals)}"
        return f"{against}: recall {_signed(recall)}, precision {_signed(precision)} points."

    @property
    def rule(self) -> PixelRule | None:
        """The rule that the saved threshold came from."""
        return pixel_rule_of(self.saved) if self.saved is not None else None


def effect_sentence(effect: ScoringEffect, unchanged: str) -> str:
    """What another scoring would do to the figures of images; *unchanged* is said of the one in force."""
    before, after = effect.before, effect.after
    if effect.settings_are_in_force:
        return f"In force: AUROC {_area(after.auroc)}, F1 {_area(after.f1)} at the image threshold. {unchanged}"
    return (
        f"AUROC {_area(before.auroc)} → {_area(after.auroc)}, F1 {_area(before.f1)} → {_area(after.f1)} "
        "at the threshold that would then hold, on the same labelled test images."
    )


def _bins(judged: JudgedPixels) -> ScoreBins:
    """The part of the histograms that there is anything in, at the levels themselves."""
    inside = judged.regions.sum(axis=0, dtype=np.int64)
    counts = judged.good + inside
    filled = np.flatnonzero(counts[1:-1]) + 1
    low, last = (int(filled[0]), int(filled[-1])) if len(filled) else (BIN_COUNT // 2, BIN_COUNT // 2)
    found = judged.table.found
    calm = found <= _FAR * max(found[0], 1)
    if len(judged.largest):
        calm &= judged.largest.max(axis=0) == 0
    high = max(min(last, int(np.argmax(calm)) if calm.any() else last), low + 4)
    edges = BIN_EDGES[low - 1 : high + 1].astype(np.float64)
    shown = slice(low, high + 1)
    return ScoreBins(edges, judged.good[shown], inside[shown], beyond=int(counts[high + 1 :].sum()))


def _share(value: float | None) -> str:
    """Pixels are many but not independent: a decimal would say more than the images do."""
    return percent_text(value, (0.0, 1.0))


def _area(value: float | None, decimals: int = 3) -> str:
    return NO_FIGURE if value is None else f"{value:.{decimals}f}"


def _signed(difference: float) -> str:
    text = f"{100 * difference:+.1f}"
    return "±0" if float(text) == 0 else text.replace("-", "−")
