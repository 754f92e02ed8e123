from __future__ import annotations

import msgspec
import pytest
import torch

from anomaly_gui.detectors.restore import Restore, Restorer
from anomaly_gui.detectors.settings.defects import RestoreSettings


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
