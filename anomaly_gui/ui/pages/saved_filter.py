"""The filter of the Data page as the project remembers it, for whoever goes through the same images. No Qt."""

from __future__ import annotations

import msgspec

from anomaly_gui.project.image_filter import ImageFilter
from anomaly_gui.project.store import Project

_PLACE = "data.filter"


def save_filter(project: Project, chosen: ImageFilter) -> None:
    project.remember(_PLACE, msgspec.to_builtins(chosen))


def saved_filter(project: Project) -> ImageFilter:
    """What save_filter kept; one that lets everything pass where that is nothing, or something else."""
    try:
        return msgspec.convert(project.place(_PLACE, {}), ImageFilter)
    except msgspec.ValidationError:
        return ImageFilter()
