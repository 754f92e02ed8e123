"""Settings of the detectors that compare features of patches."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from anomaly_gui.detectors.settings.backbone import BackboneFile, BackbonePixels
from anomaly_gui.detectors.settings.base import DetectorSettings


class FeatureSettings(DetectorSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What detectors add that compare backbone features of patches."""

    layers: Annotated[
        Literal["4+10", "7+10", "10", "10+14", "14"],
        Meta(
            title="Feature layers",
            description="Which layers of the backbone describe a patch. Low numbers see fine texture in small "
            "patches (4: 8 px), high ones see shapes in large patches (10: 16 px, 14: 32 px).",
        ),
    ] = "14"
    lighting: Annotated[
        Literal["as it is", "evened"],
        Meta(
            title="Lighting",
            description="Evened gives every image the same brightness and contrast before it is compared: for parts "
            "that are lit differently from shot to shot. As it is keeps a part that is too dark a defect.",
        ),
    ] = "as it is"
    neighbourhood: Annotated[
        Literal[1, 3],
        Meta(
            title="Neighbourhood",
            description="3 describes a patch by the mean of 3×3 cells around it: calmer, and forgiving where parts "
            "are shifted a little. 1 takes the cell alone, which is sharper for small defects.",
        ),
    ] = 3
    whitening: Annotated[
        Literal["full", "half", "none"],
        Meta(
            title="Whitening",
            description="Full lets every way in which good patches vary count alike, so that faint but unusual "
            "changes show. None lets the strong features rule.",
        ),
    ] = "full"
    backbone: BackboneFile = ""
    backbone_pixels: BackbonePixels = "imagenet"


class PatchMemorySettings(FeatureSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of patch-memory."""

    memory: Annotated[
        int,
        Meta(
            ge=16,
            le=50_000,
            title="Patches to remember",
            description="Good patches kept at most, however many images there are. More make fewer good looks "
            "unknown; time and memory grow in proportion.",
        ),
    ] = 5000
    selection: Annotated[
        Literal["spread", "coreset", "random"],
        Meta(
            title="Choice of patches",
            description="Spread draws rare looks more often than common ones. Coreset takes one of every look that "
            "occurs, however odd. Random is quickest and keeps mostly common looks.",
        ),
    ] = "spread"


class FeatureDictionarySettings(FeatureSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of feature-dictionary."""

    words: Annotated[
        int,
        Meta(
            ge=2,
            le=4096,
            title="Words",
            description="Typical good patches in the dictionary. Too few and rare good looks are called defects.",
        ),
    ] = 500
    components: Annotated[
        int,
        Meta(
            ge=2,
            le=512,
            title="Components",
            description="Numbers that describe a patch after principal component analysis; the rest is dropped.",
        ),
    ] = 100


class ImageFeatureSettings(FeatureSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What detectors add that judge an image as a whole."""

    components: Annotated[
        int,
        Meta(
            ge=2,
            le=128,
            title="Components",
            description="Numbers that describe a whole image, after principal component analysis of the mean "
            "features. At most a third of the training images.",
        ),
    ] = 32


class IsolationForestSettings(ImageFeatureSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of isolation-forest."""

    trees: Annotated[
        int,
        Meta(
            ge=10,
            le=1000,
            title="Trees",
            description="Each splits the images at random until they are apart; outliers come apart early. "
            "More trees give steadier scores.",
        ),
    ] = 200


class DbscanSettings(ImageFeatureSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of dbscan."""

    neighbours: Annotated[
        int,
        Meta(
            ge=2,
            le=50,
            title="Neighbours",
            description="An image with this many close ones, itself counted, belongs to the core of the good parts.",
        ),
    ] = 5
    noise_share: Annotated[
        float,
        Meta(
            ge=0,
            le=0.5,
            title="Share of odd images",
            description="Share of the training images that may lie outside the core. It decides how close is close.",
        ),
    ] = 0.05
