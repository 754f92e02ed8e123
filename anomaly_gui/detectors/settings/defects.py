"""Settings of the detectors that learn from artificial defects or on backbone features, and of the combined one."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from anomaly_gui.detectors.settings.backbone import BackboneFile, BackbonePixels
from anomaly_gui.detectors.settings.base import DetectorSettings
from anomaly_gui.detectors.settings.gradient import GradientSettings


class ArtificialDefectsSettings(GradientSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of artificial-defects."""

    epochs: Annotated[
        int,
        Meta(ge=1, le=2000, title="Epochs", description="Passes over the training images, at most."),
    ] = 6
    minimum_steps: Annotated[
        int,
        Meta(
            ge=0,
            le=100_000,
            title="Fewest steps",
            description="A small set of images has few steps an epoch. Epochs and patience are raised in "
            "proportion until there are this many steps in all.",
        ),
    ] = 250
    learning_rate: Annotated[
        float,
        Meta(gt=0, le=1, title="Learning rate", description="Size of a step. Too large and the loss jumps."),
    ] = 2e-3
    width: Annotated[
        int,
        Meta(
            ge=8,
            le=256,
            title="Width",
            description="Channels of the part that is trained. More tell more kinds of defects apart and take longer.",
        ),
    ] = 64
    backbone: BackboneFile = ""
    backbone_pixels: BackbonePixels = "imagenet"


class FeatureAutoencoderSettings(GradientSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of feature-ae."""

    epochs: Annotated[
        int,
        Meta(ge=1, le=2000, title="Epochs", description="Passes over the training images, at most."),
    ] = 20
    minimum_steps: Annotated[
        int,
        Meta(
            ge=0,
            le=100_000,
            title="Fewest steps",
            description="A small set of images has few steps an epoch. Epochs and patience are raised in "
            "proportion until there are this many steps in all.",
        ),
    ] = 800
    learning_rate: Annotated[
        float,
        Meta(gt=0, le=1, title="Learning rate", description="Size of a step. Too large and the loss jumps."),
    ] = 2e-3
    width: Annotated[
        int,
        Meta(ge=8, le=512, title="Width", description="Channels of the layers around the bottleneck."),
    ] = 128
    latent_channels: Annotated[
        int,
        Meta(
            ge=1,
            le=256,
            title="Latent channels",
            description="How much it may remember of a patch. Too few cannot tell good looks apart, too many say "
            "the defects again as well.",
        ),
    ] = 24
    backbone: BackboneFile = ""
    backbone_pixels: BackbonePixels = "imagenet"


class RestoreSettings(GradientSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of restore."""

    input_px: Annotated[
        int,
        Meta(
            ge=32,
            le=1024,
            multiple_of=32,
            title="Input size",
            description="Images are resized to this many pixels on a side. "
            "Larger sees smaller defects and takes longer: twice the size, four times the time.",
        ),
    ] = 128
    epochs: Annotated[
        int,
        Meta(ge=1, le=2000, title="Epochs", description="Passes over the training images, at most."),
    ] = 30
    learning_rate: Annotated[
        float,
        Meta(gt=0, le=1, title="Learning rate", description="Size of a step. Too large and the loss jumps."),
    ] = 2e-3
    width: Annotated[
        int,
        Meta(ge=4, le=64, title="Width", description="Channels of the first convolution; later ones have more."),
    ] = 16
    sees: Annotated[
        Literal["high frequencies", "everything"],
        Meta(
            title="What it sees",
            description="High frequencies are edges and texture without the brightness of larger areas: "
            "the network cannot copy a dark or bright defect, it has to draw what belongs there.",
        ),
    ] = "high frequencies"


class CombinedSettings(DetectorSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of combined."""

    input_px: Annotated[
        int,
        Meta(
            ge=0,
            le=1024,
            multiple_of=64,
            title="Input size",
            description="Images are resized to this many pixels on a side for the finest scale. Larger sees smaller "
            "defects and takes longer: twice the size, four times the time. 0 takes 512 or 768, whichever is nearer "
            "to one and a half times the images' longer side.",
        ),
    ] = 0
    combination: Annotated[
        Literal["maximum", "mean"],
        Meta(
            title="Combination",
            description="Maximum: one part that is sure is enough. Mean: parts have to agree, which makes "
            "fewer false alarms and misses what only one of them sees.",
        ),
    ] = "maximum"
    memory: Annotated[
        int,
        Meta(
            ge=16,
            le=50_000,
            title="Patches to remember",
            description="Good patches kept at most on each scale. More make fewer good looks unknown; "
            "time and memory grow in proportion.",
        ),
    ] = 10_000
    defect_steps: Annotated[
        int,
        Meta(
            ge=0,
            le=100_000,
            title="Steps on artificial defects",
            description="Batches for one more part, that learns from artificial defects to see where an area differs "
            "from its surroundings. It changes where a defect is shown, not which images are defective. 0 leaves it "
            "out, which makes training quicker, and so do tiles.",
        ),
    ] = 0
    backbone: BackboneFile = ""
    backbone_pixels: BackbonePixels = "imagenet"
