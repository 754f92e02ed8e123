"""Several detectors on several scales, their maps brought to one measure by held-out good images.

Memories of good patches at several sizes of the image see small and large defects, and a look at the picture as a
whole what no patch shows. How odd an image is they say together; where, also a network that learnt from artificial
defects: it sees an area that differs from its surroundings though none of its patches is rare.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from anomaly_gui.detectors.agreement import Agreement, grow, readings
from anomaly_gui.detectors.area_finder import AreaFinder
from anomaly_gui.detectors.base import Detector, Finished, FitContext, Prediction
from anomaly_gui.detectors.feature_detector import a_few_at_once
from anomaly_gui.detectors.patch_memory import PatchMemory
from anomaly_gui.detectors.settings import PatchMemorySettings
from anomaly_gui.detectors.settings.defects import ArtificialDefectsSettings, CombinedSettings
from anomaly_gui.detectors.shrunk import Shrunk, shrink
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
_FINDER = "finder."
"""Before the names of what the network has learnt that marks areas."""
_FINDER_SIDE, _FINDER_WIDTH = 128, 48
"""Areas are wide: at half the size they are learnt in a quarter of the time."""


class Combined(Detector):
    """Fits its members one after the other; the last step measures them on held-out good images."""

    def __init__(self, settings: CombinedSettings, channels: int, seed: int) -> None:
        self.input_px = settings.input_px
        self.channels = channels
        self.members: list[PatchMemory] = [_memory(settings, scale, channels, seed) for scale in _SCALES]
        self.finder: AreaFinder | None = None
        # Of a tile it is not known how the rest of the image looks.
        if settings.defect_steps and not settings.tile_px:
            self.finder = _finder(settings, channels, seed)
        self.fewest_images = max(member.fewest_images for member in self.members)
        self.device = torch.device("cpu")
        cells = [member.input_px / member.model.patch_px for member in self.members for _ in range(_READINGS)]
        self.agreement = Agreement(channels, self.input_px, cells, takes_mean=settings.combination == "mean")
        self.insides: list[Tensor | None] = [None] * len(self.members)
        """What counts of each member's map, (s, s) bool; None for all of it."""

    def look_within(self, inside: Tensor) -> None:
        self.insides = [_pooled(inside, member.input_px) for member in self.members]
        for member, of_member in zip(self.members, self.insides, strict=True):
            assert of_member is not None
            member.look_within(of_member)
        self.agreement.look_within(inside)

    def fit(self, context: FitContext) -> Finished | Cancelled:
        if self.finder is not None and context.training.image_count < self.finder.fewest_images:
            self.finder = None
        epochs = 1
        for number, part in enumerate(self._parts()):
            done = part.fit(self._context_of(part, number, context))
            if isinstance(done, Cancelled):
                return done
            epochs = max(epochs, done.epochs)
        if not (self.agreement.fit(context) and self._calibrate(context)):
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
        return self.agreement(batch.cpu(), maps, areas)  # type: ignore[no-any-return]

    def state(self) -> dict[str, Tensor]:
        """The backbone of the first members is left out: the last one's holds all of its blocks."""
        made = {name: value.clone() for name, value in self.agreement.state_dict().items()}
        for number, member in enumerate(self.members):
            for name, value in member.state().items():
                if number == 0 or not name.startswith("trunk."):
                    made[f"members.{number}.{name}"] = value
        if self.finder is not None:
            found = self.finder.state().items()
            made |= {f"{_FINDER}{name}": value for name, value in found if not name.startswith("trunk.")}
        return made

    def load_state(self, state: dict[str, Tensor]) -> None:
        if not any(name.startswith(_FINDER) for name in state):
            self.finder = None
        trunk = {name.removeprefix("members.0."): v for name, v in state.items() if name.startswith("members.0.trunk.")}
        left = dict(state)
        for number, part in enumerate(self._parts()):
            start = _FINDER if part is self.finder else f"members.{number}."
            of_part = {name: left.pop(name) for name in state if name.startswith(start)}
            part.load_state({**trunk, **{name.removeprefix(start): value for name, value in of_part.items()}})
        self.agreement.take(left)

    def graph(self) -> nn.Module:
        return _Together(self.members, self.insides, self.finder, self.agreement).eval()

    def _context_of(self, part: Detector, number: int, context: FitContext) -> FitContext:
        return replace(
            context,
            training=Shrunk(context.training, part.input_px),
            validation=Shrunk(context.validation, part.input_px),
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
            peaks.append(self.agreement.peaks(batch.cpu(), maps))
            done += len(batch)
            meter.update(done)
        self.agreement.measure(torch.cat(peaks))
        return True

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
        agreement: Agreement,
    ) -> None:
        super().__init__()
        self._insides = insides
        self.agreement = agreement
        self.networks = nn.ModuleList(member.graph() for member in members)
        self.finder = None if finder is None else finder.graph()
        self._finder_side = 0 if finder is None else finder.input_px
        self._sides = [member.input_px for member in members]
        self._cells = [member.model.patch_px for member in members]

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
        return picture, self.agreement(images, torch.stack(maps, 1), areas)


def _pooled(inside: Tensor, side: int) -> Tensor:
    """(S, S) bool → (side, side): True wherever any of it is."""
    return F.adaptive_max_pool2d(inside.float()[None], side)[0] > 0


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


def _finder(settings: CombinedSettings, channels: int, seed: int) -> AreaFinder:
    chosen = ArtificialDefectsSettings(
        input_px=min(_FINDER_SIDE, settings.input_px),
        width=_FINDER_WIDTH,
        epochs=1,
        minimum_steps=settings.defect_steps,
        backbone=settings.backbone,
        backbone_pixels=settings.backbone_pixels,
    )
    return AreaFinder(chosen, channels, seed)
