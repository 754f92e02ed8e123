"""Pictures of tuning and reviewing at work, on any project with a scored run:

    QT_QPA_PLATFORM=offscreen python -m anomaly_gui.ui.scenes PROJECT FOLDER [--run 1] [--type crack]

writes FOLDER/SCENE-WIDTHxHEIGHT-SCHEME.png: Tune while the threshold is dragged, with each of its curves, its pixel
threshold, its locked test and two runs compared; Review on a missed defect (of the type given), the price of
catching it, a false alarm, a found defect as a whole and close up, and suspicious labels. Thresholds, labels and the
journal of the project stay as they are.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from PySide6.QtWidgets import QApplication

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.review_queues import ALARMS, MISSED, SUSPICIOUS, type_queue
from anomaly_gui.ui.pages.tune_curves import PRECISION_RECALL, ROC, TYPES
from anomaly_gui.ui.screenshots import window_on, write_picture
from anomaly_gui.ui.theme import apply_scheme

SIZES = (1366, 768), (1920, 1080)
SCHEMES = "light", "dark"
_LONGEST_S = 60.0
_STEPS = 12
"""Decisions that the dragged threshold passes."""

Scene = Callable[[MainWindow, str], None]
"""Brings the window there; of a defect type, any if empty."""


def write_scenes(
    project: Path,
    folder: Path,
    *,
    run: int | None = None,
    defect_type: str = "",
    sizes: Sequence[tuple[int, int]] = SIZES,
    schemes: Sequence[str] = SCHEMES,
) -> list[Path]:
    """Every scene in every size and scheme, of the latest run unless told. Raises InputError where none is scored."""
    with window_on(project) as (application, window):
        if run in window.session.runs:
            window.session.choose_run(run)
        shown = window.session.current_run
        if shown is None or not window.session.is_scored(shown) or run not in (None, shown):
            raise InputError(printable(project), "there is no scored run to tune", "Train a detector first")
        folder.mkdir(parents=True, exist_ok=True)
        return list(_written(application, window, folder, defect_type, sizes, schemes))


def _written(
    application: QApplication,
    window: MainWindow,
    folder: Path,
    defect_type: str,
    sizes: Sequence[tuple[int, int]],
    schemes: Sequence[str],
) -> Iterator[Path]:
    for scheme in schemes:
        apply_scheme(scheme)
        for width, height in sizes:
            window.resize(width, height)
            for name, scene in SCENES.items():
                scene(window, defect_type)
                yield write_picture(application, window, folder / f"{name}-{width}x{height}-{scheme}.png")


def _dragging(window: MainWindow, curve: str) -> None:
    """As the mouse does while it is held: nothing is saved before it is let go."""
    window.show_page("tune")
    page = window.tune_page
    page.show_part("threshold")
    page.view.curves.show_view(curve)
    page.view.histogram.show_all()
    state = page.state
    if state is not None:
        state.take_saved(state.saved)
        for _ in range(_STEPS):
            state.move_to(state.stepped(-1))
        page.view.threshold_dragged.emit(state.value)


def _overlapping(window: MainWindow) -> None:
    _dragging(window, ROC)
    window.tune_page.view.overlap.click()


def _part(window: MainWindow, name: str) -> None:
    window.show_page("tune")
    window.tune_page.show_part(name)


def _reviewing(window: MainWindow, queue: str, defect_type: str = "") -> None:
    """The first image of a queue, or the first of a type in it."""
    window.show_page("review")
    page = window.review_page
    page.choose_queue(queue)
    if page.queue is None:
        return
    labels = ((key, window.session.images[key].label) for key in page.queue.ids)
    first = next((key for key, label in labels if defect_type in ("", label.defect_type)), None)
    if first is not None:
        page.walking.go_to(first)


def _catching(window: MainWindow, defect_type: str) -> None:
    _reviewing(window, MISSED, defect_type)
    window.review_page.catching.catch()


def _found(window: MainWindow, defect_type: str) -> None:
    """The defect of the type that is found most clearly, at whole-image zoom."""
    labels = (image.label.defect_type for image in window.session.images.values())
    _reviewing(window, type_queue(defect_type or next(filter(None, labels), "")))
    page = window.review_page
    if page.queue is not None and page.queue.ids:
        page.walking.go_to(page.queue.ids[-1])
    page.view.triptych.fit()


def _found_close(window: MainWindow, defect_type: str) -> None:
    """The same, with its pixels to be told apart."""
    _found(window, defect_type)
    page, until = window.review_page, time.monotonic() + _LONGEST_S
    while page.view.triptych.pictures is None and time.monotonic() < until:
        QApplication.processEvents()
    page.view.triptych.show_next_worst()


SCENES: Mapping[str, Scene] = {
    "tune-dragging": lambda window, _type: _dragging(window, ROC),
    "tune-overlap": lambda window, _type: _overlapping(window),
    "tune-precision-recall": lambda window, _type: _dragging(window, PRECISION_RECALL),
    "tune-types": lambda window, _type: _dragging(window, TYPES),
    "tune-pixels": lambda window, _type: _part(window, "pixels"),
    "tune-locked": lambda window, _type: _part(window, "locked"),
    "tune-compare": lambda window, _type: _part(window, "compare"),
    "review-missed": lambda window, name: _reviewing(window, MISSED, name),
    "review-catch": _catching,
    "review-alarm": lambda window, _type: _reviewing(window, ALARMS),
    "review-found": _found,
    "review-found-close": _found_close,
    "review-suspicious": lambda window, _type: _reviewing(window, SUSPICIOUS),
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Pictures of tuning and reviewing at work.")
    parser.add_argument("project", type=Path, help="the project's folder")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--run", type=int, metavar="R", help="a run's number (default: the latest)")
    parser.add_argument("--type", default="", help="review a missed and a found defect of this type")
    given = parser.parse_args(arguments)
    try:
        written = write_scenes(given.project, given.folder, run=given.run, defect_type=given.type)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(written)} pictures in {printable(given.folder)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
