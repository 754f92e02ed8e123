from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from anomaly_gui.detectors.base import FitContext
from anomaly_gui.detectors.patch_memory import CANDIDATES_PER_ENTRY, PatchMemory
from anomaly_gui.detectors.settings import PatchMemorySettings
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.training.dataset import CachedBatches
from anomaly_gui.training.loop import gradient_loop


def noise(count: int) -> np.ndarray:
    return np.random.default_rng(0).random((count, 1, 32, 32), dtype=np.float32)


def fitted(pixels: np.ndarray, **settings: object) -> PatchMemory:
    values = {"input_px": 32, "layers": "4+10", **settings}
    made = PatchMemory(msgspec.convert(values, PatchMemorySettings), 1, seed=1)
    batches = CachedBatches(pixels, 4, seed=1)
    made.fit(
        FitContext(
            training=batches,
            validation=batches,
            preview=None,
            preview_ids=(),
            seed=1,
            checkpoint=Path("never written"),
            emit=ignore_events,
            cancel=CancelToken(),
            gradient_loop=gradient_loop,
        )
    )
    return made


@pytest.mark.parametrize("selection", ["spread", "coreset", "random"])
def test_the_memory_is_bounded_by_its_setting_however_many_images_there_are(selection: str) -> None:
    sizes = [fitted(noise(count), memory=20, selection=selection).model.entries.shape[0] for count in (4, 12)]
    assert sizes == [20, 20]
    assert fitted(noise(4), memory=20, selection=selection).candidates == 20 * CANDIDATES_PER_ENTRY[selection]


@pytest.mark.parametrize("selection", ["spread", "coreset", "random"])
def test_fewer_patches_than_wanted_are_all_kept(selection: str) -> None:
    assert fitted(noise(3), memory=1000, selection=selection).model.entries.shape[0] == 3 * 4 * 4


def test_the_coreset_keeps_a_rare_look_that_chance_drops() -> None:
    """One part in forty is bright, and good."""
    pixels = np.random.default_rng(0).normal(0.3, 0.02, (40, 1, 32, 32)).astype(np.float32)
    pixels[33] += 0.6
    brightest = {
        selection: int(fitted(pixels, memory=16, selection=selection).model.pictures.max())
        for selection in ("coreset", "random")
    }
    assert brightest["coreset"] > 200 > brightest["random"]


def test_all_directions_are_kept() -> None:
    assert fitted(noise(4), memory=20).model.entries.shape[1] == 40 + 112
