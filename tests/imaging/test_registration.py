from __future__ import annotations

import cv2
import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.region import Region, Shape, region_mask
from anomaly_gui.imaging.registration import (
    REFERENCE_PX,
    Found,
    Move,
    Reference,
    Registration,
    aligned,
    brought_back,
    left_alone,
    make_reference,
)
from tests.imaging.moved_part import HEIGHT, WIDTH, moved_part, movement

REFERENCE = make_reference([moved_part(0), moved_part(1, 4, -6), moved_part(2, -8, 3, 2), moved_part(3)])
SHIFT, TURN = Registration(REFERENCE, turns=False), Registration(REFERENCE, turns=True)
MOVES = [(0.0, 0.0, 0.0), (12.8, -9.6, 0.0), (-7.3, 4.5, 0.0), (30.0, 20.0, 0.0)]
TURNS = [(0.0, 0.0, 5.0), (6.0, -5.0, -3.0), (10.0, 8.0, 8.0)]


def furthest(move: Move | None, expected: np.ndarray, times: int = 1) -> float:
    """By how many pixels of the reference a corner of the plate lies elsewhere than it was moved to."""
    assert move is not None
    corners = np.array([[50, 205, 50, 205], [45, 45, 140, 140]]) * times + 0.5
    shares = corners / (np.array([[WIDTH], [HEIGHT]]) * times)
    found = np.array([[move.a, move.b, move.c], [move.d, move.e, move.f]]) @ np.vstack([shares, np.ones(4)])
    found *= np.array([[WIDTH], [HEIGHT]]) * times
    wanted = expected @ np.vstack([corners - 0.5, np.ones(4)]) + 0.5
    return float(np.linalg.norm(found - wanted, axis=0).max()) / times


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize(("across", "down", "degrees"), MOVES + TURNS)
def test_shifts_and_rotations_are_found_within_half_a_pixel(
    across: float, down: float, degrees: float, times: int
) -> None:
    pixels = moved_part(9, across, down, degrees, times=times)
    expected = movement(across * times, down * times, degrees, *pixels.shape[:2])

    for registration in (TURN,) if degrees else (SHIFT, TURN):
        found = registration.find(pixels)
        assert found.why == ""
        if found.move is not None or (across, down, degrees) != (0, 0, 0):
            assert furthest(found.move, expected, times) < 0.5


def test_an_aligned_image_shows_what_the_reference_shows_at_its_own_size_and_type() -> None:
    still = moved_part(5, times=2)[:, :, 0].astype(float)
    pixels = moved_part(9, 12, -9, 4, times=2)
    for given in (pixels, pixels.repeat(3, axis=2), pixels.astype(np.uint16) * 16):
        made = aligned(given, TURN).pixels
        assert (made.shape, made.dtype) == (given.shape, given.dtype)
        levels = made[:, :, 0] / (16 if given.dtype == np.uint16 else 1)
        off = np.abs(levels - still) > 25
        assert off.mean() < 0.003
        assert (np.abs(given[:, :, 0] / (16 if given.dtype == np.uint16 else 1) - still) > 25).mean() > 0.05


def test_a_turned_part_is_no_more_than_shifted_where_rotation_is_not_asked_for() -> None:
    move = SHIFT.find(moved_part(9, 5, 3, 2)).move
    assert move is not None
    assert (move.a, move.e) == pytest.approx((1, 1))
    assert (move.b, move.d) == pytest.approx((0, 0))


@pytest.mark.parametrize("registration", [SHIFT, TURN])
def test_a_blank_or_entirely_different_image_is_left_alone_and_the_reason_told(registration: Registration) -> None:
    random = np.random.default_rng(4)
    ramp = np.repeat(np.linspace(0, 255, WIDTH)[None], HEIGHT, axis=0).astype(np.uint8)
    blank = np.full((HEIGHT, WIDTH), 128, np.uint8)
    texture = random.integers(0, 255, (HEIGHT, WIDTH)).astype(np.uint8)
    blots = cv2.GaussianBlur(random.random((HEIGHT, WIDTH)), (0, 0), 12)
    blots = (255 * (blots - blots.min()) / np.ptp(blots)).astype(np.uint8)
    for picture in (ramp, blank, texture, blots):
        made = aligned(picture[:, :, None], registration)
        assert made.found == Found(None, "with too little in common with the reference")
        assert made.pixels.base is picture


@pytest.mark.parametrize(("across", "degrees"), [(60.0, 0.0), (0.0, 20.0)])
def test_a_part_that_lies_too_far_away_is_left_alone_and_the_reason_told(across: float, degrees: float) -> None:
    pixels = moved_part(9, across, 0, degrees)
    made = aligned(pixels, TURN)
    assert made.found.move is None
    assert made.found.why == "further from it than 15 % of the longer side or 10°"
    assert made.pixels is pixels


def test_without_registration_nothing_is_touched() -> None:
    pixels = moved_part(9, 12, 5)
    made = aligned(pixels, None)
    assert made.pixels is pixels
    assert made.found == Found(None)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 40, 1), (3, 3, 3), (2, 900, 3), (700, 5, 1)])
