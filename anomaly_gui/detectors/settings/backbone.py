"""The settings of all that look at an image through a backbone."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol

from msgspec import Meta

PixelRange = Literal["imagenet", "unit", "bytes", "signed"]

BackboneFile = Annotated[
    str,
    Meta(
        title="Backbone",
        description="An ONNX file to see patches through, instead of the EfficientNet-Lite0 that is installed. It "
        "takes one colour picture (N, 3, H, W) in float32, of any size or of the input size chosen here, and gives "
        "at least one map of features (N, channels, rows, columns), such as the output of an inner layer. The file "
        "holds its own weights, 256 MB at most, and only operators of ONNX itself. Empty is the installed one.",
        extra_json_schema={"format": "onnx-file"},
    ),
]
BackbonePixels = Annotated[
    PixelRange,
    Meta(
        title="Backbone's pixels",
        description="The numbers that the ONNX file was trained on. ImageNet: colours less their usual mean, divided "
        "by their usual deviation, as for most networks trained on photographs. Unit: 0 to 1. Bytes: 0 to 255. "
        "Signed: −1 to 1. The installed backbone needs no choice.",
    ),
]


class BackboneSettings(Protocol):
    """What a settings struct has that lets the user choose."""

    @property
    def backbone(self) -> str:
        """A path; empty for the packaged one."""
        ...

    @property
    def backbone_pixels(self) -> PixelRange: ...
