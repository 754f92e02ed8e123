"""Timings as a table, printed past pytest's capture so that the figures are always seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest


def percentile(values: Sequence[float], share: float) -> float:
    return float(np.percentile(values, share))


def print_row(capture: pytest.CaptureFixture[str], what: str, values_ms: Sequence[float], limit: str) -> None:
    """One line: how many, median, 95th and 99th percentile, worst, and the limit it is held to."""
    p50, p95, p99 = (percentile(values_ms, share) for share in (50, 95, 99))
    with capture.disabled():
        print(
            f"\n{what:<46} n {len(values_ms):>5}  p50 {p50:7.2f}  p95 {p95:7.2f}  p99 {p99:7.2f}"
            f"  max {max(values_ms):7.2f} ms   (limit: {limit})"
        )
