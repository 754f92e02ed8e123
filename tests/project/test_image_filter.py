"""What a filter says when nothing is asked for."""

from __future__ import annotations

import msgspec

from anomaly_gui.project.image_filter import FACETS, ImageFilter


def test_a_filter_that_asks_for_nothing_is_written_as_nothing() -> None:
    assert msgspec.json.encode(ImageFilter()) == b"{}"
    assert all(getattr(ImageFilter(), facet) == frozenset() for facet in FACETS)
