"""One training image under each change that the settings make to it, to see what a setting means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.detectors.settings import AUGMENTATIONS, AugmentationSettings
from anomaly_gui.jobs.run_facts import input_channels, input_white_level, tiling_of
from anomaly_gui.project.records import Image
from anomaly_gui.scoring.tiled import TiledView

_TITLES = {
    "rotate_degrees": ("Rotated", "Turned as far as it may be"),
    "flip_horizontally": ("Mirrored", "Left to right. Only for parts that have no right way round"),
    "flip_vertically": ("Upside down", "Only for parts that have no right way round"),
    "shift_share": ("Shifted", "Moved as far as it may be, to the right and down"),
    "brightness_share": ("Brighter", "As bright as it may become; it may become as much darker"),
    "contrast_share": ("Contrast", "As much contrast as it may have; it may have as much less"),
    "noise_deviation": ("Noise", "The middle of the image: its left half as it is, the right one with most noise"),
    "blur_px": ("Blur", "The middle of the image: its left half as it is, the right one as blurred as it may be"),
    "denoising_share": ("Denoising", "The middle of the image: on the left what has to be drawn, on the right what "
                        "the network sees"),
}  # fmt: skip
"""Setting → title and explanation."""
_FINE = ("noise_deviation", "blur_px", "denoising_share")
"""Seen at the size of pixels alone."""
_DETAIL_PX = 64


@dataclass(frozen=True)
class Variant:
    """The image as one setting makes it."""

    title: str
    explanation: str
    pixels: NDArray[np.uint8]
    """(H, W) or (H, W, 3)."""


def is_varied(settings: object) -> bool:
    """Whether *settings* of a detector change what it sees in training."""
    return any(getattr(settings, name, False) for name in (*AUGMENTATIONS, "denoising_share"))


def augmentation_preview(images: Iterable[Image], settings: AugmentationSettings) -> list[Variant]:
    """The first good training image of a project as it is, and at the full strength of each setting that is on.

    Empty if nothing is switched on or there is no such image. Raises InputError if it cannot be read.
    """
    used = [image for image in images if not image.excluded]
    good = [image for image in used if image.label.kind == "good" and image.split == "train"]
    if not good or not is_varied(settings):
        return []
    from anomaly_gui.training.dataset import Preparation
    from anomaly_gui.training.tile_batches import middle_tile

    channels = input_channels(settings.colour, good)
    white_level, tiling = input_white_level(used), tiling_of(settings)
    if tiling is None:
        prepared = Preparation(settings.input_px, channels, white_level).read(good[0]).pixels
    else:
        prepared = middle_tile(good[0], TiledView(tiling, channels, 1), white_level)
    plain = Variant("As it is", "A good training image", _levels(prepared))
    return [plain, *(Variant(*_TITLES[name], _levels(pixels)) for name, pixels in _varied(prepared, settings))]


def _varied(prepared: NDArray[np.float32], settings: AugmentationSettings) -> list[tuple[str, NDArray[np.float32]]]:
    """Setting and (C, H, W) in [0, 1]."""
    import torch

    from anomaly_gui.training.augmentation import Change, apply, strongest

    changes = strongest(settings)
    if getattr(settings, "denoising_share", 0):
        mean, deviation = (torch.tensor([getattr(settings, f"denoising_{name}")]) for name in ("mean", "deviation"))
        changes.append(("denoising_share", Change(brightness=mean, deviation=deviation)))
    # A generator of its own: a training that runs meanwhile draws from torch's.
    generator = torch.Generator().manual_seed(0)
    batch = torch.from_numpy(prepared)[None]
    made = [(name, apply(batch, change, generator)[0].numpy()) for name, change in changes]
    return [(name, _detail(prepared, pixels) if name in _FINE else pixels) for name, pixels in made]


def _detail(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float32]:
    """The middle, half of it before and half after."""
    height, width = before.shape[1:]
    joined = np.concatenate([before[:, :, : width // 2], after[:, :, width // 2 :]], axis=2)
    side = min(_DETAIL_PX, height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return joined[:, top : top + side, left : left + side]


def _levels(pixels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(C, H, W) in [0, 1] → (H, W) or (H, W, 3)."""
    levels = np.rint(pixels.transpose(1, 2, 0) * 255).astype(np.uint8)
    return np.ascontiguousarray(levels[:, :, 0] if levels.shape[2] == 1 else levels)
