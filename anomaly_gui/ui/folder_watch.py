"""Folders in which new images appear: heard of at once on a local disk, looked for on a network share."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal, Slot

from anomaly_gui.imaging.scan import is_image_name
from anomaly_gui.progress import CancelToken
from anomaly_gui.ui.background import Background

POLL_MS = 30_000
SETTLE_MS = 1_500
"""A file that did not grow for so long is taken for written."""
_MOST_WATCHED = 500
"""Folders that the system is asked to tell of; beyond these the slow look finds new images."""

Seen = dict[str, tuple[int, int]]
"""Path → bytes and date (ns): what a file was when it was looked at."""


@dataclass(frozen=True)
class Look:
    """One look at the folders."""

    files: Seen
    folders: tuple[str, ...]
    gone: tuple[str, ...] = ()
    """Watched folders that cannot be read just now."""


@dataclass
class Arrivals:
    """Tells new files that are written to the end from those that still grow. No Qt."""

    _before: Seen = field(default_factory=dict)
    _told: Seen = field(default_factory=dict)

    def take(self, seen: Seen, known: Collection[str]) -> tuple[list[str], bool]:
        """Files to import, and whether others must be looked at again soon.

        A file is told once, and again only if it was changed since: one that cannot be read is not tried for ever.
        """
        fresh = {path: state for path, state in seen.items() if path not in known and self._told.get(path) != state}
        ready = [path for path, state in fresh.items() if self._before.get(path) == state and state[0] > 0]
        self._told.update({path: fresh[path] for path in ready})
        self._before = fresh
        return sorted(ready), len(ready) < len(fresh)


def look_into(folders: Iterable[str], cancel: CancelToken) -> Look:
    """All images in *folders* and below; links to folders are not followed."""
    files: Seen = {}
    places: list[str] = []
    gone: list[str] = []
    for root in folders:
        if not os.path.isdir(root):
            gone.append(root)
            continue
        for place, below, names in os.walk(root):
            if cancel.cancelled:
                return Look({}, ())
            below[:] = [name for name in below if not name.startswith(".")]
            places.append(place)
            files.update(_states(place, names))
    return Look(files, tuple(places), tuple(gone))


def _states(place: str, names: Iterable[str]) -> Seen:
    found: Seen = {}
    for name in filter(is_image_name, names):
        path = os.path.join(place, name)
        try:
            status = os.stat(path)
        except OSError:  # Gone again.
            continue
        found[path] = (status.st_size, status.st_mtime_ns)
    return found


class FolderWatch(QObject):
    """Looks in a thread; announces files once they are whole."""

    arrived = Signal(object)
    """Paths, sorted."""
    gone = Signal(object)
    """Watched folders that cannot be read just now; empty when all can."""

    def __init__(self, known: Callable[[], Collection[str]], parent: QObject | None = None) -> None:
        """*known* gives the files that are in the project, when it is asked."""
        super().__init__(parent)
        self._folders: tuple[str, ...] = ()
        self._known = known
        self._arrivals = Arrivals()
        self._looks = Background(self, may_hang=True)
        self._looks.answered.connect(self._take)
        self._looks.failed.connect(self._end_look)
        self._is_looking = self._is_due = False
        """Whether a look is under way, and whether one was wanted meanwhile: at a share that is gone it may hang."""
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._look_soon)
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self.look)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(SETTLE_MS)
        self._again.timeout.connect(self.look)

    @property
    def folders(self) -> tuple[str, ...]:
        return self._folders

    def watch(self, folders: Sequence[str]) -> None:
        """These from now on; none stops it."""
        if tuple(folders) == self._folders:
            return
        self._folders = tuple(folders)
        self._listen(())
        self._looks.forget()
        self._is_looking = self._is_due = False
        self._again.stop()
        if self._folders:
            self._poll.start()
            self.look()
        else:
            self._arrivals = Arrivals()
            self._poll.stop()

    def stop(self) -> None:
        """Without waiting for a look that is under way, whose answer is dropped."""
        self.watch(())
        self._looks.stop()

    @Slot()
    def look(self) -> None:
        self._is_due = self._is_looking
        if self._folders and not self._is_looking:
            self._is_looking = True
            self._looks.ask(_Looking(self._folders))

    @Slot()
    def _end_look(self) -> None:
        self._is_looking = False
        if self._is_due:
            self._look_soon("")

    @Slot(str)
    def _look_soon(self, _folder: str) -> None:
        if not self._again.isActive():
            self._again.start()

    @Slot(object)
    def _take(self, look: Look) -> None:
        self._end_look()
        # What came between the look and the listening is told by nobody.
        began = self._listen(look.folders[:_MOST_WATCHED])
        self.gone.emit(look.gone)
        ready, others = self._arrivals.take(look.files, self._known())
        if others or began:
            self._again.start()
        if ready:
            self.arrived.emit(ready)

    def _listen(self, folders: Sequence[str]) -> bool:
        """Whether there is any that was not listened to before."""
        wanted, there = set(folders), set(self._watcher.directories())
        if there - wanted:
            self._watcher.removePaths(sorted(there - wanted))
        if wanted - there:
            self._watcher.addPaths(sorted(wanted - there))
        return bool(wanted - there)


class _Looking:
    """In a thread: no widget is touched."""

    def __init__(self, folders: Sequence[str]) -> None:
        self._folders = tuple(folders)

    def __call__(self, cancel: CancelToken) -> Look:
        return look_into(self._folders, cancel)
