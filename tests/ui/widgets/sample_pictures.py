"""Images to show in the tests of the viewer."""

from __future__ import annotations

import numpy as np

from anomaly_gui.ui.widgets.picture_set import PictureRequest, PictureSet, map_picture, outline, picture


def sample_pictures(
    image_id: int = 1,
    size: tuple[int, int] = (200, 100),
    *,
    original: int = 60,
    reconstruction: int | None = 180,
    with_mask: bool = True,
) -> PictureSet:
    """A flat grey part with a hot spot in its map's upper left corner and a mask around it."""
    width, height = size
    mask = np.zeros((height, width), bool)
    mask[: height // 4, : width // 4] = True
    stored = np.zeros((32, 32), np.uint16)
    stored[:8, :8] = 65535
    return PictureSet(
        PictureRequest(image_id, f"part_{image_id}.png", size, 255),
        size,
        picture(np.full((height, width, 1), original, np.uint8), 255),
        None if reconstruction is None else picture(np.full((32, 32, 1), reconstruction, np.uint8), 255),
        map_picture(stored),
        outline(mask) if with_mask else None,
    )
