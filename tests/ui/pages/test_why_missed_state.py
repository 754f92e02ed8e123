"""Why a defect was missed, in words, and what to do about the most frequent cause."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.evaluation.misses import REASONS, SMALL_PX, DefectSize, MissAnalysis
from anomaly_gui.evaluation.regions import Region
from anomaly_gui.imaging.region import Region as Drawn
from anomaly_gui.imaging.region import Shape
from anomaly_gui.jobs.why_missed import RunMeasure
from anomaly_gui.project.records import Image, Verdict
from anomaly_gui.ui.pages.why_missed_state import (
    Cause,
    analysis_lines,
    causes,
    causes_sentence,
    kept_reason,
    larger_input,
    next_step,
    verdict_for,
)
from tests.ui.widgets import sample_images

TILES = {"tile_px": 256, "tile_overlap": 0.125, "scales": "1+1/4"}
MEASURE = RunMeasure(1, "conv-ae", "fast", 256, (0.0, 8.0), 1.5)
REGION = Region(0.1, 0.1, 0.1, 0.1, 3.0, 0.15, 0.15, True)
SEEN = MissAnalysis((REGION,), 1.5, 3.0, 2.0, 0.5, "too weak", DefectSize(40, 12, 20, 6), 2.34, 0.12)


def image(number: int, verdict: Verdict | None = None) -> Image:
    return msgspec.structs.replace(sample_images.image(number, sample_images.DEFECT), verdict=verdict)


def lines(analysis: MissAnalysis) -> list[str]:
    return analysis_lines(analysis, MEASURE, (512, 512), 2)


def test_a_miss_is_told_with_its_figures() -> None:
    assert lines(SEEN) == [
        "Seen but too weak: 3.00 in the mask; good images usually reach 1.50.",
        "Size 40 × 12 px; 20 × 6 px for the detector.",
        "Contrast 2.3 σ of its surroundings.",
        "The reconstruction repeats 12 % of it.",
    ]


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"seen": "not seen"}, "Not seen: 3.00 in the mask; good images usually reach 1.50."),
        ({"seen": "elsewhere"}, "Seen elsewhere: 2.00 outside the mask, 3.00 in it."),
        (
            {"seen": "everywhere", "ordinary": None},
            "Not told apart: the whole image is unusual (0.50); 3.00 in the mask.",
        ),
        ({"seen": None, "size": None}, "The error map's worst spot is 3.00; good images usually reach 1.50."),
        ({"seen": None, "size": None, "regions": ()}, "The error map shows nothing."),
    ],
)
def test_where_the_detector_looked_comes_first(changed: dict[str, object], line: str) -> None:
    assert lines(replace(SEEN, **changed))[0] == line


def test_without_a_mask_the_page_says_what_it_cannot_tell() -> None:
    found = lines(MissAnalysis((REGION,), 1.5))
    assert len(found) == 2
    assert "No mask" in found[1]


def test_a_small_defect_names_the_input_size_to_try() -> None:
    small = replace(SEEN, size=DefectSize(10, 4, 5, 2), contrast=0.4)
    assert "Too small for this input size: try an input size of 512." in lines(small)
    assert "Contrast 0.4 σ of its surroundings: low." in lines(small)


@pytest.mark.parametrize(
    ("input_px", "image_size", "width", "words", "wanted"),
    [
        (256, (2000, 2000), 2.0, "try an input size of 512", {"input_px": 512}),
        (256, (300, 200), 1.0, "try an input size of 304", {"input_px": 304}),
        (1024, (5000, 4000), 1.0, "try tiles of 256 px at scale 1+1/4", TILES),
        (256, (5120, 5120), 0.25, "try tiles of 256 px at scale 1+1/4", TILES),
        (512, (400, 300), 1.0, "the image holds no more pixels of it: bring the camera closer", {}),
    ],
)
def test_a_larger_input_is_advised_only_where_it_shows_more(
    input_px: int, image_size: tuple[int, int], width: float, words: str, wanted: dict[str, object]
) -> None:
    advice = larger_input(input_px, image_size, width)
    assert (advice.words, dict(advice.settings)) == (words, wanted)


@given(st.integers(2, 64).map(lambda n: 16 * n), st.integers(16, 6000), st.floats(0, 4, exclude_max=True))
def test_an_advised_input_size_is_one_that_detectors_take(input_px: int, side: int, width: float) -> None:
    wanted = larger_input(input_px, (side, side), width).settings.get("input_px")
    if wanted is not None:
        assert input_px < wanted <= 1024
        assert wanted % 16 == 0
        assert wanted < side + 16


def test_a_reason_confirms_the_miss_and_the_same_again_takes_it_back() -> None:
    assert verdict_for(image(1), "lighting") == Verdict("confirmed", "lighting")
    unsure = image(1, Verdict("unsure", "lighting"))
    assert verdict_for(unsure, "too small") == Verdict("unsure", "too small")
    assert verdict_for(unsure, "lighting") == Verdict("unsure")


def test_confirming_again_keeps_the_reason_and_another_verdict_drops_it() -> None:
    judged = image(1, Verdict("confirmed", "lighting"))
    assert kept_reason(judged, Verdict("confirmed")) == Verdict("confirmed", "lighting")
    assert kept_reason(judged, Verdict("relabelled")) == Verdict("relabelled")
    assert kept_reason(image(1), Verdict("confirmed")) == Verdict("confirmed")


def test_causes_are_counted_with_the_most_frequent_first() -> None:
    reasons = ["lighting", "too small", "low contrast", "too small", "from a newer version", None]
    images = [image(n, Verdict("confirmed", reason)) for n, reason in enumerate(reasons)] + [image(9)]
    found = causes(images)
    assert [(cause.reason, cause.count) for cause in found] == [
        ("too small", 2),
        ("low contrast", 1),
        ("lighting", 1),
        ("other", 1),
    ]
    sentence = "2 too small · 1 low contrast · 1 lighting · 1 other · 2 without a reason"
    assert causes_sentence(found, len(images)) == sentence
    assert causes_sentence([], 7) == ""


def test_too_small_leads_to_training_with_a_larger_input() -> None:
    step = next_step([Cause("too small", 9)], 14, MEASURE, (2000, 2000), [SMALL_PX / 4, 3.0])
    assert step is not None
    assert step.sentence == "9 of 14 too small: try an input size of 1024"
    assert (step.page, dict(step.settings)) == ("train", {"input_px": 1024})


def test_where_no_size_is_known_the_input_is_doubled() -> None:
    step = next_step([Cause("too small", 1)], 1, MEASURE, (2000, 2000), [])
    assert step is not None
    assert dict(step.settings) == {"input_px": 512}


@pytest.mark.parametrize(("detector", "wanted"), [("conv-ae", "patch-memory"), ("patch-memory", "combined")])
def test_what_is_reconstructed_leads_to_another_detector(detector: str, wanted: str) -> None:
    step = next_step([Cause("reconstructed", 2)], 3, replace(MEASURE, detector=detector), (512, 512), [])
    assert step is not None
    assert step.detector == wanted


def test_every_reason_but_other_has_a_next_step() -> None:
    for reason in REASONS:
        step = next_step([Cause(reason, 1)], 1, MEASURE, (512, 512), [])
        assert (step is None) == (reason == "other")


def test_a_cause_without_a_cure_gives_way_to_the_next() -> None:
    step = next_step([Cause("other", 5), Cause("bad image", 1)], 6, MEASURE, (512, 512), [])
    assert step is not None
    assert step.sentence.startswith("1 of 6 bad image")


def test_what_is_outside_the_region_says_so_and_is_mended_at_the_region_where_one_is_drawn() -> None:
    assert lines(replace(SEEN, ignored=True))[0] == "Outside the region of interest: nothing there counts."
    drawn = replace(MEASURE, region=Drawn(inside=(Shape("rectangle", ((0.0, 0.0), (0.5, 1.0))),)))
    for measure, word in ((MEASURE, "cut the images"), (drawn, "draw the region of interest wider")):
        step = next_step([Cause("outside the region", 2)], 3, measure, (512, 512), [])
        assert step is not None
        assert word in step.sentence


def test_too_small_for_any_input_leads_to_training_with_tiles() -> None:
    step = next_step([Cause("too small", 9)], 14, MEASURE, (5120, 5120), [0.25])
    assert step is not None
    assert step.sentence == "9 of 14 too small: try tiles of 256 px at scale 1+1/4"
    assert (step.button, step.page, dict(step.settings)) == ("Train with tiles of 256 px", "train", TILES)


def test_tiles_that_looked_at_a_smaller_image_are_to_look_at_the_whole_one() -> None:
    shrunk = replace(MEASURE, finest_factor=2)
    step = next_step([Cause("too small", 1)], 1, shrunk, (5120, 5120), [2.0])
    assert step is not None
    assert dict(step.settings) == {"tile_px": 256, "scales": "1"}
    at_full_size = next_step([Cause("too small", 1)], 1, replace(MEASURE, finest_factor=1), (5120, 5120), [2.0])
    assert at_full_size is not None
    assert "bring the camera closer" in at_full_size.sentence
