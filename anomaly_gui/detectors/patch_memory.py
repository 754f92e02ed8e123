"""Memory of good patches: an image is compared patch by patch with the most similar good ones.

After Roth et al. 2022 (PatchCore), with a smaller backbone, whitened features, and distances less what is usual
between good patches of that look.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from anomaly_gui.detectors.backbone.trunks import AnyTrunk
from anomaly_gui.detectors.base import FitContext
from anomaly_gui.detectors.coreset import k_centre, spread
from anomaly_gui.detectors.feature_detector import FeatureDetector, Gathered, KeepOn
from anomaly_gui.detectors.memory_model import MemoryModel
from anomaly_gui.detectors.settings import PatchMemorySettings

CANDIDATES_PER_ENTRY = {"spread": 10, "coreset": 5, "random": 5}
"""Patches to choose from, by the way of choosing."""


class PatchMemory(FeatureDetector):
    """The map tells how much farther a patch is from those remembered than they are from each other."""

    model: MemoryModel

    def __init__(self, settings: PatchMemorySettings, channels: int, seed: int) -> None:
        super().__init__(settings, channels, seed)
        self.components = self.model.whitening.mean.numel()
        self.candidates = CANDIDATES_PER_ENTRY[settings.selection] * settings.memory
        self.memory = settings.memory
        self.selection = settings.selection

    def make_model(self, trunk: AnyTrunk) -> MemoryModel:
        return MemoryModel(trunk, self.input_px, self.channels)

    def choose_entries(self, gathered: Gathered, vectors: Tensor, context: FitContext) -> Tensor | None:
        """In an order of chance, as few_nearest() wants it."""
        count = min(self.memory, len(vectors))
        random = np.random.default_rng([context.seed, 1])
        if self.selection == "random":
            return vectors[torch.from_numpy(random.permutation(len(vectors))[:count])]
        choose = k_centre if self.selection == "coreset" else spread
        kept = choose(vectors, count, context.seed, KeepOn(context, "Choosing patches", count))
        return None if kept is None else vectors[kept[torch.from_numpy(random.permutation(count))]]

    def learn_entries(self, images: Tensor, context: FitContext) -> bool:
        return self.model.learn_spacing(images, KeepOn(context, "Comparing patches", len(images)))
