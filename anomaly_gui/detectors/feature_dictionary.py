"""Dictionary of good patches: principal components of backbone features, and their typical values.

After Napoletano, Piccoli, Schettini 2018 (CNN feature dictionary for nanofibrous materials).
"""

from __future__ import annotations

from torch import Tensor

from anomaly_gui.detectors.base import FitContext
from anomaly_gui.detectors.clustering import ROUNDS, k_means
from anomaly_gui.detectors.feature_detector import FeatureDetector, Gathered, KeepOn
from anomaly_gui.detectors.settings import FeatureDictionarySettings


class FeatureDictionary(FeatureDetector):
    """The map is the distance to the nearest word; a word's picture is the patch nearest to it."""

    def __init__(self, settings: FeatureDictionarySettings, channels: int, seed: int) -> None:
        super().__init__(settings, channels, seed)
        self.components = settings.components
        self.words = settings.words

    def choose_entries(self, gathered: Gathered, vectors: Tensor, context: FitContext) -> Tensor | None:
        words = min(self.words, len(vectors))
        return k_means(vectors, words, context.seed, KeepOn(context, "Learning words", ROUNDS))
