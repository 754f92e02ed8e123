from __future__ import annotations

import cv2
import numpy as np

from anomaly_gui.imaging.synthetic import Part, SyntheticSettings, draw


def test_a_part_of_a_large_sensor_has_dots_of_five_pixels_and_follows_from_the_seed() -> None:
    settings = SyntheticSettings(size_px=2304, kinds=("dot",), contrast_low=0.6)
    part = Part("test/dot", 0, "dot")

    image, mask = draw(settings, part)
    again, _ = draw(settings, part)

    assert mask is not None
    assert image.shape == mask.shape == (2304, 2304)
    np.testing.assert_array_equal(image, again)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    assert 1 <= count - 1 <= 3
    for left, top, width, height, _ in boxes[1:].tolist():
        assert min(width, height) >= 4
        assert max(width, height) <= 6
        around = image[top - 8 : top + 13, left - 8 : left + 13].astype(float)
        inside = labels[top - 8 : top + 13, left - 8 : left + 13] > 0
        assert abs(around[inside].mean() - around[~inside].mean()) > 10
