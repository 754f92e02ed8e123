from __future__ import annotations

import numpy as np
import torch

from anomaly_gui.detectors.shrunk import Shrunk, shrink
from anomaly_gui.imaging.resize import resize
from anomaly_gui.training.dataset import CachedBatches


def test_images_are_made_smaller_as_everywhere() -> None:
    image = np.random.default_rng(0).random((96, 96, 1), dtype=np.float32)
    made = shrink(torch.from_numpy(image.transpose(2, 0, 1))[None], 40)
    np.testing.assert_allclose(made[0, 0].numpy(), resize(image, 40, 40)[:, :, 0], atol=1e-5)


def test_shrunk_batches_hold_the_same_images() -> None:
    batches = CachedBatches(np.random.default_rng(0).random((5, 1, 8, 8), dtype=np.float32), 2, seed=3)
    small = Shrunk(batches, 4)
    assert (small.image_count, small.batch_count) == (5, batches.batch_count)
    for ours, theirs in zip(small.shuffled(2), batches.shuffled(2), strict=True):
        assert torch.equal(ours, shrink(theirs, 4))
    assert torch.cat(list(small.ordered())).shape == (5, 1, 4, 4)
