"""Masks that are being drawn, kept beside the project's own against a crash. Nothing of it is in the journal."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.errors import InputError
from anomaly_gui.files import atomic_write, printable
from anomaly_gui.imaging.masks import encode_mask, load_mask
from anomaly_gui.project.drawn_masks import FOLDER

_NAME = re.compile(r"([0-9]+)\.png")


class UnsavedMasks:
    """One file for each image whose mask is drawn and not yet saved; an empty mask is a mask here."""

    def __init__(self, project_folder: Path) -> None:
        self._folder = project_folder / FOLDER / "unsaved"

    def keep(self, image_id: int, mask: NDArray[np.bool_]) -> None:
        """Write *mask* (H, W) in place of the one kept before. Raises InputError if it cannot be written."""
        path = self._path(image_id)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic_write(path, encode_mask(mask))
        except OSError as error:
            raise InputError(
                printable(path),
                f"the mask cannot be kept against a crash ({error.strerror})",
                "Free some disk space; leaving the image saves its mask",
            ) from error

    def found(self) -> list[int]:
        """Ids of the images whose mask was not saved."""
        names = [_NAME.fullmatch(path.name) for path in self._folder.glob("*.png")]
        return sorted(int(name[1]) for name in names if name)

    def read(self, image_id: int, height: int, width: int) -> NDArray[np.bool_]:
        """Raises InputError if the file cannot be read or its mask has another size."""
        return load_mask(self._path(image_id), height, width)

    def forget(self, image_id: int) -> None:
        """It is saved, or not wanted any more; what a crash left half written goes as well."""
        for path in (self._path(image_id), *self._folder.glob(f".{image_id}.png.*.part")):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def _path(self, image_id: int) -> Path:
        return self._folder / f"{image_id}.png"
