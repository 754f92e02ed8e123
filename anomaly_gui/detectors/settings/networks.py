"""Settings of the autoencoders and the adversarial network."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from anomaly_gui.detectors.settings.gradient import LossName, ReconstructionSettings


class FullyConnectedSettings(ReconstructionSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the fully connected autoencoders add."""

    input_px: Annotated[
        int,
        Meta(
            ge=32,
            le=1024,
            multiple_of=16,
            title="Input size",
            description="The error map has this many pixels on a side. It holds no more detail than the drawn size.",
        ),
    ] = 128
    network_px: Annotated[
        int,
        Meta(
            ge=16,
            le=96,
            title="Drawn size",
            description="The network sees and draws the image at this many pixels on a side. "
            "Every pixel is connected to every unit: twice the size needs four to eight times the memory.",
        ),
    ] = 64


class LinearAutoencoderSettings(FullyConnectedSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of linear-ae."""


class OvercompleteAutoencoderSettings(FullyConnectedSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of overcomplete-ae."""

    network_px: Annotated[
        int,
        Meta(
            ge=16,
            le=64,
            title="Drawn size",
            description="The network sees and draws the image at this many pixels on a side. "
            "28 gives 784 pixels, fewer than the usual 1000 units; a larger size wants more units.",
        ),
    ] = 28
    units: Annotated[
        int,
        Meta(
            ge=10,
            le=2000,
            title="Units a layer",
            description="More units than pixels let the network copy what it sees, defects as well; "
            "fewer make it draw what it knows.",
        ),
    ] = 1000
    learning_rate: Annotated[
        float,
        Meta(gt=0, le=1, title="Learning rate", description="Size of a step. Too large and the loss jumps."),
    ] = 3e-4


class DeepAutoencoderSettings(ReconstructionSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of conv-ae-500."""

    input_px: Annotated[
        int,
        Meta(
            ge=64,
            le=1024,
            multiple_of=32,
            title="Input size",
            description="Images are resized to this many pixels on a side. "
            "Larger sees smaller defects and takes longer: twice the size, four times the time.",
        ),
    ] = 256
    latent_size: Annotated[
        int,
        Meta(
            ge=2,
            le=4096,
            title="Latent size",
            description="Numbers that an image is squeezed through. Too small and the network cannot draw detail: "
            "good parts look blurred and their edges are marked. Too large and it copies defects as well: "
            "nothing is marked.",
        ),
    ] = 500


class VariationalAutoencoderSettings(ReconstructionSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of vae."""

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
            description="How much the network may remember of each 16×16 pixels. It uses no more of them than "
            "the KL weight makes worth while.",
        ),
    ] = 16
    kl_weight: Annotated[
        float,
        Meta(
            ge=0,
            le=10,
            title="KL weight",
            description="How much remembering costs, in training and in the error map. Too low and defects are "
            "copied as by a plain autoencoder; too high and every image is drawn as the average good part.",
        ),
    ] = 0.01


class AdversarialSettings(ReconstructionSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of gan."""

    input_px: Annotated[
        int,
        Meta(
            ge=32,
            le=512,
            multiple_of=16,
            title="Input size",
            description="Images are resized to this many pixels on a side. "
            "Larger sees smaller defects, takes longer and is harder to learn to draw.",
        ),
    ] = 128
    learning_rate: Annotated[
        float,
        Meta(gt=0, le=1, title="Learning rate", description="Size of a step. Too large and the loss jumps."),
    ] = 5e-4
    loss: Annotated[
        LossName,
        Meta(
            title="Loss",
            description="How drawing and image are compared: L1 draws sharper than MSE, SSIM compares structure "
            "and forgives brightness. The discriminator's part comes on top.",
        ),
    ] = "l1"
    width: Annotated[
        int,
        Meta(ge=4, le=128, title="Width", description="Channels of the first convolution; later ones double."),
    ] = 24
    latent_size: Annotated[
        int,
        Meta(
            ge=2,
            le=1024,
            title="Latent size",
            description="Numbers that the generator draws an image from. Too few cannot draw fine detail, "
            "too many copy the defects as well.",
        ),
    ] = 128
    adversarial_weight: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            title="Weight of the discriminator",
            description="How much looking real counts beside drawing the same image. Too much and the drawing is "
            "of some other good part, which marks good parts as well.",
        ),
    ] = 0.01
    feature_share: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            title="Share of features",
            description="How much of the error map compares what the discriminator sees in image and drawing, "
            "the rest being the difference in brightness.",
        ),
    ] = 0.1
