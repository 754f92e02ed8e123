"""What a crash left unsaved becomes one step of the project."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from anomaly_gui.imaging.masks import load_mask
from anomaly_gui.jobs.recover_masks import recover_masks
from anomaly_gui.project.unsaved_masks import UnsavedMasks
from tests.jobs.tiny_project import SIDE, make_project


def test_unsaved_masks_are_taken_in_as_one_step(tmp_path: Path) -> None:
    with make_project(tmp_path, train=2, good=1, defects=2) as project:
        assert recover_masks(project) is None
        first, defect = project.images()[0], project.images()[-1]
        drawn = np.random.default_rng(0).random((SIDE, SIDE)) < 0.5
        unsaved = UnsavedMasks(project.folder)
        unsaved.keep(first.id, drawn)
        unsaved.keep(defect.id, np.zeros((SIDE, SIDE), bool))
        changed = recover_masks(project)
        assert changed is not None
        assert changed.images == {first.id, defect.id}
        path = project.image(first.id).mask_path
        assert path is not None
        assert np.array_equal(load_mask(path, SIDE, SIDE), drawn)
        assert project.image(defect.id).mask_path is None
        assert unsaved.found() == []
        project.undo()
        assert project.image(first.id).mask_path is None
        assert project.image(defect.id).mask_path == defect.mask_path


def test_a_mask_that_fits_no_image_stays_where_it_is(tmp_path: Path) -> None:
    with make_project(tmp_path, train=2, good=1, defects=1) as project:
        unsaved = UnsavedMasks(project.folder)
        unsaved.keep(project.images()[0].id, np.ones((3, 3), bool))
        unsaved.keep(999, np.ones((SIDE, SIDE), bool))
        assert recover_masks(project) is None
        assert len(unsaved.found()) == 2
