"""Learns from artificial defects: a small network on backbone features marks what was planted in good images.

In the line of DRAEM (Zavrtanik 2021) and CutPaste (Li 2021), but on features that know textures and
shapes beforehand, so that minutes on a CPU are enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from anomaly_gui.detectors.backbone.trunks import AnyTrunk, make_trunk
from anomaly_gui.detectors.base import LossFunction
from anomaly_gui.detectors.frozen_backbone import FrozenBackboneDetector, TrunkAndHead
from anomaly_gui.detectors.planting import plant_defects, segmentation_loss
from anomaly_gui.detectors.settings import GradientSettings
from anomaly_gui.detectors.settings.defects import ArtificialDefectsSettings

TAPS = (2, 4, 10, 14)
"""Blocks of the backbone with cells of 4, 8, 16 and 32 px."""
CELL_PX = 4
"""Side of a cell of the map."""
AREA_SHARE = 0.7
"""Of the planted images, have an area that looks like another image. Chosen on magnetic_tile: there it raised the pixel
AUROC of this detector alone from 0.77 to 0.87."""
WARM_UP_STEPS = 50
"""Without them trainings end further apart."""
_HALVINGS = 4
"""Of the cells, to see how an area differs from the rest of the image."""
_RESTORED_PX = 2
"""Side of a cell of the picture."""
_PICTURE_WEIGHT = 2.0


@dataclass(frozen=True)
class Task:
    """What the backbone sees of images that carry artificial defects, and what the head is asked to say."""

    tapped: tuple[Tensor, ...]
    """Of the blocks TAPS, (N, c, s, s) each."""
    cells: Tensor
    """(N, s, s) in {0, 1}: where something was planted; s = S / CELL_PX."""
    wanted: Tensor
    """The images without it, at half their side, (N, C, S / 2, S / 2)."""


class ArtificialDefects(FrozenBackboneDetector):
    """The backbone is fixed; only the head is trained."""

    warm_up_steps = WARM_UP_STEPS

    def make_model(self, settings: GradientSettings) -> Marker:
        assert isinstance(settings, ArtificialDefectsSettings)
        made = Marker(make_trunk(settings, TAPS, self.input_px), self.input_px, self.channels, settings.width)
        # A third faster on a CPU.
        made.head.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return made

    def training_loss(self, batch: Tensor, reconstruction_loss: LossFunction) -> Tensor:
        return self.loss_of(self.planted(batch), reconstruction_loss)

    def planted(self, batch: Tensor) -> Task:
        """Plant defects in good images (N, C, S, S), and look at them."""
        spoilt, clean, mask = plant_defects(batch, AREA_SHARE)
        return Task(
            tapped=self.tapped(spoilt),
            cells=F.max_pool2d(mask[:, None], CELL_PX, ceil_mode=True)[:, 0],
            wanted=F.avg_pool2d(clean, _RESTORED_PX),
        )

    def loss_of(self, task: Task, reconstruction_loss: LossFunction) -> Tensor:
        logits, restored = (made.float() for made in self.network(task.tapped))
        drawn = reconstruction_loss(restored, task.wanted)
        return segmentation_loss(logits, task.cells) + _PICTURE_WEIGHT * drawn


class Marker(TrunkAndHead):
    """The picture is without what is marked; the map holds logits."""

    def __init__(self, trunk: AnyTrunk, input_px: int, channels: int, width: int) -> None:
        super().__init__()
        self.input_px = input_px
        self.trunk = trunk
        self.head = Head(trunk.channels, channels, width)

    def judge(self, tapped: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
        logits, restored = self.head(tapped)
        size = (self.input_px, self.input_px)
        spread = F.interpolate(logits[:, None], size, mode="bilinear", align_corners=False)[:, 0]
        return F.interpolate(restored, size, mode="bilinear", align_corners=False).clamp(0, 1), spread


class Head(nn.Module):
    """The backbone's blocks TAPS → logits (N, s, s) with s = S / CELL_PX, and a picture of half the image's side."""

    def __init__(self, known: Sequence[int], channels: int, width: int) -> None:
        """*known*: channels of each of the blocks."""
        super().__init__()
        self.levels = nn.ModuleList(nn.BatchNorm2d(count) for count in known)
        self.narrow = nn.ModuleList(
            nn.Conv2d(count, width, 3 if number == 0 else 1, padding=int(number == 0))
            for number, count in enumerate(known)
        )
        self.common = nn.Sequential(nn.ReLU(), *_block(width), *_block(width))
        self.wider = nn.ModuleList(
            nn.Sequential(nn.MaxPool2d(2, ceil_mode=True), *_block(width), *_block(width)) for _ in range(_HALVINGS)
        )
        self.back = nn.ModuleList(nn.Sequential(*_block(width)) for _ in range(_HALVINGS))
        self.mark = nn.Conv2d(width, 1, 1)
        self.draw = nn.Sequential(
            nn.Conv2d(width, channels * (CELL_PX // _RESTORED_PX) ** 2, 1), nn.PixelShuffle(CELL_PX // _RESTORED_PX)
        )

    def forward(self, tapped: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
        size = tapped[0].shape[-2:]
        tapped = tuple(tap.contiguous(memory_format=torch.channels_last) for tap in tapped)
        total = self.narrow[0](self.levels[0](tapped[0]))
        for level, narrow, tap in zip(self.levels[1:], self.narrow[1:], tapped[1:], strict=True):
            total = total + F.interpolate(narrow(level(tap)), size, mode="bilinear", align_corners=False)
        common = self._among_others(self.common(total))
        return self.mark(common)[:, 0], self.draw(common)

    def _among_others(self, cells: Tensor) -> Tensor:
        """Each cell with what is known of the wider and wider surroundings (the U of U-Net, Ronneberger 2015)."""
        left = []
        for wider in self.wider:
            left.append(cells)
            cells = wider(cells)
        for back in self.back:
            finer = left.pop()
            cells = back(F.interpolate(cells, finer.shape[-2:], mode="nearest") + finer)
        return cells


def _block(width: int) -> list[nn.Module]:
    return [nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
