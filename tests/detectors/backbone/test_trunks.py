from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import torch

from anomaly_gui.detectors.backbone import weights
from anomaly_gui.detectors.backbone.network import Trunk
from anomaly_gui.detectors.backbone.onnx_trunk import OnnxTrunk
from anomaly_gui.detectors.backbone.trunks import make_trunk, take_weights, tapped
from anomaly_gui.detectors.settings import PatchMemorySettings
from anomaly_gui.errors import InputError
from tests.detectors.backbone.sample_network import write_sample

IMAGES = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))


def test_without_a_file_it_is_the_packaged_network(monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_trunk(PatchMemorySettings(), [4, 10], 64)
    assert isinstance(made, Trunk)
    take_weights(made)
    assert torch.equal(made.stem.weight, weights.weights()["stem.weight"])
    for seen, expected in zip(tapped(made, IMAGES), made(IMAGES), strict=True):
        torch.testing.assert_close(seen, expected, rtol=1e-4, atol=1e-4)


def test_with_a_file_no_package_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(weights, "weights")
    settings = PatchMemorySettings(backbone=str(write_sample(tmp_path / "net.onnx")), backbone_pixels="bytes")
    made = make_trunk(settings, [4, 10], 64)
    assert isinstance(made, OnnxTrunk)
    take_weights(made)
    plain = make_trunk(msgspec.structs.replace(settings, backbone_pixels="unit"), [4], 64)
    torch.testing.assert_close(tapped(made, IMAGES)[0], tapped(plain, IMAGES * 255)[0])
    assert not any(one.requires_grad for one in tapped(made, IMAGES))


def test_a_file_that_is_none_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "holiday.onnx"
    path.write_text("not a network")
    with pytest.raises(InputError, match=r"holiday\.onnx"):
        make_trunk(PatchMemorySettings(backbone=str(path)), [4], 64)
