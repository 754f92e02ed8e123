"""What does not count is told apart from what does, on photographs and on error maps."""

from __future__ import annotations

from anomaly_gui.imaging.region import Region, Shape
from anomaly_gui.ui.widgets.region_shade import DARK, GREY, shade_of

LEFT = Region(inside=(Shape("rectangle", ((0.0, 0.0), (0.5, 1.0))),))


def test_only_what_does_not_count_is_veiled() -> None:
    for colour in (DARK, GREY):
        layer = shade_of(LEFT, (4000, 2000), colour)
        assert layer is not None
        (veil,) = layer.levels
        assert max(veil.width(), veil.height()) <= 1024
        assert veil.pixelColor(veil.width() // 2 - 2, 5).alpha() == 0
        assert veil.pixelColor(veil.width() // 2 + 2, 5) == colour


def test_without_a_region_there_is_no_veil() -> None:
    assert shade_of(Region(), (40, 20)) is None
