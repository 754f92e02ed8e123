"""Qt's own messages go to the program's log, not to a terminal that nobody looks at."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.DEBUG,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_NOISE = ("This plugin does not support propagateSizeHints",)
"""Said by the off-screen platform of every window."""

_log = logging.getLogger("anomaly_gui.qt")


@contextmanager
def qt_messages_logged() -> Iterator[None]:
    """Within this block; what took Qt's messages before takes them again afterwards."""
    before = qInstallMessageHandler(_take)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def _take(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    if not text.startswith(_NOISE):
        _log.log(_LEVELS.get(kind, logging.WARNING), "%s", text)
