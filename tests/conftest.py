"""What holds for every test: one thread, no network, no screen, nothing outside tmp_path."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

# Before anything imports torch or Qt.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
os.environ["QT_QPA_PLATFORM"] = "offscreen"

# A busy machine is slow now and then; what must be fast has a benchmark.
hypothesis.settings.register_profile("anomaly-gui", deadline=None)
hypothesis.settings.load_profile("anomaly-gui")

Tally = Callable[[str, int, int], None]
"""(fault, trials, losses)"""

_SURVIVED = "faults survived"
_FAULTS = (Path(__file__).with_name("faults"), Path(__file__).with_name("soak"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--trials", type=int, help="how often each fault is tried, instead of its usual number")
    parser.addoption("--actions", type=int, help="how long a soak goes on, instead of its usual number")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Who asks for a marker, as with `-m faults`, does not ask for its slow tests; `-m "faults and slow"` does."""
    for item in items:
        if any(folder in item.path.parents for folder in _FAULTS):
            item.add_marker(pytest.mark.faults)
    if "slow" not in config.option.markexpr:
        unwanted = [item for item in items if item.get_closest_marker("slow")]
        items[:] = [item for item in items if not item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=unwanted)


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Tally:
    """Take a line for the table of faults at the end of the run."""
    return lambda fault, trials, losses: record_property(_SURVIVED, (fault, trials, losses))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of faults. Here, and not beside the tests: with -n the process that prints collects none."""
    lines = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == _SURVIVED and report.when == "call"
    ]
    if not lines:
        return
    terminalreporter.section("faults")
    terminalreporter.write_line(f"{'fault':<52}{'trials':>10}{'survived':>10}{'losses':>8}")
    for fault, trials, losses in [*sorted(lines), ("all", *(sum(line[n] for line in lines) for n in (1, 2)))]:
        terminalreporter.write_line(f"{fault:<52}{trials:>10}{trials - losses:>10}{losses:>8}")


@pytest.fixture(scope="session", autouse=True)
def _own_user_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Logs, caches and window state of the tests never mix with the user's."""
    home = tmp_path_factory.mktemp("user")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
            patch.setenv(name, str(home / name.lower()))
        yield


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program works offline: a connection to another machine fails the test."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            pytest.fail(f"a test tried to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)


@pytest.fixture(scope="session")
def _first_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo project made once, with a run of one epoch; never handed to a test itself."""
    from anomaly_gui.imaging.synthetic import SyntheticSettings
    from anomaly_gui.jobs.demo import DemoReport, DemoRequest, demo
    from anomaly_gui.progress import CancelToken, ignore_events

    folder = tmp_path_factory.mktemp("demo") / "project"
    drawing = SyntheticSettings(size_px=64, train_good=10, test_good=4, defects_per_kind=1)
    settings = {"input_px": 32, "width": 4, "epochs": 1, "minimum_steps": 1}
    request = DemoRequest(folder=str(folder), drawing=drawing, settings=settings)
    assert isinstance(demo(request, ignore_events, CancelToken()), DemoReport)
    return folder


@pytest.fixture
def demo_project(_first_demo: Path, tmp_path: Path) -> Path:
    """The folder of a small synthetic project with one scored run and one export, for this test alone.

    Its images are those of the first one: they lie outside and must not be written to.
    """
    return shutil.copytree(_first_demo, tmp_path / "demo")
