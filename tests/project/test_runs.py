"""The folder of a run: what is written is read back, what is damaged is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.project.runs import RunFolder


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path, "001-conv-ae")
    folder.make()
    return folder


@pytest.mark.parametrize("channels", [1, 3])
def test_a_reconstruction_comes_back_with_eight_bits(run: RunFolder, channels: int) -> None:
    picture = np.random.default_rng(0).random((12, 20, channels), np.float32)
    picture[0, 0], picture[0, 1] = -1.0, 2.0
    run.write_reconstruction(7, picture)
    read = run.read_reconstruction(7)
    assert read.dtype == np.uint8
    assert np.array_equal(read, np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8))


def test_a_map_comes_back_on_the_runs_scale(run: RunFolder) -> None:
    anomaly_map = np.array([[-5.0, 1.0, 2.0], [3.0, 99.0, np.nan], [np.inf, -np.inf, 1.5]], np.float32)
    run.write_map(3, anomaly_map, lower=1.0, upper=3.0)
    read = run.read_map(3)
    assert read.dtype == np.uint16
    assert read.tolist() == [[0, 0, 32768], [65535, 65535, 65535], [65535, 65535, 16384]]


def test_a_scale_without_width_is_no_division_by_zero(run: RunFolder) -> None:
    run.write_map(3, np.array([[1.0, 2.0]], np.float32), lower=1.0, upper=1.0)
    assert run.read_map(3).tolist() == [[0, 65535]]


@pytest.mark.parametrize("content", [None, b"", b"not a png"])
def test_a_missing_or_damaged_picture_says_how_to_get_it_back(run: RunFolder, content: bytes | None) -> None:
    if content is not None:
        run.anomaly_map(3).write_bytes(content)
        run.reconstruction(3).write_bytes(content)
    for read in (run.read_map, run.read_reconstruction):
        with pytest.raises(InputError) as refused:
            read(3)
        assert refused.value.next_step == "Score the run again"


def test_a_picture_of_another_kind_is_damage(run: RunFolder) -> None:
    run.write_reconstruction(3, np.zeros((4, 4, 1), np.float32))
    run.anomaly_map(3).write_bytes(run.reconstruction(3).read_bytes())
    with pytest.raises(InputError, match="damaged"):
        run.read_map(3)


def test_settings_and_history_come_back(run: RunFolder) -> None:
    assert run.read_history() == []
    run.write_history([{"epoch": 1, "training_loss": 0.1}])
    run.write_settings({"detector": {"epochs": 3}})
    assert run.read_history() == [{"epoch": 1, "training_loss": 0.1}]
    assert run.read_settings() == {"detector": {"epochs": 3}}
    with pytest.raises(ValueError, match="JSON"):
        run.write_history([{"training_loss": float("nan")}])
    assert run.read_history() == [{"epoch": 1, "training_loss": 0.1}]


@pytest.mark.parametrize("content", [None, b"{", b"[]", b"\xff"])
def test_missing_or_damaged_settings_are_said(run: RunFolder, content: bytes | None) -> None:
    if content is not None:
        run.settings.write_bytes(content)
    with pytest.raises(InputError, match=r"settings\.json"):
        run.read_settings()


def test_files_have_the_names_that_the_design_gives(run: RunFolder) -> None:
    names = {p.name for p in (run.weights, run.settings, run.checkpoint, run.statistics, run.history)}
    assert names == {
        "weights.safetensors",
        "settings.json",
        "checkpoint.safetensors",
        "statistics.safetensors",
        "history.json",
    }
    assert run.reconstruction(5).parent == run.folder / "maps"


def test_checkpoints_of_a_detector_s_parts_go_with_its_own(run: RunFolder) -> None:
    run.make()
    part = run.folder / "checkpoint_3.safetensors"
    for path in (run.checkpoint, part, run.weights):
        path.write_bytes(b"x")
    run.remove_checkpoints()
    assert (run.checkpoint.exists(), part.exists(), run.weights.exists()) == (False, False, True)
    run.remove_checkpoints()


def test_how_images_were_moved_comes_back_and_a_damaged_file_is_named(run: RunFolder) -> None:
    run.write_moves({"3": None, "4": {"a": 1.0}})
    assert run.read_moves() == {"3": None, "4": {"a": 1.0}}
    run.moves.write_bytes(b"{")
    with pytest.raises(InputError, match=r"moves\.json: the file is damaged"):
        run.read_moves()
