"""Several detectors on several scales, their maps brought to one measure by held-out good images.

Memories of good patches at several sizes of the image see small and large defects, and a look at the picture as a
whole what no patch shows; a network that learnt from artificial defects can join them, and sees what looks like a
defect though its patch is not rare.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from anomaly_gui.detectors.artificial_defects import CELL_PX, ArtificialDefects
from anomaly_gui.detectors.base import Detector, Finished, FitContext, Prediction
from anomaly_gui.detectors.feature_detector import a_few_at_once
from anomaly_gui.detectors.patch_memory import PatchMemory
from anomaly_gui.detectors.settings import PatchMemorySettings
from anomaly_gui.detectors.settings.defects import ArtificialDefectsSettings, CombinedSettings
from anomaly_gui.detectors.shrunk import Shrunk, shrink
from anomaly_gui.detectors.whole_picture import READINGS as WHOLE_READINGS
from anomaly_gui.detectors.whole_picture import SIDE as WHOLE_SIDE
from anomaly_gui.detectors.whole_picture import WholePicture
from anomaly_gui.progress import Cancelled, Preview, RateMeter


@dataclass(frozen=True)
class _Scale:
    """How a memory of patches looks at the image."""

    side: int | None
    """In pixels, if the input is larger; None is the input's."""
    layers: Literal["10+14", "14"]
    neighbourhood: Literal[1, 3]
    lighting: Literal["as it is", "evened"]


_SCALES = (
    _Scale(64, "10+14", 3, "evened"),
    _Scale(96, "14", 1, "evened"),
    _Scale(256, "14", 3, "as it is"),
    _Scale(256, "14", 1, "as it is"),
    _Scale(None, "10+14", 1, "as it is"),
)
"""Shapes on evened images and detail on images as they are: what one misses, another tends to see. Chosen on
magnetic_tile."""
_READINGS = 2
"""Of each member's map: as it is, for defects smaller than a cell, and calmed, for those that reach over several."""
_CONTRAST = 8
"""Power to which a pixel's share of the image's highest is raised: distances are never near 0, and without it an image
that is odd as a whole shows its good parts nearly as high as the place. On magnetic_tile 4 to 8 find pixels alike,
and 8 marks them most narrowly."""
_WHOLE = "whole."
"""Before the names of what the look at whole pictures has learnt."""
_FINDER_SIDE = 256
_LEAST_LOGIT = -8.0
"""Of the network that learns from artificial defects: its map counts from here, a chance of 1 in 3000."""
_PRIOR_IMAGES = 8
"""Weight of the prior spread, in images: a few held-out images alone say little about it."""
_PRIOR_SHARE = 0.35
"""Prior spread of good images' maxima, as a share of their median, for a map of a single cell; it falls with the
square root of the cells on a side, as the largest of many varies less than the largest of a few."""
_MIDDLE_HALF = 1.349
"""Standard deviations between the quartiles of a normal distribution."""
_EXPECTED_RISE = 1.0
"""How far a defect is expected to raise a map's maximum, as a share of what good images reach: where their maxima
are alike that is many spreads, and the map is believed; where they vary a lot it is few."""


