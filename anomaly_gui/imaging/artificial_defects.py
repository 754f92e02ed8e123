"""Artificial defects for training: any good image becomes a defective one, with its mask.

Shapes (strokes, blobs, rectangles, clouds) are filled with something that does not belong there: another
grey level, another gain, a piece of this or another good image, blur, a missing part, or noise. The
shapes follow what detectors that learn from such images use (DRAEM, CutPaste, NSA, EdgRec).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
"""(H, W, C), values in [0, 1]."""
Cover = NDArray[np.float32]
"""(H, W) in [0, 1]: how much of each pixel a defect covers."""
Generator = np.random.Generator

_MOST_DEFECTS = (0.6, 0.25, 0.15)
"""Chances of 1, 2 and 3 defects in an image."""
LEAST_CHANGE = 0.015
"""Mean change of grey below which nobody would see the defect."""
_TRIES = 4


def spoil(rng: Generator, image: Picture, others: Sequence[Picture]) -> tuple[Picture, NDArray[np.bool_]]:
    """Plant one to three defects; *others* are good images to take pieces from, of the same shape.

    Returns the new image and the mask (H, W), which is empty only if no try gave a visible change.
    """
    spoilt = image
    mask = np.zeros(image.shape[:2], np.bool_)
    for _ in range(int(rng.choice(3, p=_MOST_DEFECTS)) + 1):
        for _ in range(_TRIES):
            changed, cover = _one_defect(rng, spoilt, others)
            where = cover > 0.5
            if where.any() and float(np.abs(changed - spoilt)[where].mean()) >= LEAST_CHANGE:
                spoilt, mask = changed, mask | where
                break
    return spoilt, mask


def _one_defect(rng: Generator, image: Picture, others: Sequence[Picture]) -> tuple[Picture, Cover]:
    hard = _SHAPES[int(rng.choice(len(_SHAPES), p=_SHAPE_CHANCES))](rng, *image.shape[:2])
    soft = cv2.GaussianBlur(hard, (0, 0), rng.uniform(0.3, 1.5)) if rng.random() < 0.7 else hard
    fill = _FILLS[int(rng.choice(len(_FILLS), p=_FILL_CHANCES))](rng, image, hard > 0.5, others)
    weight = soft[:, :, None]
    return np.clip(image * (1 - weight) + fill * weight, 0, 1).astype(np.float32), hard


# Shapes


def _stroke(rng: Generator, height: int, width: int) -> Cover:
    """A wandering line: cracks and scratches."""
    unit = max(height, width) / 256
    steps = int(rng.integers(4, 30))
    turns = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, rng.uniform(0, 0.5), steps))
    length = rng.uniform(2, 10) * unit
    start = rng.uniform(0.05, 0.95, 2) * (width, height)
    points = start + np.cumsum(length * np.stack([np.cos(turns), np.sin(turns)], 1), 0)
    thin = rng.random() < 0.8
    thickness = max(1, round(unit * (rng.uniform(0.8, 3.5) if thin else rng.uniform(3, 8.5))))
    cover = np.zeros((height, width), np.uint8)
    cv2.polylines(cover, [np.rint(points).astype(np.int32)], False, 1, thickness)
    return cover.astype(np.float32)


def _blob(rng: Generator, height: int, width: int) -> Cover:
    """A rounded polygon: dots, holes, chips, spots."""
    side = max(height, width)
    corners = int(rng.integers(5, 12))
    angles = np.sort(rng.uniform(0, 2 * np.pi, corners))
    radii = side * np.exp(rng.uniform(np.log(0.006), np.log(0.12))) * rng.uniform(0.6, 1.3, corners)
    stretch, turn = np.exp(rng.normal(0, 0.5)), rng.uniform(0, np.pi)
    points = np.stack([radii * np.cos(angles) * stretch, radii * np.sin(angles) / stretch], 1)
    turned = points @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    centre = rng.uniform(0.03, 0.97, 2) * (width, height)
    cover = np.zeros((height, width), np.uint8)
    cv2.fillPoly(cover, [np.rint(turned + centre).astype(np.int32)], 1)
    return cover.astype(np.float32)


def _rectangle(rng: Generator, height: int, width: int) -> Cover:
    """Steps of brightness, wrong or missing parts; it may reach over the image's edge."""
    shares = np.exp(rng.uniform(np.log(0.04), np.log([0.6, 1.0])))
    if rng.random() < 0.5:
        shares = shares[::-1]
    h, w = max(3, int(height * shares[0])), max(3, int(width * shares[1]))
    top, left = int(rng.integers(-h // 2, height - h // 2)), int(rng.integers(-w // 2, width - w // 2))
    cover = np.zeros((height, width), np.float32)
    cover[max(top, 0) : top + h, max(left, 0) : left + w] = 1
    return cover


def _cloud(rng: Generator, height: int, width: int) -> Cover:
    """Where smooth noise is high: stains and worn places."""
    noise = smooth_noise(rng, (height, width), cells=(2, 6))
    return np.asarray(noise > rng.uniform(1, 2) * noise.std(), np.float32)


def smooth_noise(rng: Generator, shape: tuple[int, ...], cells: tuple[int, int]) -> Cover:
    """(H, W): random values on a grid of 2^a × 2^b cells, a and b from *cells* (the second excluded), interpolated."""
    rows, columns = 2 ** rng.integers(*cells, 2)
    grid = rng.standard_normal((rows + 1, columns + 1)).astype(np.float32)
    return np.asarray(cv2.resize(grid, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32)


_SHAPES: tuple[Callable[[Generator, int, int], Cover], ...] = (_stroke, _blob, _rectangle, _cloud)
_SHAPE_CHANCES = (0.3, 0.3, 0.25, 0.15)


# Fills


def _other_grey(rng: Generator, image: Picture, where: NDArray[np.bool_], _: Sequence[Picture]) -> Picture:
    """Darker or lighter than its surroundings, with the surface's texture or flat."""
    change = rng.uniform(0.06, 0.5) * (-1 if rng.random() < 0.7 else 1)
    if rng.random() < 0.5:
        return image + np.float32(change * rng.uniform(0.7, 1))
    level = np.asarray(image[where].mean(0) if where.any() else image.mean((0, 1)))
    noise: Picture = rng.normal(0, 0.02, (*image.shape[:2], 1)).astype(np.float32)
    return noise + np.clip(level + change, 0, 1).astype(np.float32)


def _other_gain(rng: Generator, image: Picture, _: NDArray[np.bool_], __: Sequence[Picture]) -> Picture:
    gain = np.exp(rng.uniform(0.08, 0.5) * (1 if rng.random() < 0.5 else -1))
    return image * np.float32(gain)


def _moved_piece(rng: Generator, image: Picture, _: NDArray[np.bool_], __: Sequence[Picture]) -> Picture:
    """The same image shifted, perhaps upside down: a piece in the wrong place, or a missing one."""
    height, width = image.shape[:2]
    shift = int(rng.integers(height // 20, height - height // 20)), int(rng.integers(width // 20, width - width // 20))
    moved = np.roll(image, shift, (0, 1))
    return moved[::-1] if rng.random() < 0.3 else moved


def _other_piece(rng: Generator, _: Picture, __: NDArray[np.bool_], others: Sequence[Picture]) -> Picture:
    return others[int(rng.integers(len(others)))]


def _blurred(rng: Generator, image: Picture, _: NDArray[np.bool_], __: Sequence[Picture]) -> Picture:
    side = max(image.shape[:2])
    blurred = cv2.GaussianBlur(image, (0, 0), side / 256 * rng.uniform(2, 8))
    return np.asarray(blurred, np.float32).reshape(image.shape)


def _noise(rng: Generator, image: Picture, _: NDArray[np.bool_], __: Sequence[Picture]) -> Picture:
    noise = smooth_noise(rng, image.shape[:2], cells=(4, 7))
    return image + np.float32(0.25 * rng.uniform(0.3, 1)) * noise[:, :, None]


_Fill = Callable[[Generator, Picture, NDArray[np.bool_], Sequence[Picture]], Picture]
_FILLS: tuple[_Fill, ...] = (_other_grey, _other_gain, _moved_piece, _other_piece, _blurred, _noise)
_FILL_CHANCES = (0.28, 0.24, 0.15, 0.13, 0.1, 0.1)
