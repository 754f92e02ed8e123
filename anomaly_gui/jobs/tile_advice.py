"""A proposal of tiles as a run takes it, and how long images took the runs before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from anomaly_gui.detectors import registry
from anomaly_gui.errors import InputError
from anomaly_gui.imaging.tile_proposal import TileProposal, tiles_of
from anomaly_gui.jobs.run_facts import load_facts
from anomaly_gui.project.records import Image
from anomaly_gui.project.runs import RunFolder


def usual_size(images: Iterable[Image]) -> tuple[int, int] | None:
    """Median width and height of those that are not excluded; None if there are none."""
    sizes = [(image.width, image.height) for image in images if not image.excluded]
    if not sizes:
        return None
    width, height = np.median(np.asarray(sizes), axis=0)
    return int(width), int(height)


def with_tiles(detector: str, chosen: Mapping[str, Any], proposal: TileProposal) -> tuple[str, dict[str, Any]]:
    """Detector and settings to train with: the proposal's and what suits tiles, but for what was *chosen*."""
    settings = {**proposal.settings, **chosen}
    if not int(settings["tile_px"]):
        return detector, settings
    taken, suited = registry.for_tiles(detector, str(settings.get("backbone", "")))
    return taken, {**suited, **settings}


class Timing(msgspec.Struct, frozen=True):
    """How long scoring took, as it was measured."""

    images: int
    seconds: float
    """Reading the files and writing the maps included."""


@dataclass(frozen=True)
class Pace:
    """Of one run that was scored."""

    run: str
    detector: str
    seconds_a_megapixel: float
    """Looked at by the detector: of all tiles, or of the input that the image was resized to."""


def keep_timing(folder: RunFolder, images: int, seconds: float) -> None:
    """Raises InputError if it cannot be written."""
    folder.write_timing(msgspec.to_builtins(Timing(images, seconds)))


def pace_of(folder: RunFolder, size: tuple[int, int]) -> Pace | None:
    """Of a run on images of *size* (width, height); None if it was not measured, as by older versions."""
    try:
        timing = msgspec.convert(folder.read_timing(), Timing)
        facts = load_facts(folder)
    except (InputError, msgspec.ValidationError):
        return None
    tiles = 1 if facts.tiling is None else tiles_of(*size, facts.tiling)
    megapixels = tiles * facts.input_px**2 / 1e6
    if timing.images < 1 or not timing.seconds > 0:
        return None
    return Pace(facts.run, facts.detector, timing.seconds / timing.images / megapixels)
