"""Colours say how large an error is, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from anomaly_gui.ui.widgets.colour_maps import COLOUR_MAPS, colour_table, lookup_table, overlay_table


def lightness(rgb: np.ndarray) -> np.ndarray:
    """CIE L* of sRGB (N, 3)."""
    share = rgb / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    return np.where(luminance > 0.008856, 116 * np.cbrt(luminance) - 16, 903.3 * luminance)


@pytest.mark.parametrize("title", COLOUR_MAPS)
def test_every_colour_map_rises_in_lightness_over_its_whole_length(title: str) -> None:
    light = lightness(lookup_table(title).astype(float))
    assert light[-1] - light[0] > 50
    # Steps of 16 colours: neighbouring ones differ by less than the rounding to 8 bits.
    assert (np.diff(light[::16]) > 0).all()


def test_a_colour_map_that_is_not_known_gives_the_default() -> None:
    assert (lookup_table("Rainbow of last year") == lookup_table("Inferno")).all()


def test_an_indexed_picture_gets_all_its_opaque_colours() -> None:
    table = colour_table("Viridis")
    assert len(table) == 256
    assert all(colour >> 24 == 255 for colour in table)


def test_the_overlay_leaves_calm_places_clear_and_covers_the_worst() -> None:
    alpha = [colour >> 24 for colour in overlay_table("Inferno")]
    assert alpha[0] == 0
    assert alpha[-1] == 255
    assert alpha == sorted(alpha)
