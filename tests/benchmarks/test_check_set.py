"""How fast a set is checked: images a second the first time, seconds the second time, and a hundred thousand."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from anomaly_gui.imaging.likeness import candidate_pairs
from anomaly_gui.jobs.check_set import SetCheck, check_set
from anomaly_gui.jobs.import_images import ImportRequest, import_images
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.project.store import Project
from tests.jobs.tiny_project import write

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(900)]
COUNT = 1_500
SIDE = 256


def test_small_images_are_checked_at_100_a_second_and_a_second_check_takes_seconds(tmp_path: Path) -> None:
    for number in range(COUNT):
        noise = np.random.default_rng(number).integers(60, 200, (SIDE // 4, SIDE // 4), np.uint8)
        write(tmp_path / "good" / f"{number:05d}.png", np.kron(noise, np.ones((4, 4), np.uint8))[:, :, None])
    with Project.create(tmp_path / "project") as project:
        import_images(project, ImportRequest(good=(str(tmp_path / "good"),)), ignore_events, CancelToken())
        first = check_set(project, ignore_events, CancelToken())
        again = check_set(project, ignore_events, CancelToken())
    assert isinstance(first, SetCheck)
    assert isinstance(again, SetCheck)
    print(f"\n{COUNT} images of {SIDE} px: {COUNT / first.seconds:.0f} images/s, a second check {again.seconds:.2f} s")
    assert first.measured == COUNT
    assert again.measured == 0
    assert COUNT / first.seconds >= 100
    assert again.seconds < 5


def test_alike_pictures_are_found_among_100_000_within_two_minutes() -> None:
    rng = np.random.default_rng(0)
    shapes = rng.normal(0, 1, (30, 1024)).astype(np.float32)
    thumbnails = np.empty((100_000, 32, 32), np.uint8)
    for start in range(0, len(thumbnails), 10_000):
        drawn = 128 + 4 * rng.normal(0, 1, (10_000, 30)).astype(np.float32) @ shapes
        thumbnails[start : start + 10_000] = drawn.clip(0, 255).reshape(-1, 32, 32)
    copied = rng.choice(50_000, 100, replace=False)
    thumbnails[50_000 + copied] = np.clip(thumbnails[copied].astype(np.int16) + 3, 0, 255).astype(np.uint8)
    started = time.perf_counter()
    found = set(candidate_pairs(thumbnails))
    took = time.perf_counter() - started
    print(f"\n100,000 pictures: {took:.1f} s, {len(found)} pairs to look at closely")
    assert {(int(n), 50_000 + int(n)) for n in copied} <= found
    assert took < 120