def test_images_of_any_size_are_taken(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, shape).astype(np.uint8)
    reference = make_reference([pixels, pixels[::-1]])
    assert max(reference.levels.shape) <= REFERENCE_PX
    for registration in (TURN, Registration(reference, turns=True)):
        assert aligned(pixels, registration).pixels.shape == shape


def test_a_map_comes_back_to_where_the_image_has_the_part() -> None:
    pixels = moved_part(9, 11, -8, 6, defect=True)
    move = TURN.find(pixels).move
    assert move is not None
    seen = aligned(pixels, TURN).pixels[:, :, 0].astype(np.float32)
    for height, width in ((HEIGHT, WIDTH), (64, 64)):
        of_aligned = cv2.resize(seen, (width, height), interpolation=cv2.INTER_AREA)
        of_image = cv2.resize(pixels[:, :, 0].astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
        back, inside = brought_back(of_aligned, None, Region(), move)
        assert inside is not None
        assert not back[~inside].any(), "0 where nothing was seen"
        assert 0.8 < inside.mean() < 1
        assert (np.abs(back - of_image)[inside] > 25).mean() < 0.05
        assert back.max() == of_aligned.max(), "peaks stay as high as they are"
        assert np.corrcoef(of_aligned.ravel(), of_image.ravel())[0, 1] < 0.9


def test_a_picture_comes_back_with_its_channels_and_its_type() -> None:
    pixels = moved_part(9, 11, -8, 3)
    move = TURN.find(pixels).move
    assert move is not None
    back = move.bring_picture_back(move.align(pixels.repeat(3, axis=2)))
    assert (back.shape, back.dtype) == ((HEIGHT, WIDTH, 3), np.uint8)
    middle = slice(30, -30)
    assert np.abs(back[middle, middle].astype(int) - pixels[middle, middle]).mean() < 3


def test_a_region_goes_with_the_part() -> None:
    hole = Region(inside=(Shape("rectangle", ((80 / WIDTH, 65 / HEIGHT), (110 / WIDTH, 95 / HEIGHT))),))
    pixels = moved_part(9, 14, 9, 5)
    move = TURN.find(pixels).move
    assert move is not None
    counted = region_mask(move.region(hole), HEIGHT, WIDTH)
    dark = pixels[:, :, 0] < 80
    assert dark.sum() > 600
    assert counted[dark].all()
    assert counted.sum() == pytest.approx(900, rel=0.03)
    assert not region_mask(hole, HEIGHT, WIDTH)[dark].all()


def test_what_is_ignored_stays_so_and_what_left_the_picture_counts_nothing() -> None:
    half = Region(ignored=(Shape("rectangle", ((0.0, 0.0), (0.5, 1.0))),))
    move = Move(1, 0, 0.125, 0, 1, 0)
    counted = region_mask(move.region(half), 8, 16)
    expected = np.zeros((8, 16), np.bool_)
    expected[:, 10:] = True
    np.testing.assert_array_equal(counted, expected)
    np.testing.assert_array_equal(region_mask(move.region(Region()), 8, 16)[0], np.arange(16) >= 2)


def test_a_map_of_an_image_that_was_not_moved_stays_what_it_is() -> None:
    found, inside = np.ones((4, 5), np.float32), np.eye(4, 5, dtype=np.bool_)
    assert brought_back(found, inside, Region(), None) == (found, inside)


def test_the_reference_is_calmer_than_one_image_and_survives_its_file() -> None:
    flat = (slice(100, 130), slice(60, 90))
    alone = make_reference([moved_part(0)])
    assert REFERENCE.levels[flat].std() < 0.8 * alone.levels[flat].std()
    again = Reference.from_png(REFERENCE.to_png(), "reference.png")
    np.testing.assert_array_equal(again.levels, REFERENCE.levels)
    assert Registration(again, turns=True).digest == TURN.digest != SHIFT.digest


def test_an_image_with_another_part_is_not_in_the_reference() -> None:
    other = np.random.default_rng(3).integers(0, 255, (HEIGHT, WIDTH, 1)).astype(np.uint8)
    made = make_reference([moved_part(0), other, other])
    np.testing.assert_array_equal(made.levels, make_reference([moved_part(0)]).levels)


@pytest.mark.parametrize("picture", [np.zeros((9, 9, 3), np.uint8), np.zeros((9, 9), np.uint16), np.zeros((300, 300))])
def test_a_file_that_holds_no_reference_is_refused(picture: np.ndarray) -> None:
    kind = picture if picture.dtype != np.float64 else picture.astype(np.uint8)
    with pytest.raises(InputError, match=r"reference\.png"):
        Reference.from_png(cv2.imencode(".png", kind)[1].tobytes(), "reference.png")
    with pytest.raises(InputError, match=r"reference\.png"):
        Reference.from_png(b"nonsense", "reference.png")


def test_images_that_are_left_alone_are_counted_by_reason() -> None:
    moved = Found(Move(1, 0, 0, 0, 1, 0))
    assert left_alone([moved, Found(None)]) == ""
    said = left_alone([moved, Found(None, "with nothing"), Found(None, "too far"), Found(None, "too far")])
    assert said == "Registration leaves 3 of 4 images as they are: 1 with nothing, 2 too far."
