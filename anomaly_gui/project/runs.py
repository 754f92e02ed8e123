"""The folder of one run: weights, settings, statistics, and the cache of pictures and maps."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.errors import InputError
from anomaly_gui.files import atomic_write, make_folder, printable

_FAST_PNG = [cv2.IMWRITE_PNG_COMPRESSION, 1]
_AGAIN = "Score the run again"
_SHOWN_PX = 2048
"""Longer side of what is read of a large map at once,"""
_COARSEST_PX = 512
"""and of its coarsest level."""
_ROWS = 512
"""That are turned into levels at once."""
_SEAL = "sha256"
_PNG_SEAL = b"sha256:"
_PNG_SEAL_LENGTH = len(_PNG_SEAL) + 64
_RUN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,200}")


class RunFolder:
    """Paths of one run, and reading and writing of its small files."""

    def __init__(self, project_folder: str | Path, run_name: str) -> None:
        """Raises InputError for a name that leads out of runs/, as somebody else's project might hold."""
        if _RUN_NAME.fullmatch(run_name) is None:
            raise InputError(f"run {run_name!a}", "this is no name of a run", "Ask whom the project came from")
        self.folder = Path(project_folder) / "runs" / run_name

    @property
    def weights(self) -> Path:
        return self.folder / "weights.safetensors"

    @property
    def backbone(self) -> Path:
        """The run's own copy of the ONNX file that the user picked, if one was."""
        return self.folder / "backbone.onnx"

    @property
    def reference(self) -> Path:
        """What the run's images are aligned to, if they are."""
        return self.folder / "reference.png"

    @property
    def moves(self) -> Path:
        return self.folder / "moves.json"

    @property
    def settings(self) -> Path:
        return self.folder / "settings.json"

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.safetensors"

    def remove_checkpoints(self) -> None:
        """Those of a detector's parts, too."""
        for path in (self.checkpoint, *self.folder.glob("checkpoint_*.safetensors")):
            path.unlink(missing_ok=True)

    @property
    def statistics(self) -> Path:
        return self.folder / "statistics.safetensors"

    @property
    def history(self) -> Path:
        return self.folder / "history.json"

    def reconstruction(self, image_id: int) -> Path:
        return self.folder / "maps" / f"{image_id}.reconstruction.png"

    def anomaly_map(self, image_id: int) -> Path:
        return self.folder / "maps" / f"{image_id}.map.png"

    def make(self) -> None:
        """Make the folder and its maps folder. Raises InputError (no permission, disk full)."""
        try:
            make_folder(self.folder / "maps")
        except OSError as error:
            raise InputError(
                printable(self.folder), f"the folder cannot be made ({error.strerror})", "Check the disk"
            ) from error

    def write_settings(self, settings: dict[str, Any]) -> None:
        """Plain JSON values."""
        self._write_json(self.settings, {**settings, _SEAL: _digest(settings)})

    def read_settings(self) -> dict[str, Any]:
        """What write_settings wrote. Raises InputError if it is missing or damaged."""
        settings = self._read_json(self.settings)
        if not isinstance(settings, dict):
            raise InputError(printable(self.settings), "it holds no settings", "Train again")
        # Older versions wrote no digest.
        if settings.pop(_SEAL, None) not in (None, _digest(settings)):
            raise InputError(printable(self.settings), "the file was changed or damaged", "Train again")
        return settings

    def write_history(self, epochs: list[dict[str, Any]]) -> None:
        """One plain JSON object an epoch."""
        self._write_json(self.history, epochs)

    def read_history(self) -> list[dict[str, Any]]:
        """Epochs so far; empty before the first."""
        if not self.history.exists():
            return []
        epochs = self._read_json(self.history)
        return epochs if isinstance(epochs, list) else []

    @property
    def timing(self) -> Path:
        return self.folder / "timing.json"

    def write_timing(self, timing: dict[str, Any]) -> None:
        """Plain JSON values."""
        self._write_json(self.timing, timing)

    def read_timing(self) -> Any:
        """What write_timing wrote. Raises InputError if it is missing or damaged."""
        return self._read_json(self.timing)

    def write_moves(self, moves: dict[str, Any]) -> None:
        """How images were moved before they were scored, by id: plain JSON values."""
        self._write_json(self.moves, moves)

    def read_moves(self) -> Any:
        """What write_moves wrote. Raises InputError if it is missing or damaged."""
        return self._read_json(self.moves)

    def write_reconstruction(self, image_id: int, picture: NDArray[np.float32]) -> None:
        """(H, W, 1 or 3) RGB in [0, 1], kept with 8 bits."""
        levels = np.nan_to_num(np.clip(picture, 0.0, 1.0)) * np.float32(255.0)
        pixels = np.rint(levels).astype(np.uint8)
        self.write_picture(image_id, pixels)

    def write_picture(self, image_id: int, pixels: NDArray[np.uint8]) -> None:
        """(H, W, 1 or 3) RGB: a reconstruction that has 8 bits already."""
        self._write_png(self.reconstruction(image_id), pixels[:, :, ::-1] if pixels.shape[2] == 3 else pixels)

    def read_reconstruction(self, image_id: int) -> NDArray[np.uint8]:
        """(H, W, 1 or 3) RGB uint8. Raises InputError if it is missing or damaged."""
        path = self.reconstruction(image_id)
        pixels = self._read_png(path, np.uint8)
        if pixels.ndim == 2:
            return pixels[:, :, None]
        return np.ascontiguousarray(pixels[:, :, ::-1])

    def write_map(self, image_id: int, anomaly_map: NDArray[np.float32], lower: float, upper: float) -> None:
        """(H, W), any range: *lower* becomes 0 and *upper* 65535; what is not finite becomes 65535."""
        levels = np.empty(anomaly_map.shape, np.uint16)
        for first in range(0, len(levels), _ROWS):
            part = anomaly_map[first : first + _ROWS]
            share = (part.astype(np.float64) - lower) / max(upper - lower, 1e-12)
            whole = np.where(np.isfinite(part), np.clip(share, 0.0, 1.0), 1.0) * 65535.0
            levels[first : first + _ROWS] = np.rint(whole)
        self._write_png(self.anomaly_map(image_id), levels)

    def read_map(self, image_id: int) -> NDArray[np.uint16]:
        """(H, W) uint16 on the run's fixed scale; of a large map the finest level of up to 2048 px.

        Raises InputError if it is missing or damaged.
        """
        factors = self.map_factors(image_id)
        if not factors:
            return self._read_png(self.anomaly_map(image_id), np.uint16)
        level = next((n for n in factors if max(self._png_size(self.map_level(image_id, n))) <= _SHOWN_PX), factors[-1])
        return self.read_map_level(image_id, level).astype(np.uint16) * np.uint16(257)

    def map_level(self, image_id: int, factor: int) -> Path:
        """One level of a large map: 1 is the map itself, 2 half of its sides."""
        return self.folder / "maps" / f"{image_id}.map.{factor}.png"

    def map_factors(self, image_id: int) -> list[int]:
        """Levels of a large map that are there, the finest first; none of a map that is stored whole."""
        if self.anomaly_map(image_id).exists():
            return []
        found, factor = [], 1
        while self.map_level(image_id, factor).exists():
            found.append(factor)
            factor *= 2
        return found

    def write_large_map(self, image_id: int, anomaly_map: NDArray[np.float32], lower: float, upper: float) -> None:
        """(H, W) with 8 bits: *lower* becomes 0, *upper* 255 and what is not finite too.

        Each next level has the highest of four pixels, so that a dot is there at every size. Scores come from
        the statistics, never from these pictures.
        """
        level = np.empty(anomaly_map.shape, np.uint8)
        for first in range(0, len(level), _ROWS):
            part = anomaly_map[first : first + _ROWS]
            share = np.clip((part - np.float32(lower)) / np.float32(max(upper - lower, 1e-12)), 0.0, 1.0)
            level[first : first + _ROWS] = np.rint(np.where(np.isfinite(part), share, 1.0) * 255.0)
        factor = 1
        while True:
            self._write_png(self.map_level(image_id, factor), level)
            if max(level.shape) <= _COARSEST_PX:
                break
            factor *= 2
            level = _halved(level)
        self.anomaly_map(image_id).unlink(missing_ok=True)
        for stale in self.map_factors(image_id):
            if stale > factor:
                self.map_level(image_id, stale).unlink(missing_ok=True)

    def read_map_level(self, image_id: int, factor: int) -> NDArray[np.uint8]:
        """One level of a large map on the run's fixed scale. Raises InputError if it is missing or damaged."""
        return self._read_png(self.map_level(image_id, factor), np.uint8)

    def _png_size(self, path: Path) -> tuple[int, int]:
        """Width and height by the header. Raises InputError."""
        try:
            with path.open("rb") as stream:
                header = stream.read(24)
            return int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big")
        except OSError as error:
            raise InputError(printable(path), f"it cannot be read ({error.strerror})", _AGAIN) from error

    def picture_problem(self, path: Path) -> str | None:
        """What is wrong with a map or picture, in words; None if it is what was written.

        One of an older version carries no digest: it only has to be readable.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            return f"it cannot be read ({error.strerror})"
        content, seal = data[:-_PNG_SEAL_LENGTH], data[-_PNG_SEAL_LENGTH:]
        if seal.startswith(_PNG_SEAL):
            return None if seal == _png_seal(path.name, content) else "it was changed after it was written"
        readable = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if data else None
        return "the file is damaged" if readable is None else None

    def _write_png(self, path: Path, pixels: NDArray[Any]) -> None:
        """A cache: whole or absent for readers, but not forced to disk, which would cost 20 ms each."""
        made, data = cv2.imencode(".png", pixels, _FAST_PNG)
        if not made:
            raise ValueError(f"{path.name}: shape {pixels.shape} cannot be a PNG")
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data.tobytes() + _png_seal(path.name, data.tobytes()))
            os.replace(temporary, path)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise InputError(
                printable(path), f"it cannot be written ({error.strerror})", "Free some disk space"
            ) from error

    def _read_png(self, path: Path, kind: type[Any]) -> NDArray[Any]:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise InputError(printable(path), f"it cannot be read ({error.strerror})", _AGAIN) from error
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if data else None
        if pixels is None or pixels.dtype != kind:
            raise InputError(printable(path), "the file is damaged", _AGAIN)
        return np.asarray(pixels)

    def _write_json(self, path: Path, value: Any) -> None:
        self.make()
        atomic_write(path, json.dumps(value, indent=1, allow_nan=False).encode())

    def _read_json(self, path: Path) -> Any:
        try:
            return json.loads(path.read_bytes())
        except OSError as error:
            raise InputError(printable(path), f"it cannot be read ({error.strerror})", "Train again") from error
        except (ValueError, RecursionError) as error:
            raise InputError(printable(path), f"the file is damaged ({error})", "Train again") from error


def _png_seal(name: str, data: bytes) -> bytes:
    """What stands behind a picture's last chunk, where readers of PNG do not look: two that change places are told."""
    return _PNG_SEAL + hashlib.sha256(name.encode() + b"\n" + data).hexdigest().encode()


def _halved(level: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W) → (⌈H/2⌉, ⌈W/2⌉): the highest of each four pixels."""
    padded = np.pad(level, ((0, level.shape[0] % 2), (0, level.shape[1] % 2)))
    rows = np.maximum(padded[::2], padded[1::2])
    return np.asarray(np.maximum(rows[:, ::2], rows[:, 1::2]))


def _digest(settings: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
