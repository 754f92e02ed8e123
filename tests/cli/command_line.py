"""The program's verbs run in the test's own process, pictures to run them on, and what a refusal must keep."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from anomaly_gui.cli import commands
from anomaly_gui.cli.commands import BAD_INPUT, HANDLERS, OK

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


def refused(line: CommandLine, *argv: object, names: object, cause: str, next_step: str) -> str:
    """Run a command that must refuse its input; returns the sentence."""
    status, out, err = line(*argv, "--json")
    sentence = err.strip().splitlines()[-1]
    facts = json.loads(out.splitlines()[-1])
    assert status == BAD_INPUT
    assert "Traceback" not in err
    assert sentence == facts["error"] == f"{facts['what']}: {facts['cause']}. {facts['next_step']}."
    assert str(names) in sentence
    assert cause in facts["cause"]
    assert next_step in facts["next_step"]
    return sentence


def files(folder: Path) -> dict[str, bytes]:
    """Every file below *folder*."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@contextmanager
def untouched(*folders: Path) -> Iterator[None]:
    """No byte of these folders is changed, and no file added or taken away."""
    before = [files(folder) for folder in folders]
    yield
    for folder, old in zip(folders, before, strict=True):
        new = files(folder)
        new.pop("project.lock", None)
        old.pop("project.lock", None)
        assert sorted(new) == sorted(old)
        assert [name for name in old if new[name] != old[name]] == []


def usable(line: CommandLine, project: Path) -> bool:
    """The project opens, its journal and its state agree, and it takes more images."""
    more = pictures(project.parent / "more", 2, seed=900)
    return line("verify", project)[0] == OK and line.json("import", project, "--good", more)["added"] == 2
