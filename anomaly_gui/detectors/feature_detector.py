"""What the detectors have in common that compare backbone features of patches with those of good parts."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from anomaly_gui.detectors.backbone.trunks import AnyTrunk, make_trunk, take_weights, tapped
from anomaly_gui.detectors.base import Batches, Detector, Finished, FitContext, Prediction
from anomaly_gui.detectors.nearest import nearest
from anomaly_gui.detectors.patch_model import PatchModel
from anomaly_gui.detectors.settings import FeatureSettings
from anomaly_gui.progress import Cancelled, Preview, RateMeter

_STOPPED = Cancelled("Nothing is kept; resuming starts again, which takes seconds to minutes")
_PIXELS_AT_ONCE = 1 << 19
_FLOORS = {"full": 0.01, "half": 0.1, "none": None}
"""Whitening.fit's floor by setting."""


@dataclass(frozen=True)
class Gathered:
    """What one pass over the training images gives."""

    features: Tensor
    """(K, C) float32: those of patches drawn at random among those that count, equally many from each image, before
    whitening."""
    image: Tensor
    """(K,) int64: from which image, numbered as in Batches.ordered()."""
    patch: Tensor
    """(K,) int64: which patch of it, row by row."""
    pooled: Tensor
    """(images, C) float32: mean features of each image."""


