from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.planted_defects import KINDS
from anomaly_gui.imaging.synthetic import Part, SyntheticSettings, draw, write_dataset
from anomaly_gui.progress import Cancelled, CancelToken, Progress, ignore_events

SMALL = SyntheticSettings(seed=5, size_px=64, train_good=3, test_good=2, defects_per_kind=2)


def hashes(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_the_set_has_the_mvtec_layout_with_a_mask_for_each_defect(tmp_path: Path) -> None:
    assert write_dataset(tmp_path, SMALL, ignore_events, CancelToken()) == 13
    assert len(list((tmp_path / "train/good").iterdir())) == 3
    assert len(list((tmp_path / "test/good").iterdir())) == 2
    for kind in KINDS:
        images = sorted((tmp_path / "test" / kind).iterdir())
        assert [image.name for image in images] == ["000.png", "001.png"]
        for image in images:
            mask_file = tmp_path / "ground_truth" / kind / f"{image.stem}_mask.png"
            mask = cv2.imdecode(np.fromfile(mask_file, np.uint8), cv2.IMREAD_UNCHANGED)
            assert mask.shape == (64, 64)
            assert set(np.unique(mask)) == {0, 255}


def test_a_seed_fixes_every_byte(tmp_path: Path) -> None:
    for name, settings in (
        ("a", SMALL),
        ("b", SMALL),
        ("other", msgspec.structs.replace(SMALL, seed=6)),
    ):
        write_dataset(tmp_path / name, settings, ignore_events, CancelToken())
    first = hashes(tmp_path / "a")
    assert first == hashes(tmp_path / "b")
    other = hashes(tmp_path / "other")
    pictures = [name for name in first if name.endswith(".png") and "mask" not in name]
    assert all(first[name] != other[name] for name in pictures)
    assert len({first[name] for name in pictures}) == len(pictures)


def test_more_images_leave_the_first_ones_as_they_were() -> None:
    more = msgspec.structs.replace(SMALL, train_good=9, defects_per_kind=9, kinds=("scratch",))
    part = Part("test/scratch", 1, "scratch")
    np.testing.assert_array_equal(draw(SMALL, part)[0], draw(more, part)[0])


def test_defects_range_from_faint_to_obvious() -> None:
    settings = SyntheticSettings(size_px=128, variation=0.0, contrast_low=0.02, contrast_high=0.9)
    visible = []
    for index in range(8):
        image, mask = draw(settings, Part("test/stain", index, "stain"))
        assert mask is not None
        good = np.mean([draw(settings, Part("train/good", i))[0] for i in range(3)], axis=0)
        visible.append(np.abs(image.astype(float) - good)[mask].mean())
    assert min(visible) < 8
    assert max(visible) > 25


def test_cancelling_keeps_what_is_drawn_and_going_on_completes_it(tmp_path: Path) -> None:
    token = CancelToken()

    def stop_after_four(event: object) -> None:
        if isinstance(event, Progress):
            token.cancel()

    result = write_dataset(tmp_path, SMALL, stop_after_four, token)
    assert isinstance(result, Cancelled)
    kept = hashes(tmp_path)
    assert 1 < len(kept) < 22
    write_dataset(tmp_path, SMALL, ignore_events, CancelToken())
    whole = hashes(tmp_path)
    assert kept.items() <= whole.items()
    assert len(whole) == 1 + 13 + 8


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(InputError, match="not empty"):
        write_dataset(tmp_path, SMALL, ignore_events, CancelToken())
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_two_sets_are_not_mixed(tmp_path: Path) -> None:
    write_dataset(tmp_path, SMALL, ignore_events, CancelToken())
    with pytest.raises(InputError, match="other settings"):
        write_dataset(tmp_path, msgspec.structs.replace(SMALL, seed=6), ignore_events, CancelToken())


def test_a_path_that_cannot_be_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write_dataset(tmp_path / "file" / "set", SMALL, ignore_events, CancelToken())


def test_contrasts_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="contrast_low"):
        SyntheticSettings(contrast_low=0.5, contrast_high=0.1)
