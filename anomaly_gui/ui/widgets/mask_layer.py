"""A mask as a coloured picture over its image, recoloured only where it changes."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from anomaly_gui.imaging.mask_areas import Box
from anomaly_gui.ui.widgets.image_pane import Layer
from anomaly_gui.ui.widgets.picture_set import SMALLEST_LEVEL_PX

_CLEAR, _INSIDE, _EDGE, _HALO = 0, 1, 2, 3
_INSIDE_ALPHA, _EDGE_ALPHA = 95, 235
_HALO_COLOUR = QColor(0, 0, 0, 90)
"""Around the edge: it is seen on bright and dark, and on an error map of the same colour."""
_CRISP_FROM = 0.999
"""Smaller copies are made for zooming out: a pixel of the mask is never blurred away."""


class MaskLayer:
    """Ever smaller copies, in which a pixel is masked if one of the four below it is: a dot is seen from afar."""

    def __init__(self, mask: NDArray[np.bool_], colour: QColor) -> None:
        """*mask* (H, W) is read again at every update()."""
        self._masks = [mask]
        while max(self._masks[-1].shape) > SMALLEST_LEVEL_PX:
            height, width = self._masks[-1].shape
            self._masks.append(np.zeros((ceil(height / 2), ceil(width / 2)), np.bool_))
        self._pictures = [_picture(level.shape, colour) for level in self._masks]
        # Qt's own memory, written to directly: a second copy of a large mask for each stroke would be too slow.
        self._codes = [_memory(picture) for picture in self._pictures]
        self.layer = Layer(tuple(self._pictures), _CRISP_FROM)
        self.update(Box(0, 0, *mask.shape))

    def set_colour(self, colour: QColor) -> None:
        for picture in self._pictures:
            picture.setColorTable(_colours(colour))
        self._codes = [_memory(picture) for picture in self._pictures]

    def update(self, box: Box) -> None:
        """The mask changed within *box*."""
        if box.is_empty:
            return
        for level, mask in enumerate(self._masks):
            if level:
                box = Box(box.top // 2, box.left // 2, ceil(box.bottom / 2), ceil(box.right / 2))
                _halve(self._masks[level - 1], mask, box)
            # Whether a pixel is at the edge or beside it depends on its neighbours.
            around = _grown(box, mask.shape)
            self._codes[level][around.slices] = _coded(mask, around)


def _halve(fine: NDArray[np.bool_], coarse: NDArray[np.bool_], box: Box) -> None:
    part = fine[2 * box.top : 2 * box.bottom, 2 * box.left : 2 * box.right]
    rows = part[0::2].copy()
    rows[: part.shape[0] // 2] |= part[1::2]
    halved = rows[:, 0::2].copy()
    halved[:, : part.shape[1] // 2] |= rows[:, 1::2]
    coarse[box.slices] = halved


def _coded(mask: NDArray[np.bool_], box: Box) -> NDArray[np.uint8]:
    """The codes of *box*: masked pixels with a neighbour that is not masked are at the edge, its neighbours beside."""
    wide = _grown(box, mask.shape)
    part = mask[wide.slices]
    inner = part.copy()
    inner[1:] &= part[:-1]
    inner[:-1] &= part[1:]
    inner[:, 1:] &= part[:, :-1]
    inner[:, :-1] &= part[:, 1:]
    near = part.copy()
    near[1:] |= part[:-1]
    near[:-1] |= part[1:]
    near[:, 1:] |= part[:, :-1]
    near[:, :-1] |= part[:, 1:]
    # Inside 3 - 1 - 1, edge 3 - 1, beside it 3.
    codes = near.view(np.uint8) * np.uint8(_HALO) - part.view(np.uint8) - inner.view(np.uint8)
    top, left = box.top - wide.top, box.left - wide.left
    return codes[top : top + box.bottom - box.top, left : left + box.right - box.left]


def _grown(box: Box, shape: tuple[int, ...]) -> Box:
    return Box(max(0, box.top - 1), max(0, box.left - 1), min(shape[0], box.bottom + 1), min(shape[1], box.right + 1))


def _picture(shape: tuple[int, ...], colour: QColor) -> QImage:
    made = QImage(shape[1], shape[0], QImage.Format.Format_Indexed8)
    # Before anything can paint it: Qt crashes on an indexed picture without colours.
    made.setColorTable(_colours(colour))
    made.fill(_CLEAR)
    return made


def _memory(picture: QImage) -> NDArray[np.uint8]:
    """(H, W) codes that lie in *picture*, which must outlive them."""
    rows = np.frombuffer(picture.bits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
    return rows[:, : picture.width()]


def _colours(colour: QColor) -> list[int]:
    inside, edge = QColor(colour), QColor(colour)
    inside.setAlpha(_INSIDE_ALPHA)
    edge.setAlpha(_EDGE_ALPHA)
    return [0, inside.rgba(), edge.rgba(), _HALO_COLOUR.rgba()]
