"""How an anomaly map becomes a score, as data."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

TOP_SHARES = (1, 10, 100, 500)
"""Of 10,000 pixels: the shares whose mean every run stores."""
REGION_SIDES = (2, 3, 5, 9)
"""Sides of the squares, in pixels of the input size, whose level every run stores."""
SMOOTHINGS = (0.0, 1.0, 2.0, 4.0)
"""Widths that every run stores statistics at, beside the one it was trained with."""


class ScoringSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Smoothing, normalisation and reduction of a run."""

    smooth_sigma_px: Annotated[
        float,
        Meta(
            ge=0,
            le=8,
            title="Smoothing",
            description="Width of the Gaussian that calms the error map, in pixels of the input size. "
            "More hides noise, and the smallest defects with it.",
        ),
    ] = 1.5
    normalise: Annotated[
        Literal["place", "global"],
        Meta(
            title="Normalisation",
            description="Place compares each spot with the same spot on held-out good images, so that an edge "
            "that is always hard to redraw does not set the threshold. Global suits parts that lie anywhere.",
        ),
    ] = "place"
    reduction: Annotated[
        Literal["max", "top", "area", "region", "mean"],
        Meta(
            title="Score",
            description="What of the error map becomes the score. Max finds the smallest defects; top averages "
            "the worst pixels; area is the share above a level; region asks for a spot of some size; mean drowns "
            "small defects.",
        ),
    ] = "max"
    top_per_10000: Annotated[
        Literal[1, 10, 100, 500],
        Meta(title="Top pixels", description="With top: how many of 10,000 pixels are averaged."),
    ] = 10
    area_level: Annotated[
        float,
        Meta(
            ge=0,
            le=1000,
            title="Area level",
            description="With area: the level above which a pixel counts, in standard deviations of good images.",
        ),
    ] = 3.0
    region_side_px: Annotated[
        Literal[2, 3, 5, 9],
        Meta(
            title="Region size",
            description="With region: the score is the highest level that a square of this side keeps throughout, in "
            "pixels of the input size. Single hot pixels no longer count, and neither do cracks that are thinner.",
        ),
    ] = 3
