"""Settings that vary the training images."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from anomaly_gui.detectors.settings.base import DetectorSettings

_FLIP = (
    "Half of the training images are mirrored {axis}. Leave it off for a part that has a right way round: the detector "
    "would learn that the mirrored part is good too."
)


class AugmentationSettings(DetectorSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is changed at random in each training image, each time it is seen; nothing unless asked for.

    Held-out and inspected images stay as they are.
    """

    rotate_degrees: Annotated[
        float,
        Meta(
            ge=0,
            le=180,
            title="Rotate (± degrees)",
            description="Training images are turned at random by up to this angle. Use it for parts that come to lie "
            "askew; a part put in at a wrong angle is then no defect any more.",
        ),
    ] = 0.0
    flip_horizontally: Annotated[
        bool, Meta(title="Flip left to right", description=_FLIP.format(axis="left to right"))
    ] = False
    flip_vertically: Annotated[bool, Meta(title="Flip upside down", description=_FLIP.format(axis="upside down"))] = (
        False
    )
    shift_share: Annotated[
        float,
        Meta(
            ge=0,
            le=0.5,
            title="Shift (± share of side)",
            description="Training images are moved at random by up to this share of their side: 0.05 of 256 px are "
            "13 px. Use it where the camera does not see parts in one place; a misplaced part is then no defect.",
        ),
    ] = 0.0
    brightness_share: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            title="Brightness (± share)",
            description="Training images become brighter or darker by up to this share of white. Use it where the "
            "lighting changes; a part that is too dark or too bright is then no defect.",
        ),
    ] = 0.0
    contrast_share: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            title="Contrast (± share)",
            description="Differences from the image's mean are stretched or shrunk by up to this share. Use it where "
            "lighting or dust changes contrast; a pale or faded part is then no defect.",
        ),
    ] = 0.0
    noise_deviation: Annotated[
        float,
        Meta(
            ge=0,
            le=0.5,
            title="Noise (deviation)",
            description="Gaussian noise of up to this standard deviation is added, where white is 1: 0.02 is what a "
            "camera adds in poor light. Too much teaches the detector to overlook grainy surfaces.",
        ),
    ] = 0.0
    blur_px: Annotated[
        float,
        Meta(
            ge=0,
            le=8,
            title="Blur (pixels)",
            description="Training images are blurred by a Gaussian of up to this deviation, in pixels of the input "
            "size. Use it where focus changes; a part that is worn smooth may then count as good.",
        ),
    ] = 0.0


AUGMENTATIONS = tuple(
    name for name in AugmentationSettings.__struct_fields__ if name not in DetectorSettings.__struct_fields__
)
"""The names of the settings above; one that is 0 or False is switched off."""
