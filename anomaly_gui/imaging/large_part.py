"""Parts as a large sensor sees them: thousands of pixels on a side, defects of a few pixels.

The part is drawn at a size that memory holds many times, and enlarged as a lens does that resolves less than the
sensor; defects, noise and blur are those of the full size. What is enlarged is worked on strip by strip.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.imaging.machined_part import Scene, photograph, render
from anomaly_gui.imaging.planted_defects import DefectKind, Mask, plant

DRAWN_WHOLE_PX = 2048
"""Larger parts are drawn this way."""
_DRAWN_PX = 1280
_WINDOW_PX = 1280
"""Around a defect: in it an area reaches 500 × 100 px."""
_LEAST_FACE = 0.6
"""Share of the window that is machined surface."""
_STRIP_ROWS = 256
_BLUR_REACH_PX = 8


def render_large(rng: np.random.Generator, size_px: int, variation: float) -> Scene:
    """A good part of *size_px* on a side, as machined_part.render gives it."""
    small = render(rng, _DRAWN_PX, variation)
    brightness = cv2.resize(small.brightness, (size_px, size_px), interpolation=cv2.INTER_LINEAR)
    face = cv2.resize(small.face.astype(np.uint8), (size_px, size_px), interpolation=cv2.INTER_NEAREST)
    return Scene(np.asarray(brightness, np.float64), face.astype(np.bool_))


def plant_large(rng: np.random.Generator, scene: Scene, kind: DefectKind, contrast: float) -> Mask:
    """Add one defect to the scene, in place; its mask (S, S), never empty."""
    size = len(scene.brightness)
    window = scene
    for _ in range(60):
        top, left = rng.integers(0, size - _WINDOW_PX + 1, 2).tolist()
        part = slice(top, top + _WINDOW_PX), slice(left, left + _WINDOW_PX)
        window = Scene(scene.brightness[part], scene.face[part])
        if window.face.mean() >= _LEAST_FACE:
            break
    planted, marked = plant(rng, window, kind, contrast)
    scene.brightness[part] = planted.brightness
    mask = np.zeros((size, size), np.bool_)
    mask[part] = marked
    return mask


def photograph_large(rng: np.random.Generator, scene: Scene) -> NDArray[np.uint8]:
    """What machined_part.photograph gives, strip by strip. Returns (S, S) uint8."""
    size = len(scene.brightness)
    made = np.empty((size, size), np.uint8)
    for top in range(0, size, _STRIP_ROWS):
        above = max(top - _BLUR_REACH_PX, 0)
        part = slice(above, top + _STRIP_ROWS + _BLUR_REACH_PX)
        seen = photograph(rng, Scene(scene.brightness[part], scene.face[part]), size)
        made[top : top + _STRIP_ROWS] = seen[top - above : top - above + _STRIP_ROWS]
    return made