class Combined(Detector):
    """Fits its members one after the other; the last step measures them on held-out good images."""

    def __init__(self, settings: CombinedSettings, channels: int, seed: int) -> None:
        self.input_px = settings.input_px
        self.channels = channels
        self.members: list[Detector] = [_memory(settings, scale, channels, seed) for scale in _SCALES]
        if settings.defect_steps:
            self.members.append(_finder(settings, channels, seed))
        self.fewest_images = max(member.fewest_images for member in self.members)
        self.device = torch.device("cpu")
        self.whole = WholePicture(channels).eval()
        self.centre = torch.zeros(_READINGS * len(self.members) + WHOLE_READINGS)
        self.spread = torch.ones_like(self.centre)
        self.takes_mean = settings.combination == "mean"
        self.insides: list[Tensor | None] = [None] * len(self.members)
        """What counts of each member's map, (s, s) bool; None for all of it."""

    def look_within(self, inside: Tensor) -> None:
        self.insides = [_pooled(inside, member.input_px) for member in self.members]
        for member, of_member in zip(self.members, self.insides, strict=True):
            assert of_member is not None
            member.look_within(of_member)
        self.whole.look_within(inside)

    def fit(self, context: FitContext) -> Finished | Cancelled:
        epochs = 1
        for number, member in enumerate(self.members):
            done = member.fit(self._context_of(member, number, context))
            if isinstance(done, Cancelled):
                return done
            epochs = max(epochs, done.epochs)
        if not (self.whole.fit(context) and self._calibrate(context)):
            return Cancelled("Nothing is kept; resuming goes on with what is learnt already")
        self._show_preview(context)
        return Finished(epochs=epochs, best_epoch=epochs, best_validation_loss=None)

    def to(self, device: torch.device) -> None:
        self.device = device
        for member in self.members:
            member.to(device)

    @torch.no_grad()
    def predict(self, batch: Tensor) -> Prediction:
        maps, picture = self._maps(batch, draws=True)
        return Prediction(picture, self._combined(maps, batch))

    @torch.no_grad()
    def anomaly_map(self, batch: Tensor) -> Tensor:
        maps, _ = self._maps(batch, draws=False)
        return self._combined(maps, batch)

    def _combined(self, maps: Tensor, batch: Tensor) -> Tensor:
        return combine(maps, self.whole(batch.cpu()), self.centre, self.spread, self.takes_mean)

    def state(self) -> dict[str, Tensor]:
        """The backbone of the first members is left out: the last one's holds all of its blocks."""
        made = {"centre": self.centre.clone(), "spread": self.spread.clone()}
        made |= {f"{_WHOLE}{name}": value.clone() for name, value in self.whole.state_dict().items()}
        for number, member in enumerate(self.members):
            for name, value in member.state().items():
                if number == 0 or not name.startswith("trunk."):
                    made[f"members.{number}.{name}"] = value
        return made

    def load_state(self, state: dict[str, Tensor]) -> None:
        known = (*(f"members.{number}." for number in range(len(self.members))), "centre", "spread", _WHOLE)
        if not all(name.startswith(known) for name in state):
            raise ValueError("it holds parts that this detector does not have")
        trunk = {name.removeprefix("members.0."): v for name, v in state.items() if name.startswith("members.0.trunk.")}
        for number, member in enumerate(self.members):
            start = f"members.{number}."
            of_member = {name.removeprefix(start): v for name, v in state.items() if name.startswith(start)}
            member.load_state({**trunk, **of_member})
        whole = {name.removeprefix(_WHOLE): value for name, value in state.items() if name.startswith(_WHOLE)}
        try:
            self.whole.load_state_dict(whole, strict=True)
        except RuntimeError as error:
            raise ValueError(str(error)) from error
        if not all(torch.isfinite(value).all() for value in whole.values()):
            raise ValueError("weights hold values that are not finite")
        for name in ("centre", "spread"):
            kept = state.get(name)
            if kept is None or kept.shape != self.centre.shape or not torch.isfinite(kept).all():
                raise ValueError(f"{name} is missing or does not fit")
            setattr(self, name, kept.clone())

    def graph(self) -> nn.Module:
        return _Together(self.members, self.insides, self.whole, self.centre, self.spread, self.takes_mean).eval()

    def _context_of(self, member: Detector, number: int, context: FitContext) -> FitContext:
        return replace(
            context,
            training=Shrunk(context.training, member.input_px),
            validation=Shrunk(context.validation, member.input_px),
            preview=None,
            checkpoint=context.checkpoint.with_name(f"checkpoint_{number}.safetensors"),
        )

    def _maps(self, batch: Tensor, *, draws: bool) -> tuple[Tensor, Tensor | None]:
        """All readings (N, M, S, S) on the CPU, and, if it *draws*, the finest memory's picture."""
        maps, picture = [], None
        for member, inside in zip(self.members, self.insides, strict=True):
            seen = member.predict(batch) if draws and member.input_px == self.input_px else None
            shown = member.anomaly_map(shrink(batch, member.input_px)) if seen is None else seen.anomaly_map
            found = readings(shown, map_kind(member), self.input_px, inside)
            maps += [reading.cpu() for reading in found]
            if seen is not None:
                picture = seen.reconstruction
        return torch.stack(maps, 1), picture

    @torch.no_grad()
    def _calibrate(self, context: FitContext) -> bool:
        """Learn each map's usual maximum in a good image, and how much it varies; False if asked to stop."""
        peaks: list[Tensor] = []
        meter = RateMeter("Comparing on held-out images", context.validation.image_count, context.emit)
        done = 0
        for batch in a_few_at_once(context.validation, self.input_px):
            if context.cancel.should_stop():
                return False
            maps, _ = self._maps(batch, draws=False)
            peaks.append(torch.cat([maps.flatten(2).amax(2), self.whole(batch.cpu())], 1))
            done += len(batch)
            meter.update(done)
        self.centre, self.spread = measure(torch.cat(peaks), self._prior_shares())
        return True

    def _prior_shares(self) -> Tensor:
        """(M,), one for each reading."""
        cells = [member.input_px / map_kind(member).cell_px for member in self.members for _ in range(_READINGS)]
        cells += [WHOLE_SIDE] * WHOLE_READINGS
        return _PRIOR_SHARE / torch.tensor(cells).sqrt()

    def _show_preview(self, context: FitContext) -> None:
        if context.preview is None:
            return
        seen = self.predict(context.preview)
        drawn = None if seen.reconstruction is None else seen.reconstruction.cpu().permute(0, 2, 3, 1).numpy()
        originals = context.preview.permute(0, 2, 3, 1).numpy()
        context.emit(Preview(1, context.preview_ids, originals, drawn, seen.anomaly_map.cpu().numpy()))


