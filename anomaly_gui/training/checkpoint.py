"""What fitting needs to go on where it stopped, in one file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import safetensors.torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from anomaly_gui.errors import InputError
from anomaly_gui.files import atomic_write, printable


class Position(msgspec.Struct, kw_only=True):
    """How far fitting has come. There is no random state: what is random follows from these numbers."""

    identity: str
    """Of what is fitted on what; another identity cannot go on from here."""
    epoch: int = 1
    """The one under way."""
    batches_done: int = 0
    """Of that epoch."""
    loss_sum: float = 0.0
    """Over the images of those batches."""
    images_done: int = 0
    best_epoch: int = 0
    """0: no epoch is finished."""
    best_loss: float = float("inf")
    """Validation loss of best_epoch."""
    images_at_once: int = 0
    """That go through the network together, at most, since memory did not suffice; 0: whole batches."""


class Checkpoint(msgspec.Struct, kw_only=True):
    """Position and tensors; *optimiser* maps parameter number and state name to a tensor."""

    position: Position
    network: dict[str, Tensor]
    best: dict[str, Tensor]
    """The network after best_epoch; empty without one."""
    optimiser: dict[str, Tensor]


_PARTS = ("network", "best", "optimiser")


def save(path: Path, checkpoint: Checkpoint) -> None:
    """Write atomically. Raises OSError; the former checkpoint then stays."""
    tensors = {
        f"{part}/{name}": tensor.detach().cpu().contiguous()
        for part in _PARTS
        for name, tensor in getattr(checkpoint, part).items()
    }
    position = msgspec.json.encode(_finite(checkpoint.position)).decode()
    metadata = {"position": position, "sha256": _digest(position, tensors)}
    atomic_write(path, safetensors.torch.save(tensors, metadata))


def load(path: Path) -> Checkpoint:
    """Read a checkpoint back, on the CPU. Raises InputError if it is damaged."""
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        position = msgspec.json.decode(metadata["position"], type=Position)
        if metadata["sha256"] != _digest(metadata["position"], tensors):
            raise ValueError("its content does not match its hash")
        parts: dict[str, dict[str, Tensor]] = {part: {} for part in _PARTS}
        for name, tensor in tensors.items():
            part, _, inner = name.partition("/")
            parts[part][inner] = tensor
    except (OSError, SafetensorError, KeyError, ValueError, msgspec.MsgspecError) as error:
        raise InputError(
            printable(path), f"the checkpoint is damaged ({error})", "Start a new run instead of resuming"
        ) from error
    return Checkpoint(position=_with_infinity(position), **parts)


def _finite(position: Position) -> Position:
    """JSON has no infinity; without a best epoch the loss says nothing anyway."""
    return position if position.best_epoch else msgspec.structs.replace(position, best_loss=0.0)


def _with_infinity(position: Position) -> Position:
    return position if position.best_epoch else msgspec.structs.replace(position, best_loss=float("inf"))


def _digest(position: str, tensors: dict[str, Tensor]) -> str:
    digest = hashlib.sha256(position.encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()
