"""Pictures that are almost the same: found without comparing each with each, then confirmed by their details.

Perceptual hashes of whole pictures (average, difference, DCT) say of photographs of one kind of part that they are
all alike. So pictures are described by what tells them from the mean of their own set, candidates are each one's
nearest neighbours in a tree, and details decide: two photographs share their texture and noise only if they are one.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.imaging.load import Pixels, to_channels, to_unit, white_level
from anomaly_gui.imaging.measures import THUMBNAIL_PX

SAME_FROM = 0.8
"""Likeness from which two pictures are called nearly the same. Measured on magnetic tiles, lenses and screws: copies
saved as JPEG of quality 75 or more, or brighter by a tenth, have 0.92 to 1; shots of one part at one place 0.8 to 1;
other parts up to 0.77. Of pictures of 100 px without texture of their own only copies of quality 95 are told."""

_DIMENSIONS = 8
_NEIGHBOURS = 4
_SHARE_OF_SPREAD = 0.4
"""Two thumbnails are worth a closer look if they differ by less than this share of how they differ from the mean."""
_CHUNK = 8192
_DETAIL_PX = 128
_BLOCKS = 8
_HIGH_PASS_PX = 3.0
_FLAT = 0.5 / 255
"""A block whose details are weaker in both pictures says nothing."""
_FEWEST_BLOCKS = 4


def candidate_pairs(thumbnails: NDArray[np.uint8], go_on: Callable[[int], bool] | None = None) -> list[tuple[int, int]]:
    """(N, 32, 32) → pairs (i, j), i < j, that may show one picture, the most alike first; at most 4 N.

    Brightness and contrast are taken out. Distances are measured along the eight directions in which the set varies
    most, each scaled by its spread, and only a picture's four nearest are looked at: the time is N log N (50 s for
    100,000). *go_on* is told how many are done; where it says False there are no pairs.
    """
    from sklearn.neighbors import KDTree

    count = len(thumbnails)
    if count < 2:
        return []
    mean, directions = _principal(thumbnails)
    chunks = (thumbnails[start : start + _CHUNK] for start in range(0, count, _CHUNK))
    places = np.concatenate([(_flattened(chunk) - mean) @ directions for chunk in chunks])
    tree, found = KDTree(places), []
    for start in range(0, count, _CHUNK):
        if go_on is not None and not go_on(start):
            return []
        found.append(tree.query(places[start : start + _CHUNK], k=min(_NEIGHBOURS + 1, count), return_distance=False))
    near = np.concatenate(found)
    first = np.repeat(np.arange(count), near.shape[1])
    pairs = np.stack([np.minimum(first, near.ravel()), np.maximum(first, near.ravel())], axis=1)
    pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
    ratio = _difference(thumbnails, pairs, mean)
    order = np.argsort(ratio, kind="stable")
    kept = pairs[order[ratio[order] <= _SHARE_OF_SPREAD]]
    return [(int(i), int(j)) for i, j in kept]


def details(pixels: Pixels, peak: int) -> NDArray[np.float32]:
    """(H, W, C) → (64, 256) float32: what is left of 64 blocks of the picture at 128 px without its coarse shades."""
    grey = to_channels(to_unit(pixels, white_level(8 * pixels.dtype.itemsize, peak)), 1)[:, :, 0]
    small = cv2.resize(grey, (_DETAIL_PX, _DETAIL_PX), interpolation=cv2.INTER_AREA)
    fine = small - cv2.GaussianBlur(small, (0, 0), _HIGH_PASS_PX)
    side = _DETAIL_PX // _BLOCKS
    blocks = fine.reshape(_BLOCKS, side, _BLOCKS, side).swapaxes(1, 2).reshape(_BLOCKS * _BLOCKS, -1)
    return np.asarray(blocks - blocks.mean(axis=1, keepdims=True), np.float32)


def likeness(
    first: NDArray[np.float32], second: NDArray[np.float32], usual: NDArray[np.float32] | None = None
) -> float | None:
    """Median over the blocks of the correlation of two pictures' details(), in [-1, 1]; None where both are flat.

    *usual* is the mean of the set's details: edges that every part has at the same place are taken out.
    """
    if usual is not None:
        first, second = _without(first, usual), _without(second, usual)
    strength = [np.sqrt(np.mean(np.square(each), axis=1)) for each in (first, second)]
    telling = np.maximum(*strength) > _FLAT
    if np.count_nonzero(telling) < _FEWEST_BLOCKS:
        return None
    product = np.mean(first * second, axis=1)[telling]
    return float(np.median(product / np.maximum(strength[0] * strength[1], 1e-12)[telling]))


def _without(details: NDArray[np.float32], usual: NDArray[np.float32]) -> NDArray[np.float32]:
    """What is left of details when as much of the usual ones is taken away as fits: contrasts differ."""
    share = float((details * usual).sum()) / max(float((usual * usual).sum()), 1e-12)
    return np.asarray(details - share * usual, np.float32)


def _flattened(thumbnails: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(N, 1024) float32 without brightness and contrast: mean 0, spread 1, less where all is flat."""
    rows = thumbnails.reshape(len(thumbnails), -1).astype(np.float32)
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= np.sqrt(np.mean(np.square(rows), axis=1, keepdims=True)) + 2.0
    return rows


def _principal(thumbnails: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean (1024,) and directions (1024, 8), divided by the spread along them."""
    size = THUMBNAIL_PX * THUMBNAIL_PX
    total, squares = np.zeros(size), np.zeros((size, size))
    for start in range(0, len(thumbnails), _CHUNK):
        rows = _flattened(thumbnails[start : start + _CHUNK])
        total += rows.sum(axis=0)
        squares += rows.T @ rows
    mean = total / len(thumbnails)
    values, vectors = np.linalg.eigh(squares / len(thumbnails) - np.outer(mean, mean))
    kept = slice(-min(_DIMENSIONS, len(thumbnails) - 1), None)
    spread = np.sqrt(np.maximum(values[kept], 1e-6))
    return mean.astype(np.float32), np.asarray(vectors[:, kept] / spread, np.float32)


def _difference(
    thumbnails: NDArray[np.uint8], pairs: NDArray[np.int64], mean: NDArray[np.float32]
) -> NDArray[np.float64]:
    """(P,) how much the two of each pair differ, in terms of how much they differ from the mean."""
    found = np.empty(len(pairs))
    for start in range(0, len(pairs), _CHUNK):
        some = pairs[start : start + _CHUNK]
        first, second = _flattened(thumbnails[some[:, 0]]), _flattened(thumbnails[some[:, 1]])
        apart = np.sqrt(np.mean(np.square(first - second), axis=1))
        spread = np.sqrt((np.mean(np.square(first - mean), axis=1) + np.mean(np.square(second - mean), axis=1)) / 2)
        found[start : start + len(some)] = apart / np.maximum(spread, 0.02)
    return found
