"""What is said of a mask and of the run's error map, and which image comes next."""

from __future__ import annotations

import pytest

from anomaly_gui.project.records import Label
from anomaly_gui.ui.pages.mask_state import MaskQueue, label_to_save, map_level, masked_sentence, type_of_digit


def test_the_queue_ends_at_both_ends_and_an_image_may_not_be_in_it() -> None:
    queue = MaskQueue([5, 3, 9], 3)
    assert (queue.at(-1), queue.at(1), queue.position) == (5, 9, "2 of 3")
    queue.current = 9
    assert queue.at(1) is None
    queue.current = 4
    assert (queue.at(1), queue.position) == (None, "")


def test_the_pixel_threshold_comes_before_the_threshold() -> None:
    scale = (2.0, 6.0)
    assert map_level(scale, 5.0, 3.0, maxima=True).stored == pytest.approx(0.25 * 65535)
    assert map_level(scale, 5.0, None, maxima=True).stored == pytest.approx(0.75 * 65535)
    assert map_level(scale, 1.0, None, maxima=True).stored == 0


@pytest.mark.parametrize(
    ("scale", "threshold", "pixel", "maxima", "why"),
    [
        (None, None, None, False, "Train a detector"),
        ((0.0, 1.0), 0.5, None, False, "pixel threshold on Tune"),
        ((0.0, 1.0), None, None, True, "pixel threshold on Tune"),
        ((0.0, 1.0), 1.5, None, True, "above all"),
        ((1.0, 1.0), 1.0, None, True, "above all"),
    ],
)
def test_without_a_level_it_is_said_why(
    scale: tuple[float, float] | None, threshold: float | None, pixel: float | None, maxima: bool, why: str
) -> None:
    level = map_level(scale, threshold, pixel, maxima=maxima)
    assert level.stored is None
    assert why in level.tip


def test_how_much_is_masked_is_said() -> None:
    assert masked_sentence(0, (10, 10)) == "Nothing is masked"
    assert masked_sentence(1, (100, 100)) == "1 pixel masked, 0.01 %"
    assert masked_sentence(2500, (50, 100)) == "2,500 pixels masked, 50 %"


def test_a_label_goes_with_a_mask_only_where_it_is_wanted() -> None:
    good, unsure, defect = Label("good"), Label("unsure"), Label("defect", "dent")
    assert label_to_save(good, masked=True, wanted=True, defect_type=" dent ") == Label("defect", "dent")
    assert label_to_save(unsure, masked=True, wanted=True, defect_type="") == Label("defect")
    assert label_to_save(good, masked=True, wanted=False, defect_type="dent") is None
    assert label_to_save(good, masked=False, wanted=True, defect_type="dent") is None
    assert label_to_save(defect, masked=True, wanted=True, defect_type="crack") is None


def test_digits_name_the_types_in_their_order() -> None:
    assert type_of_digit(["crack", "dent"], 2) == "dent"
    assert type_of_digit(["crack", "dent"], 3) is None
