"""Small pictures of images, decoded in the background: what was asked for last comes first."""

from __future__ import annotations

import contextlib
import logging
from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRunnable, QThread, QThreadPool, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.first_look import look_at_sample
from anomaly_gui.imaging.load import load, white_level
from anomaly_gui.imaging.thumbnail import fitted, small_picture
from anomaly_gui.project.records import Image
from anomaly_gui.ui.widgets.thumbnail_store import ThumbnailStore

_THREADS = 2
_QUEUED = 400
"""Requests beyond the newest so many are dropped: they have long been scrolled away."""
_LATER = -1
"""In place of a painting: after everything that is in view."""


@dataclass(frozen=True)
class _Request:
    image: Image
    side_px: int
    """Of what is kept on disk."""
    shown_px: int
    """Of what is shown: no larger."""
    white_level: int
    generation: int

    @property
    def key(self) -> str:
        return f"{self.image.sha256}-{self.side_px}-{self.white_level}"


class _Decoding(QRunnable):
    """One image in a thread of the pool."""

    def __init__(self, owner: Thumbnails, request: _Request, store: ThumbnailStore | None) -> None:
        super().__init__()
        self._owner = owner
        self._request = request
        self._store = store

    def run(self) -> None:
        picture, problem = QImage(), ""
        try:
            picture = _to_qimage(fitted(self._pixels(), self._request.shown_px))
        except InputError as error:
            problem = f"{error.cause[:1].upper()}{error.cause[1:]}"
        except Exception:
            logging.getLogger(__name__).exception("thumbnail of image %d failed", self._request.image.id)
            problem = "This image cannot be shown"
        # The window may have been closed meanwhile, and the owner with it.
        with contextlib.suppress(RuntimeError):
            request = self._request
            self._owner.decoded.emit(request.generation, request.image.id, picture, problem, request.shown_px)

    def _pixels(self) -> NDArray[np.uint8]:
        kept = self._store.read(self._request.key) if self._store else None
        if kept is not None:
            return kept
        made = thumbnail(self._request.image.path, self._request.side_px, self._request.white_level)
        if self._store:
            self._store.write(self._request.key, made)
        return made


class _Pruning(QRunnable):
    def __init__(self, store: ThumbnailStore) -> None:
        super().__init__()
        self._store = store

    def run(self) -> None:
        self._store.prune()


