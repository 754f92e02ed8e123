"""Pictures of tuning and reviewing at work, on any project."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from anomaly_gui.errors import InputError
from anomaly_gui.project.store import Project
from anomaly_gui.ui.scenes import SCENES, write_scenes
from tests.ui.pages.scored_project import scored_project


def test_every_scene_is_pictured_and_the_project_is_left_as_it_was(qapp: QApplication, tmp_path: Path) -> None:
    project = scored_project(tmp_path, masked=True)
    before = project.threshold(1), len(project.events()), project.images()
    project.close()
    written = write_scenes(
        project.folder, tmp_path / "shots", defect_type="dent", sizes=[(1366, 768)], schemes=["light"]
    )
    assert [path.name for path in written] == [f"{name}-1366x768-light.png" for name in SCENES]
    pictures = {bytes(QImage(str(path)).constBits()) for path in written}
    assert len(pictures) == len(SCENES), "two scenes look alike"
    with Project.open(project.folder) as opened:
        assert (opened.threshold(1), len(opened.events()), opened.images()) == before


def test_a_project_without_the_run_is_refused(qapp: QApplication, tmp_path: Path) -> None:
    project = scored_project(tmp_path)
    project.close()
    with pytest.raises(InputError, match="no scored run"):
        write_scenes(project.folder, tmp_path, run=7, sizes=[(1366, 768)], schemes=["light"])
