"""What a run keeps of every map, so that tuning never needs another pass over images."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from anomaly_gui.errors import InputError
from anomaly_gui.files import atomic_write
from anomaly_gui.scoring.reduce import BIN_COUNT, BIN_EDGES, area_edge, top_mean
from anomaly_gui.scoring.settings import TOP_SHARES, ScoringSettings

_FORMAT = 1


@dataclass(frozen=True)
class RunStatistics:
    """Compact statistics of N images' normalised maps, R of whose regions a mask marks."""

    image_ids: NDArray[np.int64]
    """(N,)"""
    maximum: NDArray[np.float32]
    """(N,), NaN where the map was not finite; so are the next two."""
    mean: NDArray[np.float32]
    """(N,)"""
    top: NDArray[np.float32]
    """(N, 4): means of the shares TOP_SHARES."""
    histogram: NDArray[np.uint32]
    """(N, 768): pixels between BIN_EDGES."""
    has_mask: NDArray[np.bool_]
    """(N,): whether a mask splits the image's pixels."""
    region_image_ids: NDArray[np.int64]
    """(R,): the image of each connected region of the masks."""
    region_histogram: NDArray[np.uint32]
    """(R, 768): pixels of the region."""
    display_scale: NDArray[np.float32]
    """(2,): lower and upper end of the run's one colour scale."""

    def scores(self, settings: ScoringSettings) -> NDArray[np.float32]:
        """(N,) anomaly scores by any reduction; equal to reducing the maps again."""
        match settings.reduction:
            case "max":
                return self.maximum
            case "top":
                return self.top[:, TOP_SHARES.index(settings.top_per_10000)]
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
        atomic_write(path, save(arrays, metadata=header))

    @classmethod
    def load(cls, path: Path) -> RunStatistics:
        """Read what save() wrote. Raises InputError if it is missing or damaged."""
        again = "Score the run again"
        try:
            arrays = load(path.read_bytes())
        except FileNotFoundError:
            raise InputError(str(path), "the run has no scores yet", again) from None
        except (OSError, SafetensorError, ValueError) as error:
            raise InputError(str(path), f"the scores cannot be read ({error})", again) from error
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
        self._histograms: list[NDArray[np.uint32]] = []
        self._has_mask: list[bool] = []
        self._regions: list[tuple[int, NDArray[np.uint32]]] = []
        self._held_out: list[bool] = []

    def add(
        self,
        image_id: int,
        normalised_map: NDArray[np.float32],
        mask: NDArray[np.bool_] | None = None,
        *,
        held_out_good: bool = False,
    ) -> None:
        """Take (H, W) and a mask of the same shape; held-out good images set the colour scale."""
        finite = bool(np.isfinite(normalised_map).all())
        self._ids.append(image_id)
        self._held_out.append(held_out_good and finite)
        self._maxima.append(float(normalised_map.max()) if finite else np.nan)
        self._means.append(float(normalised_map.mean()) if finite else np.nan)
        self._tops.append([top_mean(normalised_map, share) if finite else np.nan for share in TOP_SHARES])
        bins = np.searchsorted(BIN_EDGES, normalised_map, side="right")
        self._histograms.append(_count(bins))
        marked = mask is not None and bool(mask.any())
        self._has_mask.append(marked)
        if mask is not None and marked:
            regions, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
            self._regions += [(image_id, _count(bins[labels == region])) for region in range(1, regions)]

    def finish(self) -> RunStatistics:
        """The statistics of all maps so far."""
        maxima = np.asarray(self._maxima, np.float32)
        return RunStatistics(
            image_ids=np.asarray(self._ids, np.int64),
            maximum=maxima,
            mean=np.asarray(self._means, np.float32),
            top=np.asarray(self._tops, np.float32).reshape(-1, len(TOP_SHARES)),
            histogram=_stack(self._histograms),
            has_mask=np.asarray(self._has_mask, np.bool_),
            region_image_ids=np.asarray([image for image, _ in self._regions], np.int64),
            region_histogram=_stack([histogram for _, histogram in self._regions]),
            display_scale=_display_scale(maxima[np.asarray(self._held_out, np.bool_)]),
        )


def _count(bins: NDArray[np.int64]) -> NDArray[np.uint32]:
    return np.bincount(bins.ravel(), minlength=BIN_COUNT).astype(np.uint32)


def _stack(histograms: Sequence[NDArray[np.uint32]]) -> NDArray[np.uint32]:
    return np.asarray(histograms, np.uint32).reshape(-1, BIN_COUNT)


def _display_scale(good_maxima: NDArray[np.float32]) -> NDArray[np.float32]:
    """From the average of good images to twice what nine of ten good images reach at their worst spot.

    So a good part stays in the lower half of the colours, and a defect has the upper half.
    """
    reach = float(np.percentile(good_maxima, 90)) if len(good_maxima) else 5.0
    return np.asarray([0.0, 2 * max(reach, 1.0)], np.float32)
