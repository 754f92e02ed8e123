"""Reads images in the background; what arrives for an image already left is not announced."""

from __future__ import annotations

import contextlib
import logging
from collections import OrderedDict

from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal, Slot

from anomaly_gui.ui.widgets.picture_set import PictureRequest, PictureSet, load_pictures

KEPT_BYTES = 384 << 20
"""Pictures kept for going back and for what was fetched ahead."""
_URGENT, _AHEAD = 20, 10
AGAIN_MS = 3000
"""After which a file in a folder that could not be reached is tried again."""

_log = logging.getLogger(__name__)


class _Reading(QRunnable):
    """Reads one image in a thread of the pool."""

    def __init__(self, loader: PictureLoader, request: PictureRequest, generation: int) -> None:
        super().__init__()
        self._loader = loader
        self._request = request
        self._generation = generation

    def run(self) -> None:
        try:
            made = load_pictures(self._request, self._begin)
        except Exception:
            _log.exception("reading %s failed", self._request.path)
            made = PictureSet(
                self._request,
                self._request.size,
                problems=("This image could not be shown because of a bug. The log file says more.",),
            )
        # The window may have been closed meanwhile, and the loader with it.
        with contextlib.suppress(RuntimeError):
            self._loader.read.emit(self._generation, made)

    def _begin(self, part: PictureSet) -> None:
        with contextlib.suppress(RuntimeError):
            self._loader.read.emit(self._generation, part)


class PictureLoader(QObject):
    """Shows one image at a time, fetches others ahead, and keeps the last ones."""

    loaded = Signal(object)
    """PictureSet of the image asked for last."""
    begun = Signal(object)
    """The same of a large image, of which only the original is there as yet; `loaded` follows."""
    read = Signal(int, object)
    """From the threads of the pool: generation and PictureSet."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool.globalInstance()
        self._generation = 0
        self._kept: OrderedDict[PictureRequest, PictureSet] = OrderedDict()
        self._under_way: dict[PictureRequest, int] = {}
        self._wanted: PictureRequest | None = None
        self._shown: PictureRequest | None = None
        """Asked for last, whether it has come or not."""
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self._try_again)
        self.read.connect(self._take)

    def show(self, request: PictureRequest) -> PictureSet | None:
        """Ask for an image. What is kept is returned at once; else `loaded` follows."""
        self._shown = request
        self._again.stop()
        kept = self._kept.get(request)
        if kept is not None:
            self._kept.move_to_end(request)
            self._wanted = None
            return kept
        self._wanted = request
        self._start(request, _URGENT)
        return None

    def fetch_ahead(self, request: PictureRequest) -> None:
        """Read an image that will probably be asked for next."""
        if request not in self._kept:
            self._start(request, _AHEAD)

    def forget(self) -> None:
        """Drop everything: the images or the run have changed. Results under way are dropped too."""
        self._generation += 1
        self._wanted = self._shown = None
        self._again.stop()
        self._kept.clear()
        self._under_way.clear()

    def _start(self, request: PictureRequest, priority: int) -> None:
        if request in self._under_way:
            return
        self._under_way[request] = self._generation
        self._pool.start(_Reading(self, request, self._generation), priority)

    def _take(self, generation: int, made: PictureSet) -> None:
        if self._under_way.get(made.request) != generation:
            return
        if not made.is_whole:
            if made.request == self._wanted:
                self.begun.emit(made)
            return
        del self._under_way[made.request]
        # A file that could not be read may be back the next time.
        if not made.problems:
            self._keep(made)
        if made.request == self._wanted:
            self._wanted = None
            if made.away:
                self._again.start()
            self.loaded.emit(made)

    @Slot()
    def _try_again(self) -> None:
        """The folder of what is shown could not be reached."""
        if self._shown is not None:
            self._wanted = self._shown
            self._start(self._shown, _URGENT)

    def _keep(self, made: PictureSet) -> None:
        self._kept[made.request] = made
        while len(self._kept) > 1 and sum(kept.byte_count for kept in self._kept.values()) > KEPT_BYTES:
            self._kept.popitem(last=False)
