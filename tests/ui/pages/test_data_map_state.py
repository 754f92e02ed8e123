from __future__ import annotations

import numpy as np

from anomaly_gui.jobs.map_set import SetMap
from anomaly_gui.project.records import Label
from anomaly_gui.ui.pages.data_map_state import NO_SCORE, SCORE_STEPS, colouring, selection_text, sentence
from tests.project.samples import SCRATCH, image

IMAGES = {
    1: image(1),
    2: image(2, label=SCRATCH, split="test"),
    3: image(3, label=Label("defect", "hole"), split="test"),
    4: image(4, label=Label("defect"), split="test"),
    5: image(5, excluded=True),
}


def test_points_are_coloured_by_label_type_and_split() -> None:
    ids = [1, 2, 3, 4, 5]
    assert colouring("label", ids, IMAGES, {}).names == ("good 1", "defective 3", "left out 1")
    by_type = colouring("type", ids, IMAGES, {})
    assert by_type.names == ("good 1", "hole 1", "scratch 1", "defective 1", "left out 1")
    assert by_type.numbers.tolist() == [0, 2, 1, 3, 4]
    assert colouring("split", ids, IMAGES, {}).names == ("training 1", "test 3", "left out 1")


def test_scores_are_coloured_by_rank_so_that_one_outlier_leaves_the_others_apart() -> None:
    found = colouring("score", [1, 2, 3, 4], IMAGES, {1: 0.1, 2: 0.2, 3: 1e9})
    assert found.numbers.tolist() == [0, (SCORE_STEPS - 1) // 2, SCORE_STEPS - 1, NO_SCORE]


def test_the_sentences_count() -> None:
    assert selection_text([], IMAGES) == "Draw around points to select them"
    assert selection_text([2, 3, 1], IMAGES) == "3 images selected: 2 defective, 1 good"
    found = SetMap(
        ids=np.arange(3),
        points=np.zeros((3, 2), np.float32),
        source="backbone",
        method="pca",
        shares=(0.5, 0.25),
        left_out=1,
    )
    assert sentence(found) == (
        "3 images by features of the network, PCA; the axes show 50 % and 25 % of what varies; "
        "1 file left out that cannot be read."
    )
