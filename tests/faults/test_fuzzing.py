"""Files from outside, mutated: taken or refused in words; no crash, no hang, no flood of memory, nothing cut off."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.conftest import Tally
from tests.faults.conftest import HowOften
from tests.faults.victims import Victims

KINDS = ("images", "bundles", "models", "manifests", "projects", "settings", "annotations", "arguments")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")


def fuzzed(victims: Victims, kind: str, count: int, folder: Path, tally: Tally) -> tuple[int, int]:
    """How many were taken and refused; fails for any that was neither."""
    folder = folder / kind
    folder.mkdir()
    victims.start("fuzzing", kind, count, 1, folder)
    status = victims.wait()
    at = (folder / "at").read_text().strip() if (folder / "at").exists() else "its start"
    assert status == 0, f"it died at {at} of {status}"
    taken, refused, losses, wrong = json.loads((folder / "result").read_text())
    tally(f"mutated files: {kind} ({refused} refused)", taken + refused + losses, losses)
    assert wrong == []
    return taken, refused


@pytest.mark.parametrize("kind", KINDS)
def test_a_mutated_file_is_taken_or_refused_in_words(
    victims: Victims, memory_folder: Path, tally: Tally, how_often: HowOften, kind: str
) -> None:
    _, refused = fuzzed(victims, kind, how_often(f"mutated {kind}"), memory_folder, tally)
    assert refused or kind == "manifests"
    if kind == "bundles":
        # Nothing was unpacked to anywhere.
        assert {path.name for path in (memory_folder / kind).iterdir()} == {"at", "bundle", "changed", "result"}


def test_no_picture_that_is_cut_off_anywhere_is_taken(victims: Victims, memory_folder: Path, tally: Tally) -> None:
    taken, refused = fuzzed(victims, "truncated", 10**6, memory_folder, tally)
    assert taken == 0
    assert refused > 5000
