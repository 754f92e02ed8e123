"""Several detectors on several scales, their maps brought to one measure by held-out good images.

Memories of good patches at several sizes of the image see small and large defects, and a look at the picture as a
whole what no patch shows. How odd an image is they say together; where, also a network that learnt from artificial
defects: it sees an area that differs from its surroundings though none of its patches is rare.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from anomaly_gui.detectors.artificial_defects import ArtificialDefects
from anomaly_gui.detectors.base import Detector, Finished, FitContext, Prediction
from anomaly_gui.detectors.feature_detector import a_few_at_once
from anomaly_gui.detectors.patch_memory import PatchMemory
from anomaly_gui.detectors.settings import PatchMemorySettings
from anomaly_gui.detectors.settings.defects import ArtificialDefectsSettings, CombinedSettings
from anomaly_gui.detectors.shrunk import Fewer, Shrunk, shrink
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
_CONTRAST_IN_AREAS = 4
"""The same where a network marks areas. Chosen with the next ones on magnetic_tile."""
_AREA_WEIGHT = 0.75
"""Power of the odds, where they are below 1, that a pixel is in an area that does not belong."""
_PEAK_CONTRAST = 32
"""Around the highest place the odds take nothing away: it keeps what is said of the image."""
_WHOLE = "whole."
"""Before the names of what the look at whole pictures has learnt."""
_FINDER = "finder."
"""Before the names of what the network has learnt that marks areas."""
_FINDER_SIDE, _FINDER_WIDTH = 128, 48
"""Areas are wide: at half the size they are learnt in a quarter of the time."""
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
        self.members: list[PatchMemory] = [_memory(settings, scale, channels, seed) for scale in _SCALES]
        self.finder: ArtificialDefects | None = None
        if settings.defect_steps:
            self.finder = _finder(settings, channels, seed)
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
        if self.finder is not None and context.training.image_count < self.finder.fewest_images:
            self.finder = None
        epochs = 1
        for number, part in enumerate(self._parts()):
            done = part.fit(self._context_of(part, number, context))
            if isinstance(done, Cancelled):
                return done
            epochs = max(epochs, done.epochs)
        if not (self.whole.fit(context) and self._calibrate(context)):
            return Cancelled("Nothing is kept; resuming goes on with what is learnt already")
        self._show_preview(context)
        return Finished(epochs=epochs, best_epoch=epochs, best_validation_loss=None)

    def to(self, device: torch.device) -> None:
        self.device = device
        for part in self._parts():
            part.to(device)

    @torch.no_grad()
    def predict(self, batch: Tensor) -> Prediction:
        maps, picture = self._maps(batch, draws=True)
        return Prediction(picture, self._combined(maps, batch))

    @torch.no_grad()
    def anomaly_map(self, batch: Tensor) -> Tensor:
        maps, _ = self._maps(batch, draws=False)
        return self._combined(maps, batch)

    def _parts(self) -> list[Detector]:
        return [*self.members, *([] if self.finder is None else [self.finder])]

    def _combined(self, maps: Tensor, batch: Tensor) -> Tensor:
        areas = None
        if self.finder is not None:
            areas = grow(self.finder.anomaly_map(shrink(batch, self.finder.input_px)).cpu(), self.input_px)
        return combine(maps, self.whole(batch.cpu()), self.centre, self.spread, areas, takes_mean=self.takes_mean)

    def state(self) -> dict[str, Tensor]:
        """The backbone of the first members is left out: the last one's holds all of its blocks."""
        made = {"centre": self.centre.clone(), "spread": self.spread.clone()}
        made |= {f"{_WHOLE}{name}": value.clone() for name, value in self.whole.state_dict().items()}
        for number, member in enumerate(self.members):
            for name, value in member.state().items():
                if number == 0 or not name.startswith("trunk."):
                    made[f"members.{number}.{name}"] = value
        if self.finder is not None:
            found = self.finder.state().items()
            made |= {f"{_FINDER}{name}": value for name, value in found if not name.startswith("trunk.")}
        return made

    def load_state(self, state: dict[str, Tensor]) -> None:
        known = (*(f"members.{number}." for number in range(len(self.members))), "centre", "spread", _WHOLE)
        if any(name.startswith(_FINDER) for name in state):
            known = (*known, _FINDER)
        else:
            self.finder = None
        if not all(name.startswith(known) for name in state):
            raise ValueError("it holds parts that this detector does not have")
        trunk = {name.removeprefix("members.0."): v for name, v in state.items() if name.startswith("members.0.trunk.")}
        for number, part in enumerate(self._parts()):
            start = f"members.{number}." if part is not self.finder else _FINDER
            of_part = {name.removeprefix(start): v for name, v in state.items() if name.startswith(start)}
            part.load_state({**trunk, **of_part})
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
        parts = self.members, self.insides, self.finder, self.whole
        return _Together(*parts, self.centre, self.spread, self.takes_mean).eval()

    def _context_of(self, part: Detector, number: int, context: FitContext) -> FitContext:
        training, validation = context.training, context.validation
        if isinstance(part, ArtificialDefects):
            # It learns by the step: of the many tiles of large images it needs no more.
            training, validation = Fewer(training, part.minimum_steps), Fewer(validation, part.minimum_steps // 8)
        return replace(
            context,
            training=Shrunk(training, part.input_px),
            validation=Shrunk(validation, part.input_px),
            preview=None,
            checkpoint=context.checkpoint.with_name(f"checkpoint_{number}.safetensors"),
        )

    def _maps(self, batch: Tensor, *, draws: bool) -> tuple[Tensor, Tensor | None]:
        """All readings (N, M, S, S) on the CPU, and, if it *draws*, the finest memory's picture."""
        maps, picture = [], None
        for member, inside in zip(self.members, self.insides, strict=True):
            seen = member.predict(batch) if draws and member.input_px == self.input_px else None
            shown = member.anomaly_map(shrink(batch, member.input_px)) if seen is None else seen.anomaly_map
            found = readings(shown, member.model.patch_px, self.input_px, inside)
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
        cells = [member.input_px / member.model.patch_px for member in self.members for _ in range(_READINGS)]
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
        members: list[PatchMemory],
        insides: list[Tensor | None],
        finder: Detector | None,
        whole: WholePicture,
        centre: Tensor,
        spread: Tensor,
        takes_mean: bool,
    ) -> None:
        super().__init__()
        self._insides = insides
        self.whole = whole
        self.networks = nn.ModuleList(member.graph() for member in members)
        self.finder = None if finder is None else finder.graph()
        self._finder_side = 0 if finder is None else finder.input_px
        self._sides = [member.input_px for member in members]
        self._cells = [member.model.patch_px for member in members]
        self.register_buffer("centre", centre)
        self.register_buffer("spread", spread)
        self._takes_mean = takes_mean

    centre: Tensor
    spread: Tensor

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        finest = max(self._sides)
        maps, picture = [], images
        parts = zip(self.networks, self._sides, self._cells, self._insides, strict=True)
        for network, side, cell_px, inside in parts:
            drawn, anomaly_map = network(shrink(images, side))
            maps += readings(anomaly_map, cell_px, finest, inside)
            if side == finest:
                picture = drawn
        areas = None
        if self.finder is not None:
            areas = grow(self.finder(shrink(images, self._finder_side))[1], finest)
        measures = self.centre, self.spread
        return picture, combine(torch.stack(maps, 1), self.whole(images), *measures, areas, takes_mean=self._takes_mean)


