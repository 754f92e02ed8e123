"""Memory of good patches: an image is compared patch by patch with the most similar good one.

After Roth et al. 2022 (PatchCore), with a smaller backbone and whitened features.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from anomaly_gui.detectors.base import FitContext
from anomaly_gui.detectors.coreset import k_centre, spread
from anomaly_gui.detectors.feature_detector import FeatureDetector, Gathered, KeepOn
from anomaly_gui.detectors.settings import PatchMemorySettings

CANDIDATES_PER_ENTRY = {"spread": 10, "coreset": 5, "random": 5}
"""Patches to choose from, by the way of choosing."""


class PatchMemory(FeatureDetector):
    """The map is the distance to the nearest remembered patch."""

    def __init__(self, settings: PatchMemorySettings, channels: int, seed: int) -> None:
        super().__init__(settings, channels, seed)
        self.components = self.model.whitening.mean.numel()
        self.candidates = CANDIDATES_PER_ENTRY[settings.selection] * settings.memory
        self.memory = settings.memory
        self.selection = settings.selection

    def choose_entries(self, gathered: Gathered, vectors: Tensor, context: FitContext) -> Tensor | None:
        count = min(self.memory, len(vectors))
        if self.selection == "random":
            chosen = np.random.default_rng([context.seed, 1]).choice(len(vectors), count, replace=False)
            return vectors[torch.from_numpy(np.sort(chosen))]
        choose = k_centre if self.selection == "coreset" else spread
        kept = choose(vectors, count, context.seed, KeepOn(context, "Choosing patches", count))
        return None if kept is None else vectors[kept]
