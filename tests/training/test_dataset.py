from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.patience import Patience
from anomaly_gui.imaging.region import Region, Shape
from anomaly_gui.imaging.resize import prepare
from anomaly_gui.progress import Cancelled, CancelToken, Event, FileRefused, Progress, ignore_events
from anomaly_gui.project.records import Image, Label
from anomaly_gui.training import dataset
from anomaly_gui.training.dataset import CachedBatches, Preparation, read_all, read_in_order

PREPARATION = Preparation(input_px=16, channels=1, white_level=255)


def image(folder: Path, number: int, pixels: np.ndarray | None = None) -> Image:
    if pixels is None:
        pixels = np.random.default_rng(number).integers(0, 256, (20, 24, 1), dtype=np.uint8)
    path = folder / f"{number}.png"
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return Image(
        id=number,
        path=str(path),
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        pixel_sha256=str(number),
        file_bytes=path.stat().st_size,
        format="PNG",
        width=pixels.shape[1],
        height=pixels.shape[0],
        channels=pixels.shape[2],
        bit_depth=8 * pixels.dtype.itemsize,
        peak=int(pixels.max()),
        label=Label("good"),
        split="train",
    )


def pixels_of(made: Image) -> np.ndarray:
    return cv2.imdecode(np.fromfile(made.path, np.uint8), cv2.IMREAD_UNCHANGED)[:, :, None]


def test_an_image_is_read_as_imaging_prepares_it(tmp_path: Path) -> None:
    made = image(tmp_path, 1)
    np.testing.assert_array_equal(PREPARATION.read(made).pixels, prepare(pixels_of(made), 255, 1, 16))
    assert PREPARATION.read(made).pixels.shape == PREPARATION.shape


def test_the_white_level_of_a_run_is_for_16_bit_images_alone(tmp_path: Path) -> None:
    twelve_bit = Preparation(input_px=16, channels=1, white_level=4095)
    dark = image(tmp_path, 1, np.full((16, 16, 1), 1000, np.uint16))
    bright = image(tmp_path, 2, np.full((16, 16, 1), 255, np.uint8))
    assert twelve_bit.read(dark).pixels.mean() == pytest.approx(1000 / 4095, rel=1e-5)
    assert twelve_bit.read(bright).pixels.mean() == pytest.approx(1)


def test_a_file_that_changed_since_import_is_refused_by_name(tmp_path: Path) -> None:
    made = image(tmp_path, 1)
    image(tmp_path, 1, np.zeros((20, 24, 1), np.uint8))
    with pytest.raises(InputError, match=r"1\.png.*changed since it was imported"):
        PREPARATION.read(made)


def test_images_come_in_order_with_the_reason_for_those_that_do_not(tmp_path: Path) -> None:
    made = [image(tmp_path, number) for number in range(30)]
    Path(made[11].path).unlink()
    found = list(read_in_order(made, PREPARATION.read, Patience(ignore_events, CancelToken())))
    assert [which.id for which, _ in found] == list(range(30))
    for which, result in found:
        if which.id == 11:
            assert isinstance(result, InputError)
        else:
            np.testing.assert_array_equal(result.pixels, PREPARATION.read(which).pixels)


def test_only_a_few_images_are_read_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [image(tmp_path, number) for number in range(60)]
    read: list[int] = []

    def counted(self: Preparation, which: Image) -> np.ndarray:
        read.append(which.id)
        return np.zeros(self.shape, np.float32)

    monkeypatch.setattr(Preparation, "read", counted)
    reading = read_in_order(made, PREPARATION.read, Patience(ignore_events, CancelToken()))
    next(reading)
    reading.close()
    assert len(read) <= 12


@pytest.mark.parametrize("limit", [1 << 30, 0], ids=["in memory", "in a file"])
def test_all_are_read_and_those_that_cannot_be_are_announced(tmp_path: Path, limit: int) -> None:
    made = [image(tmp_path, number) for number in range(8)]
    Path(made[3].path).write_bytes(b"not an image")
    events: list[Event] = []
    cache = tmp_path / "cache"
    with read_all(made, PREPARATION, cache, events.append, CancelToken(), memory_limit_bytes=limit) as found:  # type: ignore[union-attr]
        assert cache.exists() == (limit == 0)
        assert [which.id for which in found.images] == [0, 1, 2, 4, 5, 6, 7]
        assert found.pixels.dtype == np.float32
        np.testing.assert_array_equal(found.pixels, [PREPARATION.read(which).pixels for which in found.images])
    assert not cache.exists()
    assert [event.path for event in events if isinstance(event, FileRefused)] == [made[3].path]
    last = [event for event in events if isinstance(event, Progress)][-1]
    assert (last.done, last.total) == (8, 8)


