"""What a process holds on to: memory, threads, files, Qt's objects."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThreadPool
from PySide6.QtWidgets import QApplication


@dataclass(frozen=True)
class Footprint:
    memory_mb: float
    threads: int
    files: int
    objects: int
    """QObjects below every window, and the application's own."""

    def __str__(self) -> str:
        return f"{self.memory_mb:7.1f} MB {self.threads:4} threads {self.files:4} files {self.objects:6} objects"


def measured() -> Footprint:
    """Of this process, after everything was collected that can be. Linux alone."""
    QThreadPool.globalInstance().waitForDone(5000)
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QCoreApplication.processEvents()
        gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Footprint(
        memory_mb=pages * os.sysconf("SC_PAGESIZE") / 2**20,
        threads=len(os.listdir("/proc/self/task")),
        files=len(os.listdir("/proc/self/fd")),
        objects=sum(1 + len(each.findChildren(QObject)) for each in QApplication.topLevelWidgets()),
    )


def together(seen: list[Footprint]) -> Footprint:
    """Of several looks. One alone finds threads of a pool that happen to wait, or pages on their way back."""
    return Footprint(
        memory_mb=median(each.memory_mb for each in seen),
        threads=max(each.threads for each in seen),
        files=max(each.files for each in seen),
        objects=max(each.objects for each in seen),
    )


def none_references() -> int:
    """References to None; on Python 3.12 and newer they are not counted any more."""
    return sys.getrefcount(None)
