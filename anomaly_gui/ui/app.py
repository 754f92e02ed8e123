"""Starts the window."""

from __future__ import annotations

import ctypes
import signal
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

import shiboken6
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from anomaly_gui import __version__
from anomaly_gui.project.database import DamagedProject
from anomaly_gui.project.lock import ProjectInUse
from anomaly_gui.project.store import Project
from anomaly_gui.ui.crash_report import CrashWatch, crashes, watching
from anomaly_gui.ui.faults import FaultReporter
from anomaly_gui.ui.garbage import spare_present
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.qt_log import qt_messages_logged
from anomaly_gui.ui.resources import APP_ICON, resource
from anomaly_gui.ui.theme import apply_scheme, chosen_scheme

_SIGNALS_MS = 300
_TURN_S = 0.001
"""How long a thread may keep Python's lock while the window waits for it; Python's own 5 ms are a third of a frame."""

_M_ARENA_MAX = -8
"""glibc's name for how many heaps there may be."""
_HEAPS = 2


def run(project: Path | None, page: str | None = None) -> int:
    """Open the window, on *project* and *page* if they are given, and return when it is closed.

    Raises InputError if *project* cannot be opened; one that is damaged or open elsewhere is the window's to tell.
    """
    opened, told_in_window = None, False
    try:
        opened = Project.open(project) if project is not None else None
    except (DamagedProject, ProjectInUse):
        told_in_window = True
    with qt_messages_logged(), watching() as watch:
        application = make_application()
        faults = FaultReporter()
        faults.install()
        window = MainWindow()
        try:
            faults.raised.connect(window.show_error)
            window.session.project_opened.connect(partial(_note_project, watch))
            _let_python_hear_signals(application)
            if opened is not None:
                window.session.adopt(opened)
            window.show()
            spare_present()
            if told_in_window and project is not None:
                window.open_project(project)
            if page is not None:
                window.show_page(page)
            window.offer_report(crashes())
            return application.exec()
        finally:
            faults.remove()
            # At once and parents first: Python's garbage collector would do it at any time and in any order.
            shiboken6.delete(window)
            # The traceback of a fault leads to this frame, and must not keep the window's parts.
            del window


def _note_project(watch: CrashWatch, project: Project) -> None:
    watch.note_project(project.folder)


def make_application() -> QApplication:
    """The one QApplication, with name, icon and colours."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    QCoreApplication.setOrganizationName("AnomalyGUI")
    QCoreApplication.setApplicationName("anomaly-gui")
    QCoreApplication.setApplicationVersion(__version__)
    sys.setswitchinterval(_TURN_S)
    _share_heaps()
    QGuiApplication.setApplicationDisplayName("Anomaly GUI")
    QGuiApplication.setDesktopFileName("anomaly-gui")
    application.setWindowIcon(QIcon(str(resource(APP_ICON))))
    apply_scheme(chosen_scheme())
    return application


def _share_heaps() -> None:
    """glibc would give each thread a heap of its own and keep what is freed in each: a window open for days grew on."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # Another C library has no such thing.
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)


def _let_python_hear_signals(application: QApplication) -> None:
    """Ctrl+C in the terminal closes the window; Qt's loop alone would not let Python notice."""
    signal.signal(signal.SIGINT, _close_all)
    timer = QTimer(application)
    timer.timeout.connect(_do_nothing)
    timer.start(_SIGNALS_MS)


def _close_all(*_: object) -> None:
    QApplication.closeAllWindows()


def _do_nothing() -> None:
    """Python looks for signals between any two of its instructions."""
