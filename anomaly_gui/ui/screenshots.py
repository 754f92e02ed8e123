"""Pictures of every page, made by the program itself."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import shiboken6
from PySide6.QtCore import QEventLoop, QThreadPool
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.project.store import Project
from anomaly_gui.ui.app import make_application
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.qt_log import qt_messages_logged
from anomaly_gui.ui.theme import apply_scheme, chosen_scheme

_SETTLE_S = 0.25
_LONGEST_S = 20.0


def write_screenshots(
    project: Path, folder: Path, sizes: Sequence[tuple[int, int]], schemes: Sequence[str]
) -> list[Path]:
    """Open *project* and save page-WIDTHxHEIGHT-scheme.png for each page, size and scheme.

    Raises InputError if the project cannot be opened.
    """
    with window_on(project) as (application, window):
        folder.mkdir(parents=True, exist_ok=True)
        return [
            _write_page(application, window, page.name, size, scheme, folder)
            for scheme in schemes
            for size in sizes
            for page in window.pages
        ]


@contextmanager
def window_on(project: Path) -> Iterator[tuple[QApplication, MainWindow]]:
    """The whole window, shown, with *project* open. Raises InputError if it cannot be opened."""
    opened = Project.open(project)
    with qt_messages_logged():
        application = make_application()
        window = MainWindow()
        window.session.adopt(opened)
        window.show()
        try:
            yield application, window
        finally:
            window.close()
            shiboken6.delete(window)
            apply_scheme(chosen_scheme())


def _write_page(
    application: QApplication, window: MainWindow, page: str, size: tuple[int, int], scheme: str, folder: Path
) -> Path:
    apply_scheme(scheme)
    window.resize(*size)
    window.show_page(page)
    return write_picture(application, window, folder / f"{page}-{size[0]}x{size[1]}-{scheme}.png")


def write_picture(application: QApplication, window: MainWindow, path: Path) -> Path:
    """Save what *window* shows once nothing moves any more. Raises InputError if it cannot be written."""
    if not settled_picture(application, window).save(str(path)):
        raise InputError(printable(path), "the picture cannot be written", "Check the disk")
    return path


def settled_picture(application: QApplication, widget: QWidget) -> QImage:
    """What *widget* shows once nothing moves any more: pictures are read in the background."""
    before, shown = QImage(), _picture(application, widget)
    started = time.monotonic()
    while (shown != before or _is_reading(widget)) and time.monotonic() - started < _LONGEST_S:
        before, shown = shown, _picture(application, widget)
    return shown


def _is_reading(widget: QWidget) -> bool:
    """A slow disk leaves the window unchanged for a while, with its pictures still to come."""
    pools = [QThreadPool.globalInstance(), *widget.findChildren(QThreadPool)]
    return any(pool.activeThreadCount() > 0 for pool in pools)


def _picture(application: QApplication, widget: QWidget) -> QImage:
    until = time.monotonic() + _SETTLE_S
    while time.monotonic() < until:
        application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
    return widget.grab().toImage()
