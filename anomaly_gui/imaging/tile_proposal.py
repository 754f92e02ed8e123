"""Which tiles suit images of some size and the smallest defect that matters."""

from __future__ import annotations

from dataclasses import dataclass

from anomaly_gui.imaging.tiles import Tiling, plan_tiles, shrunk_size

SEEN_PX = 4.0
"""A defect has to be this wide in what a detector sees."""
TILE_PX = 256
"""Side of the tiles that are proposed."""
_OVERLAP = 0.125
_WHOLE_PX = (512, 1024, 2048)
"""Sizes that whole images are resized to; beyond the first it is tiles that see more for the same time."""
_MILLISECONDS_A_TILE = 25.0
"""Of 256 px, looked at by a memory of patches on two cores."""


@dataclass(frozen=True)
class TileProposal:
    """Settings of tiles, and why."""

    tile_px: int
    """0: the whole image, resized."""
    tile_overlap: float
    scales: str
    reason: str
    """A sentence, without what it costs."""
    tiles: int
    """Of one image, at all scales; 1 for the whole image."""
    seconds: float
    """To look at one image, roughly."""

    @property
    def settings(self) -> dict[str, object]:
        """By name, as a run takes them."""
        if not self.tile_px:
            return {"tile_px": 0}
        return {"tile_px": self.tile_px, "tile_overlap": self.tile_overlap, "scales": self.scales}

    @property
    def sentence(self) -> str:
        """Why, and what it costs on two cores."""
        if not self.tile_px:
            return self.reason
        return f"{self.reason} That is {self.tiles} tiles an image, about {_seconds(self.seconds)}."


def propose_tiles(width: int, height: int, smallest_px: float) -> TileProposal:
    """For images of *width* × *height* and defects from *smallest_px* wide on, in pixels of the image.

    Raises ValueError for sizes that are not above 0.
    """
    if min(width, height) < 1 or not smallest_px > 0:
        raise ValueError(f"no tiles for {width}×{height} px and defects of {smallest_px} px")
    longer = max(width, height)
    if longer <= _WHOLE_PX[0]:
        return _whole(f"Images of {longer} px need no tiles: the whole image is seen at full size.")
    left = smallest_px * _WHOLE_PX[0] / longer
    if left >= SEEN_PX:
        return _whole(f"{_px(smallest_px)} at full size is still {_px(left)} at {_WHOLE_PX[0]}: no tiles are needed.")
    finest = next((factor for factor in (4, 2) if smallest_px / factor >= SEEN_PX), 1)
    also_areas = finest == 1 and longer >= 4 * TILE_PX
    scales = "1+1/4" if also_areas else {1: "1", 2: "1/2", 4: "1/4"}[finest]
    factors = (1, 4) if also_areas else (finest,)
    tiles = tiles_of(width, height, Tiling(TILE_PX, _OVERLAP, factors))
    whole = next((side for side in reversed(_WHOLE_PX) if side < longer), _WHOLE_PX[0])
    seconds = tiles * _MILLISECONDS_A_TILE / 1000
    at = {1: "full size", 2: "half size", 4: "a quarter of the size"}[finest]
    smaller = " and, for larger ones, at a quarter" if also_areas else ""
    reason = (
        f"{_px(smallest_px)} at full size is {_px(smallest_px * whole / longer)} at {whole}: use tiles of {TILE_PX} "
        f"at {at}{smaller}."
    )
    return TileProposal(TILE_PX, _OVERLAP, scales, reason, tiles, seconds)


def tiles_of(width: int, height: int, tiling: Tiling) -> int:
    """How many an image of *width* × *height* has at all scales."""
    plans = [plan_tiles(*shrunk_size(height, width, factor), tiling.side, tiling.overlap) for factor in tiling.factors]
    return sum(len(plan.tops) * len(plan.lefts) for plan in plans)


def _whole(reason: str) -> TileProposal:
    return TileProposal(0, _OVERLAP, "1", reason, 1, _MILLISECONDS_A_TILE * 4 / 1000)


def _px(length: float) -> str:
    return f"{length:.0f} px" if length >= 1 else "less than 1 px"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
