"""What every detector needs to know about its input."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


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
            "stop, scales the error map and feeds the threshold rules that use good images alone. At least five, "
            "or a quarter where there are fewer than twenty.",
        ),
    ] = 0.15
