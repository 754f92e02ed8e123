from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from anomaly_gui.detectors.registry import DETECTORS, resolve
from anomaly_gui.errors import InputError
from anomaly_gui.jobs.study import summary
from anomaly_gui.jobs.study.plan import Plan
from anomaly_gui.jobs.study.records import Cell
from tests.jobs.study.made_results import dataset, plan, request


def refused(tmp_path: Path, **more: Any) -> str:
    place = tmp_path / "discs"
    if not place.exists():
        dataset(place)
    with pytest.raises(InputError) as caught:
        Plan(request(*more.pop("datasets", [place]), out=tmp_path / "out", **more))
    return str(caught.value)


def test_everything_is_compared_once_before_the_next_seed(tmp_path: Path) -> None:
    made = plan(tmp_path, "a", "b", detectors=("conv-ae", "patch-memory"), seeds=2)
    first = [Cell("a", "conv-ae", 0), Cell("a", "patch-memory", 0), Cell("b", "conv-ae", 0)]
    assert made.cells()[:3] == first
    assert [cell.seed for cell in made.cells()] == [0] * 4 + [1] * 4


def test_all_stands_for_every_detector_once(tmp_path: Path) -> None:
    assert plan(tmp_path, "a", detectors=("conv-ae", "all"), settings={}).detectors == (
        "conv-ae",
        *(name for name in DETECTORS if name != "conv-ae"),
    )


def test_a_setting_goes_to_the_detectors_that_have_it(tmp_path: Path) -> None:
    made = plan(tmp_path, "a", detectors=("conv-ae", "patch-memory"), settings={"epochs": "3", "memory": "500"})
    assert made.settings == {"conv-ae": {"epochs": "3"}, "patch-memory": {"memory": "500"}}


def test_a_scoring_setting_goes_to_all(tmp_path: Path) -> None:
    made = plan(tmp_path, "a", detectors=("conv-ae", "patch-memory"), settings={"reduction": "mean"})
    assert made.settings == {"conv-ae": {"reduction": "mean"}, "patch-memory": {"reduction": "mean"}}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"detectors": ("conv-ae", "crystal-ball")}, "detector crystal-ball: there is none of this name"),
        ({"detectors": ()}, "--detectors"),
        ({"preset": "best"}, "preset best"),
        ({"settings": {"wings": "2"}}, "setting wings: none of these detectors has it"),
        ({"settings": {"epochs": "many"}}, "setting epochs of conv-ae: many does not fit"),
        ({"seeds": 0}, "--seeds 0"),
        ({"minutes": -1.0}, "--minutes -1.0"),
        ({"subset": 0}, "--subset 0"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(tmp_path: Path, more: dict[str, Any], says: str) -> None:
    assert says in refused(tmp_path, **more)


def test_a_folder_without_good_training_images_is_refused(tmp_path: Path) -> None:
    shutil.rmtree(dataset(tmp_path / "discs") / "train")
    assert f"{tmp_path / 'discs'}: there are no images in train/good" in refused(tmp_path)


def test_a_folder_without_test_images_is_refused(tmp_path: Path) -> None:
    shutil.rmtree(dataset(tmp_path / "discs") / "test")
    assert "there are no images in test" in refused(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "no such folder" in refused(tmp_path, datasets=[tmp_path / "none"])


def test_two_data_sets_of_one_name_are_refused(tmp_path: Path) -> None:
    twice = [dataset(tmp_path / place / "discs") for place in ("a", "b")]
    assert "another data set is called discs too" in refused(tmp_path, datasets=twice)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_name_that_is_not_utf8_is_refused_for_the_result(tmp_path: Path) -> None:
    bad = Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9"))
    with pytest.raises(InputError, match="not UTF-8"):
        Plan(request(dataset(tmp_path / "discs"), out=bad))


def test_automatic_stands_for_the_detector_that_it_takes_here(tmp_path: Path) -> None:
    made = plan(tmp_path, "a", detectors=("auto",), settings={})
    assert made.detectors == (resolve("auto"),)
    assert f"--detectors {resolve('auto')} " in summary.command(made)
