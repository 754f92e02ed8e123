from __future__ import annotations

from typing import Any

import msgspec
import pytest

from anomaly_gui.detectors.settings import PatchMemorySettings
from anomaly_gui.imaging.tile_proposal import propose_tiles
from anomaly_gui.imaging.tiles import Tiling
from anomaly_gui.jobs.tile_advice import Pace
from anomaly_gui.project.records import Image, Label
from anomaly_gui.ui.pages.train_tiles_state import Choice, ImageSizes, sample_image, sizes_of, tiles_advice
from tests.ui.widgets.sample_images import DEFECT, GOOD, image

LARGE = ImageSizes((5120, 5120), (5120, 5120), (5120, 5120))
MIXED = ImageSizes((2448, 2048), (400, 300), (5120, 5120))


def sized(number: int, width: int, height: int, *, label: Label = GOOD, excluded: bool = False) -> Image:
    return msgspec.structs.replace(image(number, label, excluded=excluded), width=width, height=height)


def choice(detector: str = "patch-memory", **overrides: Any) -> Choice:
    default = PatchMemorySettings()
    values = {name: getattr(default, name) for name in default.__struct_fields__}
    return Choice(detector, {**values, **overrides}, overrides)


def test_five_pixels_of_a_large_image_are_proposed_tiles_with_the_reason_and_what_they_cost() -> None:
    advice = tiles_advice(LARGE, 5, choice(), [])
    proposal = propose_tiles(5120, 5120, 5)
    assert advice.reason == proposal.reason
    assert advice.tiling == Tiling(256, 0.125, (1, 4))
    assert advice.can_use
    assert advice.button == "Use tiles of 256 px"
    times = proposal.tiles * 256**2 / 5120**2
    assert advice.cost.startswith(f"{proposal.tiles} tiles an image: {times:.1f} times its pixels. How long")


def test_the_time_is_that_of_the_newest_run_of_the_same_detector_or_not_told() -> None:
    paces = [Pace("003", "conv-ae", 1.0), Pace("002", "patch-memory", 0.1), Pace("001", "patch-memory", 9.0)]
    megapixels = propose_tiles(5120, 5120, 5).tiles * 256**2 / 1e6
    cost = tiles_advice(LARGE, 5, choice(), paces).cost
    assert f"about {0.1 * megapixels:.2g} s going by run 002" in cost
    assert "going by" not in tiles_advice(LARGE, 5, choice("feature-ae"), paces).cost


def test_what_the_settings_say_already_needs_no_button() -> None:
    settings = propose_tiles(5120, 5120, 5).settings
    advice = tiles_advice(LARGE, 5, choice(**settings), [])
    assert not advice.can_use
    assert "already" in advice.tip
    assert tiles_advice(LARGE, 5, choice(**{**settings, "tile_px": 512}), []).can_use
    whole = tiles_advice(LARGE, 300, choice(**settings), [])
    assert (whole.can_use, whole.button, dict(whole.settings)) == (True, "Use whole images", {"tile_px": 0})


def test_other_settings_stay_and_the_automatic_detector_is_named_that_suits_tiles() -> None:
    advice = tiles_advice(LARGE, 5, choice("conv-ae", epochs=9), [])
    assert (advice.detector, advice.settings["epochs"]) == ("conv-ae", 9)
    automatic = tiles_advice(LARGE, 5, choice("auto"), [])
    assert automatic.detector != "auto"
    assert "Automatic then takes “" in automatic.reason
    assert "Automatic" not in advice.reason


def test_small_images_and_defects_larger_than_a_tile_are_told_why_none_are_needed() -> None:
    small = ImageSizes((512, 384), (512, 384), (512, 384))
    advice = tiles_advice(small, 2, choice(), [])
    assert advice.reason.startswith("Images of 512 px need no tiles")
    assert (advice.tiling, advice.can_use) == (None, False)
    assert "larger than a tile" in tiles_advice(LARGE, 300, choice(), []).reason


def test_images_of_mixed_sizes_are_named_with_the_one_that_it_is_for() -> None:
    reason = tiles_advice(MIXED, 8, choice(), []).reason
    assert "Images are 400×300 px to 5120×5120 px: this is for the usual 2448×2048 px." in reason
    assert "mixed" not in tiles_advice(LARGE, 8, choice(), []).reason
    assert "The largest alone would take tiles at scale" in tiles_advice(MIXED, 20, choice(), []).reason


@pytest.mark.parametrize(
    ("sizes", "smallest", "words"),
    [
        (None, 5, "there are none yet"),
        (LARGE, 6000, "wider than the images, which are 5120×5120 px"),
        (LARGE, 0, "How wide"),
    ],
)
def test_without_something_to_go_by_nothing_is_proposed_and_what_to_do_is_said(
    sizes: ImageSizes | None, smallest: int, words: str
) -> None:
    advice = tiles_advice(sizes, smallest, choice(), [])
    assert words in advice.reason
    assert not advice.can_use
    assert advice.tiling is None


def test_tiles_chosen_by_hand_are_drawn_too() -> None:
    advice = tiles_advice(LARGE, 0, choice(tile_px=1024, scales="1/2"), [], has_region=True)
    assert advice.tiling == Tiling(1024, 0.125, (2,))
    assert "fewer where the region of interest ends" in advice.cost


def test_the_sample_is_a_good_image_of_the_usual_size_and_excluded_ones_do_not_count() -> None:
    images = [
        sized(1, 100, 100),
        sized(2, 2000, 1000, label=DEFECT),
        sized(3, 2000, 1000),
        sized(4, 2000, 1000),
        sized(5, 9000, 9000, excluded=True),
    ]
    sizes = sizes_of(images)
    assert sizes == ImageSizes((2000, 1000), (100, 100), (2000, 1000))
    assert sizes is not None
    assert sizes.is_mixed
    assert sample_image(images, sizes) == images[2]
    assert sizes_of(images[4:]) is None
