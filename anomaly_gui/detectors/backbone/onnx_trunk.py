"""A network from an ONNX file in the place of the packaged one.

It runs in onnxruntime, as the packaged one does. While a detector is traced for export it leaves a
node behind that names the network; export/backbone_graft.py puts the network itself in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from anomaly_gui.detectors.backbone import session
from anomaly_gui.detectors.backbone.network import stride_of
from anomaly_gui.detectors.backbone.onnx_file import OnnxBackbone
from anomaly_gui.detectors.settings.backbone import PixelRange
from anomaly_gui.errors import InputError

DOMAIN = "anomaly_gui"
OPERATOR = "Backbone"
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of ImageNet's colours, red, green, blue in [0, 1]."""


class OnnxTrunk(nn.Module):
    """(N, 3, S, S) in [0, 1] → for each tap the file's map with cells nearest in size, on the tap's own grid.

    Raises InputError if the network does not take pictures of *side* px.
    """

    def __init__(self, file: OnnxBackbone, taps: Sequence[int], side: int, pixels: PixelRange) -> None:
        super().__init__()
        self.file = file
        self.taps = tuple(taps)
        self.side = side
        self._pixels = pixels
        self._grids = [-(-side // stride_of(tap)) for tap in taps]
        self._chosen = [_nearest(file, stride_of(tap)) for tap in taps]
        self.channels = tuple(file.maps[number].channels for number in self._chosen)
        self.shapes = self._try(side)
        """Of the file's maps, without the batch."""

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        maps = _Network.apply(self._seen(images), self)  # type: ignore[no-untyped-call]
        return tuple(
            _on_grid(maps[number], self.shapes[number][-1], grid)
            for number, grid in zip(self._chosen, self._grids, strict=True)
        )

    def _seen(self, images: Tensor) -> Tensor:
        """Pixels as the network was trained on them."""
        match self._pixels:
            case "imagenet":
                mean, deviation = (images.new_tensor(value)[:, None, None] for value in (_MEAN, _DEVIATION))
                return (images - mean) / deviation
            case "bytes":
                return images * 255
            case "signed":
                return images * 2 - 1
            case "unit":
                return images

    def _try(self, side: int) -> list[tuple[int, ...]]:
        fixed = self.file.fixed_side
        if fixed not in (None, side):
            raise InputError(
                self.file.name,
                f"the network takes pictures of {fixed} px alone, and this detector shows it some of {side} px",
                f"Set the input size to {fixed}, or choose a network that takes any size",
            )
        try:
            maps = session.run_file(self, self.file, torch.zeros(1, 3, side, side))
        except Exception as error:  # onnxruntime's exceptions share no base of their own.
            words = str(error).splitlines()[0][:200]
            cause = f"the network does not run on pictures of {side} px ({words})"
            raise InputError(self.file.name, cause, "Choose another input size or network") from error
        shapes = [tuple(one.shape[1:]) for one in maps]
        for shape, known in zip(shapes, self.file.maps, strict=True):
            if len(shape) != 3 or shape[0] != known.channels or shape[1] != shape[2] or not shape[1]:
                cause = f"the network gives {shape} as {known.name} for pictures of {side} px"
                raise InputError(self.file.name, cause, "Choose another input size or network")
        return shapes


class _Network(torch.autograd.Function):
    """All maps of the file; a single node where a detector is traced."""

    @staticmethod
    def forward(ctx: Any, images: Tensor, trunk: OnnxTrunk) -> tuple[Tensor, ...]:
        maps = session.run_file(trunk, trunk.file, images.detach().cpu())
        return tuple(one.to(images.device) for one in maps)

    @staticmethod
    def symbolic(g: Any, images: Any, trunk: OnnxTrunk) -> Any:
        count = len(trunk.file.maps)
        made = g.op(f"{DOMAIN}::{OPERATOR}", images, sha256_s=trunk.file.sha256, outputs=count)
        maps = [made] if count == 1 else made
        for one, shape in zip(maps, trunk.shapes, strict=True):
            one.setType(images.type().with_dtype(torch.float32).with_sizes([1, *shape]))
        return tuple(maps)


def _nearest(file: OnnxBackbone, cell_px: int) -> int:
    """Number of the map with cells of nearly that size, by their ratio; of two the finer."""
    ratios = [max(one.cell_px / cell_px, cell_px / one.cell_px) for one in file.maps]
    return ratios.index(min(ratios))


def _on_grid(features: Tensor, side: int, grid: int) -> Tensor:
    """(N, C, side, side) → (N, C, grid, grid): means where that is a whole number of cells, else linear between."""
    if side == grid:
        return features
    if side % grid == 0:
        return F.avg_pool2d(features, side // grid)
    return F.interpolate(features, (grid, grid), mode="bilinear", align_corners=False)
