"""Honest wording about few images and scores that say nothing."""

from __future__ import annotations

from anomaly_gui.evaluation.confusion import Confusion
from anomaly_gui.ui.pages.tune_remarks import remark_on


def said(counts: Confusion, auroc: float | None = 0.99, held_out: int | None = None, all_equal: bool = False) -> str:
    return remark_on(counts, auroc, held_out=held_out, all_equal=all_equal).sentence


def test_none_missed_of_thirty_is_not_none_of_all() -> None:
    assert said(Confusion(tp=30, fp=5, fn=0, tn=95)).startswith("0 missed of 30 defects still allows 9.5 %. ")
    assert "same images" in said(Confusion(tp=30, fp=5, fn=0, tn=95))


def test_no_false_alarm_among_few_good_images_is_no_promise() -> None:
    assert said(Confusion(tp=29, fp=0, fn=1, tn=59)).startswith("0 false alarms of 59 good images still allow 5 %. ")


def test_nothing_of_the_kind_where_some_are_missed() -> None:
    assert "still allow" not in said(Confusion(tp=29, fp=1, fn=1, tn=59))


def test_equal_scores_are_said_to_be_equal() -> None:
    remark = remark_on(Confusion(tp=3, fp=3, fn=0, tn=0), 0.5, held_out=None, all_equal=True)
    assert remark.grave
    assert remark.sentence.startswith("All images have the same score")


def test_scores_that_do_not_separate_come_with_what_to_try() -> None:
    few, many = Confusion(tp=3, fp=3, fn=1, tn=6), Confusion(tp=300, fp=300, fn=100, tn=600)
    for counts, words in ((few, "do not show that scores separate"), (many, "hardly differ")):
        remark = remark_on(counts, 0.6, held_out=None, all_equal=False)
        assert remark.grave
        assert words in remark.sentence
        for advice in ("another detector", "more training images", "tiles"):
            assert advice in remark.sentence


def test_a_good_figure_of_a_handful_of_images_may_be_luck() -> None:
    sentence = said(Confusion(tp=3, fp=1, fn=0, tn=3), auroc=0.83)
    assert sentence.startswith("AUROC 0.83 (0.")
    assert "so few images do not show yet that scores separate" in sentence
    assert "so few" not in said(Confusion(tp=30, fp=1, fn=0, tn=30), auroc=0.83)


def test_a_threshold_chosen_on_the_same_images_leads_to_those_that_chose_nothing() -> None:
    counts = Confusion(tp=29, fp=1, fn=1, tn=59)
    assert remark_on(counts, 0.99, held_out=None, all_equal=False).leads_to == "locked"
    assert remark_on(counts, 0.99, held_out=40, all_equal=False).leads_to == ""


def test_a_missing_class_comes_first() -> None:
    assert "No defective image" in said(Confusion(tp=0, fp=3, fn=0, tn=1), None, all_equal=True)
    assert "No good image" in said(Confusion(tp=2, fp=0, fn=1, tn=0), None, all_equal=True)
