"""What the last run left when it crashed, and one file of it to send to whoever can mend it. No Qt."""

from __future__ import annotations

import faulthandler
import os
import platform
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import msgspec
import platformdirs

from anomaly_gui import __version__
from anomaly_gui.errors import InputError
from anomaly_gui.files import atomic_write, printable

_PATTERN = "crash-*.txt"
_LOGS = ("anomaly-gui.log", "anomaly-gui.log.1")
_PACKAGES = ("PySide6-Essentials", "pyqtgraph", "numpy", "torch", "onnxruntime", "opencv-python-headless", "pillow")
_IMAGES_LIMIT_BYTES = 200 << 20


class Crash(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the program that crashed."""

    file: Path
    trace: str
    """Of every thread, by faulthandler."""
    time: datetime
    project: Path | None
    """That was open then."""


def folder() -> Path:
    """Where the log is."""
    return platformdirs.user_log_path("anomaly-gui", appauthor=False)


class CrashWatch:
    """While it is installed, a crash of this process leaves its trace in a file of its own."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def note_project(self, project: Path | None) -> None:
        """Say which project is open, for the report."""
        with suppress(OSError):
            self._project_file.write_bytes(b"" if project is None else os.fsencode(project))

    @property
    def _project_file(self) -> Path:
        return self._file.with_suffix(".project")

    def _remove(self) -> None:
        for path in (self._file, self._project_file):
            path.unlink(missing_ok=True)


@contextmanager
def watching() -> Iterator[CrashWatch]:
    """Catch crashes within this block; where no file can be written, none is caught."""
    file = folder() / f"crash-{os.getpid()}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.txt"
    watch = CrashWatch(file)
    was_enabled = faulthandler.is_enabled()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        stream = file.open("wb", buffering=0)
    except OSError:
        yield watch
        return
    with stream:
        faulthandler.enable(stream)
        try:
            yield watch
        finally:
            faulthandler.disable()
            if was_enabled:
                faulthandler.enable()
    with suppress(OSError):
        watch._remove()


def crashes() -> list[Crash]:
    """Of former runs, newest first. What runs that were killed left without a word is cleared away."""
    found = []
    for file in folder().glob(_PATTERN):
        with suppress(OSError):
            pid = int(file.name.split("-")[1]) if file.name.split("-")[1].isdigit() else 0
            if pid == os.getpid() or _is_alive(pid):
                continue
            trace = file.read_text("utf-8", "replace")
            if not trace.strip():
                forget(file)
                continue
            when = datetime.fromtimestamp(file.stat().st_mtime, UTC)
            found.append(Crash(file=file, trace=trace, time=when, project=_project_of(file)))
    return sorted(found, key=lambda crash: crash.time, reverse=True)


def forget(file: Path) -> None:
    """The crash is dealt with."""
    for path in (file, file.with_suffix(".project")):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _project_of(file: Path) -> Path | None:
    with suppress(OSError):
        name = file.with_suffix(".project").read_bytes()
        return Path(os.fsdecode(name)) if name else None
    return None


def _is_alive(pid: int) -> bool:
    if not pid or sys.platform == "win32":  # There a file that is open cannot be removed: that is enough.
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def write_report(path: Path, crashed: Sequence[Crash], images: Sequence[str] = ()) -> None:
    """One zip at *path*: traces, log and versions; *images*, by path, only because somebody asked for them.

    Neither the project nor any label is in it. Raises InputError if it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("about.txt", about())
            for crash in crashed:
                archive.writestr(f"{crash.file.stem}.txt", crash.trace)
            for name in _LOGS:
                with suppress(FileNotFoundError):
                    archive.writestr(name, (folder() / name).read_bytes())
            left = _IMAGES_LIMIT_BYTES
            for number, image in enumerate(images):
                with suppress(OSError):
                    data = Path(image).read_bytes()
                    left -= len(data)
                    if left < 0:
                        break
                    archive.writestr(f"images/{number:05d}-{Path(printable(image)).name}", data)
        data = temporary.read_bytes()
        atomic_write(path, data)
    except OSError as error:
        raise InputError(
            printable(path), f"it cannot be written ({error.strerror})", "Choose another folder"
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def about() -> str:
    """Versions of what runs here; nothing of the project."""
    lines = [f"Anomaly GUI {__version__}", f"Python {sys.version}", platform.platform(), platform.processor()]
    for package in _PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            lines.append(f"{package} {metadata.version(package)}")
    return "\n".join([*lines, f"screen {os.environ.get('QT_QPA_PLATFORM', '')}", ""])
