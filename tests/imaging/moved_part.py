"""A synthetic part that lies shifted and turned as it is asked for."""

from __future__ import annotations

import cv2
import numpy as np

HEIGHT, WIDTH = 192, 256


def moved_part(
    number: int,
    across: float = 0.0,
    down: float = 0.0,
    degrees: float = 0.0,
    *,
    times: int = 1,
    defect: bool = False,
) -> np.ndarray:
    """(192 · times, 256 · times, 1) uint8: a bright plate with holes on grey, moved by pixels of the small size and
    turned about its middle; each *number* has its own noise. A defect is a darker square on the plate."""
    unit = np.full((HEIGHT, WIDTH), 0.4, np.float32)
    cv2.rectangle(unit, (50, 45), (205, 140), 0.7, -1)
    cv2.circle(unit, (95, 80), 15, 0.2, -1)
    cv2.circle(unit, (160, 110), 10, 0.95, -1)
    if defect:
        cv2.rectangle(unit, (118, 68), (129, 79), 0.55, -1)
    unit = cv2.resize(unit, None, fx=times, fy=times, interpolation=cv2.INTER_NEAREST)
    matrix = movement(across * times, down * times, degrees, *unit.shape)
    unit = cv2.warpAffine(unit, matrix, unit.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    unit += np.random.default_rng(number).normal(0, 0.01, unit.shape)
    return np.rint(np.clip(unit, 0, 1) * 255).astype(np.uint8)[:, :, None]


def movement(across: float, down: float, degrees: float, height: int, width: int) -> np.ndarray:
    """(2, 3): from columns and rows of the part as it should lie to those where it does."""
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1)
    matrix[:, 2] += across, down
    return np.asarray(matrix)
