"""Arrays as safetensors with a digest of their own: the format alone notices no flipped bit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import safetensors.numpy
from numpy.typing import NDArray
from safetensors import SafetensorError

_SEAL = "sha256"


def seal(arrays: Mapping[str, NDArray[Any]], metadata: Mapping[str, str]) -> bytes:
    """The bytes of a file that unseal() reads."""
    return safetensors.numpy.save(dict(arrays), {**metadata, _SEAL: _digest(arrays, metadata)})


def unseal(data: bytes) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Arrays by name, and the metadata. Files of older versions, which have no digest, are taken as they are.

    Raises ValueError if *data* is no such file, or damaged.
    """
    try:
        arrays = safetensors.numpy.load(data)
        length = int.from_bytes(data[:8], "little")
        metadata = dict(json.loads(data[8 : 8 + length]).get("__metadata__") or {})
    except (SafetensorError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    sealed = metadata.pop(_SEAL, None)
    # Older versions wrote at most "format" and "edges": what else there is was once the digest's name.
    known = sealed is None and metadata.keys() <= {"format", "edges"}
    if not known and sealed != _digest(arrays, metadata):
        raise ValueError("its content does not match its hash")
    return arrays, metadata


def _digest(arrays: Mapping[str, NDArray[Any]], metadata: Mapping[str, str]) -> str:
    digest = hashlib.sha256(json.dumps(dict(metadata), sort_keys=True).encode())
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].dtype.name} {arrays[name].shape}".encode())
        digest.update(arrays[name].tobytes())
    return digest.hexdigest()
