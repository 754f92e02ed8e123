from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from anomaly_gui.detectors.backbone.network import Trunk
from anomaly_gui.detectors.backbone.trunks import AnyTrunk, take_weights
from anomaly_gui.detectors.base import Finished, FitContext
from anomaly_gui.detectors.feature_detector import FeatureDetector, a_few_at_once
from anomaly_gui.detectors.memory_model import MemoryModel
from anomaly_gui.detectors.patch_memory import PatchMemory
from anomaly_gui.detectors.settings import PatchMemorySettings
from anomaly_gui.progress import CancelToken, Event, Preview, Progress, ignore_events
from anomaly_gui.training.dataset import CachedBatches
from anomaly_gui.training.loop import gradient_loop

SIDE = 96


class Shallow(PatchMemory):
    """Sees 40 px around a patch: deeper layers of a backbone that has learnt nothing see the whole image alike."""

    def make_model(self, _: AnyTrunk) -> MemoryModel:
        return MemoryModel(Trunk([4]), self.input_px, self.channels)


def detector(channels: int = 1, **settings: object) -> FeatureDetector:
    values = {"input_px": SIDE, "layers": "4+10", "memory": 60, **settings}
    return PatchMemory(msgspec.convert(values, PatchMemorySettings), channels, seed=5)


def good(count: int, channels: int = 1, seed: int = 0) -> np.ndarray:
    """Stripes with some noise."""
    random = np.random.default_rng(seed)
    stripes = 0.5 + 0.3 * np.sin(np.arange(SIDE) / 3) + random.normal(0, 0.02, (count, channels, SIDE, SIDE))
    return stripes.clip(0, 1).astype(np.float32)


def context(
    pixels: np.ndarray, emit: Callable[[Event], None] = ignore_events, cancel: CancelToken | None = None
) -> FitContext:
    return FitContext(
        training=CachedBatches(pixels, 4, seed=5),
        validation=CachedBatches(pixels[:2], 4, seed=5),
        preview=torch.from_numpy(pixels[:2]),
        preview_ids=(3, 4),
        seed=5,
        checkpoint=Path("never written"),
        emit=emit,
        cancel=cancel or CancelToken(),
        gradient_loop=gradient_loop,
    )


@pytest.mark.parametrize("channels", [1, 3])
def test_the_map_rises_where_a_spot_is_that_no_good_part_has(channels: int) -> None:
    made = Shallow(msgspec.convert({"input_px": SIDE, "memory": 300}, PatchMemorySettings), channels, seed=5)
    made.fit(context(good(16, channels)))
    images = torch.from_numpy(good(1, channels, seed=9))
    clean = made.predict(images).anomaly_map[0]
    images[:, :, 24:40, 56:72] = 0
    rise = made.predict(images).anomaly_map[0] - clean
    row, column = divmod(int(rise.argmax()), SIDE)
    assert 16 <= row < 48
    assert 48 <= column < 80
    assert float(rise.max()) > float(clean.std()) + float(rise[:, :20].max())


def test_the_picture_is_of_good_patches() -> None:
    """A black spot is drawn over with what good parts have, however far off: never with black."""
    made = detector()
    made.fit(context(good(16)))
    images = torch.from_numpy(good(1, seed=9))
    damaged = images.clone()
    damaged[:, :, 24:40, 56:72] = 0
    picture = made.predict(damaged).reconstruction
    assert picture is not None
    assert float(picture.min()) > 0.1


def test_a_training_image_is_known_to_the_last_patch_when_all_are_kept() -> None:
    made = detector(memory=1000)
    pixels = good(6)
    made.fit(context(pixels))
    seen = made.predict(torch.from_numpy(pixels))
    unseen = made.predict(torch.from_numpy(good(6, seed=9)))
    # Not 0 everywhere: a patch is near itself, but its neighbours in the memory count as well.
    assert float(seen.anomaly_map.mean()) < 0.3 * float(unseen.anomaly_map.mean())
    assert seen.reconstruction is not None
    as_drawn = (seen.reconstruction - torch.from_numpy(pixels))[..., 4:-4, 4:-4].abs() < 0.01
    assert float(as_drawn.float().mean()) > 0.95


def test_the_map_alone_is_the_one_that_comes_with_the_picture() -> None:
    made = detector(memory=100)
    made.fit(context(good(6)))
    fresh = torch.from_numpy(good(3, seed=9))

    assert torch.equal(made.anomaly_map(fresh), made.predict(fresh).anomaly_map)


