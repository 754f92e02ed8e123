"""Which files an import would read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.import_candidates import Candidate, ImportRequest, find_candidates, path_key
from anomaly_gui.project.records import Label


class Heard:
    """What was left out."""

    def __init__(self) -> None:
        self.refused: list[InputError] = []
        self.warnings: list[str] = []

    def refuse(self, problem: InputError) -> None:
        self.refused.append(problem)

    def warn(self, sentence: str) -> None:
        self.warnings.append(sentence)


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_no_file_is_opened(tmp_path: Path) -> None:
    touch(tmp_path / "good" / "1.png", tmp_path / "bad" / "dent" / "2.png")
    heard = Heard()
    request = ImportRequest(good=(str(tmp_path / "good"),), defect=(str(tmp_path / "bad"),))
    assert find_candidates(request, heard) == [
        Candidate(str(tmp_path / "good" / "1.png"), Label("good"), "train"),
        Candidate(str(tmp_path / "bad" / "dent" / "2.png"), Label("defect", "dent"), "test"),
    ]
    assert heard.refused == []


def test_a_label_beats_none(tmp_path: Path) -> None:
    touch(tmp_path / "1.png")
    everywhere = (str(tmp_path),)
    (found,) = find_candidates(ImportRequest(unlabelled=everywhere, good=everywhere), Heard())
    assert found.label == Label("good")


def test_a_named_file_is_tried_whatever_its_suffix(tmp_path: Path) -> None:
    touch(tmp_path / "picture.dat")
    (found,) = find_candidates(ImportRequest(good=(str(tmp_path / "picture.dat"),)), Heard())
    assert found.path.endswith("picture.dat")


def test_good_folders_are_split_in_natural_order_across_all_of_them(tmp_path: Path) -> None:
    touch(*(tmp_path / folder / f"{n}.png" for folder in ("a", "b") for n in range(1, 5)))
    found = find_candidates(ImportRequest(good=(str(tmp_path / "b"), str(tmp_path / "a"))), Heard())
    names = [os.path.relpath(candidate.path, tmp_path).replace(os.sep, "/") for candidate in found]
    assert names == ["a/1.png", "a/2.png", "a/3.png", "a/4.png", "b/1.png", "b/2.png", "b/3.png", "b/4.png"]
    assert [candidate.split for candidate in found] == ["train", "train", "train", "test"] * 2


def test_two_spellings_of_one_file_are_one_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "normcase", lambda path: path.lower())
    assert path_key("C:/Parts/A.PNG") == path_key("c:/parts/a.png")


def test_a_subset_of_a_data_set_keeps_every_kind_and_its_masks(tmp_path: Path) -> None:
    touch(*(tmp_path / "train" / "good" / f"{n}.png" for n in range(20)))
    touch(*(tmp_path / "test" / kind / f"{n}.png" for kind in ("good", "dent") for n in range(10)))
    touch(*(tmp_path / "ground_truth" / "dent" / f"{n}_mask.png" for n in range(10)))
    heard = Heard()
    found = find_candidates(ImportRequest(dataset=str(tmp_path), subset=12), heard)
    assert [c.label.kind for c in found].count("defect") == 3
    assert all(c.mask_path for c in found if c.label.kind == "defect")
    assert len(found) == 12
    assert heard.warnings == []


@pytest.mark.parametrize("name", ["NG", "nok", "NIO", "Defective", "bad"])
def test_a_folder_that_says_no_more_than_defective_names_no_type_but_finds_its_masks(tmp_path: Path, name: str) -> None:
    for place in ("train/good/1.png", f"test/{name}/2.png", f"ground_truth/{name}/2_mask.png", "test/dent/3.png"):
        touch(tmp_path / place)
    by_name = {Path(c.path).name: c for c in find_candidates(ImportRequest(dataset=str(tmp_path)), Heard())}
    assert by_name["2.png"].label == Label("defect")
    assert by_name["2.png"].mask_path is not None
    assert by_name["3.png"].label == Label("defect", "dent")
    (alone,) = find_candidates(ImportRequest(defect=(str(tmp_path / "test" / name),)), Heard())
    assert alone.label == Label("defect")