def _pooled(inside: Tensor, side: int) -> Tensor:
    """(S, S) bool → (side, side): True wherever any of it is."""
    return F.adaptive_max_pool2d(inside.float()[None], side)[0] > 0


def grow(anomaly_map: Tensor, side: int) -> Tensor:
    """(N, s, s) → (N, side, side), linear between centres."""
    if anomaly_map.shape[-1] == side:
        return anomaly_map
    return F.interpolate(anomaly_map[:, None], (side, side), mode="bilinear", align_corners=False)[:, 0]


def readings(distances: Tensor, cell_px: int, side: int, inside: Tensor | None = None) -> list[Tensor]:
    """(N, s, s) → the map as it is, and with means over 3×3 of its cells, both (N, side, side).

    A single cell that is a little odd by chance stands out less in the second, a defect over several more. What is
    not *inside* (s, s) is 0 before anything is made of it: what is odd there makes no image odd, and its place, which
    may well be the oddest of all, does not outshine the others.
    """
    if inside is not None:
        distances = distances * inside.to(distances)
    calm = F.avg_pool2d(distances[:, None], 3 * cell_px, cell_px, cell_px, count_include_pad=False)[:, 0]
    return [grow(distances, side), grow(calm, side)]


def combine(
    maps: Tensor,
    wholes: Tensor,
    centre: Tensor,
    spread: Tensor,
    areas: Tensor | None = None,
    *,
    takes_mean: bool,
) -> Tensor:
    """Readings of places (N, M, S, S) and of whole pictures (N, K) → (N, S, S); centre, spread (M + K,).

    How odd an image is by the surest reading, and where by all that know places.

    How odd: each reading in its own spreads above its centre, z, is multiplied by the number of spreads that a
    defect is expected to add, which is the slope of the log likelihood ratio between defective and good if both
    are normal. Unless it is the mean, the soft maximum log(mean(exp(.))) of that is taken: the surest reading
    decides, and a second one that agrees adds a little. Brought above 0, its maximum over the image is the map's.
    Where: the sum of all readings by the same weights, as a coarse one that is sure knows no place, and a fine one
    that is not still knows it. *areas* (N, S, S), logits of being in an area that does not belong, take from all but
    the highest places what is in none.
    """
    slope = _EXPECTED_RISE * centre / spread.square()
    everywhere = wholes[:, :, None, None].expand(-1, -1, *maps.shape[2:])
    measured = (torch.cat([maps, everywhere], 1) - centre[:, None, None]) * slope[:, None, None]
    together = measured.mean(1) if takes_mean else measured.logsumexp(1) - math.log(measured.shape[1])
    peak = F.softplus(together).amax((1, 2), keepdim=True)
    where = (maps * slope[: maps.shape[1], None, None]).sum(1)
    share = where / where.amax((1, 2), keepdim=True).clamp_min(1e-6)
    if areas is None:
        return peak * share.pow(_CONTRAST)
    in_areas = share.pow(_CONTRAST_IN_AREAS) * (_AREA_WEIGHT * areas.clamp_max(0)).exp()
    return peak * torch.maximum(in_areas, share.pow(_PEAK_CONTRAST))


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


def _memory(settings: CombinedSettings, scale: _Scale, channels: int, seed: int) -> PatchMemory:
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


def _finder(settings: CombinedSettings, channels: int, seed: int) -> ArtificialDefects:
    chosen = ArtificialDefectsSettings(
        input_px=min(_FINDER_SIDE, settings.input_px),
        width=_FINDER_WIDTH,
        epochs=1,
        minimum_steps=settings.defect_steps,
        backbone=settings.backbone,
        backbone_pixels=settings.backbone_pixels,
    )
    return ArtificialDefects(chosen, channels, seed)