def test_entries_and_their_pictures_belong_together() -> None:
    """Images of one brightness each: an entry's picture shows the brightness of the image it came from."""
    levels = np.linspace(0.1, 0.9, 8, dtype=np.float32)
    pixels = np.tile(levels[:, None, None, None], (1, 1, SIDE, SIDE))
    made = detector(memory=8 * 12 * 12)
    made.fit(context(pixels))
    picture = made.predict(torch.from_numpy(pixels)).reconstruction
    assert picture is not None
    torch.testing.assert_close(picture, torch.from_numpy(pixels), atol=0.01, rtol=0)


def test_progress_comes_in_phases_and_ends_with_a_preview() -> None:
    events: list[Event] = []
    outcome = detector().fit(context(good(10), events.append))
    assert outcome == Finished(epochs=1, best_epoch=1, best_validation_loss=None)
    progress = [event for event in events if isinstance(event, Progress)]
    assert list(dict.fromkeys(event.phase for event in progress)) == [
        "Reading features",
        "Choosing patches",
        "Comparing patches",
        "Keeping pictures",
    ]
    assert all(0 <= event.done <= event.total for event in progress)
    assert (progress[-1].done, progress[-1].total) == (10, 10)
    preview = events[-1]
    assert isinstance(preview, Preview)
    assert preview.image_ids == (3, 4)
    assert preview.anomaly_maps.shape == (2, SIDE, SIDE)
    assert preview.originals.shape == (2, SIDE, SIDE, 1)


def test_without_images_to_preview_it_is_fitted_all_the_same() -> None:
    assert isinstance(detector().fit(replace(context(good(4)), preview=None, preview_ids=())), Finished)


def test_every_image_gives_its_share_of_patches() -> None:
    made = detector()
    made.candidates = 47
    take_weights(made.model.trunk)
    gathered = made._gather(context(good(10)))
    assert gathered is not None
    assert len(gathered.features) == 47
    counts = torch.bincount(gathered.image, minlength=10)
    assert counts.tolist() == [4, 5, 5, 4, 5, 5, 4, 5, 5, 5] or (counts.min() == 4 and counts.max() == 5)
    pairs = set(zip(gathered.image.tolist(), gathered.patch.tolist(), strict=True))
    assert len(pairs) == 47


def test_batches_of_any_size_give_the_same() -> None:
    pixels = good(9)
    first, second = detector(), detector()
    first.fit(context(pixels))
    second.fit(replace(context(pixels), training=CachedBatches(pixels, 2, seed=5)))
    for name, value in first.state().items():
        torch.testing.assert_close(second.state()[name], value, rtol=1e-3, atol=1e-3)


def test_a_fitted_state_needs_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    from anomaly_gui.detectors.backbone import weights

    made = detector()
    made.fit(context(good(6)))
    monkeypatch.setattr(weights, "weights", lambda: pytest.fail("the package was asked for"))
    fresh = detector()
    fresh.load_state(made.state())
    images = torch.from_numpy(good(2, seed=3))
    assert torch.equal(fresh.predict(images).anomaly_map, made.predict(images).anomaly_map)


def test_parts_that_do_not_belong_together_are_refused() -> None:
    made = detector()
    made.fit(context(good(6)))
    kept = made.state()
    for name in ("entries", "pictures"):
        with pytest.raises(ValueError, match="pictures"):
            detector().load_state({**kept, name: kept[name][:-1]})
    with pytest.raises(ValueError, match="projection"):
        detector().load_state({**kept, "entries": kept["entries"][:, :-1]})
    with pytest.raises(ValueError, match="does not fit"):
        detector().load_state({**kept, "entries": kept["entries"][0]})


def test_no_patch_from_outside_the_region_is_remembered() -> None:
    """Left is striped and right is a jumble: of that the memory holds no picture."""
    pixels = good(8)
    pixels[:, :, :, 48:] = 0
    inside = torch.zeros(SIDE, SIDE, dtype=torch.bool)
    inside[:, :32] = True
    made = detector(memory=40)
    made.look_within(inside)
    made.fit(context(pixels))
    # A picture reaches half a patch over its square.
    assert (made.model.pictures.float().flatten(1).mean(1) > 60).all()
    everywhere = detector(memory=40)
    everywhere.fit(context(pixels))
    assert (everywhere.model.pictures.float().flatten(1).mean(1) < 60).any()


def test_of_large_images_a_few_come_at_once_in_the_same_order() -> None:
    """Between them one can cancel, which must not take seconds."""
    pixels = np.arange(7, dtype=np.float32)[:, None, None, None] * np.ones((1, 1, 8, 8), np.float32)
    batches = CachedBatches(pixels, 4, seed=1)
    for input_px, sizes in ((64, [4, 3]), (512, [2, 2, 2, 1]), (1024, [1] * 7)):
        pieces = list(a_few_at_once(batches, input_px))
        assert [len(piece) for piece in pieces] == sizes
        assert torch.cat(pieces)[:, 0, 0, 0].tolist() == list(range(7))
