from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from anomaly_gui.detectors.settings import AUGMENTATIONS, ConvAutoencoderSettings, PatchMemorySettings
from anomaly_gui.errors import InputError
from anomaly_gui.jobs.augmentation_preview import Variant, augmentation_preview, is_varied
from tests.jobs.tiny_project import make_project

ON = {
    "rotate_degrees": 90,
    "flip_horizontally": True,
    "flip_vertically": True,
    "shift_share": 0.25,
    "brightness_share": 0.2,
    "contrast_share": 0.5,
    "noise_deviation": 0.1,
    "blur_px": 2,
    "denoising_share": 0.5,
}


def preview(folder: Path, *, channels: int = 1, **settings: object) -> list[Variant]:
    with make_project(folder, channels=channels) as project:
        wanted = ConvAutoencoderSettings(input_px=128, **settings)  # type: ignore[arg-type]
        return augmentation_preview(project.images(), wanted)


def test_there_is_nothing_to_see_while_all_is_switched_off(tmp_path: Path) -> None:
    assert preview(tmp_path) == []
    assert not is_varied(ConvAutoencoderSettings())
    assert not is_varied(PatchMemorySettings())


def test_each_setting_that_is_on_has_its_picture(tmp_path: Path) -> None:
    assert set(ON) == {*AUGMENTATIONS, "denoising_share"}
    made = preview(tmp_path, **ON)
    first, *others = (variant.title for variant in made)
    assert first == "As it is"
    assert others == [
        "Rotated",
        "Mirrored",
        "Upside down",
        "Shifted",
        "Brighter",
        "Contrast",
        "Noise",
        "Blur",
        "Denoising",
    ]
    plain = made[0].pixels
    assert plain.shape == (128, 128)
    assert np.array_equal(made[2].pixels, plain[:, ::-1])
    assert np.array_equal(made[3].pixels, plain[::-1])
    assert all(variant.explanation for variant in made)


@pytest.mark.parametrize("name", ON)
def test_a_setting_is_shown_beside_the_plain_image(tmp_path: Path, name: str) -> None:
    plain, changed = preview(tmp_path, **{name: ON[name]})
    if changed.pixels.shape != plain.pixels.shape:
        middle = plain.pixels[32:96, 32:96]
        assert np.array_equal(changed.pixels[:, :32], middle[:, :32])
        assert not np.array_equal(changed.pixels[:, 32:], middle[:, 32:])
    else:
        assert not np.array_equal(changed.pixels, plain.pixels)


def test_colour_images_are_shown_in_colour(tmp_path: Path) -> None:
    made = preview(tmp_path, channels=3, shift_share=0.1, blur_px=1)
    assert [variant.pixels.shape for variant in made] == [(128, 128, 3), (128, 128, 3), (64, 64, 3)]


def test_a_training_that_runs_meanwhile_draws_what_it_would_have_drawn(tmp_path: Path) -> None:
    before = torch.random.get_rng_state()
    preview(tmp_path, **ON)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_excluded_defective_and_test_images_are_not_shown(tmp_path: Path) -> None:
    with make_project(tmp_path) as project:
        train = [image.id for image in project.images() if image.split == "train"]
        project.set_excluded(train, True)
        assert augmentation_preview(project.images(), ConvAutoencoderSettings(blur_px=1)) == []


def test_an_image_that_is_gone_is_named(tmp_path: Path) -> None:
    with make_project(tmp_path) as project:
        for image in project.images():
            Path(image.path).unlink()
        with pytest.raises(InputError, match=r"000\.png"):
            augmentation_preview(project.images(), ConvAutoencoderSettings(blur_px=1))


def test_importing_it_leaves_torch_alone() -> None:
    code = "import sys, anomaly_gui.jobs.augmentation_preview; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
