"""Images become arrays for detectors: read once, prepared once, kept for every epoch."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from anomaly_gui.detectors.base import Batches
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable, sha256
from anomaly_gui.imaging.load import Loaded, load_bytes, read_file
from anomaly_gui.imaging.patience import Patience
from anomaly_gui.imaging.region import Region, fill_outside, inside_of
from anomaly_gui.imaging.registration import Found, Registration, aligned, left_alone
from anomaly_gui.imaging.resize import prepare
from anomaly_gui.progress import Cancelled, CancelToken, EventSink, FileRefused, Noted, RateMeter
from anomaly_gui.project.records import Image

MEMORY_LIMIT_BYTES = 1 << 30
"""Prepared images larger than this in all lie in a file instead of in memory."""

_READERS = 2
_EVERYTHING = Region()
_READ_AHEAD = 8

T = TypeVar("T")


@dataclass(frozen=True)
class Prepared:
    """One image as a detector sees it."""

    pixels: NDArray[np.float32]
    """(C, H, W) in [0, 1]."""
    found: Found
    """How it was moved to the run's reference."""


@dataclass(frozen=True)
class Preparation:
    """How a run turns an image file into its detector's input."""

    input_px: int
    channels: int
    """1 or 3."""
    white_level: int
    """For 16-bit images; 8-bit ones have 255."""
    region: Region = _EVERYTHING
    """What lies outside of it is filled evenly: nothing is learnt from it, and nothing is found there."""
    registration: Registration | None = None
    """By which images are aligned first; None: they are taken as they lie."""

    @cached_property
    def inside(self) -> NDArray[np.bool_] | None:
        """(S, S): what counts of every prepared image; None if that is everything."""
        return inside_of(self.region, self.input_px, self.input_px)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of one prepared image, (C, H, W)."""
        return self.channels, self.input_px, self.input_px

    def read(self, image: Image) -> Prepared:
        """One image. Raises InputError if the file cannot be read or is not the one that was imported."""
        return self.prepare(read_pixels(image))

    def prepare(self, loaded: Loaded) -> Prepared:
        """One decoded image, as read() gives it."""
        white = 255 if loaded.bit_depth == 8 else self.white_level
        placed = aligned(loaded.pixels, self.registration)
        seen = fill_outside(prepare(placed.pixels, white, self.channels, self.input_px), self.inside)
        return Prepared(seen, placed.found)


def read_pixels(image: Image) -> Loaded:
    """One image at its own size. Raises InputError if its file cannot be read or is not the one that was imported."""
    name = printable(image.path)
    data = read_file(image.path)
    if sha256(data) != image.sha256:
        raise InputError(name, "the file has changed since it was imported", "Import it again")
    # Import has compared the decoders on these very bytes.
    return load_bytes(data, name, verify=False)


def read_in_order(
    images: Sequence[Image],
    read: Callable[[Image], T],
    patience: Patience,
    *,
    ahead: int = _READ_AHEAD,
    readers: int = _READERS,
) -> Iterator[tuple[Image, T | InputError]]:
    """Each image with what *read* makes of it or the reason why there is nothing; a few are read ahead."""

    def attempt(image: Image) -> T | InputError:
        try:
            return patience.read(image.path, lambda: read(image))
        except InputError as error:
            return error

    waiting: deque[tuple[Image, Future[T | InputError]]] = deque()
    with ThreadPoolExecutor(readers, thread_name_prefix="read") as pool:
        try:
            for image in images:
                waiting.append((image, pool.submit(attempt, image)))
                if len(waiting) > ahead:
                    first, future = waiting.popleft()
                    yield first, future.result()
            while waiting:
                first, future = waiting.popleft()
                yield first, future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


class PreparedImages:
    """Prepared images of one run, in memory or, if they are many, in a file that close() removes."""

    def __init__(self, pixels: NDArray[np.float32], images: tuple[Image, ...], file: Path | None) -> None:
        self.pixels = pixels
        """(N, C, H, W) float32 in [0, 1]; read-only where it lies in a file."""
        self.images = images
        """The N images that could be read, in the order given."""
        self._file = file

    def batches(self, part: slice, batch_size: int, seed: int, most_tiles: int) -> Batches:
        """Of the images in *part*, each of which is seen as a whole, whatever *most_tiles*."""
        return CachedBatches(self.pixels[part], batch_size, seed)

    def close(self) -> None:
        del self.pixels
        if self._file is not None:
            with suppress(OSError):  # Windows keeps a file that is still mapped; the next run writes over it.
                self._file.unlink()

    def __enter__(self) -> PreparedImages:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_all(
    images: Sequence[Image],
    preparation: Preparation,
    file: Path,
    emit: EventSink,
    cancel: CancelToken,
    *,
    memory_limit_bytes: int = MEMORY_LIMIT_BYTES,
) -> PreparedImages | Cancelled:
    """Read and prepare *images*; what cannot be read is announced by FileRefused and left out.

    *file* is written only above the memory limit. Raises OSError if the disk is full.
    """
    in_memory = len(images) * int(np.prod(preparation.shape)) * 4 <= memory_limit_bytes
    if in_memory:
        pixels = np.empty((len(images), *preparation.shape), np.float32)
        kept = _read_into(pixels.__setitem__, images, preparation, emit, cancel)
        return kept if isinstance(kept, Cancelled) else PreparedImages(pixels[: len(kept)], kept, None)
    with ExitStack() as discarding:
        discarding.callback(file.unlink, missing_ok=True)
        # Written like any file: a full disk is then an error here, not a bus error in a memory map later.
        with file.open("wb") as stream:
            kept = _read_into(lambda _, made: stream.write(made.data), images, preparation, emit, cancel)
        if isinstance(kept, Cancelled):
            return kept
        if not kept:
            return PreparedImages(np.empty((0, *preparation.shape), np.float32), kept, None)
        discarding.pop_all()
    return PreparedImages(np.memmap(file, np.float32, "r", shape=(len(kept), *preparation.shape)), kept, file)


def _read_into(
    put: Callable[[int, NDArray[np.float32]], object],
    images: Sequence[Image],
    preparation: Preparation,
    emit: EventSink,
    cancel: CancelToken,
) -> tuple[Image, ...] | Cancelled:
    """Hand each readable image to *put* with its number, and say which those were."""
    kept: list[Image] = []
    found: list[Found] = []
    meter = RateMeter("Reading images", len(images), emit)
    for done, (image, result) in enumerate(read_in_order(images, preparation.read, Patience(emit, cancel)), start=1):
        if cancel.should_stop():
            return Cancelled()
        meter.update(done)
        if isinstance(result, InputError):
            emit(FileRefused(printable(image.path), str(result)))
        else:
            put(len(kept), result.pixels)
            kept.append(image)
            found.append(result.found)
    if note := left_alone(found):
        emit(Noted(note))
    return tuple(kept)


class CachedBatches:
    """Batches of prepared images, sizes as equal as can be: no last batch of one image.

    *pixels* is (N, C, H, W) float32 with N >= 1. Implements detectors.base.Batches.
    """

    def __init__(self, pixels: NDArray[np.float32], batch_size: int, seed: int) -> None:
        if not len(pixels):
            raise ValueError("batches of no images")
        self._pixels = pixels
        self._seed = seed
        self.image_count = len(pixels)
        self.batch_count = -(-len(pixels) // batch_size)

    def shuffled(self, epoch: int) -> Iterator[Tensor]:
        order = np.random.default_rng([self._seed, epoch]).permutation(self.image_count)
        return self._in_order(order)

    def ordered(self) -> Iterator[Tensor]:
        return self._in_order(np.arange(self.image_count))

    def content(self) -> bytes:
        digest = hashlib.sha256()
        for batch in self.ordered():
            digest.update(batch.numpy().tobytes())
        return digest.digest()

    def _in_order(self, order: NDArray[np.int64]) -> Iterator[Tensor]:
        for chosen in np.array_split(order, self.batch_count):
            yield torch.from_numpy(self._pixels[chosen])
