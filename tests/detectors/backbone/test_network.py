from __future__ import annotations

import pytest
import torch

from anomaly_gui.detectors.backbone import weights
from anomaly_gui.detectors.backbone.network import BLOCK_COUNT, STAGES, SameConv, Trunk, channels_of, stride_of


def trunk(*taps: int) -> Trunk:
    made = Trunk(taps)
    known = weights.weights()
    made.load_state_dict({name: known[name] for name in made.state_dict()})
    return made.requires_grad_(False).eval()


@pytest.mark.parametrize("side", [32, 48, 80])
def test_every_block_gives_the_channels_and_cells_it_promises(side: int) -> None:
    taps = list(range(BLOCK_COUNT))
    for tap, seen in zip(taps, trunk(*taps)(torch.rand(2, 3, side, side)), strict=True):
        cells = -(-side // stride_of(tap))
        assert seen.shape == (2, channels_of([tap]), cells, cells)


def test_it_has_the_parameters_of_lite0() -> None:
    """4,652,008 with its head and batch norm; the trunk alone, norms folded in, by layers' shapes."""
    count = sum(value.numel() for value in Trunk([BLOCK_COUNT - 1]).state_dict().values())
    expected = 3 * 9 * 32 + 32
    channels = 32
    for stage in STAGES:
        for _ in range(stage.blocks):
            wide = channels * stage.expansion
            expected += (channels * wide + wide) * (stage.expansion > 1)
            expected += stage.kernel_px**2 * wide + wide + wide * stage.channels + stage.channels
            channels = stage.channels
    assert count == expected
    # Of the whole network 1280 · 320 + 2 · 1280 (last convolution) and 1280 · 1000 + 1000 (classifier) are left out,
    # and each remaining norm's scale.
    scales = sum(value.numel() for name, value in Trunk([BLOCK_COUNT - 1]).state_dict().items() if "bias" in name)
    assert count + scales + 1280 * 320 + 2 * 1280 + 1280 * 1000 + 1000 == 4_652_008


def test_blocks_after_the_last_tap_are_not_there() -> None:
    made = trunk(10, 4)
    assert len(made.blocks) == 11
    fine, coarse = reversed(made(torch.rand(1, 3, 64, 64)))
    assert (fine.shape[1], coarse.shape[1]) == (40, 112)


def test_padding_is_tensorflow_s_with_the_odd_zero_after() -> None:
    """Of side 6, kernel 3, stride 2: 3 cells, the first at pixels 0 to 2, the last reaching over the end."""
    convolution = SameConv(1, 1, 3, 2).requires_grad_(False)
    convolution.weight.fill_(1)
    convolution.bias.zero_()  # type: ignore[union-attr]
    seen = convolution(torch.arange(6.0).expand(1, 1, 6, 6))
    assert seen[0, 0, 0].tolist() == [3 * 3.0, 3 * 9.0, 3 * 9.0]
    assert seen[0, 0, 2].tolist() == [2 * 3.0, 2 * 9.0, 2 * 9.0]


def test_pixels_are_centred_on_127() -> None:
    made = Trunk([0]).requires_grad_(False)
    for value in made.state_dict().values():
        value.zero_()
    seen: list[torch.Tensor] = []
    made.stem.register_forward_pre_hook(lambda _layer, given: seen.append(given[0]))
    made(torch.tensor([0.0, 127 / 255, 1.0]).reshape(1, 3, 1, 1).expand(1, 3, 4, 4))
    torch.testing.assert_close(seen[0][0, :, 0, 0], torch.tensor([-127 / 128, 0.0, 1.0]))


def test_an_unknown_block_has_no_stride() -> None:
    with pytest.raises(ValueError, match="16"):
        stride_of(16)