class _Together(nn.Module):
    """(N, C, S, S) → the finest memory's picture, and the combined map."""

    def __init__(
        self,
        members: list[Detector],
        insides: list[Tensor | None],
        whole: WholePicture,
        centre: Tensor,
        spread: Tensor,
        takes_mean: bool,
    ) -> None:
        super().__init__()
        self._insides = insides
        self.whole = whole
        self.networks = nn.ModuleList(member.graph() for member in members)
        self._sides = [member.input_px for member in members]
        self._kinds = [map_kind(member) for member in members]
        self.register_buffer("centre", centre)
        self.register_buffer("spread", spread)
        self._takes_mean = takes_mean

    centre: Tensor
    spread: Tensor

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        finest = max(self._sides)
        maps, picture = [], images
        parts = zip(self.networks, self._sides, self._kinds, self._insides, strict=True)
        for network, side, kind, inside in parts:
            drawn, anomaly_map = network(shrink(images, side))
            maps += readings(anomaly_map, kind, finest, inside)
            if side == finest:
                picture = drawn
        together = combine(torch.stack(maps, 1), self.whole(images), self.centre, self.spread, self._takes_mean)
        return picture, together


def _pooled(inside: Tensor, side: int) -> Tensor:
    """(S, S) bool → (side, side): True wherever any of it is."""
    return F.adaptive_max_pool2d(inside.float()[None], side)[0] > 0


def grow(anomaly_map: Tensor, side: int) -> Tensor:
    """(N, s, s) → (N, side, side), linear between centres."""
    if anomaly_map.shape[-1] == side:
        return anomaly_map
    return F.interpolate(anomaly_map[:, None], (side, side), mode="bilinear", align_corners=False)[:, 0]


@dataclass(frozen=True)
class MapKind:
    """What a member's map is made of."""

    cell_px: int
    holds_logits: bool
    """Otherwise distances."""


def map_kind(member: Detector) -> MapKind:
    if isinstance(member, PatchMemory):
        return MapKind(member.model.patch_px, holds_logits=False)
    return MapKind(CELL_PX, holds_logits=True)


