"""Restores good images: a network from scratch that may not copy a defect, and marks what it had to take out.

It sees the high frequencies of an image that carries artificial defects, and draws the image without
them (the line of EdgRec and FAIR); a second output marks what was planted (DRAEM). What it cannot see by
that, the lighting and shape of the whole, and textures that are all over too weak or too strong, is told by looks at
whole pictures.
"""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from anomaly_gui.detectors.agreement import Agreement
from anomaly_gui.detectors.base import Finished, FitContext, LossFunction
from anomaly_gui.detectors.blur import blur_matrix
from anomaly_gui.detectors.planting import plant_defects, segmentation_loss
from anomaly_gui.detectors.redrawing import Redrawing
from anomaly_gui.detectors.settings.defects import RestoreSettings
from anomaly_gui.progress import Cancelled, RateMeter

_WIDENING = (1, 2, 4, 6, 6)
"""Channels of the levels, in widths."""
_PICTURE_WEIGHT = 2.0
_COARSE_SHARE, _FINE_PX = 1 / 16, 1.5
"""Standard deviations of the two blurs taken off: a share of the side, and pixels."""
_AGREEMENT = "agreement."
"""Before the names of what is learnt after the network."""
_CELL_PX = 4
"""About how near two pixels of the map say the same."""
_LEAST_LOGIT = -8.0
"""The mark counts from here, a chance of 1 in 3000."""


class Restore(Redrawing):
    """U-Net with skips; the map is what it marks, compared with what good images reach."""

    warm_up_steps = 50

    def __init__(self, settings: RestoreSettings, channels: int, seed: int) -> None:
        only_high = settings.sees == "high frequencies"
        super().__init__(settings, channels, seed, lambda: Restorer(self.input_px, channels, settings.width, only_high))
        self.agreement = Agreement(channels, self.input_px, [self.input_px / _CELL_PX])
        self.inside: Tensor | None = None

    def look_within(self, inside: Tensor) -> None:
        self.inside = inside
        self.agreement.look_within(inside)

    def fit(self, context: FitContext) -> Finished | Cancelled:
        done = super().fit(context)
        if isinstance(done, Finished) and not (self.agreement.fit(context) and self._measure(context)):
            return Cancelled("The network is kept; resuming compares it with held-out images")
        return done

    def training_loss(self, batch: Tensor, reconstruction_loss: LossFunction) -> Tensor:
        spoilt, clean, mask = plant_defects(batch)
        seen = spoilt.contiguous(memory_format=torch.channels_last)
        restored, logits = (drawn.float() for drawn in self.network(seen))
        return segmentation_loss(logits, mask) + _PICTURE_WEIGHT * reconstruction_loss(restored, clean)

    def graph(self) -> nn.Module:
        return _Judged(self.network, self.agreement, self.inside).eval()

    def state(self) -> dict[str, Tensor]:
        agreed = self.agreement.state_dict().items()
        return {**super().state(), **{f"{_AGREEMENT}{name}": value.clone() for name, value in agreed}}

    def load_state(self, state: dict[str, Tensor]) -> None:
        of_network = {name: value for name, value in state.items() if not name.startswith(_AGREEMENT)}
        super().load_state(of_network)
        self.agreement.take({name.removeprefix(_AGREEMENT): state[name] for name in state if name not in of_network})

    def to(self, device: torch.device) -> None:
        super().to(device)
        self.agreement.to(device)

    @torch.no_grad()
    def _measure(self, context: FitContext) -> bool:
        """Learn what good images reach; False if asked to stop."""
        module, peaks, done = self.graph(), list[Tensor](), 0
        assert isinstance(module, _Judged)
        meter = RateMeter("Comparing on held-out images", context.validation.image_count, context.emit)
        where = next(self.network.parameters()).device
        for batch in context.validation.ordered():
            if context.cancel.should_stop():
                return False
            batch = batch.to(where, memory_format=torch.channels_last)
            peaks.append(self.agreement.peaks(batch, module.marks(batch)[1]).cpu())
            done += len(batch)
            meter.update(done)
        self.agreement.measure(torch.cat(peaks))
        return True


class _Judged(nn.Module):
    """(N, C, S, S) in [0, 1] → the picture in [0, 1], and the map (N, S, S), from 0."""

    def __init__(self, network: nn.Module, agreement: Agreement, inside: Tensor | None) -> None:
        super().__init__()
        self.network = network
        self.agreement = agreement
        self._measured = bool(agreement.centre.any())
        self._inside = inside

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        restored, marks = self.marks(images)
        # A run that was stopped early has not been compared with anything.
        return restored, self.agreement(images, marks) if self._measured else marks[:, 0]

    def marks(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """The picture, and how sure the network is of a defect, (N, 1, S, S) from 0."""
        restored, logits = self.network(images)
        marks = F.softplus(logits - _LEAST_LOGIT)
        marks = F.avg_pool2d(marks[:, None], 3, 1, 1, count_include_pad=False)[:, 0]
        if self._inside is not None:
            marks = marks * self._inside.to(marks)
        return restored.clamp(0, 1), marks[:, None]


class Restorer(nn.Module):
    """(N, C, S, S) in [0, 1] → restored (N, C, S, S) and logits (N, S, S); S is a multiple of 32."""

    def __init__(self, input_px: int, channels: int, width: int, only_high: bool) -> None:
        super().__init__()
        self.only_high = only_high
        self.register_buffer("coarse", blur_matrix(input_px, input_px * _COARSE_SHARE), persistent=False)
        self.register_buffer("fine", blur_matrix(input_px, _FINE_PX), persistent=False)
        self.channels = channels
        widths = [width * factor for factor in _WIDENING]
        first = nn.Conv2d(2 * channels, width, 5, 2, 2, bias=False)
        self.enter = nn.Sequential(first, nn.BatchNorm2d(width), nn.ReLU(), *_block(width, width))
        self.down = nn.ModuleList(nn.Sequential(*_block(a, b, 2), *_block(b, b)) for a, b in pairwise(widths))
        self.up = nn.ModuleList(nn.Sequential(*_block(a + b, b), *_block(b, b)) for a, b in pairwise(reversed(widths)))
        self.leave = nn.Sequential(nn.Conv2d(width, 4 * (channels + 1), 1), nn.PixelShuffle(2))

    coarse: Tensor
    fine: Tensor

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        x = self.enter(self._seen(images))
        skipped = []
        for down in self.down:
            skipped.append(x)
            x = down(x)
        for up in self.up:
            side = skipped.pop()
            x = up(torch.cat([F.interpolate(x, scale_factor=2.0, mode="nearest"), side], 1))
        left = self.leave(x)
        return left[:, : self.channels], left[:, self.channels]

    def _seen(self, images: Tensor) -> Tensor:
        """Two views: the image without its slow changes (or just shifted), and its finest detail alone."""
        # Small differences of large numbers: bfloat16 would leave little of them.
        with torch.autocast(images.device.type, enabled=False):
            return self._differences(images)

    def _differences(self, images: Tensor) -> Tensor:
        fine = images - self.fine @ images @ self.fine.T
        broad = 4 * (images - self.coarse @ images @ self.coarse.T) if self.only_high else 4 * images - 2
        return torch.cat([broad, 8 * fine], 1)


def _block(narrow: int, wide: int, stride: int = 1) -> list[nn.Module]:
    return [nn.Conv2d(narrow, wide, 3, stride, 1, bias=False), nn.BatchNorm2d(wide), nn.ReLU()]
