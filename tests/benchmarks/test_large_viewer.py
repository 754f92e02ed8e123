"""Images of 26 and 105 megapixels in the three panes: the first picture, and each frame of moving and zooming."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from anomaly_gui.imaging.synthetic import Part, SyntheticSettings, draw
from anomaly_gui.project.runs import RunFolder
from anomaly_gui.ui.widgets.picture_loader import PictureLoader
from anomaly_gui.ui.widgets.picture_set import PictureRequest, PictureSet
from anomaly_gui.ui.widgets.triptych import Triptych, ViewState
from tests.benchmarks.timing import percentile, print_row

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(600)]

DRAWN_PX = 5120
SIDES = (DRAWN_PX, 2 * DRAWN_PX)
FIRST_MS, FRAME_MS = 400, 16
OPENED = 7
WINDOW = (1880, 940)


@pytest.fixture(scope="module")
def requests(tmp_path_factory: pytest.TempPathFactory) -> dict[int, PictureRequest]:
    """A part with a dot, its mask, reconstruction and map as a run by tiles leaves them; the larger one repeats it."""
    folder = tmp_path_factory.mktemp("viewer")
    run = RunFolder(folder, "run-1")
    run.make()
    one, mask = draw(SyntheticSettings(size_px=DRAWN_PX), Part("test/dot", 0, "dot"))
    assert mask is not None
    made = {}
    for number, side in enumerate(SIDES):
        times = side // DRAWN_PX
        pixels, marked = np.tile(one, (times, times)), np.tile(mask, (times, times))
        path, mask_path = folder / f"{side}.png", folder / f"{side}_mask.png"
        cv2.imwrite(str(path), pixels, [cv2.IMWRITE_PNG_COMPRESSION, 3])
        cv2.imwrite(str(mask_path), marked.astype(np.uint8) * 255)
        run.write_picture(number, cv2.blur(pixels, (9, 9))[:, :, None])
        values = cv2.GaussianBlur(marked.astype(np.float32), (0, 0), 6) * 60 + cv2.blur(pixels, (31, 31)) / 255
        run.write_large_map(number, values, 0.0, 8.0)
        made[side] = PictureRequest(number, str(path), (side, side), 255, str(mask_path), folder, "run-1")
    return made


@pytest.fixture
def triptych(qtbot: QtBot) -> Triptych:
    made = Triptych()
    qtbot.addWidget(made)
    made.resize(*WINDOW)
    made.set_scale(0.0, 8.0)
    made.set_threshold(4.0)
    made.set_state(ViewState(overlay=True))
    made.show()
    qtbot.waitExposed(made)
    return made


def opened(triptych: Triptych, request: PictureRequest, qtbot: QtBot) -> tuple[float, float, PictureSet]:
    """Milliseconds until the original is painted, and until all is."""
    loader = PictureLoader(triptych)
    painted: list[float] = []
    whole: list[PictureSet] = []

    def take(pictures: PictureSet) -> None:
        triptych.set_pictures(pictures)
        triptych.grid.repaint()
        painted.append((time.perf_counter() - started) * 1000)
        if pictures.is_whole:
            whole.append(pictures)

    loader.begun.connect(take)
    loader.loaded.connect(take)
    started = time.perf_counter()
    loader.show(request)
    qtbot.waitUntil(lambda: bool(whole), timeout=60_000)
    loader.forget()
    return painted[0], painted[-1], whole[0]


@pytest.mark.parametrize("side", SIDES)
def test_the_first_picture_comes_at_once(
    triptych: Triptych, requests: dict[int, PictureRequest], side: int, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    first, last = [], []
    for _ in range(OPENED):
        begun, done, _ = opened(triptych, requests[side], qtbot)
        first.append(begun)
        last.append(done)

    print_row(capsys, f"{side} px: original painted", first, f"p50 {FIRST_MS} at {DRAWN_PX} px")
    print_row(capsys, f"{side} px: all three panes painted", last, "none")
    if side == DRAWN_PX:
        assert percentile(first, 50) <= FIRST_MS


@pytest.mark.parametrize("side", SIDES)
def test_panes_follow_the_hand(
    triptych: Triptych, requests: dict[int, PictureRequest], side: int, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(triptych, requests[side], qtbot)
    pane = triptych.panes[0]
    middle = QPointF(pane.width() / 2, pane.height() / 2)
    zooming, moving = [], []

    def frame(into: list[float]) -> None:
        started = time.perf_counter()
        triptych.grid.repaint()
        QApplication.processEvents()
        into.append((time.perf_counter() - started) * 1000)

    for factor in [1.25] * 20 + [0.8] * 20:
        pane.zoomed.emit(factor, middle)
        frame(zooming)
    for scale in (1.0, 4.0, 4.0, 4.0):
        pane.zoomed.emit(scale, middle)
        for step in range(15):
            pane.panned.emit(QPointF(17 if step % 2 else -23, 11))
            frame(moving)

    print_row(capsys, f"{side} px: zoomed by a notch, three panes", zooming, f"p50 {FRAME_MS}")
    print_row(capsys, f"{side} px: moved, three panes", moving, f"p50 {FRAME_MS}")
    assert percentile(zooming, 50) <= FRAME_MS
    assert percentile(moving, 50) <= FRAME_MS
