"""One image in a window of its own."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.image_dialog import ImageDialog
from anomaly_gui.ui.widgets.picture_set import PictureRequest


def test_the_image_is_read_and_shown_on_the_runs_scale(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "part.png"
    path.write_bytes(cv2.imencode(".png", np.full((20, 30), 77, np.uint8))[1].tobytes())
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 600)
    window.show()
    dialog = ImageDialog("part.png", "2.4: defect, missed", PictureRequest(1, str(path), (30, 20), 255), window)
    dialog.show_scale(0.0, 8.0, 3.2)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.triptych.pictures is not None)
    assert dialog.triptych.pictures is not None
    assert dialog.triptych.pictures.size == (30, 20)
    assert dialog.triptych.legend.threshold == 3.2
    assert dialog.width() < window.width()
    dialog.close()
