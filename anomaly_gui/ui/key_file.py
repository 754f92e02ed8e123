"""The keys that the user has changed, as a file: in the settings folder, and to carry to another PC."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
import platformdirs

from anomaly_gui.errors import InputError
from anomaly_gui.files import atomic_write, printable
from anomaly_gui.ui.keys import portable

_FORMAT = "anomaly-gui keys"
_VERSION = 1
_LARGEST_BYTES = 1 << 20

Keys = dict[str, tuple[str, ...]]
"""Action's name → key sequences as keys.portable() writes them."""


class _Stored(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    version: int
    keys: dict[str, list[str]]


def key_file() -> Path:
    """Where this user's keys are kept; it need not exist."""
    return platformdirs.user_config_path("anomaly-gui", appauthor=False) / "keys.json"


def read_keys(path: Path) -> Keys:
    """Raises InputError for a file that is not there, is damaged, or comes from a newer version."""
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise _refusal(path, "it is far too large for a file of keys")
        stored = msgspec.json.decode(path.read_bytes(), type=_Stored)
    except OSError as error:
        raise _refusal(path, f"it cannot be read ({error.strerror or error})") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _refusal(path, "it is damaged, or is no file of keys") from error
    if stored.format != _FORMAT:
        raise _refusal(path, "it is no file of keys")
    if stored.version != _VERSION:
        raise _refusal(path, f"it comes from another version of the program (format {stored.version})")
    return {name: tuple(_known(path, name, key) for key in keys) for name, keys in stored.keys.items()}


def write_keys(path: Path, keys: Mapping[str, tuple[str, ...]]) -> None:
    """Replace *path* in one step. Raises InputError if that fails."""
    stored = _Stored(_FORMAT, _VERSION, {name: list(keys[name]) for name in sorted(keys)})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(path, msgspec.json.format(msgspec.json.encode(stored), indent=2) + b"\n")
    except OSError as error:
        cause = f"the keys cannot be saved ({error.strerror or error})"
        raise InputError(printable(path), cause, "Check the folder's permissions and the disk") from error


def set_aside(path: Path) -> Path:
    """Rename a damaged file so that it is neither read again nor lost; where it is now. Raises OSError."""
    for number in range(1, 1000):
        aside = path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")
        if not aside.exists():
            break
    os.replace(path, aside)
    return aside


def _known(path: Path, name: str, key: str) -> str:
    known = portable(key)
    if not known:
        raise _refusal(path, f"“{key}”, for {name}, is no key")
    return known


def _refusal(path: Path, cause: str) -> InputError:
    return InputError(printable(path), cause, "Choose a file that this program has saved")
