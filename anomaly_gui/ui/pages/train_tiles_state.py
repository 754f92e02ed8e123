"""What the Train page says of tiles for small defects. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from anomaly_gui.detectors.registry import entry
from anomaly_gui.imaging.tile_proposal import TILE_PX, TileProposal, propose_tiles, tiles_of
from anomaly_gui.imaging.tiles import Tiling, factors_of
from anomaly_gui.jobs.tile_advice import Pace, usual_size, with_tiles
from anomaly_gui.project.records import Image
from anomaly_gui.ui.durations import duration_text

TILE_SETTINGS = ("tile_px", "tile_overlap", "scales")
_MIXED = 1.25
"""Longer sides this many times apart are worth a word."""


@dataclass(frozen=True)
class ImageSizes:
    """(width, height) of the images that count."""

    usual: tuple[int, int]
    smallest: tuple[int, int]
    largest: tuple[int, int]

    @property
    def is_mixed(self) -> bool:
        return max(self.largest) > _MIXED * max(self.smallest)


def sizes_of(images: Sequence[Image]) -> ImageSizes | None:
    """None without images."""
    usual = usual_size(images)
    if usual is None:
        return None
    by_side = sorted(((image.width, image.height) for image in images if not image.excluded), key=max)
    return ImageSizes(usual, by_side[0], by_side[-1])


def sample_image(images: Iterable[Image], sizes: ImageSizes) -> Image | None:
    """The first of those nearest the usual size; a good one before others."""
    width, height = sizes.usual

    def order(image: Image) -> tuple[int, bool, int]:
        return abs(image.width - width) + abs(image.height - height), image.label.kind != "good", image.id

    return min((image for image in images if not image.excluded), key=order, default=None)


@dataclass(frozen=True)
class Choice:
    """What is chosen to be trained."""

    detector: str
    values: Mapping[str, Any]
    """Of all settings;"""
    overrides: Mapping[str, Any]
    """of those that differ from the preset."""

    @property
    def tiling(self) -> Tiling | None:
        """None where the whole image is resized."""
        side = int(self.values.get("tile_px", 0))
        if not side:
            return None
        return Tiling(side, float(self.values["tile_overlap"]), factors_of(str(self.values["scales"])))


@dataclass(frozen=True)
class TilesAdvice:
    """What is said, drawn, and filled in by the button."""

    reason: str
    cost: str = ""
    button: str = "Use these tiles"
    tip: str = "Type the width of the smallest defect first"
    can_use: bool = False
    tiling: Tiling | None = None
    """To be drawn."""
    detector: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """To train with, if it is taken."""


def tiles_advice(
    sizes: ImageSizes | None, smallest_px: int, choice: Choice, paces: Sequence[Pace], *, has_region: bool = False
) -> TilesAdvice:
    """For defects from *smallest_px* wide on, 0 for not said; *paces* are those of the runs, the newest first."""
    if sizes is None:
        return TilesAdvice("Tiles are proposed for the images of the project: there are none yet.")
    if not smallest_px:
        return _of_choice(sizes, choice, paces, has_region=has_region)
    if smallest_px >= max(sizes.usual):
        return TilesAdvice(
            f"{smallest_px} px is wider than the images, which are {_size(sizes.usual)}: give the width of a defect.",
            tip="Type a smaller width first",
        )
    proposal = propose_tiles(*sizes.usual, smallest_px)
    others = {name: value for name, value in choice.overrides.items() if name not in TILE_SETTINGS}
    detector, settings = with_tiles(choice.detector, others, proposal)
    can_use = detector != choice.detector or any(
        choice.values.get(name) != value for name, value in settings.items() if name in choice.values
    )
    tiling = _tiling(proposal)
    sentences = _sentences(sizes, smallest_px, proposal)
    if detector != choice.detector:
        sentences.append(f"Automatic then takes “{_title(detector)}”.")
    return TilesAdvice(
        reason=" ".join(sentences),
        cost=_cost(sizes, tiling, detector, paces, has_region=has_region),
        button=f"Use tiles of {proposal.tile_px} px" if proposal.tile_px else "Use whole images",
        tip="Fill this in to the settings below" if can_use else "The settings say so already",
        can_use=can_use,
        tiling=tiling,
        detector=detector,
        settings=settings,
    )


def _of_choice(sizes: ImageSizes, choice: Choice, paces: Sequence[Pace], *, has_region: bool) -> TilesAdvice:
    """Where no defect was named: what the settings come to."""
    ask = "How wide is the smallest defect that must be found, in pixels of the image? Tiles are proposed by it."
    if choice.tiling is None:
        return TilesAdvice(ask)
    return TilesAdvice(
        ask,
        _cost(sizes, choice.tiling, choice.detector, paces, has_region=has_region),
        tiling=choice.tiling,
    )


def _tiling(proposal: TileProposal) -> Tiling | None:
    if not proposal.tile_px:
        return None
    return Tiling(proposal.tile_px, proposal.tile_overlap, factors_of(proposal.scales))


def _sentences(sizes: ImageSizes, smallest_px: int, proposal: TileProposal) -> list[str]:
    words = [proposal.reason]
    if not proposal.tile_px and smallest_px >= TILE_PX and max(sizes.usual) > TILE_PX:
        words.append("A defect larger than a tile is seen better on the whole image.")
    if sizes.is_mixed:
        words.append(
            f"Images are {_size(sizes.smallest)} to {_size(sizes.largest)}: this is for the usual {_size(sizes.usual)}."
        )
        largest = propose_tiles(*sizes.largest, smallest_px)
        if largest.settings != proposal.settings:
            look = f"tiles at scale {largest.scales}" if largest.tile_px else "no tiles"
            words.append(f"The largest alone would take {look}.")
    return words


def _cost(sizes: ImageSizes, tiling: Tiling | None, detector: str, paces: Sequence[Pace], *, has_region: bool) -> str:
    """ "729 tiles an image: 1.8 times its pixels · about 9.1 s an image, going by run 003"."""
    if tiling is None:
        return "One look an image."
    tiles = tiles_of(*sizes.usual, tiling)
    width, height = sizes.usual
    looked_at = tiles * tiling.side**2
    skipped = ", fewer where the region of interest ends" if has_region else ""
    words = f"{tiles:,} tiles an image{skipped}: {looked_at / (width * height):.1f} times its pixels"
    pace = next((pace for pace in paces if pace.detector == detector), None)
    if pace is None:
        return f"{words}. How long one takes is told after the first run."
    return f"{words}, about {_seconds(pace.seconds_a_megapixel * looked_at / 1e6)} going by run {pace.run}."


def _seconds(seconds: float) -> str:
    return duration_text(seconds) if seconds >= 10 else f"{seconds:.2g} s"


def _title(detector: str) -> str:
    return entry(detector).sentence.partition(":")[0]


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]}×{size[1]} px"
