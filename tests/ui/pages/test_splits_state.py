from __future__ import annotations

from anomaly_gui.project.split_proposal import SplitSettings, propose_split
from anomaly_gui.ui.pages.splits_state import groups_text, split_rows, summary
from tests.project.samples import SCRATCH, image

IMAGES = [image(n, path=f"/parts/a{n % 4}_{n}.png") for n in range(1, 41)]


def test_locked_images_count_where_they_are() -> None:
    images = [*IMAGES, image(50, locked=True, split="test")]
    rows = split_rows(images, propose_split(images, SplitSettings(test_share=0.5)))
    assert (rows[0].train_now, rows[0].test_now, rows[0].train_then, rows[0].test_then) == (40, 1, 20, 21)
    assert rows[-1].title == "All"


def test_groups_are_told_by_size_with_an_example() -> None:
    settings = SplitSettings(by="group")
    text = groups_text(propose_split(IMAGES, settings), settings, {"a1": "a1_1.png"})
    assert text.splitlines()[0] == "4 groups of images of one part."
    assert "a1: 10 images, such as a1_1.png" in text


def test_a_pattern_that_tells_shots_apart_is_warned_of() -> None:
    settings = SplitSettings(by="group", pattern="(.*)")
    assert "tells shots apart instead of parts" in groups_text(propose_split(IMAGES, settings), settings, {})
    settings = SplitSettings(by="group", pattern="nothing like it")
    assert "40 images in whose names the pattern finds nothing" in groups_text(
        propose_split(IMAGES, settings), settings, {}
    )


def test_runs_keep_the_split_that_they_were_trained_with() -> None:
    proposal = propose_split([*IMAGES, image(60, label=SCRATCH, split="test")], SplitSettings())
    assert summary(proposal, 0) == "10 images would change sides."
    assert summary(proposal, 1).endswith("The run that there is keeps the split that it was trained with.")
    assert "The 3 runs" in summary(proposal, 3)
