"""Labels that the most alike images speak against."""

from __future__ import annotations

from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest

from anomaly_gui.jobs import label_doubts as module
from anomaly_gui.jobs.label_doubts import disagreeing, label_doubts
from anomaly_gui.project.records import Image, Label
from tests.project.samples import image


@pytest.fixture
def images(tmp_path: Path) -> list[Image]:
    """Two kinds of parts, ten of each: the first are good, the others defective; number 1 of each is mislabelled."""
    rng = np.random.default_rng(0)
    looks = rng.integers(40, 200, (2, 16, 16)).astype(np.uint8)
    made = []
    for number in range(20):
        kind = number // 10
        pixels = cv2.resize(looks[kind], (64, 64)) + rng.integers(0, 8, (64, 64)).astype(np.uint8)
        path = tmp_path / f"{number}.png"
        path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
        defective = (kind == 1) != (number % 10 == 1)
        label = Label("defect", "stain") if defective else Label("good")
        made.append(msgspec.structs.replace(image(number + 1, label=label), path=str(path), sha256=f"{number:064x}"))
    return made


def never() -> bool:
    return False


def test_labels_that_their_neighbours_speak_against_are_doubted(images: list[Image], tmp_path: Path) -> None:
    scores = {each.id: 1.0 for each in images}
    found = label_doubts(tmp_path / "cache", images, scores, never)
    assert found is not None
    assert set(found) == {2, 12}
    assert found[12].endswith("labelled defective")
    assert found[2].endswith("labelled good, and so is its score")


def test_a_defect_among_good_ones_with_a_high_score_is_no_doubt(images: list[Image], tmp_path: Path) -> None:
    scores = {each.id: 5.0 if each.id == 2 else 1.0 for each in images}
    found = label_doubts(tmp_path / "cache", images, scores, never)
    assert found is not None
    assert set(found) == {12}


def test_it_can_be_stopped_and_looks_through_a_bounded_number(
    images: list[Image], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert label_doubts(tmp_path / "cache", images, {}, lambda: True) is None
    monkeypatch.setattr(module, "LIMIT", 4)
    looked: list[int] = []

    def small_looks(_folder: Path, chosen: list[Image], _stopped: object) -> None:
        looked.extend(each.id for each in chosen)

    monkeypatch.setattr(module, "small_looks", small_looks)
    label_doubts(tmp_path / "cache", images, {}, never)
    assert len(looked) == 8


def test_a_handful_of_images_says_nothing() -> None:
    assert disagreeing(np.eye(5, dtype=np.float32), np.array([True, False, True, False, True])) == [0] * 5


def test_disagreement_is_counted_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CHUNK", 7)
    rng = np.random.default_rng(1)
    looks = rng.normal(size=(30, 12)).astype(np.float32)
    looks /= np.linalg.norm(looks, axis=1, keepdims=True)
    defective = rng.random(30) < 0.5
    expected = []
    for row in range(30):
        order = [other for other in np.argsort(-(looks @ looks[row])).tolist() if other != row][:5]
        expected.append(int((defective[order] != defective[row]).sum()))
    assert disagreeing(looks, defective) == expected
