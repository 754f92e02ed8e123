"""Training images varied at random, in batches (N, C, H, W) float32 in [0, 1]; borders are reflected."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from anomaly_gui.detectors.settings import AUGMENTATIONS, AugmentationSettings

_SIGMAS = 3
"""Where a blur's window is cut."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is done to each of N images: tensors (N,), or None for what is left alone."""

    degrees: Tensor | None = None
    """Counter-clockwise."""
    mirrored: Tensor | None = None
    """Left to right; bool."""
    upside_down: Tensor | None = None
    """bool."""
    right: Tensor | None = None
    """A shift, as a share of the width."""
    down: Tensor | None = None
    """As a share of the height."""
    brightness: Tensor | None = None
    """Added; white is 1."""
    contrast: Tensor | None = None
    """Factor of the differences from the image's mean."""
    deviation: Tensor | None = None
    """Of the noise added."""
    blur_px: Tensor | None = None
    """Standard deviation of a Gaussian."""


def augment(batch: Tensor, settings: AugmentationSettings) -> Tensor:
    """Another batch of the same shape. What is drawn at random follows from torch's generator alone."""
    if not any(getattr(settings, name) for name in AUGMENTATIONS):
        return batch
    return apply(batch, _drawn(batch, settings))


def apply(batch: Tensor, change: Change, generator: torch.Generator | None = None) -> Tensor:
    """First what moves pixels, then light, focus and noise, in the order in which a camera adds them.

    Only noise is drawn at random, from *generator* or torch's own.
    """
    changed = batch
    if change.mirrored is not None:
        changed = torch.where(_per_image(change.mirrored), changed.flip(3), changed)
    if change.upside_down is not None:
        changed = torch.where(_per_image(change.upside_down), changed.flip(2), changed)
    if not (change.degrees is None and change.right is None and change.down is None):
        changed = _moved(changed, change)
    if change.contrast is not None:
        mean = changed.mean((1, 2, 3), keepdim=True)
        changed = mean + (changed - mean) * _per_image(change.contrast)
    if change.brightness is not None:
        changed = changed + _per_image(change.brightness)
    if change.blur_px is not None:
        changed = _blurred(changed, change.blur_px)
    if change.deviation is not None:
        noise = torch.randn(changed.shape, generator=generator, device=changed.device)
        changed = changed + noise * _per_image(change.deviation)
    return changed.clamp(0, 1)


def strongest(settings: AugmentationSettings) -> list[tuple[str, Change]]:
    """Each setting that is switched on, by name, at its full strength for one image."""

    def one(value: float) -> Tensor:
        return torch.tensor([value])

    flipped = torch.tensor([True])
    shift = one(settings.shift_share)
    all_changes = [
        ("rotate_degrees", Change(degrees=one(settings.rotate_degrees))),
        ("flip_horizontally", Change(mirrored=flipped)),
        ("flip_vertically", Change(upside_down=flipped)),
        ("shift_share", Change(right=shift, down=shift)),
        ("brightness_share", Change(brightness=one(settings.brightness_share))),
        ("contrast_share", Change(contrast=one(1 + settings.contrast_share))),
        ("noise_deviation", Change(deviation=one(settings.noise_deviation))),
        ("blur_px", Change(blur_px=one(settings.blur_px))),
    ]
    return [(name, change) for name, change in all_changes if getattr(settings, name)]


def _drawn(batch: Tensor, settings: AugmentationSettings) -> Change:
    def within(limit: float) -> Tensor | None:
        """From -limit to limit."""
        return (2 * _random(batch) - 1) * limit if limit else None

    def up_to(limit: float) -> Tensor | None:
        return _random(batch) * limit if limit else None

    contrast = within(settings.contrast_share)
    return Change(
        degrees=within(settings.rotate_degrees),
        mirrored=_random(batch) < 0.5 if settings.flip_horizontally else None,
        upside_down=_random(batch) < 0.5 if settings.flip_vertically else None,
        right=within(settings.shift_share),
        down=within(settings.shift_share),
        brightness=within(settings.brightness_share),
        contrast=None if contrast is None else 1 + contrast,
        deviation=up_to(settings.noise_deviation),
        blur_px=up_to(settings.blur_px),
    )


def _random(batch: Tensor) -> Tensor:
    return torch.rand(len(batch), device=batch.device)


def _per_image(values: Tensor) -> Tensor:
    return values[:, None, None, None]


def _moved(batch: Tensor, change: Change) -> Tensor:
    """Turned around the centre, then shifted, in one interpolation."""
    height, width = batch.shape[-2:]
    nothing = torch.zeros(len(batch), device=batch.device)
    angle = torch.deg2rad(nothing if change.degrees is None else change.degrees)
    right = nothing if change.right is None else change.right
    down = nothing if change.down is None else change.down
    cosine, sine = torch.cos(angle), torch.sin(angle)
    # grid_sample asks where a pixel comes from, in half sides: back by the shift, then against the turn.
    x, y = -2 * right, -2 * down
    rows = [
        torch.stack([cosine, -sine * height / width, cosine * x - sine * height / width * y], 1),
        torch.stack([sine * width / height, cosine, sine * width / height * x + cosine * y], 1),
    ]
    grid = F.affine_grid(torch.stack(rows, 1), list(batch.shape), align_corners=False)
    return F.grid_sample(batch, grid, padding_mode="reflection", align_corners=False)


def _blurred(batch: Tensor, sigma_px: Tensor) -> Tensor:
    """By a Gaussian of its own for each image; deviations near zero leave it as it is."""
    count, channels, height, width = batch.shape
    radius = min(math.ceil(_SIGMAS * float(sigma_px.max())), height - 1, width - 1)
    place = torch.arange(-radius, radius + 1, device=batch.device)
    window = torch.exp(-0.5 * (place / sigma_px.clamp_min(1e-3)[:, None]).square())
    window = (window / window.sum(1, keepdim=True)).repeat_interleave(channels, 0)[:, None]
    flat = F.pad(batch.reshape(1, count * channels, height, width), [radius] * 4, mode="reflect")
    across = F.conv2d(flat, window[:, :, None, :], groups=count * channels)
    return F.conv2d(across, window[:, :, :, None], groups=count * channels).reshape(batch.shape)
