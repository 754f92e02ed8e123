"""The preview of a run that is over, read from its folder in the background."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.load import load
from anomaly_gui.imaging.resize import prepare
from anomaly_gui.jobs.run_facts import load_facts
from anomaly_gui.project.records import Image
from anomaly_gui.project.runs import RunFolder
from anomaly_gui.ui.widgets.preview_grid import PreviewImage, to_levels

Caption = Callable[[Image], tuple[str, bool, str]]
_WHOLE_PX = 512
"""Side at which an image that a run looks at by tiles is shown here."""
_MAP_LEVELS = 65535.0


class _Reading(QRunnable):
    def __init__(
        self, owner: RunPreview, generation: int, folder: RunFolder, images: Sequence[Image], caption: Caption
    ) -> None:
        super().__init__()
        self._owner = owner
        self._generation = generation
        self._folder = folder
        self._images = images
        self._caption = caption

    def run(self) -> None:
        made: list[PreviewImage] = []
        try:
            made = read_preview(self._folder, self._images, self._caption)
        except InputError as error:
            logging.getLogger(__name__).info("no preview: %s", error)
        except Exception:
            logging.getLogger(__name__).exception("the preview of %s failed", self._folder.folder)
        with contextlib.suppress(RuntimeError):  # the window may be gone
            self._owner.read.emit(self._generation, made)


class RunPreview(QObject):
    """Reads one run at a time; what arrives for a run left already is dropped."""

    loaded = Signal(object)
    """list[PreviewImage]."""
    read = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._generation = 0
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self.read.connect(self._take)

    def ask(self, project_folder: Path, run_name: str, images: Sequence[Image], caption: Caption) -> None:
        """Read the pictures of *images* in a run."""
        self._generation += 1
        self._pool.clear()
        self._pool.start(_Reading(self, self._generation, RunFolder(project_folder, run_name), images, caption))

    def forget(self) -> None:
        """Announce nothing of what is under way."""
        self._generation += 1

    def stop(self) -> None:
        self.forget()
        self._pool.clear()
        self._pool.waitForDone()

    @Slot(int, object)
    def _take(self, generation: int, made: list[PreviewImage]) -> None:
        if generation == self._generation:
            self.loaded.emit(made)


def read_preview(folder: RunFolder, images: Sequence[Image], caption: Caption) -> list[PreviewImage]:
    """The columns of the grid; a picture that is missing is None. Raises InputError without settings."""
    facts = load_facts(folder)
    made = []
    for image in images:
        white = 255 if image.bit_depth == 8 else facts.white_level
        try:
            pixels = load(image.path, verify=False).pixels
        except InputError:
            continue
        side = facts.input_px if facts.tiling is None else _WHOLE_PX
        original = prepare(pixels, white, facts.channels, side).transpose(1, 2, 0)
        made.append(
            PreviewImage(
                *caption(image),
                original=to_levels(original),
                reconstruction=_reconstruction(folder, image.id),
                error=_error(folder, image.id),
            )
        )
    return made


def _reconstruction(folder: RunFolder, image_id: int) -> NDArray[np.uint8] | None:
    try:
        picture = folder.read_reconstruction(image_id)
    except InputError:
        return None
    if max(picture.shape[:2]) > 2 * _WHOLE_PX:  # By tiles it is as large as the image.
        picture = to_levels(prepare(picture, 255, picture.shape[2], _WHOLE_PX).transpose(1, 2, 0))
    return np.ascontiguousarray(picture[:, :, 0] if picture.ndim == 3 and picture.shape[2] == 1 else picture)


def _error(folder: RunFolder, image_id: int) -> NDArray[np.float32] | None:
    try:
        factors = folder.map_factors(image_id)
        if factors:
            return (folder.read_map_level(image_id, factors[-1]) / np.float32(255)).astype(np.float32)
        return (folder.read_map(image_id) / _MAP_LEVELS).astype(np.float32)
    except InputError:
        return None
