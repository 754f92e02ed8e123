"""A run's error maps, as something to draw masks by."""

from __future__ import annotations

from dataclasses import dataclass

from anomaly_gui.errors import InputError
from anomaly_gui.ui.pages.mask_state import MapLevel, map_level
from anomaly_gui.ui.pages.reviewed_run import RunLook, look_at
from anomaly_gui.ui.session import Session


@dataclass(frozen=True)
class RunMaps:
    """Of the run that the window looks at."""

    look: RunLook | None
    """None without a scored run."""
    level: MapLevel
    """From where on its detector sees a defect."""


def run_maps(session: Session) -> RunMaps:
    """A run whose files cannot be read has no maps; why is announced."""
    run_id = session.current_run
    if run_id is None or not session.is_scored(run_id):
        return RunMaps(None, map_level(None, None, None, maxima=False))
    try:
        look = look_at(session.project, run_id)
    except InputError as error:
        session.said.emit(f"No error map: {error}")
        return RunMaps(None, map_level(None, None, None, maxima=False))
    threshold, pixel = session.threshold(run_id), session.project.pixel_threshold(run_id)
    level = map_level(
        look.scale,
        threshold.value if threshold is not None else None,
        pixel.value if pixel is not None else None,
        maxima=look.scores_are_maxima,
    )
    return RunMaps(look, level)
