"""Reads an image with its error map and its mask, away from the window's thread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.masks import load_mask
from anomaly_gui.project.records import Image
from anomaly_gui.ui.background import Background
from anomaly_gui.ui.widgets.picture_loader import PictureLoader
from anomaly_gui.ui.widgets.picture_set import PictureRequest, PictureSet


@dataclass(frozen=True)
class ReadImage:
    """Everything that is drawn on."""

    image: Image
    pictures: PictureSet
    mask: NDArray[np.bool_]
    """(H, W) of the image's size; empty where there is none or it cannot be read."""
    problem: str
    """Why the mask cannot be read."""

    @property
    def refusal(self) -> str:
        """Why the image cannot be masked; empty if it can."""
        pictures, image = self.pictures, self.image
        if pictures.original is None:
            return pictures.problems[0] if pictures.problems else "The image cannot be read."
        if pictures.size != (image.width, image.height):
            return "The image has another size than when it came in."
        return ""


@dataclass(frozen=True)
class _Mask:
    image_id: int
    mask: NDArray[np.bool_]
    problem: str


class MaskReader(QObject):
    """One image at a time; what arrives for one already left is dropped."""

    read = Signal(object)
    """ReadImage of the image asked for last."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._image: Image | None = None
        self._pictures: PictureSet | None = None
        self._mask: _Mask | None = None
        self._loader, self._masks = PictureLoader(self), Background(self)
        self._loader.loaded.connect(self._take_pictures)
        self._masks.answered.connect(self._take_mask)
        self.fetch_ahead = self._loader.fetch_ahead

    def ask(self, image: Image, request: PictureRequest) -> None:
        """`read` follows, perhaps before this returns."""
        self._image, self._pictures, self._mask = image, None, None
        self._masks.ask(lambda _cancel: _read_mask(image))
        pictures = self._loader.show(request)
        if pictures is not None:
            self._take_pictures(pictures)

    def forget(self) -> None:
        """The image is left."""
        self._image = None
        self._masks.forget()

    def stop(self) -> None:
        """Wait for what is under way: before the window goes."""
        self.forget()
        self._masks.stop()

    @Slot(object)
    def _take_pictures(self, pictures: PictureSet) -> None:
        if self._image is not None and pictures.request.image_id == self._image.id:
            self._pictures = pictures
            self._tell()

    @Slot(object)
    def _take_mask(self, mask: _Mask) -> None:
        self._mask = mask
        self._tell()

    def _tell(self) -> None:
        image, pictures, mask = self._image, self._pictures, self._mask
        if image is not None and pictures is not None and mask is not None:
            self._image = None
            self.read.emit(ReadImage(image, pictures, mask.mask, mask.problem))


def _read_mask(image: Image) -> _Mask:
    empty = np.zeros((image.height, image.width), np.bool_)
    if image.mask_path is None:
        return _Mask(image.id, empty, "")
    try:
        return _Mask(image.id, load_mask(image.mask_path, image.height, image.width), "")
    except InputError as error:
        return _Mask(image.id, empty, f"The mask cannot be read: {error}")
