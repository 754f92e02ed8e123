"""Areas that do not belong: part of a good image is replaced by the look of another, for training.

What is worn, coated or ground otherwise covers a wide area, none of whose patches is odd by itself: it may look like
another good part. A network that learns from such areas sees that they differ from their surroundings (the line of
CutPaste, Li 2021, with areas up to half of the image).
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.imaging.artificial_defects import LEAST_CHANGE, Cover, Generator, Picture, smooth_noise

_TRIES = 4
_HALF_PLANES = 0.45
"""Share of areas that reach to the image's edge; the others are patches."""
_FROM_ANOTHER = 0.9
"""Share of areas that look like another image; the others are changed parts of the same."""
_AREA_SHARES = (0.04, 0.55)
"""Of the image."""


def plant_area(rng: Generator, image: Picture, others: Sequence[Picture]) -> tuple[Picture, NDArray[np.bool_]]:
    """Give an area of *image* another look; *others* are good images of the same shape.

    Returns the new image and the mask (H, W), which is empty only if no try gave a visible change.
    """
    for _ in range(_TRIES):
        hard = _area(rng, *image.shape[:2])
        soft = cv2.GaussianBlur(hard, (0, 0), rng.uniform(0.3, 3))[:, :, None]
        changed = np.clip(image * (1 - soft) + _look(rng, image, others) * soft, 0, 1).astype(np.float32)
        where = hard > 0.5
        if where.any() and float(np.abs(changed - image)[where].mean()) >= LEAST_CHANGE:
            return changed, where
    return image, np.zeros(image.shape[:2], np.bool_)


def _area(rng: Generator, height: int, width: int) -> Cover:
    """One side of a wavy line, or a patch between two pairs of them; mostly along the image's edges."""
    down, right = np.meshgrid(np.linspace(-0.5, 0.5, height), np.linspace(-0.5, 0.5, width), indexing="ij")
    turn = float(rng.integers(2)) * np.pi / 2 + rng.normal(0, 0.15)
    if rng.random() < 0.2:
        turn = rng.uniform(0, np.pi)
    waves = smooth_noise(rng, (height, width), cells=(2, 5)) * rng.uniform(0, 0.03)
    across = np.cos(turn) * down + np.sin(turn) * right + waves
    if rng.random() < _HALF_PLANES:
        across = across if rng.random() < 0.5 else -across
        return np.asarray(across > np.quantile(across, 1 - rng.uniform(*_AREA_SHARES)), np.float32)
    along = np.cos(turn) * right - np.sin(turn) * down + waves
    centre = rng.uniform(-0.4, 0.4, 2)
    reach = np.exp(rng.uniform(np.log(0.06), np.log(0.4), 2))
    return np.asarray((np.abs(across - centre[0]) < reach[0]) & (np.abs(along - centre[1]) < reach[1]), np.float32)


def _look(rng: Generator, image: Picture, others: Sequence[Picture]) -> Picture:
    """Another texture, stronger or weaker, on the brightness that is there or its own."""
    side = max(image.shape[:2])
    source = others[int(rng.integers(len(others)))] if rng.random() < _FROM_ANOTHER else image
    if rng.random() < 0.5:
        source = np.roll(source, (int(rng.integers(image.shape[0])), int(rng.integers(image.shape[1]))), (0, 1))
    slow = _blurred(source, side * rng.uniform(0.01, 0.08))
    base = _blurred(image, side * 0.06) if rng.random() < 0.7 else slow
    texture = (source - slow) * np.float32(np.exp(rng.normal(0, 0.6)) if rng.random() < 0.75 else 1)
    made = base + texture
    if rng.random() < 0.5:
        made = made * np.float32(np.exp(rng.normal(0, 0.2)))
    if rng.random() < 0.25:
        made = _smeared(rng, made, side / 256 * rng.uniform(0.6, 2.5))
    return made


def _blurred(image: Picture, sigma_px: float) -> Picture:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma_px), np.float32).reshape(image.shape)


def _smeared(rng: Generator, image: Picture, sigma_px: float) -> Picture:
    """Along rows or columns."""
    along_rows, hardly = rng.random() < 0.5, 0.01
    sigmas = (sigma_px, hardly) if along_rows else (hardly, sigma_px)
    made = cv2.GaussianBlur(image, (0, 0), sigmaX=sigmas[0], sigmaY=sigmas[1])
    return np.asarray(made, np.float32).reshape(image.shape)
