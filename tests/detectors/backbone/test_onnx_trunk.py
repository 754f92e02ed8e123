from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from torch import Tensor

from anomaly_gui.detectors.backbone.network import Trunk, stride_of
from anomaly_gui.detectors.backbone.onnx_file import opened
from anomaly_gui.detectors.backbone.onnx_trunk import OnnxTrunk
from anomaly_gui.detectors.backbone.trunks import take_weights
from anomaly_gui.errors import InputError
from tests.detectors.backbone.sample_network import CHANNELS, write_sample

IMAGES = torch.rand(3, 3, 64, 64, generator=torch.Generator().manual_seed(0))


def trunk(path: Path, *taps: int, side: int = 64, pixels: str = "unit", **wanted: object) -> OnnxTrunk:
    return OnnxTrunk(opened(write_sample(path / "net.onnx", **wanted)), taps, side, pixels)  # type: ignore[arg-type]


def straight(path: Path, images: Tensor) -> list[np.ndarray]:
    """Fine and coarse map, without us."""
    session = onnxruntime.InferenceSession((path / "net.onnx").read_bytes())
    made: list[np.ndarray] = session.run(["fine", "coarse"], {"picture": images.numpy()})
    return made


def test_a_tap_takes_the_map_with_cells_of_its_size(tmp_path: Path) -> None:
    made = trunk(tmp_path, 4, 10)
    assert made.channels == CHANNELS
    for seen, expected in zip(made(IMAGES), straight(tmp_path, IMAGES), strict=True):
        np.testing.assert_allclose(seen.numpy(), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("taps", "side"), [((2, 4, 10, 14), 64), ((7, 14), 80), ((10,), 48)])
def test_every_tap_has_the_grid_that_the_packaged_network_would_give(
    tmp_path: Path, taps: tuple[int, ...], side: int
) -> None:
    made = trunk(tmp_path, *taps, side=side)
    seen = made(torch.rand(1, 3, side, side))
    grids = [-(-side // stride_of(tap)) for tap in taps]
    assert [tuple(one.shape) for one in seen] == [
        (1, channels, grid, grid) for channels, grid in zip(made.channels, grids, strict=True)
    ]


def test_a_coarser_tap_sees_means_of_the_coarsest_map(tmp_path: Path) -> None:
    made = trunk(tmp_path, 14)
    coarse = torch.from_numpy(straight(tmp_path, IMAGES)[1])
    torch.testing.assert_close(made(IMAGES)[0], torch.nn.functional.avg_pool2d(coarse, 2))


@pytest.mark.parametrize(
    ("pixels", "expected"),
    [
        ("unit", IMAGES),
        ("bytes", IMAGES * 255),
        ("signed", IMAGES * 2 - 1),
        (
            "imagenet",
            (IMAGES - torch.tensor([0.485, 0.456, 0.406])[:, None, None])
            / torch.tensor([0.229, 0.224, 0.225])[:, None, None],
        ),
    ],
)
def test_pixels_are_those_that_the_network_was_trained_on(tmp_path: Path, pixels: str, expected: Tensor) -> None:
    seen = trunk(tmp_path, 4, pixels=pixels)(IMAGES)[0]
    np.testing.assert_allclose(seen.numpy(), straight(tmp_path, expected)[0], rtol=1e-4, atol=1e-4)


def test_a_network_that_takes_one_picture_is_shown_one_after_the_other(tmp_path: Path) -> None:
    alone = trunk(tmp_path, 4, side=64, batch=1)(IMAGES)[0]
    torch.testing.assert_close(alone, trunk(tmp_path, 4)(IMAGES)[0], rtol=1e-5, atol=1e-5)


def test_pictures_of_another_size_than_it_takes_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"net\.onnx: the network takes pictures of 64 px alone") as caught:
        OnnxTrunk(opened(write_sample(tmp_path / "net.onnx", side=64)), [4], 96, "unit")
    assert "Set the input size to 64" in caught.value.next_step


def test_the_packaged_network_as_a_file_gives_what_it_gives_by_itself(tmp_path: Path) -> None:
    packaged = Trunk([4, 10]).requires_grad_(False).eval()
    take_weights(packaged)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(packaged, (IMAGES[:1],), tmp_path / "lite0.onnx", dynamo=False, opset_version=17)
    made = OnnxTrunk(opened(tmp_path / "lite0.onnx"), [4, 10], 64, "unit")
    for seen, expected in zip(made(IMAGES), packaged(IMAGES), strict=True):
        torch.testing.assert_close(seen, expected, rtol=1e-3, atol=1e-3 * float(expected.abs().max()))
