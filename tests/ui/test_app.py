"""Starting and ending the program as the user does: a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from anomaly_gui.errors import InputError
from anomaly_gui.project.store import Project
from anomaly_gui.ui import app
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.widgets.message import Fault

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Project.create(tmp_path / "housing") as made:
        return made.folder


def windows() -> list[MainWindow]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow)]


def test_the_window_opens_on_the_project_and_the_page_that_were_asked_for(
    qapp: QApplication, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[Path, str, bool]] = []

    def look() -> None:
        (window,) = windows()
        assert window.current_page is not None
        seen.append((window.session.project.folder, window.current_page.name, window.isVisible()))
        window.close()

    monkeypatch.setattr(signal, "signal", lambda *_: None)
    QTimer.singleShot(50, look)
    assert app.run(folder, "tune") == 0
    assert seen == [(folder, "tune", True)]
    assert not QApplication.windowIcon().isNull()
    Project.open(folder).close()


class Careless(QObject):
    """A slot of it fails; then it looks at what the window says, goes on to another page, and closes."""

    def __init__(self) -> None:
        super().__init__()
        self.said = self.copied = self.page = ""

    @Slot()
    def fail(self) -> None:
        QTimer.singleShot(50, self.look)
        raise ZeroDivisionError("a careless slot")

    @Slot()
    def look(self) -> None:
        (window,) = windows()
        faults = window.findChildren(Fault)
        if faults:
            self.said = faults[0].text.text()
            faults[0].copy.click()
            self.copied = QApplication.clipboard().text()
            faults[0].close()
        window.show_page("review")
        self.page = window.current_page.name if window.current_page is not None else ""
        window.close()


def test_a_fault_in_a_slot_is_said_in_a_dialog_and_logged_and_the_window_goes_on(
    qapp: QApplication, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    hook = sys.excepthook
    careless = Careless()
    QTimer.singleShot(50, careless.fail)
    assert app.run(folder, "tune") == 0
    assert "Nothing that was saved is lost" in careless.said
    assert "Traceback" in careless.copied
    assert "a careless slot" in careless.copied
    assert "a careless slot" in caplog.text
    assert careless.page == "review"
    assert sys.excepthook is hook


def test_a_folder_that_is_no_project_is_refused_before_any_window(qapp: QApplication, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no project"):
        app.run(tmp_path)
    assert windows() == []


def test_the_program_has_a_name_and_an_icon(qapp: QApplication) -> None:
    made = app.make_application()
    assert made is qapp
    assert made.applicationName() == "anomaly-gui"
    assert not QIcon(made.windowIcon()).pixmap(32, 32).isNull()


@pytest.mark.skipif(sys.platform != "linux", reason="glibc alone keeps a heap for each thread")
def test_threads_share_heaps_so_that_what_one_frees_another_uses(tmp_path: Path) -> None:
    code = (
        "import ctypes, sys, threading\n"
        "from anomaly_gui.ui import app\n"
        "application = app.make_application()\n"
        "libc = ctypes.CDLL(None)\n"
        "libc.fopen.restype = ctypes.c_void_p\n"
        "gate = threading.Barrier(13)\n"
        "threads = [threading.Thread(target=lambda: (bytearray(5000), gate.wait())) for _ in range(12)]\n"
        "for each in threads: each.start()\n"
        "file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b'w'))\n"
        "libc.malloc_info(0, file)\n"
        "libc.fclose(file)\n"
        "gate.wait()\n"
    )
    told = tmp_path / "heaps.xml"
    subprocess.run([sys.executable, "-c", code, str(told)], cwd=ROOT, env=os.environ, check=True, timeout=60)
    assert 1 <= told.read_text().count("<heap nr") <= 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_ctrl_c_in_the_terminal_closes_the_window_cleanly(folder: Path, tmp_path: Path) -> None:
    started = tmp_path / "started"
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from PySide6.QtCore import QTimer\n"
        "from anomaly_gui.ui import app\n"
        "application = app.make_application()\n"
        f"QTimer.singleShot(0, Path({str(started)!r}).touch)\n"
        f"sys.exit(app.run(Path({str(folder)!r})))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=os.environ, stderr=subprocess.PIPE)
    try:
        until = time.monotonic() + 30
        while not started.exists() and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 0
    assert complaints == b""
    Project.open(folder).close()
