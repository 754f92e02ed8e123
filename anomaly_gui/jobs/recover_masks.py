"""Take masks that a crash left unsaved into the project."""

from __future__ import annotations

import logging

from anomaly_gui.errors import InputError
from anomaly_gui.project.records import Changed
from anomaly_gui.project.store import Project
from anomaly_gui.project.unsaved_masks import UnsavedMasks

_log = logging.getLogger(__name__)


def recover_masks(project: Project) -> Changed | None:
    """One operation for all of them, which undo takes back; None if there are none.

    What cannot be read stays where it is and is named in the log. Raises InputError if nothing can be written.
    """
    unsaved = UnsavedMasks(project.folder)
    found = {}
    for image_id in unsaved.found():
        try:
            image = project.image(image_id)
            found[image_id] = unsaved.read(image_id, image.height, image.width)
        except InputError as error:
            _log.warning("an unsaved mask was left where it is: %s", error)
    if not found:
        return None
    changed = project.masks.draw_many(found.items(), "recovered: the program ended before it was saved")
    for image_id in found:
        unsaved.forget(image_id)
    return changed
