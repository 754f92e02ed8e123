from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.detectors.settings import DetectorSettings
from anomaly_gui.imaging.tile_proposal import SEEN_PX, propose_tiles
from anomaly_gui.jobs.run_settings import resolve_settings


def test_a_dot_on_a_large_image_asks_for_tiles_at_full_size_and_says_why_and_what_it_costs() -> None:
    proposal = propose_tiles(5120, 5120, 5)

    assert (proposal.tile_px, proposal.scales) == (256, "1+1/4")
    assert proposal.sentence.startswith("5 px at full size is 2 px at 2048: use tiles of 256 at full size")
    assert f"{proposal.tiles} tiles an image" in proposal.sentence
    assert proposal.tiles > 500
    assert proposal.seconds > 1


def test_a_defect_that_the_whole_image_shows_needs_no_tiles() -> None:
    assert propose_tiles(640, 480, 8).tile_px == 0
    assert propose_tiles(5120, 5120, 300).tile_px == 0


def test_small_images_need_no_tiles_however_small_the_defect() -> None:
    proposal = propose_tiles(512, 384, 1)
    assert (proposal.tile_px, proposal.tiles) == (0, 1)
    assert proposal.sentence == "Images of 512 px need no tiles: the whole image is seen at full size."


def test_a_defect_of_middle_size_is_looked_for_at_the_coarsest_scale_that_shows_it() -> None:
    assert propose_tiles(5120, 5120, 9).scales == "1/2"
    assert propose_tiles(5120, 5120, 20).scales == "1/4"


@given(st.integers(1, 20_000), st.integers(1, 20_000), st.floats(0.1, 2000))
def test_every_proposal_shows_the_defect_as_well_as_the_image_does_and_is_a_valid_setting(
    width: int, height: int, smallest: float
) -> None:
    proposal = propose_tiles(width, height, smallest)

    finest = 1 if proposal.scales.startswith("1+") or proposal.scales == "1" else int(proposal.scales[2])
    if proposal.tile_px:
        assert smallest / finest >= min(SEEN_PX, smallest)
    detector, _ = resolve_settings("conv-ae", "fast", proposal.settings)
    assert isinstance(detector, DetectorSettings)
    assert detector.tile_px == proposal.tile_px


@pytest.mark.parametrize("wrong", [(0, 10, 5), (10, 10, 0), (10, 10, float("nan"))])
def test_sizes_that_are_none_are_refused(wrong: tuple[int, int, float]) -> None:
    with pytest.raises(ValueError, match="no tiles"):
        propose_tiles(*wrong)
