"""What a run holds against one image: gathered for the question why it was missed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.evaluation.misses import Evidence, MissAnalysis, why_missed
from anomaly_gui.imaging.load import to_unit
from anomaly_gui.imaging.masks import load_mask
from anomaly_gui.imaging.region import Region, inside_of
from anomaly_gui.jobs.run_facts import load_facts
from anomaly_gui.jobs.score import load_statistics
from anomaly_gui.project.store import Project
from anomaly_gui.scoring.statistics import RunStatistics

_MAP_LEVELS = 65535
_EVERYTHING = Region()


@dataclass(frozen=True)
class RunMeasure:
    """What stays the same for all images of a run."""

    run_id: int
    detector: str
    preset: str
    input_px: int
    scale: tuple[float, float]
    """Values that 0 and 65535 of a stored map stand for; higher ones are stored as 65535."""
    ordinary: float | None
    """Median of the worst spots of good images, those of the test if there are any; None without any."""
    finest_factor: int | None = None
    """Of a run that looks by tiles: 1 is full size, 2 half of it; None where the whole image is resized."""
    region: Region = _EVERYTHING
    """What counted of every image."""


def run_measure(project: Project, run_id: int) -> RunMeasure:
    """Raises InputError if the run was not scored."""
    run = project.run(run_id)
    facts = load_facts(project.run_folder(run_id))
    statistics = load_statistics(project, run_id)
    lower, upper = statistics.map_scale.tolist()
    ordinary = _ordinary(project, run_id, statistics)
    return RunMeasure(
        run_id,
        run.detector,
        run.preset,
        facts.input_px,
        (lower, upper),
        ordinary,
        facts.tiling.factors[0] if facts.tiling else None,
        facts.region,
    )


def _ordinary(project: Project, run_id: int, statistics: RunStatistics) -> float | None:
    """Maps are normalised by the good images held out for validation: these look calmer than any other."""
    roles = project.roles(run_id)
    good = [image.id for image in project.images() if image.label.kind == "good" and not image.excluded]
    for role in ("test", "validation"):
        ids = [image_id for image_id in good if roles.get(image_id) == role]
        maxima = statistics.maximum[np.isin(statistics.image_ids, ids)]
        maxima = maxima[np.isfinite(maxima)]
        if len(maxima):
            return float(np.median(maxima))
    return None


def analyse(
    measure: RunMeasure,
    stored_map: NDArray[np.uint16],
    original: NDArray[np.uint8] | NDArray[np.uint16],
    white_level: int,
    mask_path: str | None,
    reconstruction: NDArray[np.uint8] | None,
) -> MissAnalysis:
    """Of one image: its stored map (H, W), its pixels (h, w, C), what the detector drew (any size, C).

    Raises InputError for a mask that cannot be read.
    """
    lower, upper = measure.scale
    values = stored_map.astype(np.float32) * np.float32((upper - lower) / _MAP_LEVELS) + np.float32(lower)
    height, width = original.shape[:2]
    return why_missed(
        Evidence(
            anomaly_map=values,
            pixels=to_unit(original, white_level),
            input_px=_side_seen(measure, height, width),
            ordinary=measure.ordinary,
            mask=load_mask(mask_path, height, width) if mask_path is not None else None,
            reconstruction=to_unit(reconstruction, 255) if reconstruction is not None else None,
            counted=inside_of(measure.region, height, width),
        )
    )


def _side_seen(measure: RunMeasure, height: int, width: int) -> int:
    """Of the square that an image (height, width) is seen as: by tiles as many pixels as it has at their scale."""
    if measure.finest_factor is None:
        return measure.input_px
    return max(1, round(math.sqrt(height * width) / measure.finest_factor))
