from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from anomaly_gui.detectors.base import Finished, FitContext
from anomaly_gui.detectors.restore import Restore, Restorer
from anomaly_gui.detectors.settings.defects import RestoreSettings
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.training.dataset import CachedBatches
from anomaly_gui.training.loop import gradient_loop


def restorer(sees: str = "high frequencies") -> Restore:
    values = {"input_px": 64, "width": 4, "sees": sees}
    return Restore(msgspec.convert(values, RestoreSettings), 1, seed=1)


def seen(sees: str, images: torch.Tensor) -> torch.Tensor:
    network = restorer(sees).network
    assert isinstance(network, Restorer)
    return network._seen(images)


def test_it_cannot_see_how_bright_an_area_is() -> None:
    dark, bright = torch.full((1, 1, 64, 64), 0.2), torch.full((1, 1, 64, 64), 0.8)
    assert torch.allclose(seen("high frequencies", dark), seen("high frequencies", bright), atol=1e-4)
    assert not torch.allclose(seen("everything", dark), seen("everything", bright), atol=1e-4)


def test_it_sees_an_edge_and_a_hairline() -> None:
    image = torch.full((1, 1, 64, 64), 0.5)
    image[..., 30] = 0.4
    shown = seen("high frequencies", image)
    assert shown[0, 1, :, 30].abs().min() > 0.3
    assert shown[0, :, :, :10].abs().max() < 0.1


@pytest.mark.parametrize("channels", [1, 3])
def test_picture_and_map_have_the_image_s_size(channels: int) -> None:
    made = Restore(RestoreSettings(input_px=64, width=4), channels, seed=1)
    prediction = made.predict(torch.rand(2, channels, 64, 64))
    assert prediction.reconstruction is not None
    assert prediction.reconstruction.shape == (2, channels, 64, 64)
    assert prediction.anomaly_map.shape == (2, 64, 64)


def test_its_loss_rewards_marking_and_restoring() -> None:
    made = restorer()
    torch.manual_seed(0)
    loss = made.training_loss(torch.rand(4, 1, 64, 64), lambda a, b: (a - b).square().mean())
    loss.backward()  # type: ignore[no-untyped-call]
    last = made.network.leave[0].weight.grad  # type: ignore[union-attr,index]
    assert (last.reshape(2, 4, -1).abs().amax((1, 2)) > 0).all(), "picture and mark both learn"


def learnt(folder: Path, pixels: np.ndarray, inside: torch.Tensor | None = None) -> Restore:
    made = Restore(RestoreSettings(input_px=64, width=4, epochs=1, minimum_steps=0), 1, seed=1)
    if inside is not None:
        made.look_within(inside)
    done = made.fit(
        FitContext(
            training=CachedBatches(pixels[:12], 4, seed=1),
            validation=CachedBatches(pixels[12:], 4, seed=1),
            preview=None,
            preview_ids=(),
            seed=1,
            checkpoint=folder / "checkpoint",
            emit=ignore_events,
            cancel=CancelToken(),
            gradient_loop=gradient_loop,
        )
    )
    assert isinstance(done, Finished)
    return made


def good_parts() -> np.ndarray:
    return np.random.default_rng(0).normal(0.5, 0.03, (20, 1, 64, 64)).astype(np.float32)


def test_lighting_that_it_cannot_see_is_told_by_the_look_at_the_whole(tmp_path: Path) -> None:
    made = learnt(tmp_path, good_parts())
    good = torch.from_numpy(np.random.default_rng(1).normal(0.5, 0.03, (6, 1, 64, 64)).astype(np.float32))
    uneven = good + torch.linspace(-0.1, 0.1, 64)
    ordinary, odd = (made.predict(images).anomaly_map.flatten(1).amax(1) for images in (good, uneven))
    assert odd.min() > ordinary.max() + 1


def test_what_is_learnt_is_kept_and_the_graph_says_the_same(tmp_path: Path) -> None:
    made = learnt(tmp_path, good_parts())
    again = Restore(RestoreSettings(input_px=64, width=4), 1, seed=2)
    again.load_state(made.state())
    image = torch.rand(1, 1, 64, 64)
    expected = made.predict(image).anomaly_map
    assert torch.equal(again.predict(image).anomaly_map, expected)
    assert torch.allclose(again.graph()(image)[1], expected, atol=1e-4)


def test_before_it_is_compared_with_held_out_images_it_shows_its_marks() -> None:
    made = restorer()
    image = torch.rand(1, 1, 64, 64)
    with torch.no_grad():
        _, logits = made.network.eval()(image)
    marks = torch.nn.functional.softplus(logits + 8)
    seen = made.predict(image).anomaly_map
    assert torch.allclose(seen[:, 5, 7], marks[:, 4:7, 6:9].mean((1, 2)), atol=1e-4)


def test_what_is_outside_the_region_makes_no_image_odd(tmp_path: Path) -> None:
    inside = torch.zeros(64, 64, dtype=torch.bool)
    inside[:32] = True
    made = learnt(tmp_path, good_parts() * inside.numpy(), inside)
    seen = made.predict(torch.from_numpy(good_parts()[:1] * inside.numpy())).anomaly_map[0]
    assert seen[32:].max() == 0
    assert seen[:32].max() > 0
