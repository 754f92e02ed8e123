"""Thumbnails of one training image as the settings chosen vary it; hidden while they leave it alone."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from anomaly_gui.detectors.settings import AugmentationSettings, DetectorSettings
from anomaly_gui.errors import InputError
from anomaly_gui.jobs.augmentation_preview import Variant, augmentation_preview, is_varied
from anomaly_gui.project.records import Image
from anomaly_gui.ui.theme import explain
from anomaly_gui.ui.widgets.rules_panel import section_title

COLUMNS = 5
TILE_PX = 58
_GAP_PX = 6
_WAIT_MS = 150
"""A value that is being typed or spun is shown once it rests."""

_log = logging.getLogger(__name__)


class _Signals(QObject):
    made = Signal(int, object)


class _Making(QRunnable):
    def __init__(
        self, signals: _Signals, generation: int, images: Sequence[Image], settings: AugmentationSettings
    ) -> None:
        super().__init__()
        self._signals = signals
        self._generation = generation
        self._images = images
        self._settings = settings

    def run(self) -> None:
        made: list[Variant] = []
        try:
            made = augmentation_preview(self._images, self._settings)
        except InputError as error:
            _log.info("no preview of the augmentation: %s", error)
        except Exception:
            _log.exception("the preview of the augmentation failed")
        with contextlib.suppress(RuntimeError):  # the window may be gone
            self._signals.made.emit(self._generation, made)


class AugmentationPreview(QWidget):
    """What arrives for settings that were changed meanwhile is dropped."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.variants: list[Variant] = []
        """Those that are shown, the unchanged image first."""
        self._generation = 0
        self._asked: tuple[Sequence[Image], AugmentationSettings] | None = None
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._signals = _Signals(self)
        self._signals.made.connect(self._take)
        self._timer = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._timer.timeout.connect(self._start)
        self._tiles = QGridLayout()
        self._tiles.setSpacing(_GAP_PX)
        self._tiles.setColumnStretch(COLUMNS, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        title = section_title("As training images may look", self)
        title.setToolTip("One of them, changed as much as the settings of the augmentation allow")
        layout.addWidget(title)
        layout.addLayout(self._tiles)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()

    def ask(self, images: Iterable[Image], settings: DetectorSettings) -> None:
        """Show one of a project's *images* as *settings* vary it."""
        if not isinstance(settings, AugmentationSettings) or not is_varied(settings):
            self.clear()
            return
        wanted = tuple(images), settings
        if wanted != self._asked:
            self._generation += 1
            self._asked = wanted
            self._timer.start()

    def clear(self) -> None:
        """Show nothing, whatever is under way."""
        self._generation += 1
        self._asked = None
        self._timer.stop()
        self._show([])

    def stop(self) -> None:
        """Let the thread end."""
        self.clear()
        self._pool.clear()
        self._pool.waitForDone()

    @Slot()
    def _start(self) -> None:
        if self._asked is not None:
            self._pool.clear()
            self._pool.start(_Making(self._signals, self._generation, *self._asked))

    @Slot(int, object)
    def _take(self, generation: int, made: list[Variant]) -> None:
        if generation == self._generation:
            self._show(made)

    def _show(self, variants: list[Variant]) -> None:
        self.variants = variants
        while (item := self._tiles.takeAt(0)) is not None:
            if (tile := item.widget()) is not None:
                tile.hide()
                tile.deleteLater()
        for number, variant in enumerate(variants):
            self._tiles.addWidget(self._tile(variant), number // COLUMNS, number % COLUMNS)
        self.setVisible(bool(variants))

    def _tile(self, variant: Variant) -> QWidget:
        tile = QWidget(self)
        tile.setToolTip(f"{variant.title}: {variant.explanation}")
        tile.setAccessibleName(variant.title)
        column = QVBoxLayout(tile)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        picture, title = QLabel(tile), QLabel(variant.title, tile)
        picture.setPixmap(_pixmap(variant.pixels, round(TILE_PX * self.devicePixelRatio())))
        picture.setScaledContents(True)
        picture.setFixedSize(TILE_PX, TILE_PX)
        explain(title)
        font = title.font()
        font.setPointSizeF(0.78 * font.pointSizeF())
        title.setFont(font)
        column.addWidget(picture)
        column.addWidget(title)
        return tile


def _pixmap(pixels: NDArray[np.uint8], side: int) -> QPixmap:
    """(H, W) or (H, W, 3) as large as it is shown; areas are averaged as it is made smaller."""
    height, width = pixels.shape[:2]
    kind = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_RGB888
    whole = QPixmap.fromImage(QImage(pixels.data, width, height, pixels.strides[0], kind))
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return whole.scaled(side, side, keep, smooth)
