from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import torch

from anomaly_gui.detectors.base import FitContext
from anomaly_gui.detectors.feature_dictionary import FeatureDictionary
from anomaly_gui.detectors.settings import FeatureDictionarySettings
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.training.dataset import CachedBatches
from anomaly_gui.training.loop import gradient_loop

LEVELS = np.repeat(np.array([0.2, 0.5, 0.8], np.float32), 4)
PIXELS = np.tile(LEVELS[:, None, None, None], (1, 1, 32, 32)) + np.random.default_rng(0).normal(
    0, 0.005, (12, 1, 32, 32)
).astype(np.float32)


def fitted(**settings: object) -> FeatureDictionary:
    values = {"input_px": 32, "layers": "10", "components": 2, **settings}
    made = FeatureDictionary(msgspec.convert(values, FeatureDictionarySettings), 1, seed=1)
    batches = CachedBatches(PIXELS, 4, seed=1)
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


def test_words_and_components_are_as_many_as_the_settings_say() -> None:
    assert fitted(words=7, components=5).model.entries.shape == (7, 5)
    assert fitted(words=4000).model.entries.shape == (12 * 4, 2)


def test_a_word_is_the_mean_of_the_patches_nearest_to_it() -> None:
    made = fitted(words=6)
    features = made.model.features(made._tapped(torch.from_numpy(PIXELS)))
    _, index = made.model.search(features)
    vectors = made.model.whitening(features)
    for word in index.unique().tolist():
        torch.testing.assert_close(made.model.entries[word], vectors[index == word].mean(0), rtol=1e-3, atol=1e-3)


def test_a_word_s_picture_is_the_patch_nearest_to_it() -> None:
    """Parts of three brightnesses: each is drawn in its own."""
    picture = fitted(words=12).predict(torch.from_numpy(PIXELS)).reconstruction
    assert picture is not None
    torch.testing.assert_close(picture.mean((1, 2, 3)), torch.from_numpy(LEVELS), atol=0.02, rtol=0)
