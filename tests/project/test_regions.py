"""The region of interest belongs to the project and is undone like anything else."""

from __future__ import annotations

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.region import Region, Shape
from anomaly_gui.project.store import Project
from tests.project.samples import reopened

PART = Region(
    (Shape("polygon", ((0.1, 0.1), (0.9, 0.2), (1 / 3, 0.8))),), (Shape("rectangle", ((0.4, 0.4), (0.5, 0.5))),)
)


def test_a_region_is_kept_and_undone(project: Project) -> None:
    assert project.region() == Region()
    assert project.set_region(PART).sentence == "Drew the region of interest"
    assert project.set_region(PART).operation == 0
    with reopened(project) as again:
        assert again.region() == PART
        again.set_region(Region())
        assert again.region().is_everything
        again.undo()
        assert again.region() == PART
        again.undo()
        assert again.region() == Region()


def test_a_region_that_encloses_nothing_is_refused(project: Project) -> None:
    with pytest.raises(InputError, match="encloses nothing"):
        project.set_region(Region((Shape("rectangle", ((0, 0), (0, 1))),)))
    assert project.region() == Region()
