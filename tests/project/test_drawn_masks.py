"""Drawn masks are kept pixel by pixel, whatever is undone, and wherever the project goes."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from anomaly_gui.errors import InputError
from anomaly_gui.files import sha256
from anomaly_gui.imaging.masks import load_mask
from anomaly_gui.project import drawn_masks
from anomaly_gui.project.store import Project
from tests.project.samples import stored_state

ROWS, COLUMNS = np.mgrid[:48, :64]
DISC = np.hypot(ROWS - 20, COLUMNS - 30) < 9
DOT = (ROWS == 3) & (COLUMNS == 60)


def shown(project: Project, image_id: int = 1) -> NDArray[np.bool_] | None:
    path = project.image(image_id).mask_path
    return None if path is None else load_mask(path, 48, 64)


def test_undo_and_redo_bring_back_each_mask_exactly(project: Project) -> None:
    project.masks.draw(1, DISC)
    project.masks.draw(1, DOT)
    project.masks.draw(1, None)
    assert shown(project) is None
    for expected in (DOT, DISC):
        project.undo()
        assert np.array_equal(shown(project), expected)
    project.undo()
    assert shown(project) is None
    project.redo()
    assert np.array_equal(shown(project), DISC)
    assert not any("masks" in problem for problem in project.verify())


def test_a_mask_goes_where_the_project_goes(project: Project, tmp_path: Path) -> None:
    project.masks.draw(1, DISC)
    project.close()
    shutil.move(project.folder, tmp_path / "elsewhere")
    with Project.open(tmp_path / "elsewhere") as moved:
        assert np.array_equal(shown(moved), DISC)
        moved.set_mask_path(2, moved.image(1).mask_path)
        moved.close()
    shutil.move(tmp_path / "elsewhere", tmp_path / "again")
    with Project.open(tmp_path / "again") as moved:
        assert np.array_equal(shown(moved, 2), DISC)


def test_an_empty_mask_is_none_and_masks_of_several_images_are_one_step(project: Project) -> None:
    before = stored_state(project)
    changed = project.masks.draw_many((n, DISC if n < 3 else np.zeros_like(DISC)) for n in (1, 2, 3))
    assert changed.images == {1, 2}
    assert changed.sentence == "Set the mask of 2 images"
    assert [shown(project, n) is None for n in (1, 2, 3)] == [False, False, True]
    assert len(list((project.folder / drawn_masks.FOLDER).iterdir())) == 1, "one content, one file"
    project.undo()
    assert stored_state(project) == before


def test_a_mask_is_one_bit_a_pixel_and_named_after_its_content(project: Project) -> None:
    project.masks.draw(1, np.random.default_rng(0).random((48, 64)) > 0.5)
    path = Path(str(project.image(1).mask_path))
    assert path.stat().st_size < 48 * 64 / 8 + 200
    assert path.stem == sha256(path.read_bytes())


def test_a_file_that_was_damaged_is_found_and_mended_by_drawing_the_same_again(project: Project) -> None:
    project.masks.draw(1, DISC)
    path = Path(str(project.image(1).mask_path))
    reference = f"masks/{path.name}"
    path.write_bytes(b"x")
    assert f"{reference} was changed after it was drawn" in project.verify(read_images=False)
    project.masks.draw(2, DISC)
    assert np.array_equal(shown(project), DISC)
    path.unlink()
    assert f"{reference}: No such file or directory" in project.verify(read_images=False)


@pytest.mark.parametrize("size", [(64, 48), (48, 64, 1), (47, 64)])
def test_a_mask_of_another_size_is_refused_and_nothing_is_changed(project: Project, size: tuple[int, ...]) -> None:
    before = stored_state(project)
    with pytest.raises(InputError, match="the image 48 × 64"):
        project.masks.draw_many([(1, DISC), (2, np.ones(size, np.bool_))])
    with pytest.raises(InputError, match="image 99"):
        project.masks.draw(99, DISC)
    assert stored_state(project) == before


def test_a_full_disk_is_said_and_changes_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(drawn_masks, "atomic_write", fail)
    with pytest.raises(InputError, match="cannot be written"):
        project.masks.draw(1, DISC)
    assert project.image(1).mask_path is None
