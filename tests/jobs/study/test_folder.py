from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.study import folder as folder_module
from anomaly_gui.jobs.study.folder import StudyFolder
from anomaly_gui.jobs.study.records import Cell
from tests.jobs.study.made_results import QUICK, plan, result

CELL = Cell("a", "conv-ae", 0)


def make(tmp_path: Path, *names: str, **more: Any) -> None:
    with StudyFolder(plan(tmp_path, *(names or "a"), **more)):
        pass


def refused(tmp_path: Path, *names: str, **more: Any) -> str:
    with pytest.raises(InputError) as caught:
        make(tmp_path, *names, **more)
    return str(caught.value)


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    with StudyFolder(plan(tmp_path, "a")) as made:
        assert made.read(CELL) is None
        made.keep(result(CELL))
    with StudyFolder(plan(tmp_path, "a")) as again:
        assert again.read(CELL) == result(CELL)


def test_a_half_written_result_counts_as_none(tmp_path: Path) -> None:
    with StudyFolder(plan(tmp_path, "a")) as made:
        made.keep(result(CELL))
        path = tmp_path / "out" / "results" / "a" / "conv-ae-0.json"
        path.write_bytes(path.read_bytes()[:100])
        assert made.read(CELL) is None


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"preset": "balanced"}, "preset fast, not balanced"),
        ({"minutes": 5.0}, "minutes without limit, not 5"),
        ({"subset": 50}, "subset of all images, not 50"),
        ({"settings": {**QUICK, "epochs": "9"}}, "epochs=9"),
    ],
)
def test_a_study_with_other_settings_is_left_alone(tmp_path: Path, more: dict[str, Any], says: str) -> None:
    make(tmp_path)
    before = (tmp_path / "out" / "study.json").read_bytes()
    sentence = refused(tmp_path, **more)
    assert str(tmp_path / "out") in sentence
    assert says in sentence
    assert (tmp_path / "out" / "study.json").read_bytes() == before


def test_more_detectors_seeds_and_data_sets_may_join(tmp_path: Path) -> None:
    make(tmp_path, "a")
    make(tmp_path, "b", detectors=("conv-ae", "patch-memory"), seeds=5)
    make(tmp_path, "a", "b")


def test_a_data_set_that_moved_is_another_one(tmp_path: Path) -> None:
    make(tmp_path, "a")
    make(tmp_path, "b")
    (tmp_path / "else").mkdir()
    elsewhere = plan(tmp_path / "else", "a").request
    moved = plan(tmp_path, "a")
    moved.datasets = {"a": Path(elsewhere.datasets[0])}
    with pytest.raises(InputError, match="other settings"):
        StudyFolder(moved)


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").touch()
    assert "no study" in refused(tmp_path)


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    assert str(tmp_path / "out") in refused(tmp_path)


def test_damaged_settings_are_refused(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "out" / "study.json").write_text("{")
    assert "damaged" in refused(tmp_path)


def test_two_studies_at_once_are_refused(tmp_path: Path) -> None:
    with StudyFolder(plan(tmp_path, "a")):
        assert "another study is at work" in refused(tmp_path)
    make(tmp_path)


def test_remains_of_a_killed_training_go_and_the_rest_stays(tmp_path: Path) -> None:
    with StudyFolder(plan(tmp_path, "a")) as made:
        run = made.project("a") / "runs" / "001-conv-ae"
        run.mkdir(parents=True)
        for name in ("prepared.part", "checkpoint.safetensors", "weights.safetensors"):
            (run / name).touch()
        made.drop_remains("a")
        assert [path.name for path in run.iterdir()] == ["weights.safetensors"]


def test_a_full_disk_is_said_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with StudyFolder(plan(tmp_path, "a")) as made:
        monkeypatch.setattr(folder_module, "atomic_write", fail)
        with pytest.raises(InputError, match=r"conv-ae-0.json: it cannot be written \(No space left"):
            made.keep(result(CELL))
