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
    registration: Annotated[
        Literal["none", "shift", "shift and rotation"],
        Meta(
            title="Registration",
            description="Moves every image to where a reference, the median of some training images, shows the part. "
            "It helps where parts lie shifted (up to 15 % of the image) or turned (up to 10°) from shot to shot; parts "
            "in a fixture and plain texture need none. It costs 10 to 20 ms an image, and what is moved out of sight "
            "is not inspected. A region of interest goes with the part: draw it where the part usually lies.",
        ),
    ] = "none"
    tile_px: Annotated[
        Literal[0, 128, 256, 384, 512, 768, 1024],
        Meta(
            title="Tiles",
            description="0 resizes the whole image to the input size. Otherwise large images are looked at through "
            "tiles of this many pixels, which become the input, so that defects of a few pixels are seen at full size.",
        ),
    ] = 0
    tile_overlap: Annotated[
        float,
        Meta(
            ge=0,
            le=0.5,
            title="Overlap of tiles",
            description="Share of a tile's side that it has in common with its neighbour, where the two are blended. "
            "More hides seams and takes longer: 0.25 looks at each pixel nearly twice, 0.5 four times.",
        ),
    ] = 0.125
    scales: Annotated[
        Literal["1", "1/2", "1/4", "1+1/2", "1+1/4", "1+1/2+1/4"],
        Meta(
            title="Scales of tiles",
            description="At which sizes of the image tiles are looked at: 1 sees dots, 1/4 (every side shrunk to a "
            "quarter) sees areas larger than a tile. One detector learns all of them; at each pixel the scale decides "
            "that is furthest from what it shows on good images.",
        ),
    ] = "1+1/4"
