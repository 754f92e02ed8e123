"""Why a defect was missed, told from its map, its mask and its pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.evaluation.misses import Evidence, contrast, defect_size, why_missed

SIDE = 64
DEFECT = (slice(20, 30), slice(40, 50))
ORDINARY = 2.0


def noise(level: float = 0.01) -> np.ndarray:
    return (0.5 + level * np.random.default_rng(1).standard_normal((SIDE, SIDE, 1))).astype(np.float32)


@pytest.fixture
def evidence() -> Evidence:
    """A clear dark defect of 10 × 10 px that the map shows at 3.0, above ordinary 2.0."""
    mask = np.zeros((SIDE, SIDE), bool)
    mask[DEFECT] = True
    pixels = noise()
    pixels[DEFECT] = 0.2
    found = np.full((SIDE, SIDE), 0.5, np.float32)
    found[25, 45] = 3.0
    return Evidence(anomaly_map=found, pixels=pixels, input_px=SIDE, ordinary=ORDINARY, mask=mask)


def with_spot(evidence: Evidence, at: tuple[int, int], value: float) -> Evidence:
    changed = evidence.anomaly_map.copy()
    changed[at] = value
    return replace(evidence, anomaly_map=changed)


def test_the_strongest_region_in_the_mask_is_seen_but_too_weak(evidence: Evidence) -> None:
    found = why_missed(evidence)
    assert (found.seen, found.inside, found.outside) == ("too weak", 3.0, 0.5)
    assert found.regions[0].touches


def test_a_stronger_region_beside_the_mask_is_seen_elsewhere(evidence: Evidence) -> None:
    found = why_missed(with_spot(evidence, (5, 5), 6.0))
    assert (found.seen, found.inside, found.outside) == ("elsewhere", 3.0, 6.0)


def test_a_response_next_to_the_mask_belongs_to_the_defect(evidence: Evidence) -> None:
    found = why_missed(with_spot(evidence, (19, 45), 6.0))
    assert (found.seen, found.inside, found.outside) == ("too weak", 6.0, 0.5)


@pytest.mark.parametrize("level", [ORDINARY, 1.0])
def test_no_more_than_good_images_usually_reach_is_not_seen(evidence: Evidence, level: float) -> None:
    assert why_missed(with_spot(evidence, (25, 45), level)).seen == "not seen"


def test_a_map_that_is_raised_as_a_whole_tells_no_place_apart(evidence: Evidence) -> None:
    raised = replace(evidence, anomaly_map=np.maximum(evidence.anomaly_map, 1.6))
    assert why_missed(raised).seen == "everywhere"
    assert why_missed(raised).background == pytest.approx(1.6)


def test_without_held_out_images_any_region_counts_as_seen(evidence: Evidence) -> None:
    assert why_missed(with_spot(replace(evidence, ordinary=None), (25, 45), 1.2)).seen == "too weak"


def test_a_flat_map_has_seen_nothing(evidence: Evidence) -> None:
    flat = replace(evidence, anomaly_map=np.zeros((SIDE, SIDE), np.float32), ordinary=None)
    assert why_missed(flat).seen == "not seen"


def test_without_a_mask_only_the_map_is_told(evidence: Evidence) -> None:
    for mask in (None, np.zeros((SIDE, SIDE), bool)):
        found = why_missed(replace(evidence, mask=mask))
        assert found.regions[0].peak == 3.0
        assert found.regions[0].touches is None
        assert (found.seen, found.inside, found.size, found.contrast, found.copied, found.reason) == (None,) * 6


def test_a_mask_of_the_whole_image_has_nothing_around_it(evidence: Evidence) -> None:
    found = why_missed(replace(evidence, mask=np.ones((SIDE, SIDE), bool), reconstruction=evidence.pixels))
    assert (found.seen, found.outside, found.contrast, found.copied) == ("too weak", None, None, None)


@pytest.mark.parametrize("width", [1, 2, 3, 8])
def test_the_width_of_a_crack_is_its_thickness(width: int) -> None:
    mask = np.zeros((200, 100), bool)
    mask[20:80, 10 : 10 + width] = True
    mask[150, 90] = True
    size = defect_size(mask, 50)
    assert size.width == pytest.approx(width)
    assert size.length == pytest.approx(60, abs=1e-3)
    # 100 px become 50 across, 200 px become 50 down: on average a factor of the root of 1/8.
    assert size.input_width == pytest.approx(width * 0.125**0.5)


@given(st.integers(1, 20), st.integers(1, 20), st.integers(32, 1024))
def test_a_rectangle_is_as_long_as_its_longer_side(across: int, down: int, input_px: int) -> None:
    mask = np.zeros((30, 30), bool)
    mask[4 : 4 + down, 4 : 4 + across] = True
    size = defect_size(mask, input_px)
    assert size.width == pytest.approx(min(across, down))
    assert size.length == pytest.approx(max(across, down), abs=1e-3)
    assert size.input_length >= size.input_width
    assert size.is_small == (min(across, down) * input_px / 30 < 4)


def test_contrast_is_told_in_deviations_of_the_surroundings(evidence: Evidence) -> None:
    assert evidence.mask is not None
    clear = contrast(evidence.pixels, evidence.mask)
    none = contrast(noise(), evidence.mask)
    assert clear is not None
    assert clear == pytest.approx(30, rel=0.25)
    assert none is not None
    assert none < 0.5


def test_the_clearest_channel_counts(evidence: Evidence) -> None:
    assert evidence.mask is not None
    colour = np.repeat(noise(), 3, axis=2)
    colour[DEFECT[0], DEFECT[1], 2] = 0.9
    found = contrast(colour, evidence.mask)
    assert found is not None
    assert found > 20


def test_a_reconstruction_that_repeats_the_defect_has_copied_it(evidence: Evidence) -> None:
    copied = why_missed(replace(evidence, reconstruction=evidence.pixels))
    assert copied.copied == pytest.approx(1.0)
    assert copied.reason == "reconstructed"
    repaired = why_missed(replace(evidence, reconstruction=noise()[::2, ::2]))
    assert repaired.copied == pytest.approx(0.0, abs=0.05)
    assert repaired.reason is None


def test_the_suggested_reason_is_the_first_that_explains_the_others(evidence: Evidence) -> None:
    assert evidence.mask is not None
    assert why_missed(replace(evidence, pixels=noise(), reconstruction=noise())).reason == "low contrast"
    # 10 px of 64 are 2.5 px of 16.
    assert why_missed(replace(evidence, input_px=16, pixels=noise())).reason == "too small"


def test_a_defect_outside_the_region_of_interest_explains_itself(evidence: Evidence) -> None:
    counted = np.zeros((SIDE, SIDE), bool)
    counted[:, :40] = True
    assert why_missed(replace(evidence, counted=counted)).reason == "outside the region"
    counted[25, 40] = True
    assert why_missed(replace(evidence, counted=counted)).reason is None
    assert not why_missed(evidence).ignored