class FeatureDetector(Detector):
    """Fitted in one pass for the features, and a second for the pictures of the patches kept.

    Fitting is quick and follows from the seed alone: there is no checkpoint, a stopped fit starts again.
    """

    components: int
    """Directions that whitening keeps, at most."""
    candidates: int = 20_000
    """Patches to learn from, at most, over all images."""

    def __init__(self, settings: FeatureSettings, channels: int, seed: int) -> None:
        self.input_px = settings.input_px
        self.channels = channels
        self.seed = seed
        self.floor = _FLOORS[settings.whitening]
        self.device = torch.device("cpu")
        taps = [int(number) for number in settings.layers.split("+")]
        self.model = self.make_model(make_trunk(settings, taps, settings.input_px))
        self.model.neighbourhood = settings.neighbourhood
        self.model.evens_lighting = settings.lighting == "evened"
        self.model.requires_grad_(False).eval()

    def make_model(self, trunk: AnyTrunk) -> PatchModel:
        """Called once, by the constructor."""
        return PatchModel(trunk, self.input_px, self.channels)

    @abstractmethod
    def choose_entries(self, gathered: Gathered, vectors: Tensor, context: FitContext) -> Tensor | None:
        """Vectors (M, D) to compare with, from those gathered, whitened (K, D); None if asked to stop."""

    def learn_images(self, gathered: Gathered, context: FitContext) -> bool:
        """Learn what whole images look like, where a detector does that; False if asked to stop."""
        return not context.cancel.should_stop()

    def learn_entries(self, images: Tensor, context: FitContext) -> bool:
        """Learn more of the model's entries, which are of the *images* (M,); False if asked to stop."""
        return not context.cancel.should_stop()

    def look_within(self, inside: Tensor) -> None:
        self.model.count_within(inside)

    def fit(self, context: FitContext) -> Finished | Cancelled:
        if context.cancel.should_stop():
            return _STOPPED
        take_weights(self.model.trunk)
        gathered = self._gather(context)
        if gathered is None:
            return _STOPPED
        components = min(self.components, gathered.features.shape[1])
        self.model.whitening.resize(components)
        self.model.whitening.fit(gathered.features, components, self.floor)
        vectors = self.model.whitening(gathered.features)
        entries = self.choose_entries(gathered, vectors, context)
        if entries is None or not self.learn_images(gathered, context):
            return _STOPPED
        self.model.resize(len(entries), components)
        self.model.fill(entries)
        _, sources = nearest(entries, vectors)
        if not self.learn_entries(gathered.image[sources], context):
            return _STOPPED
        if not self._cut_pictures(gathered.image[sources], gathered.patch[sources], context):
            return _STOPPED
        self.to(self.device)
        self._show_preview(context)
        return Finished(epochs=1, best_epoch=1, best_validation_loss=None)

    def to(self, device: torch.device) -> None:
        self.device = device
        self.model.to(device)

    @torch.no_grad()
    def predict(self, batch: Tensor) -> Prediction:
        reconstruction, anomaly_map = self.model.judge(self._tapped(batch))
        return Prediction(reconstruction.contiguous(), anomaly_map.contiguous())

    @torch.no_grad()
    def anomaly_map(self, batch: Tensor) -> Tensor:
        rated, _ = self.model.rate(self._tapped(batch))
        return self.model.spread(rated).contiguous()

    def state(self) -> dict[str, Tensor]:
        return {name: value.detach().clone() for name, value in self.model.state_dict().items()}

    def load_state(self, state: dict[str, Tensor]) -> None:
        try:
            self.model.resize_like(state)
            self.model.load_state_dict(state, strict=True)
        except (KeyError, ValueError, RuntimeError) as error:
            raise ValueError(f"the state does not fit: {error}") from error
        if not all(torch.isfinite(value).all() for value in state.values() if value.is_floating_point()):
            raise ValueError("weights hold values that are not finite")

    def graph(self) -> nn.Module:
        return self.model

    def _tapped(self, batch: Tensor) -> tuple[Tensor, ...]:
        """The trunk's outputs for a batch (N, C, S, S)."""
        return tapped(self.model.trunk, self.model.seen(batch.to(self.device)))

    @torch.no_grad()
    def _gather(self, context: FitContext) -> Gathered | None:
        """One pass over the training images; None if asked to stop. The seed decides what is drawn."""
        counted = self.model.counted
        places = torch.arange(self.model.grid**2) if counted is None else counted.cpu().flatten().nonzero()[:, 0]
        images, patches = context.training.image_count, len(places)
        wanted = min(self.candidates, images * patches)
        features: list[Tensor] = []
        drawn: list[Tensor] = []
        pooled: list[Tensor] = []
        meter = RateMeter("Reading features", images, context.emit)
        for batch in a_few_at_once(context.training, self.input_px):
            if context.cancel.should_stop():
                return None
            for one in self.model.features(self._tapped(batch)).flatten(1, 2).cpu():
                number = len(drawn)
                share = (number + 1) * wanted // images - number * wanted // images
                random = np.random.default_rng([context.seed, number])
                chosen = places[torch.from_numpy(np.sort(random.choice(patches, share, replace=False)))]
                drawn.append(chosen)
                features.append(one[chosen])
                pooled.append(one.mean(0))
            meter.update(len(drawn))
        counts = torch.tensor([len(chosen) for chosen in drawn])
        return Gathered(
            features=torch.cat(features),
            image=torch.arange(images).repeat_interleave(counts),
            patch=torch.cat(drawn),
            pooled=torch.stack(pooled),
        )

    @torch.no_grad()
    def _cut_pictures(self, of_image: Tensor, of_patch: Tensor, context: FitContext) -> bool:
        """Give each entry the picture of the patch (M,) of an image (M,); False if asked to stop."""
        meter = RateMeter("Keeping pictures", context.training.image_count, context.emit)
        first = 0
        for batch in context.training.ordered():
            if context.cancel.should_stop():
                return False
            for image in batch.cpu():
                here = (of_image == first).nonzero()[:, 0]
                if len(here):
                    self.model.pictures[here] = self.model.cut(image[None]).flatten(0, 2)[of_patch[here]]
                first += 1
            meter.update(first)
        return True

    def _show_preview(self, context: FitContext) -> None:
        if context.preview is None:
            return
        seen = self.predict(context.preview)
        drawn = None if seen.reconstruction is None else seen.reconstruction.cpu().permute(0, 2, 3, 1).numpy()
        originals = context.preview.permute(0, 2, 3, 1).numpy()
        context.emit(Preview(1, context.preview_ids, originals, drawn, seen.anomaly_map.cpu().numpy()))


def a_few_at_once(batches: Batches, input_px: int) -> Iterator[Tensor]:
    """The same images in order, no more at once than a second or so takes: between them one can stop."""
    for batch in batches.ordered():
        yield from torch.split(batch, max(1, _PIXELS_AT_ONCE // input_px**2))


class KeepOn:
    """Told how much is done, answers whether to go on."""

    def __init__(self, context: FitContext, phase: str, total: int) -> None:
        self._cancel = context.cancel
        self._meter = RateMeter(phase, total, context.emit)

    def __call__(self, done: int) -> bool:
        self._meter.update(done)
        return not self._cancel.should_stop()
