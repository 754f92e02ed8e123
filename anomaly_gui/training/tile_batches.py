"""Tiles of large images for detectors: cut anew in every epoch, from images of which a bounded part stays in memory."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from anomaly_gui.detectors.base import Batches
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.imaging.load import Loaded
from anomaly_gui.imaging.patience import Patience
from anomaly_gui.imaging.registration import Found, Registration, aligned, left_alone
from anomaly_gui.imaging.tiles import Level, TilePlan, levels, plan_tiles
from anomaly_gui.progress import Cancelled, CancelToken, EventSink, FileRefused, Noted, RateMeter, ignore_events
from anomaly_gui.project.records import Image
from anomaly_gui.scoring.tiled import TiledView
from anomaly_gui.training.dataset import read_in_order, read_pixels

CACHE_BYTES = 512 << 20
"""Of decoded images that stay in memory; the others are read again in every epoch."""
_TOGETHER = 4
"""Images whose tiles are mixed in an epoch: so many are in memory beside those that stay."""
_FIXED = 0
"""In place of an epoch: of tiles that are always the same."""


@dataclass(frozen=True)
class _Scale:
    level: Level
    plan: TilePlan
    kept: NDArray[np.int64]
    """(K, 2): row and column of the tiles that show something of the region."""


class TileImages:
    """The images of one run, at every scale that it looks at."""

    def __init__(
        self,
        view: TiledView,
        white_level: int,
        registration: Registration | None = None,
        *,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self.images: tuple[Image, ...] = ()
        """Those that could be read, in the order given."""
        self.view = view
        self.registration = registration
        """By which images are aligned first; None: they are taken as they lie."""
        self._white_level = white_level
        self._cache: dict[int, list[_Scale]] = {}
        self._left = cache_bytes
        self._patience = Patience(ignore_events, CancelToken())

    def __enter__(self) -> TileImages:
        return self

    def __exit__(self, *_: object) -> None:
        self._cache.clear()

    def read(self, images: Sequence[Image], emit: EventSink, cancel: CancelToken) -> bool:
        """See which of *images* can be read, announcing the others; False if asked to stop."""
        kept: list[Image] = []
        found: list[Found] = []
        meter = RateMeter("Reading images", len(images), emit)
        self._patience = Patience(emit, cancel)
        read = read_in_order(images, read_pixels, self._patience, ahead=1, readers=1)
        for done, (image, result) in enumerate(read, start=1):
            if cancel.should_stop():
                return False
            meter.update(done)
            if isinstance(result, InputError):
                emit(FileRefused(printable(image.path), str(result)))
            else:
                found.append(self._scales_of(image, result)[1])
                kept.append(image)
        if note := left_alone(found):
            emit(Noted(note))
        self.images = tuple(kept)
        return True

    def batches(self, part: slice, batch_size: int, seed: int, most_tiles: int) -> Batches:
        """Tiles of the images in *part*: at least one of each image, and of all no more than *most_tiles* if it can."""
        return TileBatches(self, self.images[part], batch_size, seed, most_tiles)

    def scales(self, image: Image) -> list[_Scale]:
        """Raises InputError if the image cannot be read any more."""
        kept = self._cache.get(image.id)
        return kept or self._scales_of(image, self._patience.read(image.path, lambda: read_pixels(image)))[0]

    def _scales_of(self, image: Image, loaded: Loaded) -> tuple[list[_Scale], Found]:
        white = 255 if loaded.bit_depth == 8 else self._white_level
        height, width = loaded.pixels.shape[:2]
        placed = aligned(loaded.pixels, self.registration)
        made = []
        factors = self.view.tiling.factors
        scaled = levels(placed.pixels, white, self.view.channels, factors, self.view.region)
        for factor, level in zip(factors, scaled, strict=True):
            plan = plan_tiles(*level.size, self.view.tiling.side, self.view.tiling.overlap)
            kept = np.argwhere(plan.kept(self.view.inside(height, width, factor)))
            made.append(_Scale(level, plan, kept))
        taken = sum(scale.level.pixels.nbytes for scale in made)
        if image.id not in self._cache and taken <= self._left:
            self._cache[image.id] = made
            self._left -= taken
        return made, placed.found


class TileBatches:
    """Implements detectors.base.Batches: an image of it is one tile, equally many at each scale.

    Each is cut at a random place: of n tiles of an image one lies in each n-th part of its grid, moved by up to
    half a tile. All follows from the seed, the epoch and the image, so that an epoch can be gone on with.
    """

    def __init__(
        self, source: TileImages, images: Sequence[Image], batch_size: int, seed: int, most_tiles: int
    ) -> None:
        if not images:
            raise ValueError("batches of no images")
        self._source = source
        self._images = images
        self._seed = seed
        scales = len(source.view.tiling.factors)
        self._each = scales * max(1, most_tiles // (len(images) * scales))
        self.image_count = self._each * len(images)
        self.batch_count = -(-self.image_count // batch_size)

    def shuffled(self, epoch: int) -> Iterator[Tensor]:
        random = np.random.default_rng([self._seed, epoch])
        order = random.permutation(len(self._images))
        groups = [order[first : first + _TOGETHER].tolist() for first in range(0, len(order), _TOGETHER)]
        return self._batched(
            itertools.chain.from_iterable(self._mixed(group, epoch, random.spawn(1)[0]) for group in groups)
        )

    def ordered(self) -> Iterator[Tensor]:
        return self._batched(tile for number in range(len(self._images)) for tile in self._tiles(number, _FIXED))

    def content(self) -> bytes:
        view = self._source.view
        digest = hashlib.sha256(msgspec.json.encode((view.tiling, view.channels, view.region, self._each)))
        if self._source.registration is not None:
            digest.update(self._source.registration.digest.encode())
        for image in self._images:
            digest.update(image.sha256.encode())
        return digest.digest()

    def _mixed(self, group: Sequence[int], epoch: int, random: np.random.Generator) -> Iterator[NDArray[np.float32]]:
        tiles = [tile for number in group for tile in self._tiles(number, epoch)]
        return (tiles[place] for place in random.permutation(len(tiles)).tolist())

    def _tiles(self, number: int, epoch: int) -> Iterator[NDArray[np.float32]]:
        """Those of image *number*, each (C, side, side)."""
        random = np.random.default_rng([self._seed, epoch, number, 1])
        scales = self._source.scales(self._images[number])
        each = self._each // len(scales)
        for scale in scales:
            if not len(scale.kept):  # Nothing of the region is left at this image's size: a corner stands for it.
                scale = _Scale(scale.level, scale.plan, np.asarray([[0, 0]]))
            for part in range(each):
                yield scale.level.cut(*_place(scale, (part + random.random()) / each, random), scale.plan.side)

    def _batched(self, tiles: Iterator[NDArray[np.float32]]) -> Iterator[Tensor]:
        """Batches of sizes as equal as can be: no last batch of one tile."""
        for number in range(self.batch_count):
            first, behind = (self.image_count * n // self.batch_count for n in (number, number + 1))
            yield torch.from_numpy(np.stack(list(itertools.islice(tiles, behind - first))))


def _place(scale: _Scale, share: float, random: np.random.Generator) -> tuple[int, int]:
    """Top and left of a tile: that at *share* of all, [0, 1), moved by up to half a tile within the image."""
    plan = scale.plan
    row, column = scale.kept[int(share * len(scale.kept))].tolist()
    moved = random.integers(-plan.side // 2, plan.side // 2 + 1, 2).tolist()
    top = min(max(plan.tops[row] + moved[0], 0), max(plan.height - plan.side, 0))
    left = min(max(plan.lefts[column] + moved[1], 0), max(plan.width - plan.side, 0))
    return top, left


def middle_tile(
    image: Image, view: TiledView, white_level: int, registration: Registration | None = None
) -> NDArray[np.float32]:
    """(C, side, side) from the middle of an image at the finest scale. Raises InputError."""
    loaded = read_pixels(image)
    white = 255 if loaded.bit_depth == 8 else white_level
    pixels = aligned(loaded.pixels, registration).pixels
    (level,) = levels(pixels, white, view.channels, view.tiling.factors[:1], view.region)
    side = view.tiling.side
    top, left = (max(length - side, 0) // 2 for length in level.size)
    return level.cut(top, left, side)


def read_tiles(
    images: Sequence[Image],
    view: TiledView,
    white_level: int,
    emit: EventSink,
    cancel: CancelToken,
    registration: Registration | None = None,
) -> TileImages | Cancelled:
    """Open *images*; what cannot be read is announced by FileRefused and left out."""
    made = TileImages(view, white_level, registration)
    return made if made.read(images, emit, cancel) else Cancelled()
