"""What the detectors have in common that judge an image as a whole by its mean features."""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor, nn

from anomaly_gui.detectors.backbone.trunks import AnyTrunk
from anomaly_gui.detectors.base import FitContext
from anomaly_gui.detectors.coreset import k_centre
from anomaly_gui.detectors.feature_detector import FeatureDetector, Gathered, KeepOn
from anomaly_gui.detectors.patch_model import PatchModel
from anomaly_gui.detectors.settings import ImageFeatureSettings
from anomaly_gui.detectors.whitening import Whitening

MAP_ENTRIES = 1000
"""Good patches to compare with, for the map and the picture."""
_FLOOR = 0.01


class Scorer(nn.Module):
    """(N, D) whitened mean features → (N,), higher = more anomalous."""

    @abstractmethod
    def forward(self, images: Tensor) -> Tensor: ...

    @abstractmethod
    def resize_like(self, state: dict[str, Tensor]) -> None:
        """Make room for *state*. Raises KeyError or ValueError where it has not the parts or axes."""


class ImageLevelModel(PatchModel):
    """A PatchModel whose map is scaled so that its maximum is the image's score.

    The score z is in standard deviations of the training images. The map is z · share where z is above
    1, and z − (1 − share) below; share is the patch's distance divided by the largest of the image.
    """

    centre: Tensor
    spread_of_scores: Tensor

    def __init__(self, trunk: AnyTrunk, input_px: int, channels: int, scorer: Scorer) -> None:
        super().__init__(trunk, input_px, channels)
        self.image_whitening = Whitening(len(self.whitening.mean), 1)
        self.scorer = scorer
        self.register_buffer("centre", torch.zeros(1))
        self.register_buffer("spread_of_scores", torch.ones(1))

    def resize_like(self, state: dict[str, Tensor]) -> None:
        super().resize_like(state)
        _, components = state["image_whitening.projection"].shape
        self.image_whitening.resize(components)
        self.scorer.resize_like({name.removeprefix("scorer."): value for name, value in state.items()})

    def rate(self, tapped: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
        features = self.features(tapped)
        distances, index = self.search(features)
        scores = self.scorer(self.image_whitening(features.mean((1, 2))))
        z = ((scores - self.centre) / self.spread_of_scores)[:, None, None]
        share = distances / distances.amax((1, 2), keepdim=True).clamp_min(1e-12)
        return z - (1 - share) * z.clamp_min(1), index


class ImageLevelDetector(FeatureDetector):
    """Fits a scorer on the training images' mean features."""

    fewest_images = 8
    model: ImageLevelModel

    def __init__(self, settings: ImageFeatureSettings, channels: int, seed: int) -> None:
        super().__init__(settings, channels, seed)
        self.components = self.model.whitening.mean.numel()
        self.image_components = settings.components

    def choose_entries(self, gathered: Gathered, vectors: Tensor, context: FitContext) -> Tensor | None:
        count = min(MAP_ENTRIES, len(vectors))
        kept = k_centre(vectors, count, context.seed, KeepOn(context, "Choosing patches", count))
        return None if kept is None else vectors[kept]

    @abstractmethod
    def fit_scorer(self, images: Tensor, seed: int) -> Tensor:
        """Fit on whitened mean features (images, D); returns what unseen images like these would score."""

    def learn_images(self, gathered: Gathered, context: FitContext) -> bool:
        components = min(self.image_components, len(gathered.pooled) // 3)
        self.model.image_whitening.resize(components)
        self.model.image_whitening.fit(gathered.pooled, components, _FLOOR)
        scores = self.fit_scorer(self.model.image_whitening(gathered.pooled), context.seed)
        self.model.centre.fill_(float(scores.mean()))
        # Images that are all the same have no spread: any difference is then far out.
        self.model.spread_of_scores.fill_(max(float(scores.std()), 1e-6))
        return super().learn_images(gathered, context)