def readings(anomaly_map: Tensor, kind: MapKind, side: int, inside: Tensor | None = None) -> list[Tensor]:
    """(N, s, s) → the map as it is, and with means over 3×3 of its cells, both (N, side, side) from 0 up.

    A single cell that is a little odd by chance stands out less in the second, a defect over several more. What is
    not *inside* (s, s) is 0 before anything is made of it: what is odd there makes no image odd, and its place, which
    may well be the oddest of all, does not outshine the others.
    """
    above = F.softplus(anomaly_map - _LEAST_LOGIT) if kind.holds_logits else anomaly_map
    if inside is not None:
        above = above * inside.to(above)
    cell = kind.cell_px
    calm = F.avg_pool2d(above[:, None], 3 * cell, cell, cell, count_include_pad=False)[:, 0]
    return [grow(above, side), grow(calm, side)]


def combine(maps: Tensor, wholes: Tensor, centre: Tensor, spread: Tensor, takes_mean: bool) -> Tensor:
    """Readings of places (N, M, S, S) and of whole pictures (N, K) → (N, S, S); centre, spread (M + K,).

    How odd an image is by the surest reading, and where by all that know places.

    How odd: each reading in its own spreads above its centre, z, is multiplied by the number of spreads that a
    defect is expected to add, which is the slope of the log likelihood ratio between defective and good if both
    are normal. Unless it is the mean, the soft maximum log(mean(exp(.))) of that is taken: the surest reading
    decides, and a second one that agrees adds a little. Brought above 0, its maximum over the image is the map's.
    Where: the sum of all readings by the same weights, as a coarse one that is sure knows no place, and a fine one
    that is not still knows it.
    """
    slope = _EXPECTED_RISE * centre / spread.square()
    everywhere = wholes[:, :, None, None].expand(-1, -1, *maps.shape[2:])
    measured = (torch.cat([maps, everywhere], 1) - centre[:, None, None]) * slope[:, None, None]
    together = measured.mean(1) if takes_mean else measured.logsumexp(1) - math.log(measured.shape[1])
    peak = F.softplus(together).amax((1, 2), keepdim=True)
    where = (maps * slope[: maps.shape[1], None, None]).sum(1)
    return peak * (where / where.amax((1, 2), keepdim=True).clamp_min(1e-6)).pow(_CONTRAST)


def measure(peaks: Tensor, prior_shares: Tensor) -> tuple[Tensor, Tensor]:
    """Maxima of good images' maps (images, M), above 0 → centre, spread (M,).

    The centre is the median. The spread is that of the middle half, so that a few odd images among the good
    ones do not make the map that shows them best the one least believed; it is drawn towards a share (M,) of
    the centre where there are few images.
    """
    count = len(peaks)
    centre = peaks.median(0).values
    lower, upper = torch.quantile(peaks, torch.tensor([0.25, 0.75]), dim=0)
    variance = ((upper - lower) / _MIDDLE_HALF).square()
    prior = (prior_shares * centre).square()
    weighed = (count * variance + _PRIOR_IMAGES * prior) / (count + _PRIOR_IMAGES)
    return centre, weighed.sqrt().clamp_min(1e-6)


def _memory(settings: CombinedSettings, scale: _Scale, channels: int, seed: int) -> Detector:
    chosen = PatchMemorySettings(
        input_px=min(scale.side or settings.input_px, settings.input_px),
        layers=scale.layers,
        neighbourhood=scale.neighbourhood,
        lighting=scale.lighting,
        memory=settings.memory,
        selection="random",
        backbone=settings.backbone,
        backbone_pixels=settings.backbone_pixels,
    )
    return PatchMemory(chosen, channels, seed)


def _finder(settings: CombinedSettings, channels: int, seed: int) -> Detector:
    side = min(_FINDER_SIDE, settings.input_px)
    chosen = ArtificialDefectsSettings(
        input_px=side,
        epochs=1,
        minimum_steps=settings.defect_steps,
        backbone=settings.backbone,
        backbone_pixels=settings.backbone_pixels,
    )
    return ArtificialDefects(chosen, channels, seed)
