"""Where the program starts: the window with no verb, else the command line."""

from __future__ import annotations

import argparse
import io
import logging
import logging.handlers
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable

# Before anything imports torch: libgomp's spinning threads would take the cores from the window.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

_SIZES = ((1366, 768), (1920, 1080))
_SCHEMES = ("light", "dark")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with *argv* (default: the process's arguments) and return its exit status."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given == ["first-look"]:  # Before anything else is imported: an import waits for it.
        from anomaly_gui.imaging.first_look import answer_on_pipes

        answer_on_pipes()
        return 0
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    log = start_log()
    if not _wants_window(given):
        return _run_verb(given, log)
    try:
        return _open_window(Path(given[0]) if given else None)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    except Exception as error:
        logging.getLogger("anomaly_gui").exception("the window failed")
        sentence = f"A fault in the program stopped it ({type(error).__name__}). Details are in {log}."
        print(sentence, file=sys.stderr)
        return 1


def _run_verb(given: Sequence[str], log: Path) -> int:
    from anomaly_gui.cli import commands

    to_show: list[argparse.Namespace] = []

    def demo(args: argparse.Namespace, terminal: commands.Terminal) -> int:
        commands.make_demo(args, terminal)
        if not args.no_window:
            to_show.append(args)
        return commands.OK

    def show(args: argparse.Namespace, _terminal: commands.Terminal) -> int:
        return _show_demo(Path(args.folder).absolute(), wait=not args.json)

    status = commands.run(given, log, {**commands.HANDLERS, "demo": demo})
    if to_show:
        # A call of its own: while the window is open, Ctrl+C belongs to it and not to a job.
        status = commands.run(given, log, {"demo": show})
    return status


def _wants_window(given: Sequence[str]) -> bool:
    """No argument, or one that is neither a verb nor an option: a project."""
    if not given:
        return True
    from anomaly_gui.cli.arguments import VERBS

    return len(given) == 1 and given[0] not in VERBS and not given[0].startswith("-")


def start_log() -> Path:
    """Log to a file of the user, 1 MB at most and one older; returns its path."""
    import platformdirs

    path = platformdirs.user_log_path("anomaly-gui", appauthor=False) / "anomaly-gui.log"
    logger = logging.getLogger("anomaly_gui")
    logger.setLevel(logging.INFO)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(path, maxBytes=1_000_000, backupCount=1, delay=True)
    except OSError:
        return path  # a full or read-only disk must not keep the program from starting
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger.addHandler(handler)
    return path


def _open_window(project: Path | None, page: str | None = None) -> int:
    """Open the window on *project* (None: the start page). Raises InputError if it cannot be."""
    if project is not None and not project.exists():
        raise InputError(printable(project), "there is no such project or verb", "See: anomaly-gui --help")
    if not os.environ.get("QT_QPA_PLATFORM") and not _screen_named():
        cause = "there is no screen here: neither DISPLAY nor WAYLAND_DISPLAY is set"
        raise InputError("window", cause, "Use the command line: anomaly-gui --help")
    from anomaly_gui.ui.app import run

    return run(project, page)


def _show_demo(project: Path, *, wait: bool) -> int:
    """Open the window on Tune, or leave screenshots where there is no screen.

    With *wait* False a window, which would stay open, is left out.
    """
    if _screen_usable():
        return _open_window(project, "tune") if wait else 0
    pictures = project / "screenshots"
    print(
        f"There is no screen here: the window runs off screen; pictures of its pages go to {pictures}.",
        file=sys.stderr,
    )
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from anomaly_gui.ui.screenshots import write_screenshots

    write_screenshots(project, pictures, _SIZES, _SCHEMES)
    return 0


def _screen_named() -> bool:
    """Linux names its screens in the environment; other systems have one."""
    return sys.platform != "linux" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _screen_usable() -> bool:
    """Whether Qt can open a window. It aborts the process where it can't, hence another process."""
    if os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal") or not _screen_named():
        return False
    if sys.platform != "linux":
        return True
    probe = [sys.executable, "-c", "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"]
    try:
        return subprocess.run(probe, capture_output=True, timeout=30, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


if __name__ == "__main__":
    sys.exit(main())
