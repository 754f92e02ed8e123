"""How an image differs from its reconstruction, pixel by pixel: losses and anomaly maps alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

WINDOW_SIGMA_PX = 1.5
WINDOW_RADIUS_PX = 5
# Constants of the SSIM paper for a range of 1: (0.01 · 1)² and (0.03 · 1)².
_C1 = 0.01**2
_C2 = 0.03**2

SSIM_SHARE = 0.1
"""Weight of 1 − SSIM, at one scale or several, in a sum: structure lost altogether counts like a
grey level off by 0.3."""

SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Exponents of multi-scale SSIM from the finest scale on, as its paper measured them."""
_LEAST_SIDE_PX = 2 * WINDOW_RADIUS_PX + 1
_LEAST_LIKENESS = 1e-4
"""A power of a negative likeness is no number, and at 0 its slope is infinite."""


def squared_error_map(reconstruction: Tensor, image: Tensor) -> Tensor:
    """(N, C, H, W) twice → (N, H, W): squared error averaged over channels."""
    return (reconstruction - image).square().mean(dim=1)


def absolute_error_map(reconstruction: Tensor, image: Tensor) -> Tensor:
    """(N, C, H, W) twice → (N, H, W): absolute error averaged over channels."""
    return (reconstruction - image).abs().mean(dim=1)


def ssim_map(first: Tensor, second: Tensor) -> Tensor:
    """(N, C, H, W) twice, range 1 → (N, H, W) in [-1, 1], averaged over channels; 1 where equal.

    Wang, Bovik, Sheikh, Simoncelli 2004, with its Gaussian window (σ 1.5 px, 11×11) and borders
    reflected, so that the map has the image's size. H and W must exceed 5.
    """
    luminance, structure = _likenesses(first, second)
    return (luminance * structure).mean(dim=1)


def structure_error_map(reconstruction: Tensor, image: Tensor) -> Tensor:
    """(N, C, H, W) twice → (N, H, W): 1 − SSIM, in [0, 2]."""
    return 1 - ssim_map(reconstruction, image)


def scale_count(side: int) -> int:
    """How many scales an image of this smaller side in pixels allows: the window must fit, at most five."""
    scales = 1
    while scales < len(SCALE_WEIGHTS) and side >> scales >= _LEAST_SIDE_PX:
        scales += 1
    return scales


def multi_scale_ssim(first: Tensor, second: Tensor) -> Tensor:
    """(N, C, H, W) twice, range 1 → (N,), averaged over channels; 1 where equal.

    Wang, Simoncelli, Bovik 2003: contrast and structure at every scale, halved by averages of 2×2,
    luminance at the coarsest alone, each averaged over its pixels and raised to its weight. With fewer
    than five scales their weights are scaled to a sum of 1.
    """
    total: Tensor | None = None
    for weight, likeness in _scales(first, second):
        factor = likeness.mean(dim=(2, 3)).clamp(min=_LEAST_LIKENESS) ** weight
        total = factor if total is None else total * factor
    assert total is not None
    return total.mean(dim=1)


def multi_scale_error_map(reconstruction: Tensor, image: Tensor) -> Tensor:
    """(N, C, H, W) twice → (N, H, W) in [0, 1]: 1 − the product of the scales' likenesses at each pixel.

    Multi-scale SSIM gives one number an image; to show where an image differs, its scales are enlarged
    and multiplied instead of averaged first.
    """
    total: Tensor | None = None
    for weight, likeness in _scales(reconstruction, image):
        factor = likeness.clamp(min=_LEAST_LIKENESS) ** weight
        if factor.shape[2:] != image.shape[2:]:
            factor = F.interpolate(factor, size=image.shape[2:], mode="bilinear", align_corners=False)
        total = factor if total is None else total * factor
    assert total is not None
    return 1 - total.mean(dim=1)


def _scales(first: Tensor, second: Tensor) -> Iterator[tuple[float, Tensor]]:
    """The exponent and the likeness (N, C, h, w) of each scale, from the finest on."""
    scales = scale_count(min(int(side) for side in first.shape[2:]))
    weights = SCALE_WEIGHTS[:scales]
    for scale, weight in enumerate(weights, start=1):
        luminance, structure = _likenesses(first, second)
        last = scale == scales
        yield weight / sum(weights), luminance * structure if last else structure
        if not last:
            first, second = F.avg_pool2d(first, 2), F.avg_pool2d(second, 2)


def _likenesses(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """SSIM's two factors at each pixel, (N, C, H, W) each: luminance, and contrast with structure."""
    mean_1, mean_2 = _blur(first), _blur(second)
    square_1, square_2, product = mean_1.square(), mean_2.square(), mean_1 * mean_2
    variance_1 = _blur(first.square()) - square_1
    variance_2 = _blur(second.square()) - square_2
    covariance = _blur(first * second) - product
    luminance = (2 * product + _C1) / (square_1 + square_2 + _C1)
    return luminance, (2 * covariance + _C2) / (variance_1 + variance_2 + _C2)


_TERMS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "mse": squared_error_map,
    "l1": absolute_error_map,
    "ssim": structure_error_map,
    "ms-ssim": multi_scale_error_map,
}


def terms(name: str) -> list[tuple[str, float]]:
    """The parts of a loss and their weights: "mse", "l1", "ssim", "ms-ssim", or a sum such as "l1+ssim".

    Alone a part weighs 1; in a sum the two kinds of SSIM weigh SSIM_SHARE. Raises ValueError for another name.
    """
    names = name.split("+")
    if len(set(names)) != len(names) or not set(names) <= set(_TERMS):
        raise ValueError(f"no such loss: {name}; choose among {', '.join(_TERMS)} and sums of them")
    return [(term, SSIM_SHARE if "ssim" in term and len(names) > 1 else 1.0) for term in names]


def error_map(name: str, reconstruction: Tensor, image: Tensor) -> Tensor:
    """(N, C, H, W) twice → (N, H, W): the weighted sum of what terms(name) says. Raises ValueError as it does."""
    total: Tensor | None = None
    for term, weight in terms(name):
        part = _TERMS[term](reconstruction, image)
        part = part if weight == 1 else weight * part
        total = part if total is None else total + part
    assert total is not None
    return total


def _blur(images: Tensor) -> Tensor:
    """Gaussian window means of each channel, borders reflected; same shape.

    As two matrix products: 10 to 30 times faster on CPU than depthwise convolutions, forth and back.
    """
    rows, columns = (_window_matrix(side).to(images) for side in images.shape[2:])
    return rows @ images @ columns.T


def _window_matrix(side: int) -> Tensor:
    """(side, side): row i holds the window around pixel i, mirrored about the border pixels."""
    radius = WINDOW_RADIUS_PX
    offsets = torch.arange(-radius, radius + 1)
    window = torch.exp(-0.5 * (offsets / WINDOW_SIGMA_PX) ** 2)
    reached = (torch.arange(side)[:, None] + offsets).abs()
    reached = torch.where(reached >= side, 2 * (side - 1) - reached, reached)
    return torch.zeros(side, side).scatter_add(1, reached, (window / window.sum()).expand(side, -1))
