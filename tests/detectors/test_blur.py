from __future__ import annotations

import cv2
import numpy as np
import torch

from anomaly_gui.detectors.blur import blur_matrix


def test_an_image_is_blurred_as_by_opencv_away_from_its_border() -> None:
    image = np.random.default_rng(0).random((40, 40), dtype=np.float32)
    matrix = blur_matrix(40, 2.0)
    seen = (matrix @ torch.from_numpy(image) @ matrix.T).numpy()
    wanted = cv2.GaussianBlur(image, (25, 25), 2.0)
    np.testing.assert_allclose(seen[13:-13, 13:-13], wanted[13:-13, 13:-13], atol=1e-4)


def test_an_even_image_stays_even_to_its_border() -> None:
    matrix = blur_matrix(16, 3.0)
    torch.testing.assert_close(matrix @ torch.ones(16, 16) @ matrix.T, torch.ones(16, 16))


def test_no_number_is_too_small_for_the_processor_to_be_quick_with() -> None:
    """Products with such numbers took ten times as long."""
    matrix = blur_matrix(128, 1.5)
    assert matrix[matrix > 0].min() > torch.finfo(torch.float32).tiny
    assert matrix[0, 127] == 0
