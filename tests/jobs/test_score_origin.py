from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from anomaly_gui.imaging.tiles import Tiling
from anomaly_gui.jobs.run_facts import load_facts
from anomaly_gui.jobs.score import load_statistics
from anomaly_gui.jobs.score_origin import ScoreOrigin, ScoreOrigins
from anomaly_gui.scoring.peak import Peak
from anomaly_gui.scoring.statistics import StatisticsBuilder
from tests.project.samples import image
from tests.ui.pages.scored_project import scored_project


def test_of_a_whole_image_the_place_is_told_in_its_own_pixels(tmp_path: Path) -> None:
    """Maps of 16 × 16 px with a single pixel at row 5, column 4, of images of 48 × 32 px."""
    with scored_project(tmp_path) as project:
        origins = ScoreOrigins(load_facts(project.run_folder(1)), load_statistics(project, 1))
        assert origins.of(project.image(3)) == ScoreOrigin(None, (12, 10, 3, 2))
        assert origins.of(image(999)) is None


def test_with_tiles_the_scale_is_told_and_pixels_are_those_of_the_image(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        facts = load_facts(project.run_folder(1))
        part = msgspec.structs.replace(project.image(2), width=61, height=39)
    tiled = msgspec.structs.replace(facts, tiling=Tiling(16, 0.25, (2, 4)))
    made = np.zeros((20, 31), np.float32)
    made[18:, 28:] = 6
    builder = StatisticsBuilder()
    builder.add(7, np.zeros((20, 31), np.float32) - 1)
    builder.add(2, made, peak=Peak(4, (28, 18, 3, 2)))
    origins = ScoreOrigins(tiled, builder.finish())
    # Half of 61 is 30.5: the last pixel of the map reaches over the edge.
    assert origins.of(part) == ScoreOrigin(4, (56, 36, 5, 3))
    assert origins.of(msgspec.structs.replace(part, id=7)) is None, "nothing stands out"
