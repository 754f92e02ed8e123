from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from anomaly_gui.jobs.score import score
from anomaly_gui.jobs.scored_run import load_normaliser, load_normalisers, normaliser_path, save_normalisers, smoothings
from anomaly_gui.jobs.train import train
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.scoring.normalise import Normaliser
from tests.jobs.tiny_project import make_project, quick


def test_normalisers_of_every_scale_come_back_the_finest_first(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    made = [Normaliser(*rng.random((2, side, side), np.float32)) for side in (32, 32, 1)]
    with make_project(tmp_path) as project:
        train(project, quick(), ignore_events, CancelToken())
        assert len(load_normalisers(project, 1)) == 1
        save_normalisers(normaliser_path(project, project.run(1), 1.5), made)

        for found, expected in zip(load_normalisers(project, 1), made, strict=True):
            np.testing.assert_array_equal(found.mean, expected.mean)
            np.testing.assert_array_equal(found.scale, expected.scale)
        np.testing.assert_array_equal(load_normaliser(project, 1).mean, made[0].mean)
        score(project, 1, ignore_events, CancelToken())
        assert len(load_normalisers(project, 1)) == 1


@pytest.mark.parametrize(("tiled", "widths"), [(False, (0, 1, 1.5, 2, 4)), (True, (1.5,))])
def test_a_run_with_tiles_keeps_its_own_smoothing_alone(tiled: bool, widths: tuple[float, ...]) -> None:
    assert smoothings(1.5, tiled=tiled) == widths
