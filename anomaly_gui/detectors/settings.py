"""Settings of the detectors, as data: ranges, titles and explanations, without torch.

The Train page builds its form from these fields and `--set key=value` is checked
against them, so a field carries everything the user needs to choose it.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

LossName = Literal["mse", "ssim", "mse+ssim"]


class DetectorSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every detector needs to know about its input."""

    input_px: Annotated[
        int,
        Meta(
            ge=32,
            le=1024,
            multiple_of=16,
            title="Input size",
            description="Images are resized to this many pixels on a side. "
            "Larger sees smaller defects and takes longer: twice the size, four times the time.",
        ),
    ] = 256
    colour: Annotated[
        Literal["auto", "grey", "rgb"],
        Meta(
            title="Colour",
            description="Auto uses grey when every training image is grey.",
        ),
    ] = "auto"
    validation_share: Annotated[
        float,
        Meta(
            ge=0.05,
            le=0.5,
            title="Held-out good images",
            description="Share of the good training images that is never trained on: it decides when to "
            "stop, scales the error map and feeds the threshold rules that use good images alone.",
        ),
    ] = 0.15


class GradientSettings(DetectorSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a detector that learns by gradient adds."""

    epochs: Annotated[
        int,
        Meta(ge=1, le=2000, title="Epochs", description="Passes over the training images, at most."),
    ] = 60
    patience: Annotated[
        int,
        Meta(
            ge=1,
            le=500,
            title="Patience",
            description="Stop after this many epochs without a better validation loss.",
        ),
    ] = 10
    minimum_steps: Annotated[
        int,
        Meta(
            ge=0,
            le=100_000,
            title="Fewest steps",
            description="A small set of images has few steps an epoch: 60 images in batches of 16 make 4. "
            "Epochs and patience are raised in proportion until there are this many steps in all.",
        ),
    ] = 1500
    batch_size: Annotated[
        int,
        Meta(ge=1, le=256, title="Batch size", description="Images per step. Less needs less memory."),
    ] = 16
    learning_rate: Annotated[
        float,
        Meta(gt=0, le=1, title="Learning rate", description="Size of a step. Too large and the loss jumps."),
    ] = 1e-3
    loss: Annotated[
        LossName,
        Meta(
            title="Loss",
            description="MSE compares pixel by pixel. SSIM compares structure and forgives brightness.",
        ),
    ] = "mse"


class ConvAutoencoderSettings(GradientSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of conv-ae."""

    width: Annotated[
        int,
        Meta(ge=4, le=128, title="Width", description="Channels of the first convolution; later ones double."),
    ] = 32
    latent_channels: Annotated[
        int,
        Meta(
            ge=1,
            le=256,
            title="Latent channels",
            description="How much the network may remember of an image. Too few cannot draw fine detail, "
            "too many copy the defects as well.",
        ),
    ] = 16


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
