"""Saved again, brighter or smaller is the same picture; another photograph of an equal part is not."""

from __future__ import annotations

import functools

import cv2
import numpy as np
import pytest

from anomaly_gui.imaging.likeness import SAME_FROM, candidate_pairs, details, likeness
from anomaly_gui.imaging.measures import measure
from anomaly_gui.imaging.synthetic import Part, SyntheticSettings, draw

SETTINGS = SyntheticSettings(size_px=128)


def part(number: int) -> np.ndarray:
    return draw(SETTINGS, Part("train/good", number))[0][:, :, None]


@functools.cache
def usual() -> np.ndarray:
    return np.mean([details(part(number), 255) for number in range(30)], axis=0)


def alike(first: np.ndarray, second: np.ndarray) -> float:
    found = likeness(details(first, 255), details(second, 255), usual())
    assert found is not None
    return found


def copies(pixels: np.ndarray) -> dict[str, np.ndarray]:
    saved = cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 95])[1], cv2.IMREAD_GRAYSCALE)
    return {
        "saved as JPEG": saved[:, :, None],
        "brighter": np.clip(pixels * 1.1 + 3, 0, 255).astype(np.uint8),
    }


@pytest.mark.parametrize("what", ["saved as JPEG", "brighter"])
def test_a_copy_is_a_candidate_and_the_same_picture(what: str) -> None:
    pictures = [part(number) for number in range(30)]
    pictures.append(copies(pictures[7])[what])
    thumbnails = np.array([measure(each, 255)["thumbnail"] for each in pictures])
    assert candidate_pairs(thumbnails)[0] == (7, 30)
    assert alike(pictures[7], pictures[30]) >= SAME_FROM


def test_other_photographs_of_equal_parts_are_not_the_same() -> None:
    first = part(0)
    assert max(alike(first, part(number)) for number in range(1, 12)) < SAME_FROM - 0.2


def test_two_flat_pictures_say_nothing() -> None:
    flat = details(np.full((50, 50, 1), 90, np.uint8), 255)
    assert likeness(flat, flat) is None


def test_few_pictures_have_few_pairs() -> None:
    one = np.zeros((1, 32, 32), np.uint8)
    assert candidate_pairs(one[:0]) == candidate_pairs(one) == []
    assert candidate_pairs(np.concatenate([one, one])) == [(0, 1)]


def test_looking_for_pairs_stops_when_told_to() -> None:
    told: list[int] = []

    def stop(done: int) -> bool:
        told.append(done)
        return False

    pictures = np.zeros((3, 32, 32), np.uint8)
    assert candidate_pairs(pictures, stop) == []
    assert told == [0]
