"""Small images a second from a folder into a project: read twice, compared, hashed, committed."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from anomaly_gui.jobs.import_images import ImportReport, ImportRequest, import_images
from anomaly_gui.progress import Cancelled, CancelToken, Event, Progress
from anomaly_gui.project.store import Project

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(300)]
COUNT = 3_000
SIDE = 256


def write_pictures(folder: Path) -> None:
    """Half PNG, half JPEG, grey and colour; no two alike."""
    folder.mkdir()
    noise = np.random.default_rng(0).integers(0, 255, (SIDE + 60, SIDE + 60, 3), np.uint8)
    scene = cv2.GaussianBlur(noise, (0, 0), 3)
    for number in range(COUNT):
        row, column = divmod(number, 60)
        pixels = scene[row : row + SIDE, column : column + SIDE]
        pixels = pixels if number % 4 < 2 else pixels[:, :, :1]
        suffix = ".png" if number % 2 else ".jpg"
        (folder / f"part_{number}{suffix}").write_bytes(cv2.imencode(suffix, pixels)[1].tobytes())


def test_two_hundred_small_images_a_second(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_pictures(tmp_path / "images")
    request = ImportRequest(good=(str(tmp_path / "images"),))
    seen: list[Progress] = []

    def note(event: Event) -> None:
        if isinstance(event, Progress):
            seen.append(event)
            if len(seen) == 5:
                cancel.cancel()

    cancel = CancelToken()
    with Project.create(tmp_path / "project") as project:
        stopped = import_images(project, request, note, cancel)
        assert isinstance(stopped, Cancelled)
        kept = len(project.images())
        assert 0 < kept < COUNT
        cancel = CancelToken()
        seen[:] = [Progress("", 0, 0)] * 5
        started, cpu = time.perf_counter(), time.process_time()
        report = import_images(project, request, note, cancel)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        assert isinstance(report, ImportReport)
        assert (report.added, report.already) == (COUNT - kept, kept)
        again = time.perf_counter()
        import_images(project, request, note, cancel)
        again = time.perf_counter() - again
    rate = report.added / seconds
    with capsys.disabled():
        print(
            f"\nimport of {SIDE} px images: {rate:.0f} a second (at least 200), {cpu / report.added * 1e3:.1f} ms of "
            f"processor each, {threading.active_count()} threads left; the same {COUNT} again: {again:.2f} s"
        )
    assert all(event.seconds_left is not None for event in seen[5:] if event.done)
    assert rate >= 200
