from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.region import Region, Shape
from anomaly_gui.imaging.registration import Registration, make_reference
from anomaly_gui.imaging.tiles import Tiling
from anomaly_gui.jobs.import_images import ImportRequest, import_images
from anomaly_gui.progress import Cancelled, CancelToken, Event, FileRefused, ignore_events
from anomaly_gui.project.records import Image
from anomaly_gui.project.store import Project
from anomaly_gui.scoring.tiled import TiledView
from anomaly_gui.training.tile_batches import TileBatches, TileImages, middle_tile, read_tiles
from tests.imaging.moved_part import HEIGHT, WIDTH, moved_part
from tests.jobs.tiny_project import write

VIEW = TiledView(Tiling(32, 0.25, (1, 2)), 1, 4)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Image]]:
    """Six of 90 × 120 px, the n-th with values from 40 n to 40 n + 20 that grow from left to right."""
    folder = tmp_path_factory.mktemp("tiles")
    for number in range(6):
        columns = 40 * number + np.linspace(0, 20, 120)
        write(folder / "good" / f"{number}.png", np.repeat(columns[None], 90, 0).astype(np.uint8))
    with Project.create(folder / "project") as project:
        import_images(project, ImportRequest(good=(str(folder / "good"),)), ignore_events, CancelToken())
        yield list(project.images())


def opened(images: list[Image], view: TiledView = VIEW, cache_bytes: int = 1 << 20) -> TileImages:
    made = TileImages(view, 255, cache_bytes=cache_bytes)
    assert made.read(images, ignore_events, CancelToken())
    return made


def batches(images: list[Image], tiles: int = 48, cache_bytes: int = 1 << 20) -> TileBatches:
    made = opened(images, cache_bytes=cache_bytes).batches(slice(None), 5, 7, tiles)
    assert isinstance(made, TileBatches)
    return made


def test_an_epoch_has_equally_many_tiles_of_every_image_and_no_small_last_batch(images: list[Image]) -> None:
    made = batches(images)

    sizes = [len(batch) for batch in made.shuffled(1)]
    of_image = np.bincount([int(tile.mean() * 255) // 40 for batch in made.shuffled(1) for tile in batch])

    assert sum(sizes) == made.image_count == 48
    assert len(sizes) == made.batch_count
    assert max(sizes) - min(sizes) <= 1
    assert of_image.tolist() == [8] * 6


def test_epochs_differ_and_each_can_be_gone_on_with_bit_for_bit(images: list[Image]) -> None:
    first, again = list(batches(images).shuffled(3)), batches(images, cache_bytes=0)

    assert all(torch.equal(a, b) for a, b in zip(first[4:], islice(again.shuffled(3), 4, None), strict=True))
    assert not torch.equal(first[0], next(again.shuffled(4)))
    assert all(torch.equal(a, b) for a, b in zip(again.ordered(), again.ordered(), strict=True))


def test_tiles_come_from_all_over_the_image_and_not_from_a_grid(images: list[Image]) -> None:
    made = batches(images[:1], tiles=200)

    corners = {round(float(tile[0, 0, 0]) * 255) for epoch in (1, 2) for b in made.shuffled(epoch) for tile in b}

    assert len(corners) > 10  # A grid has 5 columns of tiles at full size and 3 at half.


def test_a_mixture_of_images_is_in_each_batch(images: list[Image]) -> None:
    means = [{int(tile.mean() * 255) // 40 for tile in batch} for batch in batches(images).shuffled(1)]

    assert sum(len(of_batch) > 1 for of_batch in means) >= len(means) - 2


def test_only_so_many_bytes_of_images_stay_in_memory(images: list[Image]) -> None:
    one = 90 * 120 + 45 * 60 * 4
    made = opened(images, cache_bytes=2 * one + 1)

    assert len(made._cache) == 2
    assert len(list(made.batches(slice(None), 5, 7, 12).ordered())) == 3
    assert len(made._cache) == 2


def test_tiles_keep_to_the_region(images: list[Image]) -> None:
    left = Region(inside=(Shape("rectangle", ((0.0, 0.0), (0.01, 1.0))),))
    made = opened(images[:1], TiledView(Tiling(32, 0.25, (1,)), 1, 4, left)).batches(slice(None), 5, 7, 60)

    # The only column of tiles that shows it, moved by up to half a tile; what is outside has the mean of what is not.
    tiles = [tile for batch in made.shuffled(1) for tile in batch]
    assert max(float(tile.min()) for tile in tiles) * 255 < 20 * 33 / 120 + 1
    assert all(torch.unique(tile[0, :, 2:]).numel() == 1 for tile in tiles)


def test_the_content_tells_other_images_and_other_tiles_apart(images: list[Image]) -> None:
    same, fewer, more = batches(images).content(), batches(images[:5]).content(), batches(images, tiles=96).content()

    assert same == batches(images).content()
    assert len({same, fewer, more}) == 3


def test_what_cannot_be_read_is_announced_and_left_out(images: list[Image], tmp_path: Path) -> None:
    gone = msgspec.structs.replace(images[1], path=str(tmp_path / "gone.png"))
    events: list[Event] = []

    made = read_tiles([images[0], gone], VIEW, 255, events.append, CancelToken())

    assert isinstance(made, TileImages)
    assert made.images == (images[0],)
    assert sum(isinstance(event, FileRefused) for event in events) == 1
    with pytest.raises(InputError):
        made.scales(gone)
    stopped = CancelToken()
    stopped.cancel()
    assert isinstance(read_tiles(images, VIEW, 255, ignore_events, stopped), Cancelled)


def test_the_middle_of_an_image_is_what_is_shown_while_training(images: list[Image]) -> None:
    tile = middle_tile(images[0], VIEW, 255)

    assert tile.shape == (1, 32, 32)
    assert tile.mean() * 255 == pytest.approx(9.5, abs=1)


def test_tiles_come_from_aligned_images_and_their_content_tells_by_which_reference(tmp_path: Path) -> None:
    write(tmp_path / "good/0.png", moved_part(0, 20, -10))
    with Project.create(tmp_path / "project") as project:
        import_images(project, ImportRequest(good=(str(tmp_path / "good"),)), ignore_events, CancelToken())
        made = list(project.images())
    registrations = [Registration(make_reference([moved_part(number)]), turns=False) for number in (1, 2)]
    read = [read_tiles(made, VIEW, 255, ignore_events, CancelToken(), each) for each in (None, *registrations)]
    contents = []
    for each in read:
        assert isinstance(each, TileImages)
        contents.append(each.batches(slice(None), 5, 7, 48).content())
    assert len(set(contents)) == 3
    still = moved_part(1)[:, :, 0] / 255
    expected = still[HEIGHT // 2 - 16 : HEIGHT // 2 + 16, WIDTH // 2 - 16 : WIDTH // 2 + 16]
    assert isinstance(read[1], TileImages)
    (whole, _) = read[1].scales(made[0])
    np.testing.assert_allclose(
        whole.level.pixels[HEIGHT // 2 - 16 : HEIGHT // 2 + 16, WIDTH // 2 - 16 : WIDTH // 2 + 16, 0] / 255,
        expected,
        atol=0.08,
    )
    np.testing.assert_allclose(middle_tile(made[0], VIEW, 255, registrations[0])[0], expected, atol=0.08)
    assert np.abs(middle_tile(made[0], VIEW, 255)[0] - expected).max() > 0.2
