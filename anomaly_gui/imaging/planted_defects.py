"""Defects for synthetic parts: dots, scratches, stains and worn areas, each with its mask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.imaging.machined_part import REFERENCE_PX, Plane, Scene, clouds

DefectKind = Literal["dot", "scratch", "stain", "area"]
KINDS: tuple[DefectKind, ...] = get_args(DefectKind)
Mask = NDArray[np.bool_]

DOT_PX = 5
"""A dot is this wide whatever the size of the image."""
AREA_PX = (500, 100)
"""Length and width of the largest area; smaller where the image is."""

_MASKED_FROM = 0.35
"""A pixel belongs to the mask when the defect covers at least this share of it."""
_ON_THE_FACE = 0.85
"""A place is taken when this share of the defect lies on machined surface."""


def plant(rng: np.random.Generator, scene: Scene, kind: DefectKind, contrast: float) -> tuple[Scene, Mask]:
    """Add one defect of *kind* to a part.

    *contrast* > 0 is the relative change of brightness. Returns the new scene and the
    defect's mask, (S, S) bool, never empty.
    """
    size = scene.brightness.shape[0]
    spots = np.flatnonzero(scene.face)
    best, best_share = np.zeros_like(scene.brightness), -1.0
    for _ in range(60):
        row, column = divmod(int(spots[rng.integers(spots.size)]), size)
        cover = _DRAW[kind](rng, size, (column + 0.5, row + 0.5))
        share = float((cover * scene.face).sum() / cover.sum())
        if share > best_share:
            best, best_share = cover * scene.face, share
        if share >= _ON_THE_FACE:
            break
    change = best * _TONE[kind](rng, size, contrast)
    return Scene(np.maximum(scene.brightness * (1 + change), 0), scene.face), best >= _MASKED_FROM


def _from_centre(size: int, centre: tuple[float, float], turn: float) -> tuple[Plane, Plane]:
    """Coordinates in pixels along and across a direction, from *centre* (x, y)."""
    axis = np.arange(size) + 0.5
    x, y = axis[None, :] - centre[0], axis[:, None] - centre[1]
    return x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)


def _dot(_rng: np.random.Generator, size: int, centre: tuple[float, float]) -> Plane:
    along, across = _from_centre(size, centre, 0.0)
    return np.clip(0.5 - np.hypot(along, across) + DOT_PX / 2, 0, 1)


def _scratch(rng: np.random.Generator, size: int, centre: tuple[float, float]) -> Plane:
    length = size * rng.uniform(0.07, 0.32)
    turn = rng.uniform(0, 2 * np.pi)
    bend = rng.uniform(-0.18, 0.18) * length
    t = np.linspace(-0.5, 0.5, 24)
    along, across = t * length, bend * (0.25 - t**2) * 4
    points = np.stack(
        [
            centre[0] + along * np.cos(turn) - across * np.sin(turn),
            centre[1] + along * np.sin(turn) + across * np.cos(turn),
        ],
        axis=1,
    )
    canvas = np.zeros((size, size), dtype=np.uint8)
    width = max(1, round(rng.uniform(0.8, 2.2) * size / REFERENCE_PX))
    corners = np.rint((points - 0.5) * 16).astype(np.int32)
    cv2.polylines(canvas, [corners.reshape(-1, 1, 2)], False, 255, width, cv2.LINE_AA, 4)
    pressed = 0.8 + 0.25 * clouds(rng, size, 0.04)
    return canvas / 255.0 * np.clip(pressed, 0.4, 1)


def _stain(rng: np.random.Generator, size: int, centre: tuple[float, float]) -> Plane:
    radius = size * rng.uniform(0.025, 0.085)
    along, across = _from_centre(size, centre, rng.uniform(0, np.pi))
    angle = np.arctan2(across, along)
    waves = sum(rng.uniform(-0.3, 0.3) / n * np.cos(n * angle + rng.uniform(0, 6.3)) for n in range(2, 7))
    edge = np.hypot(along / 1.25, across) / (radius * (1 + waves))
    cover = np.clip((1.12 - edge) / 0.3, 0, 1)
    rim = 0.3 * np.exp(-(((edge - 0.88) / 0.12) ** 2))
    return np.asarray(cover * np.clip(0.7 + rim, 0, 1), dtype=np.float64)


def _area(rng: np.random.Generator, size: int, centre: tuple[float, float]) -> Plane:
    scale = rng.uniform(0.45, 1.0)
    length = scale * min(AREA_PX[0], 0.4 * size)
    width = scale * min(AREA_PX[1], 0.08 * size)
    along, across = _from_centre(size, centre, rng.uniform(0, np.pi))
    edge = np.maximum(np.abs(along) - length / 2, np.abs(across) - width / 2)
    ragged = 0.07 * width * clouds(rng, size, 0.012)
    return np.asarray(np.clip(0.5 - (edge + ragged) / (0.08 * width + 1), 0, 1), dtype=np.float64)


def _pit(rng: np.random.Generator, _size: int, contrast: float) -> float:
    """Dark mostly, bright where metal has been pushed up."""
    return contrast * (-1.0 if rng.uniform() < 0.75 else 1.0)


def _groove(rng: np.random.Generator, _size: int, contrast: float) -> float:
    return contrast * (1.0 if rng.uniform() < 0.6 else -1.0)


def _film(rng: np.random.Generator, size: int, contrast: float) -> Plane:
    """Oil: darker, uneven."""
    return -0.75 * contrast * (0.85 + 0.12 * clouds(rng, size, 0.02))


def _rough(rng: np.random.Generator, size: int, contrast: float) -> Plane:
    """Worn or unmachined surface: another grey, and mottled."""
    shift = -0.42 if rng.uniform() < 0.6 else 0.35
    return contrast * (shift + 0.2 * clouds(rng, size, 0.01))


_DRAW: dict[DefectKind, Callable[[np.random.Generator, int, tuple[float, float]], Plane]] = {
    "dot": _dot,
    "scratch": _scratch,
    "stain": _stain,
    "area": _area,
}
"""(rng, size, centre (x, y) in pixels) → how much of each pixel is covered, (S, S) in [0, 1]."""

_TONE: dict[DefectKind, Callable[[np.random.Generator, int, float], Plane | float]] = {
    "dot": _pit,
    "scratch": _groove,
    "stain": _film,
    "area": _rough,
}
"""(rng, size, contrast) → relative change of brightness where covered."""
