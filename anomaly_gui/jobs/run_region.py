"""The region of interest and the runs that count by it: whether it leaves anything, and whether it is still theirs."""

from __future__ import annotations

from collections.abc import Sequence

from anomaly_gui.detectors.settings import DetectorSettings
from anomaly_gui.errors import InputError
from anomaly_gui.imaging.region import Region, inside_of
from anomaly_gui.imaging.tiles import shrunk_size
from anomaly_gui.jobs.run_facts import input_side, load_facts, tiling_of
from anomaly_gui.project.records import Image
from anomaly_gui.project.store import Project


def require_region(region: Region, settings: DetectorSettings, good: Sequence[Image]) -> None:
    """Raises InputError where *region* leaves nothing of what a detector with these *settings* would see of any of
    the *good* images that it is to learn from."""
    if region.is_everything:
        return
    tiling = tiling_of(settings)
    if tiling is None:
        side = settings.input_px or input_side(good)
        sizes = {(side, side)}
    else:
        sizes = {shrunk_size(image.height, image.width, tiling.factors[0]) for image in good}
    for height, width in sorted(sizes):
        inside = inside_of(region, height, width)
        if inside is not None and not inside.any():
            raise InputError(
                "region of interest",
                f"it leaves no pixel of an image that is seen as {width} × {height} px",
                "Draw it larger, or remove it, in the region editor of the Data page",
            )


def region_of(project: Project, run_id: int) -> Region | None:
    """What counts for a run; None before it has started to train. Raises InputError if its settings are damaged."""
    folder = project.run_folder(run_id)
    return load_facts(folder).region if folder.settings.exists() else None


def outdated_region(project: Project, run_id: int) -> str:
    """A sentence if the run counts by another region than the one drawn now; "" if it is the same.

    Raises InputError as region_of does.
    """
    if region_of(project, run_id) in (None, project.region()):
        return ""
    name = project.run(run_id).name
    return f"The region of interest was changed since run {name} was trained. Train again to count by it."
