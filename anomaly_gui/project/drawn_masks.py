"""Masks drawn in the program: files of the project, named after their content and never changed.

The journal names the file, so undo and redo find the former mask pixel by pixel; files stay as long as the
journal does.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.errors import InputError
from anomaly_gui.files import atomic_write, make_folder, printable, sha256
from anomaly_gui.imaging.masks import encode_mask
from anomaly_gui.project import operations
from anomaly_gui.project.records import Changed
from anomaly_gui.project.writer import Writer

FOLDER = "masks"

_REFERENCE = re.compile(r"masks/([0-9a-f]{64})\.png")


class DrawnMasks:
    """Takes masks into the project."""

    def __init__(self, writer: Writer, folder: Path) -> None:
        self._writer = writer
        self._folder = folder

    def draw(self, image_id: int, mask: NDArray[np.bool_] | None, reason: str = "") -> Changed:
        """Keep *mask*, (H, W) bool of the image's size, True where the defect is; None or an empty one removes it.

        Raises InputError if it has another size, or cannot be written.
        """
        return self.draw_many([(image_id, mask)], reason)

    def draw_many(self, drawn: Iterable[tuple[int, NDArray[np.bool_] | None]], reason: str = "") -> Changed:
        """Masks of several images in one step; they may come from a generator, so that one is in memory at a time."""
        references: dict[int, str | None] = {}
        for image_id, mask in drawn:
            references[image_id] = None if mask is None or not mask.any() else self._kept(image_id, mask)
        return self._writer.perform(lambda connection: operations.set_masks(connection, references, reason))

    def refer_to(self, image_id: int, path: str | Path | None) -> Changed:
        """Use the mask file at *path*, which stays where it is; None removes the mask."""
        wanted = None if path is None else self._reference(os.path.abspath(path))
        return self._writer.perform(lambda connection: operations.set_masks(connection, {image_id: wanted}, ""))

    def _reference(self, path: str) -> str:
        """Within the project's folder, which may be moved, a path is relative to it."""
        folder, name = os.path.split(path)
        own = os.path.normcase(folder) == os.path.normcase(self._folder / FOLDER)
        return f"{FOLDER}/{name}" if own and digest_of(f"{FOLDER}/{name}") else path

    def _kept(self, image_id: int, mask: NDArray[np.bool_]) -> str:
        """The reference to the file that holds *mask*, written if it is not there yet."""
        self._check_size(image_id, mask)
        data = encode_mask(mask.astype(np.bool_, copy=False))
        reference = f"{FOLDER}/{sha256(data)}.png"
        path = self._folder / reference
        try:
            make_folder(path.parent)
            if not path.exists() or sha256(path.read_bytes()) != digest_of(reference):
                atomic_write(path, data)
        except OSError as error:
            raise InputError(
                printable(path), f"the mask cannot be written ({error.strerror})", "Free some disk space"
            ) from error
        return reference

    def _check_size(self, image_id: int, mask: NDArray[np.bool_]) -> None:
        with self._writer.reading() as connection:
            row = connection.execute("SELECT height, width FROM image WHERE id = ?", (image_id,)).fetchone()
        if row is None:
            raise operations.not_there(image_id)
        if mask.shape != row:
            raise InputError(
                f"image {image_id}",
                f"the mask has {' × '.join(map(str, mask.shape))} pixels, the image {row[0]} × {row[1]}",
                "Draw the mask at the image's size",
            )


def digest_of(mask_path: str) -> str | None:
    """SHA-256 of the file that a journalled mask path refers to; None for one outside the project."""
    found = _REFERENCE.fullmatch(mask_path)
    return found[1] if found else None
