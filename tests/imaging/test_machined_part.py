from __future__ import annotations

import numpy as np
import pytest

from anomaly_gui.imaging.machined_part import photograph, render


def picture(seed: int, size_px: int = 128, variation: float = 1.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return photograph(rng, render(rng, size_px, variation)).astype(float)


@pytest.mark.parametrize("size_px", [64, 128, 301])
def test_a_part_is_grey_with_a_dark_bore_and_support(size_px: int) -> None:
    image = picture(1, size_px)
    assert image.shape == (size_px, size_px)
    middle, face = image[size_px // 2, size_px // 2], image[round(size_px * 0.3), round(size_px * 0.12)]
    assert middle < 40
    assert image[2, 2] < 60
    assert 110 < face < 200


def test_parts_differ_a_little_and_mostly_at_edges() -> None:
    images = np.stack([picture(seed, 384) for seed in range(6)])
    spread = images.std(axis=0)
    rows, columns = np.gradient(images.mean(axis=0))
    steep = np.hypot(rows, columns)
    edges = spread[steep > np.quantile(steep, 0.95)].mean()
    flat = spread[steep < np.median(steep)].mean()
    assert flat > 0.5
    assert edges > 2 * flat


def test_no_variation_leaves_only_tool_marks_and_noise() -> None:
    still = np.stack([picture(seed, variation=0.0) for seed in range(6)]).std(axis=0).mean()
    varied = np.stack([picture(seed, variation=3.0) for seed in range(6)]).std(axis=0).mean()
    assert still < 0.75 * varied


def test_the_face_leaves_out_holes_and_background() -> None:
    scene = render(np.random.default_rng(0), 128, 1.0)
    assert not scene.face[64, 64]
    assert not scene.face[3, 3]
    assert 0.4 < scene.face.mean() < 0.8
    assert scene.brightness[scene.face].min() > 0.15
