"""Settings of the detectors, as data: ranges, titles and explanations, without torch.

The Train page builds its form from these fields and `--set key=value` is checked
against them, so a field carries everything the user needs to choose it.
"""

from __future__ import annotations

from anomaly_gui.detectors.settings.augmentation import AUGMENTATIONS, AugmentationSettings
from anomaly_gui.detectors.settings.backbone import BackboneSettings
from anomaly_gui.detectors.settings.base import DetectorSettings
from anomaly_gui.detectors.settings.features import (
    DbscanSettings,
    FeatureDictionarySettings,
    FeatureSettings,
    ImageFeatureSettings,
    IsolationForestSettings,
    PatchMemorySettings,
)
from anomaly_gui.detectors.settings.gradient import (
    ConvAutoencoderSettings,
    GradientSettings,
    LossName,
    OptimiserName,
    ReconstructionSettings,
)
from anomaly_gui.detectors.settings.networks import (
    AdversarialSettings,
    DeepAutoencoderSettings,
    FullyConnectedSettings,
    LinearAutoencoderSettings,
    OvercompleteAutoencoderSettings,
    VariationalAutoencoderSettings,
)

__all__ = [
    "AUGMENTATIONS",
    "AdversarialSettings",
    "AugmentationSettings",
    "BackboneSettings",
    "ConvAutoencoderSettings",
    "DbscanSettings",
    "DeepAutoencoderSettings",
    "DetectorSettings",
    "FeatureDictionarySettings",
    "FeatureSettings",
    "FullyConnectedSettings",
    "GradientSettings",
    "ImageFeatureSettings",
    "IsolationForestSettings",
    "LinearAutoencoderSettings",
    "LossName",
    "OptimiserName",
    "OvercompleteAutoencoderSettings",
    "PatchMemorySettings",
    "ReconstructionSettings",
    "VariationalAutoencoderSettings",
]
