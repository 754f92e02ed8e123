"""Findings from records alone, and how they follow labels and splits."""

from __future__ import annotations

from anomaly_gui.jobs.set_findings import findings
from anomaly_gui.project.findings import Finding
from anomaly_gui.project.records import Image, Label
from tests.project.samples import image

HOLE = Label("defect", "hole")


def enough() -> list[Image]:
    """Good images for training and testing, and defects with masks, of which nothing is to be said."""
    good = [image(n, split="train" if n <= 20 else "test") for n in range(1, 41)]
    return [*good, *(image(n, split="test", label=HOLE, mask_path=f"/m/{n}.png") for n in range(41, 61))]


def of_kind(found: list[Finding], kind: str) -> Finding:
    (one,) = [each for each in found if each.kind == kind]
    return one


def test_a_sound_set_has_no_findings() -> None:
    assert findings(enough(), None) == []


def test_types_with_few_images_are_told_with_what_they_allow_to_say() -> None:
    few = [image(n, split="test", label=Label("defect", "crack"), mask_path="/m") for n in range(61, 66)]
    found = of_kind(findings([*enough(), *few], None), "few")
    (case,) = found.cases
    # Wilson, 5 of 5: from 56.6 %.
    assert case.sentence == "5 images of crack: even if all are decided rightly, a recall of 100 % could still be 57 %"


def test_one_image_of_another_size_is_an_exception_and_many_sizes_are_told_once() -> None:
    odd = image(61, split="test", width=50)
    assert of_kind(findings([*enough(), odd], None), "sizes").cases[0].images == (61,)
    mixed = [image(n, split="train", width=40 + n) for n in range(100, 160)]
    found = of_kind(findings([*enough(), *mixed], None), "sizes")
    assert (found.severity, found.cases[0].images) == ("note", ())


def test_grey_among_colour_and_16_bit_among_8_are_exceptions() -> None:
    found = findings([*enough(), image(61, split="train", channels=3, bit_depth=16)], None)
    assert of_kind(found, "channels").cases[0].images == of_kind(found, "depth").cases[0].images == (61,)


def test_the_worst_comes_first_and_a_copy_is_told_once() -> None:
    leak = image(61, split="test", pixel_sha256=image(1).pixel_sha256)
    found = findings([*enough(), leak, image(62, split="train", width=50)], None)
    assert [each.kind for each in found] == ["copies-splits", "sizes"]
    assert found[0].cases[0].images == (1, 61)


def test_an_image_that_is_left_out_is_no_problem_any_more() -> None:
    leak = image(61, split="test", pixel_sha256=image(1).pixel_sha256, excluded=True)
    assert findings([*enough(), leak], None) == []


def test_defects_without_masks_are_told_only_where_masks_are_usual() -> None:
    bare = [image(n, split="test", label=HOLE) for n in range(61, 65)]
    assert [case.images for case in of_kind(findings([*enough(), *bare], None), "mask-none").cases] == [
        (n,) for n in range(61, 65)
    ]
    assert (
        findings(
            [each for each in enough() if each.mask_path is None]
            + [image(n, split="test", label=HOLE) for n in range(61, 81)],
            None,
        )
        == []
    )
