from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import Tensor, nn

from anomaly_gui.detectors.backbone.onnx_file import opened
from anomaly_gui.detectors.backbone.onnx_trunk import DOMAIN, OnnxTrunk
from anomaly_gui.export.backbone_graft import graft
from tests.detectors.backbone.sample_network import write_sample


class Looking(nn.Module):
    """Through the same file twice, at two sizes and with different pixels."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        file = opened(path)
        self.first = OnnxTrunk(file, [4, 10], 64, "imagenet")
        self.second = OnnxTrunk(file, [14], 32, "bytes")

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        return (*self.first(images), *self.second(images[:, :, ::2, ::2]))


def traced(network: nn.Module) -> onnx.ModelProto:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        example = (torch.zeros(1, 3, 64, 64),)
        torch.onnx.export(network, example, buffer, dynamo=False, opset_version=18, input_names=["images"])  # type: ignore[arg-type]
    return onnx.load_from_string(buffer.getvalue())


@pytest.mark.parametrize("opset", [13, 18])
def test_the_network_stands_where_its_place_was_kept(tmp_path: Path, opset: int) -> None:
    network = Looking(write_sample(tmp_path / "net.onnx", opset=opset)).eval()
    model = traced(network)
    assert [node.domain for node in model.graph.node].count(DOMAIN) == 2
    graft(model, network)
    onnx.checker.check_model(model, full_check=True)
    assert not any(node.domain for node in model.graph.node)
    images = torch.rand(1, 3, 64, 64)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    for seen, expected in zip(session.run(None, {"images": images.numpy()}), network(images), strict=True):
        np.testing.assert_allclose(seen, expected.numpy(), rtol=1e-4, atol=1e-4)


def test_weights_are_there_once(tmp_path: Path) -> None:
    network = Looking(write_sample(tmp_path / "net.onnx")).eval()
    model = traced(network)
    graft(model, network)
    held = [tensor.name for tensor in model.graph.initializer if tensor.name.startswith("backbone_")]
    assert len(held) == len(set(held)) == 4


def test_a_graph_without_a_place_stays_as_it_is() -> None:
    network = nn.Conv2d(3, 2, 3).eval()
    model = traced(network)
    before = model.SerializeToString()
    graft(model, network)
    assert model.SerializeToString() == before
