"""How often each fault is tried, and the table of what came of it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Tally = Callable[[str, int, int], None]
"""(fault, trials, losses)"""

_KEY = "faults survived"


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Tally:
    """Take a line for the table at the end of the run."""
    return lambda fault, trials, losses: record_property(_KEY, (fault, trials, losses))


@pytest.fixture
def trials(request: pytest.FixtureRequest) -> int:
    """Of one fault in the long form: 300, or --trials."""
    wanted: int | None = request.config.getoption("--trials")
    return 300 if wanted is None else wanted


@pytest.fixture
def memory_folder() -> Iterator[Path]:
    """A folder that costs no disk: thousands of projects are opened in it."""
    shared = Path("/dev/shm")
    made = Path(tempfile.mkdtemp(prefix="anomaly-gui-", dir=shared if shared.is_dir() else None))
    yield made
    shutil.rmtree(made)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == _KEY and report.when == "call"
    ]
    if not lines:
        return
    terminalreporter.section("faults")
    terminalreporter.write_line(f"{'fault':<52}{'trials':>10}{'survived':>10}{'losses':>8}")
    for fault, trials, losses in lines:
        terminalreporter.write_line(f"{fault:<52}{trials:>10}{trials - losses:>10}{losses:>8}")
