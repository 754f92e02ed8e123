"""Tiles for small defects on the Train page: how wide the smallest is, what that asks for, and the grid of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.imaging.load import load
from anomaly_gui.imaging.region import Region, inside_of
from anomaly_gui.imaging.thumbnail import sample
from anomaly_gui.imaging.tiles import plan_tiles, shrunk_size
from anomaly_gui.jobs.tile_advice import Pace, pace_of
from anomaly_gui.project.records import Image
from anomaly_gui.project.runs import RunFolder
from anomaly_gui.ui.background import Background
from anomaly_gui.ui.pages.train_tiles_state import (
    Choice,
    ImageSizes,
    TilesAdvice,
    sample_image,
    sizes_of,
    tiles_advice,
)
from anomaly_gui.ui.theme import explain
from anomaly_gui.ui.widgets.icon_button import IconButton
from anomaly_gui.ui.widgets.settings_form import QuietWheel
from anomaly_gui.ui.widgets.tile_grid import TileGrid

_PICTURE_PX = 640
_WIDEST_PX = 9999
_LINES = 5
"""Room for sentences, so that the grid stays where it is."""
_COST_LINES = 3
_RUNS = 20
"""The newest, asked how long an image took."""


@dataclass(frozen=True)
class _Asked:
    """What is read in the background."""

    image: Image
    region: Region
    folder: Path
    runs: tuple[str, ...]
    """Names, the newest first."""
    usual: tuple[int, int]


@dataclass(frozen=True)
class _Read:
    pixels: NDArray[np.uint8] | None
    inside: NDArray[np.bool_] | None
    problem: str
    paces: tuple[Pace, ...]


class _WidthBox(QuietWheel, QSpinBox):
    """A whole number of pixels; 0 is not said."""


class TrainTiles(QWidget):
    """set_project, set_choice and set_smallest emit nothing."""

    wanted = Signal(str, object)
    """Detector and settings, to be filled in."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sizes: ImageSizes | None = None
        self._asked: _Asked | None = None
        self._shown: _Asked | None = None
        self._paces: tuple[Pace, ...] = ()
        self._choice = Choice("", {}, {})
        self.advice = TilesAdvice("")
        self._background = Background(self)
        self._background.answered.connect(self._take)
        self._make()
        self.smallest.valueChanged.connect(self._show)
        self.use.clicked.connect(self._announce)

    def _make(self) -> None:
        self.smallest = _WidthBox(self)
        self.smallest.setRange(0, _WIDEST_PX)
        self.smallest.setSpecialValueText("not said")
        self.smallest.setSuffix(" px")
        self.smallest.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        tip = (
            "How wide the smallest defect is that must be found, in pixels of the image as it was taken. Resized to "
            "the detector's input it may shrink to nothing; tiles look at the image piece by piece and keep it"
        )
        title = QLabel("Smallest defect that matters", self)
        title.setBuddy(self.smallest)
        title.setToolTip(tip)
        self.smallest.setToolTip(tip)
        self.smallest.setAccessibleName("Smallest defect that matters, in pixels")
        self.reason, self.cost = QLabel(self), QLabel(self)
        for label, lines in ((self.reason, _LINES), (self.cost, _COST_LINES)):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setMinimumHeight(lines * label.fontMetrics().lineSpacing() + 2)
            explain(label)
        self.use = IconButton("Use these tiles", "mdi6.grid", self)
        self.grid = TileGrid(self)
        self.grid.setToolTip(
            "One of the images and its tiles at the finest scale. White: where a tile hands over to the next. Blue: "
            "one whole tile, which overlaps its neighbours. Dark: outside the region of interest, not looked at"
        )
        row = QHBoxLayout()
        row.addWidget(title, 1)
        row.addWidget(self.smallest)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 6, 4)
        layout.setSpacing(6)
        layout.addLayout(row)
        layout.addWidget(self.reason)
        layout.addWidget(self.use)
        layout.addWidget(self.grid)
        layout.addWidget(self.cost)

    def set_smallest(self, width_px: int) -> None:
        """0: not said."""
        with QSignalBlocker(self.smallest):
            self.smallest.setValue(width_px)
        self._show()

    def set_choice(self, choice: Choice) -> None:
        """What is chosen to be trained."""
        self._choice = choice
        self._show()

    def set_project(self, images: Sequence[Image], region: Region, folder: Path, runs: Sequence[str]) -> None:
        """*runs* are the names of those scored, the newest first."""
        self._sizes = sizes_of(images)
        image = sample_image(images, self._sizes) if self._sizes is not None else None
        if self._sizes is None or image is None:
            self.forget()
        else:
            self._asked = _Asked(image, region, folder, tuple(runs[:_RUNS]), self._sizes.usual)
            self._ask()
        self._show()

    def forget(self) -> None:
        """Show nothing of a project that is closed."""
        self._background.forget()
        self._sizes = self._asked = self._shown = None
        self._paces = ()
        self.grid.set_picture(None)
        self.grid.set_message("One of the images is shown here, with its tiles")

    def stop(self) -> None:
        """Let the thread that reads end."""
        self._background.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()

    def _ask(self) -> None:
        """Large images take their time: only where one can see it."""
        asked = self._asked
        if asked is None or asked == self._shown or not self.isVisible():
            return
        self._shown = asked
        if not self.grid.has_picture:
            self.grid.set_message("Reading an image …")
        self._background.ask(lambda _cancel: _read(asked))

    @Slot(object)
    def _take(self, read: _Read) -> None:
        self._paces = read.paces
        self.grid.set_message(read.problem)
        self.grid.set_picture(read.pixels, read.inside)
        self._show()

    @Slot()
    def _show(self) -> None:
        has_region = self._asked is not None and not self._asked.region.is_everything
        self.advice = tiles_advice(self._sizes, self.smallest.value(), self._choice, self._paces, has_region=has_region)
        self.reason.setText(self.advice.reason)
        self.cost.setText(self.advice.cost)
        self.use.setText(self.advice.button)
        self.use.setToolTip(self.advice.tip)
        self.use.setEnabled(self.advice.can_use)
        self._show_grid()

    def _show_grid(self) -> None:
        tiling = self.advice.tiling
        if tiling is None or self._asked is None:
            self.grid.set_plan(None)
            return
        image = self._asked.image
        size = shrunk_size(image.height, image.width, tiling.factors[0])
        self.grid.set_plan(plan_tiles(*size, tiling.side, tiling.overlap))

    @Slot()
    def _announce(self) -> None:
        self.wanted.emit(self.advice.detector, dict(self.advice.settings))


def _read(asked: _Asked) -> _Read:
    """The picture that the grid lies on, and how long earlier runs took."""
    found = (pace_of(RunFolder(asked.folder, name), asked.usual) for name in asked.runs)
    paces = tuple(pace for pace in found if pace is not None)
    try:
        pixels = sample(load(asked.image.path, verify=False), _PICTURE_PX)
    except InputError:
        return _Read(None, None, f"{printable(Path(asked.image.path).name)} cannot be read", paces)
    return _Read(pixels, inside_of(asked.region, *pixels.shape[:2]), "", paces)
