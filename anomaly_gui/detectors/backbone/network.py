"""The forward pass of EfficientNet-Lite0, up to the blocks whose outputs are wanted.

Tan, Le 2019 (EfficientNet), without squeeze-and-excitation and with ReLU6, as TensorFlow's Lite0.
Batch normalisation is part of the convolutions (weights.py folds it in).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch.nn.functional as F
from torch import Tensor, nn

STEM_CHANNELS = 32


class Stage(NamedTuple):
    """Blocks of one kind; the first of them has the stride."""

    blocks: int
    kernel_px: int
    stride: int
    expansion: int
    channels: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)
BLOCK_COUNT = sum(stage.blocks for stage in STAGES)


class SameConv(nn.Conv2d):
    """Convolution padded as TensorFlow does: the output has ceil(side / stride) pixels."""

    def __init__(self, channels_in: int, channels_out: int, kernel_px: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(channels_in, channels_out, kernel_px, stride, groups=groups)

    def forward(self, input: Tensor) -> Tensor:
        # As plain numbers: traced, they would become part of the graph.
        top, bottom = self._zeros(int(input.shape[-2]))
        left, right = self._zeros(int(input.shape[-1]))
        if (top, left) == (bottom, right):
            return F.conv2d(input, self.weight, self.bias, self.stride, (top, left), 1, self.groups)
        return super().forward(F.pad(input, (left, right, top, bottom)))

    def _zeros(self, side: int) -> tuple[int, int]:
        """Before and after; the odd one comes after."""
        stride = self.stride[0]
        missing = max((-(-side // stride) - 1) * stride + self.kernel_size[0] - side, 0)
        return missing // 2, missing - missing // 2


class Block(nn.Module):
    """Widen, filter each channel, narrow; added to its input where the shapes allow."""

    def __init__(self, channels_in: int, stage: Stage, stride: int) -> None:
        super().__init__()
        wide = channels_in * stage.expansion
        self.expand = SameConv(channels_in, wide, 1) if stage.expansion > 1 else None
        self.depthwise = SameConv(wide, wide, stage.kernel_px, stride, groups=wide)
        self.project = SameConv(wide, stage.channels, 1)
        self._adds = stride == 1 and channels_in == stage.channels

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.expand is None else F.relu6(self.expand(x))
        y = self.project(F.relu6(self.depthwise(y)))
        result: Tensor = x + y if self._adds else y
        return result


class Trunk(nn.Module):
    """(N, 3, H, W) in [0, 1] → the outputs of the blocks numbered *taps*, in that order."""

    def __init__(self, taps: Sequence[int]) -> None:
        super().__init__()
        self.taps = tuple(taps)
        self.channels = tuple(channels_of([tap]) for tap in taps)
        self.stem = SameConv(3, STEM_CHANNELS, 3, 2)
        self.blocks = nn.ModuleList(_blocks()[: max(taps) + 1])

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        x = F.relu6(self.stem((images * 255 - 127) / 128))
        tapped = {}
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number in self.taps:
                tapped[number] = x
        return tuple(tapped[number] for number in self.taps)


def channels_of(taps: Sequence[int]) -> int:
    """Of all these blocks' outputs together."""
    per_block = [stage.channels for stage in STAGES for _ in range(stage.blocks)]
    return sum(per_block[number] for number in taps)


def stride_of(tap: int) -> int:
    """Pixels of the image to one cell of this block's output."""
    stride, number = 2, -1
    for stage in STAGES:
        number += stage.blocks
        stride *= stage.stride
        if tap <= number:
            return stride
    raise ValueError(f"no such block: {tap}")


def _blocks() -> list[Block]:
    blocks, channels = [], STEM_CHANNELS
    for stage in STAGES:
        for number in range(stage.blocks):
            blocks.append(Block(channels, stage, stage.stride if number == 0 else 1))
            channels = stage.channels
    return blocks
