"""From an image to patch vectors, their distance to good ones, a map and a picture."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from anomaly_gui.detectors.backbone.network import stride_of
from anomaly_gui.detectors.backbone.trunks import AnyTrunk
from anomaly_gui.detectors.nearest import nearest
from anomaly_gui.detectors.whitening import Whitening

LARGEST_PICTURE_PX = 16
"""Side at which a good patch's picture is kept: 256 bytes a channel."""
_USUAL_BRIGHTNESS, _USUAL_CONTRAST = 0.42, 0.15
_LEAST_CONTRAST = 0.02
"""Added to an image's standard deviation, so that noise in an empty image is not blown up to a pattern."""


class PatchModel(nn.Module):
    """(N, C, S, S) in [0, 1] → reconstruction (N, C, S, S) and anomaly map (N, S, S).

    The image is divided into squares, patches, as large as a cell of the first tap; the last ones may
    reach over its edge. Each has a vector of backbone features; the map is its distance to the
    nearest entry, and the reconstruction is laid out of pictures that belong to the nearest entries.
    """

    entries: Tensor
    """(M, D) float32: vectors of good patches, after whitening."""
    squares: Tensor
    """(M,): the entries' squared lengths."""
    pictures: Tensor
    """(M, C, t, t) uint8: what each entry looks like, with half a patch around it."""
    counted: Tensor | None
    """(grid, grid) bool: patches that the map is made of where it counts; None for all of them."""

    def __init__(self, trunk: AnyTrunk, input_px: int, channels: int) -> None:
        super().__init__()
        self.evens_lighting = False
        self.neighbourhood = 3
        """Cells of a tap, so many by so many, whose mean describes a patch."""
        self.patch_px = stride_of(trunk.taps[0])
        self.input_px = input_px
        self.channels = channels
        self.grid = -(-input_px // self.patch_px)
        self.picture_px = min(2 * self.patch_px, LARGEST_PICTURE_PX)
        self.trunk = trunk
        self.whitening = Whitening(sum(trunk.channels), 1)
        self.register_buffer("counted", None, persistent=False)
        self.register_load_state_dict_post_hook(_measure_entries)  # type: ignore[no-untyped-call]
        self.resize(1, 1)

    def resize(self, entries: int, components: int) -> None:
        """Make room for so many entries of so many dimensions, all zero until they are filled in."""
        mean = self.whitening.mean
        self.register_buffer("entries", mean.new_zeros(entries, components))
        self.register_buffer("squares", mean.new_zeros(entries), persistent=False)
        shape = (entries, self.channels, self.picture_px, self.picture_px)
        self.register_buffer("pictures", mean.new_zeros(shape, dtype=torch.uint8))

    def fill(self, entries: Tensor) -> None:
        """Take *entries* (M, D), for which there is room."""
        self.entries.copy_(entries)
        self.squares.copy_(entries.square().sum(1))

    def resize_like(self, state: dict[str, Tensor]) -> None:
        """Make room for *state*. Raises KeyError or ValueError where it has not the parts or axes."""
        entries, components = state["entries"].shape
        self.whitening.resize(components)
        self.resize(entries, components)

    def count_within(self, inside: Tensor) -> None:
        """Of the patches only those count from which the map is made *inside* (S, S) bool: those that show something
        of it, and their neighbours, between whose centres the map is linear."""
        beyond = self.grid * self.patch_px - self.input_px
        shown = F.max_pool2d(F.pad(inside.float()[None], (0, beyond, 0, beyond)), self.patch_px)
        self.register_buffer("counted", F.max_pool2d(shown, 3, 1, 1)[0] > 0, persistent=False)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        return self.judge(self.trunk(self.seen(images)))

    def seen(self, images: Tensor) -> Tensor:
        """(N, 1 or 3, S, S) → what the backbone is given, (N, 3, S, S)."""
        return as_rgb(evened(images) if self.evens_lighting else images)

    def judge(self, tapped: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
        """What forward gives, from the trunk's outputs."""
        rated, index = self.rate(tapped)
        return self.draw(index), self.spread(rated)

    def rate(self, tapped: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
        """The trunk's outputs → how odd each patch is and the number of its nearest entry, both (N, grid, grid)."""
        return self.search(self.features(tapped))

    def features(self, tapped: tuple[Tensor, ...]) -> Tensor:
        """The trunk's outputs → (N, grid, grid, channels of all taps), before whitening."""
        return torch.cat([_on_grid(tap, self.grid, self.neighbourhood) for tap in tapped], 1).permute(0, 2, 3, 1)

    def search(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """(N, grid, grid, C) → distance to the nearest entry and its number, both (N, grid, grid).

        0 for patches that do not count: no good one of their kind is known.
        """
        distances, index = nearest(self.whitening(features).flatten(0, 2), self.entries, self.squares)
        shape = (-1, self.grid, self.grid)
        distances = distances.reshape(shape)
        if self.counted is not None:
            distances = distances * self.counted.to(distances)
        return distances, index.reshape(shape)

    def spread(self, distances: Tensor) -> Tensor:
        """(N, grid, grid) → (N, S, S), linear between the squares' centres."""
        side = self.grid * self.patch_px
        spread = F.interpolate(distances[:, None], (side, side), mode="bilinear", align_corners=False)
        return spread[:, 0, : self.input_px, : self.input_px]

    def draw(self, index: Tensor) -> Tensor:
        """Numbers of entries (N, grid, grid) → (N, C, S, S) in [0, 1].

        Each picture reaches half a patch over its square and fades towards its rim, so that
        neighbours blend; the four weights at a pixel add up to 1 but for the image's rim.
        """
        patch = self.patch_px
        flat = self.pictures[index.reshape(-1)].float() / 255
        if self.picture_px != 2 * patch:
            flat = F.interpolate(flat, (2 * patch, 2 * patch), mode="bilinear", align_corners=False)
        window = _fade(patch).to(flat)
        faded = (flat * window).reshape(-1, self.grid, self.grid, self.channels, 2 * patch, 2 * patch)
        weight = window.expand(1, self.grid, self.grid, 1, -1, -1)
        drawn = self._overlaid(faded) / self._overlaid(weight)
        half = patch // 2
        return drawn[:, :, half : half + self.input_px, half : half + self.input_px].clamp(0, 1)

    def _overlaid(self, tiles: Tensor) -> Tensor:
        """(N, grid, grid, C, 2p, 2p), each overlapping its neighbours by p → (N, C, (grid + 1) p, same)."""
        patch, side = self.patch_px, (self.grid + 1) * self.patch_px
        total = None
        for row in (0, 1):
            for column in (0, 1):
                part = tiles[..., row * patch : (row + 1) * patch, column * patch : (column + 1) * patch]
                place = (0, 0, 0, 0, 0, 0, column, 1 - column, row, 1 - row)
                moved = F.pad(part, place).permute(0, 3, 1, 4, 2, 5)
                total = moved if total is None else total + moved
        assert total is not None
        return total.reshape(tiles.shape[0], tiles.shape[3], side, side)

    def cut(self, images: Tensor) -> Tensor:
        """(N, C, S, S) in [0, 1] → the pictures of all its patches, (N, grid, grid, C, t, t) uint8."""
        patch, half = self.patch_px, self.patch_px // 2
        beyond = (self.grid + 1) * patch - half - self.input_px
        padded = F.pad(images, (half, beyond, half, beyond), mode="replicate")
        windows = padded.unfold(2, 2 * patch, patch).unfold(3, 2 * patch, patch)
        N, C = images.shape[:2]
        flat = windows.permute(0, 2, 3, 1, 4, 5).reshape(-1, C, 2 * patch, 2 * patch)
        small = F.adaptive_avg_pool2d(flat, (self.picture_px, self.picture_px))
        rounded = (small * 255).round().to(torch.uint8)
        return rounded.reshape(N, self.grid, self.grid, C, self.picture_px, self.picture_px)


def _measure_entries(model: nn.Module, _keys: object) -> None:
    """After loading: lengths are not kept on disk."""
    assert isinstance(model, PatchModel)
    model.squares.copy_(model.entries.square().sum(1))


def evened(images: Tensor) -> Tensor:
    """(N, C, H, W) → the same, each image with the mean and the standard deviation of an ordinary photograph.

    One gain and one offset for all channels, so that colours stay apart; in [0, 1].
    """
    mean = images.mean((1, 2, 3), keepdim=True)
    deviation = (images - mean).square().mean((1, 2, 3), keepdim=True).sqrt()
    return ((images - mean) / (deviation + _LEAST_CONTRAST) * _USUAL_CONTRAST + _USUAL_BRIGHTNESS).clamp(0, 1)


def as_rgb(images: Tensor) -> Tensor:
    """(N, 1 or 3, H, W) → (N, 3, H, W)."""
    return images if images.shape[1] == 3 else images.expand(-1, 3, -1, -1)


def _on_grid(tap: Tensor, grid: int, neighbourhood: int) -> Tensor:
    """(N, C, h, w) with h, w <= grid → (N, C, grid, grid), of means of so many by so many of the tap's own cells."""
    means = (
        tap if neighbourhood == 1 else F.avg_pool2d(tap, neighbourhood, 1, neighbourhood // 2, count_include_pad=False)
    )
    if means.shape[-1] == grid:
        return means
    return F.interpolate(means, (grid, grid), mode="bilinear", align_corners=False)


def _fade(patch_px: int) -> Tensor:
    """(2p, 2p): a tent whose copies, p apart, add up to 1."""
    offsets = torch.arange(2 * patch_px) + 0.5
    tent = 1 - (offsets - patch_px).abs() / patch_px
    return tent[:, None] * tent
