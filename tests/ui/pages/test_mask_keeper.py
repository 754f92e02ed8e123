"""What is drawn is written a little later, and never after the project has it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from anomaly_gui.errors import InputError
from anomaly_gui.project.unsaved_masks import UnsavedMasks
from anomaly_gui.ui.pages.mask_keeper import MaskKeeper


def test_the_mask_is_kept_as_it_is_when_the_time_comes(qtbot: QtBot, tmp_path: Path) -> None:
    keeper, mask, unsaved = MaskKeeper(), np.zeros((5, 6), bool), UnsavedMasks(tmp_path)
    keeper.start(tmp_path, 3, lambda: mask)
    keeper._timer.setInterval(30)
    keeper.note()
    mask[2, 3] = True
    qtbot.waitUntil(lambda: unsaved.found() == [3])
    assert unsaved.read(3, 5, 6).tolist() == mask.tolist()
    keeper.done()
    assert unsaved.found() == []


def test_nothing_is_written_once_the_project_has_the_mask(qtbot: QtBot, tmp_path: Path) -> None:
    keeper, mask, unsaved = MaskKeeper(), np.ones((900, 900), bool), UnsavedMasks(tmp_path)
    keeper.start(tmp_path, 3, lambda: mask)
    keeper._timer.setInterval(1)
    keeper.note()
    keeper.keep()
    keeper.note()
    keeper.done()
    qtbot.wait(60)
    assert unsaved.found() == []


def test_a_disk_that_refuses_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "masks").write_text("a file where the folder should be")
    keeper = MaskKeeper()
    keeper.start(tmp_path, 3, lambda: np.ones((3, 3), bool))
    with qtbot.waitSignal(keeper.failed) as failed:
        keeper.keep()
    assert isinstance(failed.args[0], InputError)
