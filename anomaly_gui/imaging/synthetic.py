"""A synthetic data set on disk: good and defective parts with masks, in the MVTec AD layout."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import cv2
import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from anomaly_gui.errors import InputError
from anomaly_gui.files import atomic_write, printable
from anomaly_gui.imaging.large_part import DRAWN_WHOLE_PX, photograph_large, plant_large, render_large
from anomaly_gui.imaging.machined_part import photograph, render
from anomaly_gui.imaging.planted_defects import KINDS, DefectKind, Mask, plant
from anomaly_gui.progress import Cancelled, CancelToken, EventSink, RateMeter

Count = Annotated[int, Meta(ge=0, le=100_000)]


class SyntheticSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to draw. The same settings give the same files, byte for byte."""

    seed: Annotated[int, Meta(ge=0)] = 0
    size_px: Annotated[int, Meta(ge=64, le=8192)] = 384
    train_good: Count = 120
    test_good: Count = 40
    defects_per_kind: Count = 10
    kinds: tuple[DefectKind, ...] = KINDS
    contrast_low: Annotated[float, Meta(gt=0, le=1)] = 0.16
    """Relative change of brightness of the faintest defect."""
    contrast_high: Annotated[float, Meta(gt=0, le=1)] = 0.6
    variation: Annotated[float, Meta(ge=0, le=5)] = 1.0
    """How much good parts differ in place, edges and light; 1 is natural."""

    def __post_init__(self) -> None:
        if self.contrast_low > self.contrast_high:
            raise ValueError("contrast_low must not be greater than contrast_high")

    @property
    def image_count(self) -> int:
        return self.train_good + self.test_good + self.defects_per_kind * len(self.kinds)


class Part(msgspec.Struct, frozen=True):
    """One image to be drawn, and where it goes."""

    folder: str
    """Below the root, with /: "train/good", "test/dot"."""
    index: int
    kind: DefectKind | None = None

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.index:03d}.png"

    @property
    def mask_path(self) -> str | None:
        return f"ground_truth/{self.kind}/{self.index:03d}_mask.png" if self.kind else None


def parts(settings: SyntheticSettings) -> Iterator[Part]:
    """Every image of the set, in a fixed order."""
    for index in range(settings.train_good):
        yield Part("train/good", index)
    for index in range(settings.test_good):
        yield Part("test/good", index)
    for kind in settings.kinds:
        for index in range(settings.defects_per_kind):
            yield Part(f"test/{kind}", index, kind)


def draw(settings: SyntheticSettings, part: Part) -> tuple[NDArray[np.uint8], Mask | None]:
    """Draw one image, (S, S) uint8, and its mask if it is defective.

    Depends on the part alone, not on the others: more images leave the first ones as they were.
    """
    stream = (0, 0) if part.folder == "train/good" else (1, KINDS.index(part.kind) + 1 if part.kind else 0)
    rng = np.random.default_rng([settings.seed, *stream, part.index])
    if settings.size_px > DRAWN_WHOLE_PX:
        return _draw_large(rng, settings, part)
    scene = render(rng, settings.size_px, settings.variation)
    mask = None
    if part.kind:
        mask = np.zeros(scene.face.shape, dtype=np.bool_)
        for contrast in _contrasts(rng, settings, part):
            scene, planted = plant(rng, scene, part.kind, contrast)
            mask |= planted
    return photograph(rng, scene), mask


def _draw_large(
    rng: np.random.Generator, settings: SyntheticSettings, part: Part
) -> tuple[NDArray[np.uint8], Mask | None]:
    scene = render_large(rng, settings.size_px, settings.variation)
    mask = None
    if part.kind:
        mask = np.zeros(scene.face.shape, dtype=np.bool_)
        for contrast in _contrasts(rng, settings, part):
            mask |= plant_large(rng, scene, part.kind, contrast)
    return photograph_large(rng, scene), mask


def _contrasts(rng: np.random.Generator, settings: SyntheticSettings, part: Part) -> list[float]:
    """One value per defect of the image, evenly spread on a logarithmic scale over the set."""
    count = int(rng.integers(1, 4)) if part.kind == "dot" else 1
    golden = 0.618033988749895
    place = (part.index * golden + rng.uniform(0, 0.15)) % 1.0
    span = np.log(settings.contrast_high / settings.contrast_low)
    return [float(settings.contrast_low * np.exp(span * place))] * count


SETTINGS_FILE = "synthetic.json"


def write_dataset(root: Path, settings: SyntheticSettings, emit: EventSink, cancel: CancelToken) -> int | Cancelled:
    """Draw the set into *root*: train/good, test/<kind>, ground_truth/<kind>/<name>_mask.png.

    Returns the number of images. A set that was stopped half-way is gone on with: images that
    are there are kept. Raises InputError if *root* holds anything else or cannot be written.
    """
    try:
        _claim(root, settings)
        return _write_all(root, settings, emit, cancel)
    except OSError as error:
        cause = error.strerror or str(error)
        raise InputError(printable(root), f"cannot be written ({cause})", "Choose another folder") from error


def _claim(root: Path, settings: SyntheticSettings) -> None:
    """Never draw among files of other origin, or mix two sets."""
    root.mkdir(parents=True, exist_ok=True)
    wanted = msgspec.json.format(msgspec.json.encode(settings), indent=2)
    note = root / SETTINGS_FILE
    if note.exists():
        if note.read_bytes() != wanted:
            cause = "holds a synthetic set with other settings"
            raise InputError(printable(root), cause, "Choose another folder or the same settings")
    elif any(root.iterdir()):
        raise InputError(printable(root), "is not empty", "Choose an empty folder or a new one")
    else:
        atomic_write(note, wanted)


def _write_all(root: Path, settings: SyntheticSettings, emit: EventSink, cancel: CancelToken) -> int | Cancelled:
    meter = RateMeter("Drawing parts", settings.image_count, emit)
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        written = [pool.submit(_write, root, settings, part) for part in parts(settings)]
        for done, future in enumerate(written):
            if cancel.should_stop():
                return Cancelled(f"{done} drawn images are kept")
            future.result()
            meter.update(done + 1)
    finally:
        pool.shutdown(cancel_futures=True)
    return settings.image_count


def _write(root: Path, settings: SyntheticSettings, part: Part) -> None:
    """Mask first, and the image by renaming: an image that exists is whole and has its mask."""
    if (root / part.path).exists():
        return
    image, mask = draw(settings, part)
    if mask is not None and part.mask_path:
        _write_png(root / part.mask_path, np.where(mask, np.uint8(255), np.uint8(0)))
    _write_png(root / part.path, image)


def _write_png(path: Path, image: NDArray[np.uint8]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _, data = cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    partial = path.with_suffix(".part")
    partial.write_bytes(data.tobytes())
    partial.replace(path)
