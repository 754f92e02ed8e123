"""The window of tests/ui, driven for long."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from anomaly_gui.ui.app import make_application
from tests.jobs.tiny_project import make_project, quick
from tests.ui.conftest import _fresh_settings, _no_widget_left, window  # noqa: F401

GoesOn = Callable[[int, int], int]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks how *long* it goes on has a short form and a long one."""
    if "long" in metafunc.fixturenames:
        marks = [pytest.mark.slow, pytest.mark.soak, pytest.mark.timeout(36_000)]
        short = pytest.param(False, id="short", marks=[pytest.mark.slow, pytest.mark.timeout(600)])
        metafunc.parametrize("long", [short, pytest.param(True, id="long", marks=marks)])


@pytest.fixture
def goes_on(long: bool, request: pytest.FixtureRequest) -> GoesOn:
    """How often something is done: so often in the short form, so often in the long one, but no more than --actions."""
    wanted: int | None = request.config.getoption("--actions")
    return lambda short, most: min(wanted, most) if wanted else (most if long else short)


@pytest.fixture(autouse=True)
def _no_log_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest keeps every record of a test, and with a traceback all that its frames refer to."""
    monkeypatch.setattr("_pytest.logging.LogCaptureHandler.emit", lambda *_: None)


@pytest.fixture(autouse=True)
def _as_the_program_starts(qapp: QApplication) -> None:
    assert make_application() is qapp


@pytest.fixture
def trained_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With pictures and one scored run; nothing is opened or written elsewhere."""
    if sys.platform != "linux":
        pytest.skip("measures as Linux does")
    from PySide6.QtGui import QDesktopServices

    from anomaly_gui.jobs.train import train
    from anomaly_gui.progress import CancelToken, ignore_events

    monkeypatch.setattr(QDesktopServices, "openUrl", lambda *_: True)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("HOME", str(tmp_path / "work"))
    with make_project(tmp_path, train=20, good=8, defects=8) as project:
        train(project, quick(epochs=1), ignore_events, CancelToken())
    return tmp_path / "project"
