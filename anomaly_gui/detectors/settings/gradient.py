"""Settings of the detectors that learn by gradient."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from anomaly_gui.detectors.settings.augmentation import AugmentationSettings

OptimiserName = Literal["adam", "sgd"]

LossName = Literal["mse", "l1", "ssim", "ms-ssim", "mse+ssim", "l1+ssim", "mse+ms-ssim", "l1+ms-ssim"]
"""Those of detectors/similarity.py and the sums of them that are of use."""


class GradientSettings(AugmentationSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
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
    optimiser: Annotated[
        OptimiserName,
        Meta(
            title="Optimiser",
            description="Adam fits the size of a step to each weight and learns quickly. SGD (with momentum 0.9) takes "
            "the same step for all: it wants a learning rate about ten times as large and more epochs.",
        ),
    ] = "adam"
    loss: Annotated[
        LossName,
        Meta(
            title="Loss",
            description="MSE (L2) compares pixel by pixel, and large errors count most; L1 counts them evenly and "
            "draws sharper. SSIM compares structure and forgives brightness, MS-SSIM does so from fine to "
            "coarse. A sum sees both.",
        ),
    ] = "mse"


class ReconstructionSettings(GradientSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a detector adds that draws its input again."""

    denoising_share: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            title="Denoising (share)",
            description="This share of the images gets noise before the network sees them, and it has to draw them "
            "without: it learns to take out what does not belong there instead of copying it. 0 is off.",
        ),
    ] = 0.0
    denoising_mean: Annotated[
        float,
        Meta(
            ge=-0.5,
            le=0.5,
            title="Denoising: mean",
            description="Mean of that noise, where white is 1: above 0 the noise also brightens the image.",
        ),
    ] = 0.0
    denoising_deviation: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            title="Denoising: deviation",
            description="Standard deviation of that noise, where white is 1. More takes out stronger defects, and "
            "fine texture with them.",
        ),
    ] = 0.1


class ConvAutoencoderSettings(ReconstructionSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
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
