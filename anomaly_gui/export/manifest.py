"""What a bundle says of itself."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from anomaly_gui.evaluation.costs import Costs
from anomaly_gui.imaging.region import Region
from anomaly_gui.imaging.tiles import Tiling
from anomaly_gui.scoring.settings import ScoringSettings

FORMAT = 1
TILED_FORMAT = 2
"""Of a bundle whose graph sees one tile: programs that know but the first would take the tile for the image."""


class Grid(msgspec.Struct, frozen=True):
    """A normaliser of maps of one scale, row by row."""

    mean: list[list[float]]
    scale: list[list[float]]


class TiledInspection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a graph that sees one tile inspects an image of any size: as scoring.tiled does it."""

    tiling: Tiling
    region: Region
    """Outside of it nothing counts."""
    normalisers: list[Grid]
    """One for each scale, the finest first."""


class Content(msgspec.Struct, frozen=True):
    """One other file of the bundle."""

    sha256: str
    bytes: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """manifest.json."""

    format: int = FORMAT
    program: str
    """Version of the program that wrote the bundle."""
    created_utc: str
    run: str
    detector: str
    detector_settings: dict[str, Any]
    scoring: ScoringSettings
    input_px: Annotated[int, Meta(ge=1, le=16_384)]
    channels: Literal[1, 3]
    """1 or 3: what the detector sees; the graph takes both."""
    white_level: Annotated[int, Meta(ge=1, le=65_535)]
    """Of 16-bit images; 8-bit ones have 255."""
    threshold: float
    """An image is defective when its score >= threshold."""
    rule: str
    rule_parameter: float | None
    rule_sentence: str = ""
    """What the rule did with what it was given; bundles of older versions have none."""
    rule_defect_type: str | None = None
    """Of a rule for one type of defects."""
    rule_costs: Costs | None = None
    """Of a rule that counts them."""
    recheck_threshold: float | None
    """From this score on, and below the threshold, the decision is "recheck"; None: there is no such band."""
    display_scale: tuple[float, float]
    """Ends of the run's colour scale."""
    pixel_threshold: float | None = None
    """From this value of the map on, a pixel belongs to a region; bundles of older versions have none."""
    pixel_rule: str | None = None
    figures: dict[str, Any]
    """Of the evaluation at this threshold."""
    images: dict[str, int]
    """How many the run used: train, validation, test, and of those good and defective."""
    versions: dict[str, str]
    tiled: TiledInspection | None = None
    """None: the graph takes whole images, and all of the inspection is in it."""
    region: Region | None = None
    """What counts of whole images, by which the graph goes itself; None: everything, or *tiled* has it."""
    registration: Literal["shift", "shift and rotation"] | None = None
    """How an image is moved to where the reference shows the part before anything else; None: it is taken as it
    lies."""
    contents: dict[str, Content]
    """model.onnx, weights.safetensors and, with registration, reference.png."""
