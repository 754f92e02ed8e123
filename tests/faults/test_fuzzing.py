"""Files from outside, mutated: taken or refused in words; no crash, no hang, no flood of memory, nothing cut off."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.conftest import Tally
from tests.faults.disk import ROOT

LONG = [pytest.mark.faults, pytest.mark.timeout(36_000)]
SCALE = {
    "images": 20_000,
    "bundles": 20_000,
    "models": 1_000,
    "manifests": 1_000,
    "projects": 300,
    "settings": 5_000,
    "annotations": 3_000,
}
"""In the long form; --trials sets another number for all."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")


def fuzzed(kind: str, count: int, folder: Path, tally: Tally) -> tuple[int, int]:
    """How many were taken and refused; fails for any that was neither."""
    folder = folder / kind
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.fuzzing", kind, str(count), "1", str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    at = (folder / "at").read_text().strip() if (folder / "at").exists() else "its start"
    assert done.returncode == 0, f"it died at {at}: {done.stderr[-2000:].decode(errors='replace')}"
    taken, refused, wrong = json.loads(done.stdout)
    tally(f"mutated files: {kind} ({refused} refused)", taken + refused + len(wrong), len(wrong))
    assert wrong == []
    return taken, refused


def counts(kind: str, quick: int) -> list[object]:
    return [pytest.param(kind, quick, id=kind), pytest.param(kind, 0, id=f"{kind}-long", marks=LONG)]


@pytest.mark.parametrize(
    ("kind", "quick"),
    [
        *counts("images", 2000),
        *counts("bundles", 1000),
        *counts("models", 60),
        *counts("manifests", 200),
        *counts("projects", 40),
        *counts("settings", 300),
        *counts("annotations", 200),
    ],
)
def test_a_mutated_file_is_taken_or_refused_in_words(
    memory_folder: Path, tally: Tally, request: pytest.FixtureRequest, kind: str, quick: int
) -> None:
    wanted: int = request.config.getoption("--trials") or SCALE[kind]
    _, refused = fuzzed(kind, quick or wanted, memory_folder, tally)
    assert refused or kind == "manifests"
    if kind == "bundles":
        # Nothing was unpacked to anywhere.
        assert {path.name for path in (memory_folder / kind).iterdir()} == {"at", "bundle", "changed"}


def test_no_picture_that_is_cut_off_anywhere_is_taken(memory_folder: Path, tally: Tally) -> None:
    taken, refused = fuzzed("truncated", 10**6, memory_folder, tally)
    assert taken == 0
    assert refused > 5000
