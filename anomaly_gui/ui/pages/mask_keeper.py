"""Keeps the mask that is drawn against a crash, a few seconds behind the hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from anomaly_gui.progress import CancelToken
from anomaly_gui.project.unsaved_masks import UnsavedMasks
from anomaly_gui.ui.background import Background

KEPT_AFTER_MS = 2000
"""A crash loses no more than was drawn since."""


class MaskKeeper(QObject):
    """start(), note() at every change, done() once the project has the mask."""

    failed = Signal(object)
    """The disk refuses; drawing goes on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._image_id = 0
        self._unsaved: UnsavedMasks | None = None
        self._mask: Callable[[], NDArray[np.bool_]] | None = None
        self._work = Background(self)
        self._work.failed.connect(self.failed)
        self._timer = QTimer(self, singleShot=True, interval=KEPT_AFTER_MS)
        self._timer.timeout.connect(self.keep)

    def start(self, project_folder: Path, image_id: int, mask: Callable[[], NDArray[np.bool_]]) -> None:
        """Another image; *mask* is asked whenever it is kept."""
        self._timer.stop()
        self._unsaved, self._image_id, self._mask = UnsavedMasks(project_folder), image_id, mask

    def note(self) -> None:
        """The mask changed."""
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def keep(self) -> None:
        """Write the mask as it is now, in the background."""
        if self._unsaved is None or self._mask is None:
            return
        unsaved, image_id, mask = self._unsaved, self._image_id, self._mask().copy()

        def work(_cancel: CancelToken) -> None:
            unsaved.keep(image_id, mask)

        self._timer.stop()
        self._work.ask(work)

    def pause(self) -> None:
        """Nothing is written from here on until note(): what is saved must not be kept once more after it."""
        self._timer.stop()
        self._work.stop()

    def done(self) -> None:
        """The project has the mask."""
        self.pause()
        if self._unsaved is not None:
            self._unsaved.forget(self._image_id)
