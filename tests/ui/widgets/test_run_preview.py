from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from anomaly_gui.project.records import Image
from anomaly_gui.ui.widgets.run_preview import RunPreview, read_preview
from tests.ui.pages.scored_project import scored_project


def caption(image: Image) -> tuple[str, bool, str]:
    return image.label.kind, image.label.kind == "good", image.path


def test_pictures_of_a_run_are_read_from_its_folder(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        images = [project.image(1), project.image(9)]
        good, defect = read_preview(project.run_folder(1), images, caption)
    assert (good.caption, defect.caption) == ("good", "defect")
    assert good.original.shape == (32, 32)
    assert good.reconstruction is not None
    assert good.reconstruction[3, 3] == 128
    assert defect.error is not None
    # Score 5.0 on the run's scale from 0 to 8.
    assert defect.error.max() == pytest.approx(5 / 8, abs=1e-3)


def test_files_that_are_gone_leave_out_what_they_held(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        folder = project.run_folder(1)
        folder.reconstruction(1).unlink()
        folder.anomaly_map(1).write_bytes(b"damaged")
        Path(project.image(2).path).unlink()
        (only,) = read_preview(folder, [project.image(1), project.image(2)], caption)
    assert only.reconstruction is None
    assert only.error is None


def test_a_run_left_already_is_not_announced(qtbot: QtBot, tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        preview = RunPreview()
        preview.ask(project.folder, project.run(1).name, [project.image(1)], caption)
        preview.forget()
        with qtbot.assertNotEmitted(preview.loaded, wait=300):
            pass
        with qtbot.waitSignal(preview.loaded) as loaded:
            preview.ask(project.folder, project.run(1).name, [project.image(2)], caption)
        preview.stop()
    assert len(loaded.args[0]) == 1
