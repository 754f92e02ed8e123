"""The program's verbs run in the test's own process, and pictures to run them on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from anomaly_gui.cli import commands
from anomaly_gui.cli.commands import HANDLERS, OK

LOG = Path("the.log")
QUICK = ["--detector", "conv-ae", "--set", "input_px=32", "width=4", "epochs=1", "minimum_steps=1"]


class CommandLine:
    """Status, stdout and stderr of a command."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *argv: object) -> tuple[int, str, str]:
        status = commands.run([str(word) for word in argv], LOG, HANDLERS)
        out, err = self._capsys.readouterr()
        return status, out, err

    def json(self, *argv: object) -> Any:
        status, out, err = self(*argv, "--json")
        assert status == OK, err
        return json.loads(out)


def picture(path: Path, seed: int = 0) -> Path:
    """Noise of 48 × 48 px, of the kind that the suffix says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (48, 48), dtype=np.uint8)
    path.write_bytes(cv2.imencode(path.suffix, pixels)[1].tobytes())
    return path


def pictures(folder: Path, count: int, seed: int = 0) -> Path:
    for index in range(count):
        picture(folder / f"{index:02d}.png", seed + index)
    return folder
