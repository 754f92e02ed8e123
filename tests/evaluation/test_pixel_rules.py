from __future__ import annotations

from anomaly_gui.evaluation.pixel_rules import BEST_F1, LARGEST_REGION, PIXEL_RULES, PixelRule, pixel_rule_sentence


def test_that_the_size_rule_says_what_it_promises_of_new_parts() -> None:
    said = pixel_rule_sentence(PixelRule(LARGEST_REGION, 25.0), 59)
    assert "No region reaches 25 px of the original image on any of the 59 held-out good images" in said
    # 59 good images promise 5 % at 95 % confidence.
    assert "no more than 5 % of new good parts" in said
    assert "95 % confidence" not in pixel_rule_sentence(PixelRule(LARGEST_REGION, 25.0), 0)


def test_that_best_f1_says_that_it_is_chosen_on_the_same_images() -> None:
    assert "same images" in pixel_rule_sentence(PixelRule(BEST_F1), 10)
    assert set(PIXEL_RULES) == {LARGEST_REGION, BEST_F1}
