"""Finding images and understanding the MVTec AD layout."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.scan import MaskIndex, is_image_name, natural_key, scan_dataset, scan_folder


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_numbers_sort_as_numbers_and_case_does_not_matter() -> None:
    names = ["Part_10.png", "part_2.png", "PART_1.png", "part_2a.png", "a.png", "10.png", "9.png"]
    assert sorted(names, key=natural_key) == [
        "9.png",
        "10.png",
        "a.png",
        "PART_1.png",
        "part_2.png",
        "part_2a.png",
        "Part_10.png",
    ]


def test_images_are_found_in_all_folders_below_and_nothing_else(tmp_path: Path) -> None:
    wanted = [tmp_path / "a" / "1.PNG", tmp_path / "a" / "b" / "2.jpeg", tmp_path / "3.tiff"]
    touch(*wanted, tmp_path / "notes.txt", tmp_path / "._3.tiff", tmp_path / ".trash" / "4.png")
    touch(tmp_path / "png")
    assert set(scan_folder(tmp_path)) == set(wanted)


def test_relative_folders_give_absolute_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path / "in" / "1.png")
    monkeypatch.chdir(tmp_path)
    assert scan_folder("in") == [tmp_path / "in" / "1.png"]


def test_links_to_folders_are_not_followed_so_that_loops_end(tmp_path: Path) -> None:
    touch(tmp_path / "1.png")
    try:
        os.symlink(tmp_path, tmp_path / "loop", target_is_directory=True)
    except OSError:
        pytest.skip("no links here")
    assert scan_folder(tmp_path) == [tmp_path / "1.png"]


def test_an_empty_folder_has_no_images(tmp_path: Path) -> None:
    assert scan_folder(tmp_path) == []


def test_a_missing_folder_or_a_file_is_refused(tmp_path: Path) -> None:
    touch(tmp_path / "1.png")
    with pytest.raises(InputError, match="no such folder"):
        scan_folder(tmp_path / "gone")
    with pytest.raises(InputError, match="not a folder"):
        scan_folder(tmp_path / "1.png")


def forbid(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As chmod 000 does for everyone but root, who may run these tests."""
    listdir, scandir = os.listdir, os.scandir

    def guarded_listdir(path: str) -> list[str]:
        if Path(path) == folder:
            raise PermissionError(13, "Permission denied", str(folder))
        return listdir(path)

    def guarded_scandir(path: str) -> object:
        if Path(path) == folder:
            raise PermissionError(13, "Permission denied", str(folder))
        return scandir(path)

    monkeypatch.setattr(os, "listdir", guarded_listdir)
    monkeypatch.setattr(os, "scandir", guarded_scandir)


def test_a_folder_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forbid(tmp_path, monkeypatch)
    with pytest.raises(InputError, match="no permission to open this folder") as refused:
        scan_folder(tmp_path)
    assert refused.value.what == str(tmp_path)


def test_a_sub_folder_without_permission_is_named_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path / "1.png", tmp_path / "locked" / "2.png")
    forbid(tmp_path / "locked", monkeypatch)
    refused: list[InputError] = []
    assert scan_folder(tmp_path, refused.append) == [tmp_path / "1.png"]
    assert [problem.what for problem in refused] == [str(tmp_path / "locked")]
    with pytest.raises(InputError, match="no permission"):
        scan_folder(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux allows such names")
def test_names_that_are_not_utf8_are_found(tmp_path: Path) -> None:
    with open(os.path.join(os.fsencode(tmp_path), b"\xff.png"), "wb"):
        pass
    (found,) = scan_folder(tmp_path)
    assert os.fsencode(found).endswith(b"\xff.png")


def test_the_mvtec_layout_is_understood(tmp_path: Path) -> None:
    touch(
        tmp_path / "train" / "good" / "000.png",
        tmp_path / "test" / "good" / "000.png",
        tmp_path / "test" / "crack" / "000.png",
        tmp_path / "test" / "crack" / "001.png",
        tmp_path / "test" / "hole" / "000.png",
        tmp_path / "ground_truth" / "crack" / "000_mask.png",
        tmp_path / "ground_truth" / "hole" / "000.png",
        tmp_path / "ground_truth" / "hole" / "777_mask.png",
    )
    layout = scan_dataset(tmp_path)
    told = {
        str(image.path.relative_to(tmp_path)).replace(os.sep, "/"): (
            image.split,
            image.defect_type,
            image.mask_path and str(image.mask_path.relative_to(tmp_path)).replace(os.sep, "/"),
        )
        for image in layout.images
    }
    assert told == {
        "train/good/000.png": ("train", None, None),
        "test/good/000.png": ("test", None, None),
        "test/crack/000.png": ("test", "crack", "ground_truth/crack/000_mask.png"),
        "test/crack/001.png": ("test", "crack", None),
        "test/hole/000.png": ("test", "hole", "ground_truth/hole/000.png"),
    }
    assert [path.name for path in layout.unused_masks] == ["777_mask.png"]


def test_a_mask_of_another_defect_type_is_not_taken(tmp_path: Path) -> None:
    touch(tmp_path / "test" / "hole" / "000.png", tmp_path / "ground_truth" / "crack" / "000_mask.png")
    (image,) = scan_dataset(tmp_path).images
    assert image.mask_path is None


def test_a_folder_of_another_layout_is_refused(tmp_path: Path) -> None:
    touch(tmp_path / "good" / "1.png")
    with pytest.raises(InputError, match="no images in train/good or test") as refused:
        scan_dataset(tmp_path)
    assert "import the good and defective folders" in refused.value.next_step


def test_flat_masks_match_by_name_unless_two_would_fit(tmp_path: Path) -> None:
    touch(tmp_path / "m" / "1_mask.png", tmp_path / "m" / "2.png", tmp_path / "m" / "3.png")
    touch(tmp_path / "m" / "3.bmp")
    masks = MaskIndex([tmp_path / "m"])
    taken = [masks.take(tmp_path / "images" / name, None) for name in ("1.jpg", "2.jpg", "3.jpg", "4.jpg")]
    assert [path and path.name for path in taken] == ["1_mask.png", "2.png", None, None]
    assert [path.name for path in masks.unused()] == ["3.bmp", "3.png"]


def test_image_names() -> None:
    assert is_image_name("a.WebP")
    assert not is_image_name(".hidden.png")
    assert not is_image_name("a.gif")