class Thumbnails(QObject):
    """Asked while painting, from the window's thread; `ready` says when to paint again."""

    ready = Signal(int)
    """Image id."""
    decoded = Signal(int, int, object, str, int)
    """From the threads of the pool: generation, image id, QImage, problem, side shown."""

    def __init__(
        self,
        side_px: int,
        budget_bytes: int,
        store: ThumbnailStore | None = None,
        parent: QObject | None = None,
        *,
        threads: int = _THREADS,
    ) -> None:
        """One of *threads* leaves the window a processor for what follows the mouse meanwhile."""
        super().__init__(parent)
        self._threads = threads
        self.side_px = side_px
        self._shown_px = side_px
        self._budget_bytes = budget_bytes
        self._store = store
        self._peak = 0
        self._generation = 0
        self._kept: OrderedDict[int, tuple[QPixmap, int]] = OrderedDict()
        """Id → picture, and the side that it was made for."""
        self._kept_bytes = 0
        self._problems: dict[int, str] = {}
        self._wanted: dict[int, tuple[Image, int]] = {}
        """Id → image, and the painting it was asked for in."""
        self._painting = 0
        self._next_painting = QTimer(self)
        self._next_painting.setSingleShot(True)
        self._next_painting.timeout.connect(self._count_painting)
        self._under_way: set[int] = set()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._pool.setThreadPriority(QThread.Priority.LowPriority)
        self.decoded.connect(self._take)
        if store is not None:
            self._pool.start(_Pruning(store), -1)

    def picture(self, image: Image) -> QPixmap | None:
        """The thumbnail if it is there; else it is on its way, unless problem() says otherwise."""
        kept = self._kept.get(image.id)
        if kept is not None:
            self._kept.move_to_end(image.id)
            if kept[1] == self._shown_px:
                return kept[0]
        if self._want(image, self._painting):
            self._next_painting.start()
            self._start_next()
        # Of another size it is better than nothing until the new one is there.
        return None if kept is None else kept[0]

    def keep_wanting(self, ids: Collection[int]) -> None:
        """Drop requests for all other images: they have been scrolled away."""
        for image_id in [each for each in self._wanted if each not in ids]:
            del self._wanted[image_id]

    def want_later(self, images: Iterable[Image]) -> None:
        """Ask for images that will probably be looked at next; those in view come first."""
        for image in images:
            kept = self._kept.get(image.id)
            if (kept is None or kept[1] != self._shown_px) and image.id not in self._wanted:
                self._want(image, _LATER)
        self._start_next()

    def show_side(self, side_px: int) -> None:
        """The side from now on, at most that of the pictures kept on disk."""
        self._shown_px = min(side_px, self.side_px)
        self._wanted.clear()

    def _want(self, image: Image, painting: int) -> bool:
        if image.id in self._problems or image.id in self._under_way:
            return False
        self._wanted.pop(image.id, None)
        self._wanted[image.id] = (image, painting)
        while len(self._wanted) > _QUEUED:
            del self._wanted[next(iter(self._wanted))]
        return True

    def problem(self, image_id: int) -> str:
        """Why there is no thumbnail; empty if there will be one."""
        return self._problems.get(image_id, "")

    def set_peak(self, peak: int) -> None:
        """The largest value of all 16-bit images: one white for all of them, or none could be compared."""
        if peak != self._peak:
            self._peak = peak
            self.forget()

    def forget(self) -> None:
        """Another project, or files that are back."""
        self._generation += 1
        self._kept.clear()
        self._kept_bytes = 0
        self._problems.clear()
        self._wanted.clear()
        self._under_way.clear()

    def stop(self) -> None:
        """Wait for what is under way: before the window goes."""
        self.forget()
        self._pool.clear()
        self._pool.waitForDone()

    def _start_next(self) -> None:
        while self._wanted and len(self._under_way) < self._threads:
            image_id = max(self._wanted, key=self._painting_of)
            image, _ = self._wanted.pop(image_id)
            self._under_way.add(image_id)
            white = 255 if image.bit_depth == 8 else white_level(16, max(self._peak, image.peak))
            request = _Request(image, self.side_px, self._shown_px, white, self._generation)
            self._pool.start(_Decoding(self, request, self._store))

    def _painting_of(self, image_id: int) -> int:
        """What was painted last comes first, and within one painting the upper left."""
        return self._wanted[image_id][1]

    @Slot()
    def _count_painting(self) -> None:
        self._painting += 1

    @Slot(int, int, object, str, int)
    def _take(self, generation: int, image_id: int, picture: QImage, problem: str, shown_px: int) -> None:
        if generation != self._generation:
            return
        self._under_way.discard(image_id)
        if problem:
            self._problems[image_id] = problem
        else:
            self._keep(image_id, QPixmap.fromImage(picture), shown_px)
        self._start_next()
        self.ready.emit(image_id)

    def _keep(self, image_id: int, pixmap: QPixmap, shown_px: int) -> None:
        before = self._kept.pop(image_id, None)
        if before is not None:
            self._kept_bytes -= _byte_count(before[0])
        self._kept[image_id] = (pixmap, shown_px)
        self._kept_bytes += _byte_count(pixmap)
        while self._kept_bytes > self._budget_bytes and len(self._kept) > 1:
            _, (dropped, _) = self._kept.popitem(last=False)
            self._kept_bytes -= _byte_count(dropped)


def thumbnail(path: str, side_px: int, white_level: int) -> NDArray[np.uint8]:
    """An image file scaled to fit a square of *side_px*, (H, W) or (H, W, 3). Raises InputError."""
    return small_picture(load(path, verify=False).pixels, side_px, white_level)


def sample_picture(path: str, side_px: int) -> QImage:
    """An image file that is not in the project, decoded where it can do no harm. Raises InputError."""
    return _to_qimage(look_at_sample(path, side_px))


def _to_qimage(pixels: NDArray[np.uint8]) -> QImage:
    """A copy that does not need *pixels* any more, as the screen wants it: the window need not convert it."""
    height, width = pixels.shape[:2]
    kind = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_RGB888
    return QImage(pixels.data, width, height, pixels.strides[0], kind).convertToFormat(QImage.Format.Format_RGB32)


def _byte_count(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4
