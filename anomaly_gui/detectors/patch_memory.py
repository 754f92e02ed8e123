"""Memory of good patches: an image is compared patch by patch with the most similar good one.

After Roth et al. 2022 (PatchCore), with a smaller backbone and whitened features.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from anomaly_gui.detectors.base import FitContext
from anomaly_gui.detectors.coreset import k_centre
from anomaly_gui.detectors.feature_detector import FeatureDetector, Gathered, KeepOn
from anomaly_gui.detectors.settings import PatchMemorySettings

CANDIDATES_PER_ENTRY = 5


class PatchMemory(FeatureDetector):
    """The map is the distance to the nearest remembered patch."""

    def __init__(self, settings: PatchMemorySettings, channels: int, seed: int) -> None:
        super().__init__(settings, channels, seed)
        self.components = self.model.whitening.mean.numel()
        self.candidates = CANDIDATES_PER_ENTRY * settings.memory
        self.memory = settings.memory
        self.selection = settings.selection

    def choose_entries(self, gathered: Gathered, vectors: Tensor, context: FitContext) -> Tensor | None:
        count = min(self.memory, len(vectors))
        if self.selection == "random":
            chosen = np.random.default_rng([context.seed, 1]).choice(len(vectors), count, replace=False)
            return vectors[torch.from_numpy(np.sort(chosen))]
        kept = k_centre(vectors, count, context.seed, KeepOn(context, "Choosing patches", count))
        return None if kept is None else vectors[kept]