@pytest.mark.parametrize("limit", [1 << 30, 0], ids=["in memory", "in a file"])
def test_nothing_readable_gives_no_images(tmp_path: Path, limit: int) -> None:
    made = [image(tmp_path, 1)]
    Path(made[0].path).unlink()
    cache = tmp_path / "cache"
    with read_all(made, PREPARATION, cache, ignore_events, CancelToken(), memory_limit_bytes=limit) as found:  # type: ignore[union-attr]
        assert found.images == ()
        assert found.pixels.shape == (0, 1, 16, 16)
    assert not cache.exists()


@pytest.mark.parametrize("limit", [1 << 30, 0], ids=["in memory", "in a file"])
def test_a_cancel_while_reading_leaves_no_file(tmp_path: Path, limit: int) -> None:
    made = [image(tmp_path, number) for number in range(8)]
    token = CancelToken()

    def cancel_soon(event: Event) -> None:
        token.cancel()

    found = read_all(made, PREPARATION, tmp_path / "cache", cancel_soon, token, memory_limit_bytes=limit)
    assert isinstance(found, Cancelled)
    assert not (tmp_path / "cache").exists()


def test_a_full_disk_while_reading_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [image(tmp_path, number) for number in range(8)]

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(dataset.RateMeter, "update", full)
    with pytest.raises(OSError, match="No space"):
        read_all(made, PREPARATION, tmp_path / "cache", ignore_events, CancelToken(), memory_limit_bytes=0)
    assert not (tmp_path / "cache").exists()


def numbered(count: int) -> np.ndarray:
    return np.arange(count, dtype=np.float32)[:, None, None, None] * np.ones((1, 1, 2, 2), np.float32)


def order(batches: object) -> list[float]:
    return [float(value) for batch in batches for value in batch[:, 0, 0, 0]]  # type: ignore[attr-defined]


def test_an_epoch_holds_every_image_once_in_an_order_of_its_own() -> None:
    batches = CachedBatches(numbered(23), 4, seed=1)
    first, second = order(batches.shuffled(1)), order(batches.shuffled(2))
    assert sorted(first) == sorted(second) == order(batches.ordered()) == list(range(23))
    assert first != second
    assert order(CachedBatches(numbered(23), 4, seed=1).shuffled(1)) == first
    assert order(CachedBatches(numbered(23), 4, seed=2).shuffled(1)) != first


@pytest.mark.parametrize(("count", "sizes"), [(17, [6, 6, 5]), (16, [8, 8]), (3, [3]), (1, [1])])
def test_batches_are_of_almost_one_size(count: int, sizes: list[int]) -> None:
    batches = CachedBatches(numbered(count), 8, seed=1)
    assert [len(batch) for batch in batches.shuffled(1)] == sizes
    assert (batches.image_count, batches.batch_count) == (count, len(sizes))


def test_no_images_make_no_batches() -> None:
    with pytest.raises(ValueError, match="no images"):
        CachedBatches(numbered(0), 8, seed=1)


def test_what_lies_outside_the_region_is_filled_and_tells_nothing(tmp_path: Path) -> None:
    left = Region(inside=(Shape("rectangle", ((0.0, 0.0), (0.5, 1.0))),))
    within = replace(PREPARATION, region=left)
    made = image(tmp_path, 1)
    whole, filled = PREPARATION.read(made).pixels, within.read(made).pixels
    np.testing.assert_array_equal(filled[:, :, :8], whole[:, :, :8])
    assert np.ptp(filled[:, :, 8:]) == 0
    assert np.ptp(whole[:, :, 8:]) > 0
    assert PREPARATION.inside is None
    assert within.inside is not None
    assert within.inside.sum() == 128
