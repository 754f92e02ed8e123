"""From the key of an answer to the next image painted: images of five megapixels, fetched ahead."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt, QThreadPool
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.blind_state import BlindStart
from tests.benchmarks.timing import percentile, print_row
from tests.ui.pages.scored_project import scored_project

pytestmark = pytest.mark.benchmark
WIDTH, HEIGHT = 2560, 1960
IMAGES = 40
LIMIT_MS = 50


@pytest.mark.timeout(300)
def test_the_next_image_is_painted_at_once(qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(0)
    project = scored_project(tmp_path, good=rng.normal(3, 1, IMAGES).tolist(), defects=[("scratch", 5.0)] * IMAGES)
    part = cv2.GaussianBlur(rng.integers(0, 255, (HEIGHT, WIDTH), np.uint8), (0, 0), 3)
    written = cv2.imencode(".jpg", part)[1].tobytes()
    for image in project.images():
        Path(image.path).write_bytes(written)
    folder = project.folder
    project.close()
    window = MainWindow()
    qtbot.addWidget(window)
    window.resize(1920, 1080)
    window.show()
    window.open_project(folder)
    window.show_page("review")
    blind = window.review_page.blind
    blind.start(BlindStart("Anna", None, size=IMAGES, trials=1))
    qtbot.waitUntil(lambda: blind.judging is not None, timeout=20_000)
    dialog = blind.judging
    assert dialog is not None
    times = []
    for _ in range(IMAGES - 1):
        qtbot.waitUntil(dialog.answers["good"].isEnabled, timeout=20_000)
        QThreadPool.globalInstance().waitForDone()  # A person looks longer than the next image takes to be read.
        QApplication.processEvents()
        started = time.perf_counter()
        QTest.keyClick(dialog, Qt.Key.Key_G)
        qtbot.waitUntil(dialog.answers["good"].isEnabled, timeout=20_000)
        dialog.view.pane.repaint()
        times.append((time.perf_counter() - started) * 1e3)
    print_row(capsys, "blind: answer saved, next image of 5 Mpx painted", times, f"median <= {LIMIT_MS} ms")
    dialog.reject()
    window.close()
    assert percentile(times, 50) <= LIMIT_MS
