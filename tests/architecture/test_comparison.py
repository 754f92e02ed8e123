"""The table that sets this program beside others claims nothing without a test."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CITED = re.compile(r"`(tests/[\w/]+\.py)?::(\w+)`")


def test_every_test_that_the_comparison_names_is_there() -> None:
    missing, file, count = [], "", 0
    for path, name in CITED.findall((ROOT / "docs" / "comparison.md").read_text("utf-8")):
        file, count = path or file, count + 1
        source = ROOT / file
        if not source.is_file() or f"\ndef {name}(" not in source.read_text("utf-8"):
            missing.append(f"{file}::{name}")
    assert missing == []
    assert count > 50
