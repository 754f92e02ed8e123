from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from anomaly_gui.errors import InputError
from anomaly_gui.training import checkpoint
from anomaly_gui.training.checkpoint import Checkpoint, Position


def example(best_epoch: int = 2) -> Checkpoint:
    return Checkpoint(
        position=Position(
            identity="x", epoch=3, batches_done=4, loss_sum=0.1 + 0.2, images_done=61,
            best_epoch=best_epoch, best_loss=1 / 3 if best_epoch else float("inf"),
        ),
        network={"0.weight": torch.rand(2, 3, 4, 4).to(memory_format=torch.channels_last)},
        best={"0.weight": torch.rand(2, 3, 4, 4)} if best_epoch else {},
        optimiser={"0/step": torch.tensor(7.0), "0/exp_avg": torch.rand(2, 3, 4, 4)},
    )  # fmt: skip


@pytest.mark.parametrize("best_epoch", [0, 2])
def test_what_is_saved_comes_back_bit_for_bit(tmp_path: Path, best_epoch: int) -> None:
    kept = example(best_epoch)
    checkpoint.save(tmp_path / "c", kept)
    found = checkpoint.load(tmp_path / "c")
    assert found.position == kept.position
    for part in ("network", "best", "optimiser"):
        assert getattr(found, part).keys() == getattr(kept, part).keys()
        for name, tensor in getattr(kept, part).items():
            assert torch.equal(getattr(found, part)[name], tensor)


def test_every_changed_byte_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "c"
    checkpoint.save(path, example())
    data = path.read_bytes()
    for place in range(0, len(data), 7):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(InputError, match="damaged"):
            checkpoint.load(path)


@pytest.mark.parametrize("content", [b"", b"{}", b"not a checkpoint, but long enough to be one" * 9])
def test_another_file_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.safetensors").write_bytes(content)
    with pytest.raises(InputError, match=r"broken\.safetensors.*damaged"):
        checkpoint.load(tmp_path / "broken.safetensors")


def test_a_crash_while_saving_leaves_the_former_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "c"
    checkpoint.save(path, example(2))

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        checkpoint.save(path, example(0))
    assert checkpoint.load(path).position.best_epoch == 2
    assert os.listdir(tmp_path) == ["c"]
