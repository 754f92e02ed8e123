"""How often each fault is tried, and what the trials share."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.disk import build
from tests.faults.victims import Victims

SHORT, LONG = "short", "long"
HOW_OFTEN: dict[str, tuple[int, int]] = {
    "kill label": (115, 4000),
    "kill mask": (55, 2000),
    "kill review": (60, 1800),
    "kill migrate": (50, 1000),
    "kill export": (17, 600),
    "kill train": (3, 300),  # Each of them is killed twice.
    "power cut": (2000, 20_000),
    "bits of project.db": (250, 1000),
    "bits of each file of a run": (20, 150),
    "bits of a bundle": (200, 1000),
    "mutated images": (20_000, 1_000_000),
    "mutated bundles": (1000, 100_000),
    "mutated models": (60, 2_000),
    "mutated manifests": (200, 2_000),
    "mutated projects": (60, 1000),
    "mutated settings": (300, 10_000),
    "mutated annotations": (200, 10_000),
    "mutated arguments": (200, 20_000),
}
"""In the short form, which is part of every check, and in the long form."""

Form = str
HowOften = Callable[[str], int]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for its *form* has a short one and a long one."""
    if "form" in metafunc.fixturenames:
        marks = [pytest.mark.slow, pytest.mark.timeout(36_000)]
        short = pytest.param(SHORT, marks=[pytest.mark.timeout(600)])  # Seconds; minutes on a busy machine.
        metafunc.parametrize("form", [short, pytest.param(LONG, marks=marks)])


@pytest.fixture
def how_often(form: Form, request: pytest.FixtureRequest) -> HowOften:
    """How many trials of a fault this form has; --trials sets another number for all."""
    wanted: int | None = request.config.getoption("--trials")
    return lambda fault: wanted or HOW_OFTEN[fault][form == LONG]


@pytest.fixture(scope="session")
def victims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victims]:
    made = Victims(build(tmp_path_factory.mktemp("shim")))
    yield made
    made.close()


@pytest.fixture
def under_the_shim(victims: Victims) -> Victims:
    if not victims.has_shim:
        pytest.skip("needs Linux and a C compiler")
    return victims


@pytest.fixture
def memory_folder() -> Iterator[Path]:
    """A folder that costs no disk: thousands of projects are opened in it."""
    shared = Path("/dev/shm")
    made = Path(tempfile.mkdtemp(prefix="anomaly-gui-", dir=shared if shared.is_dir() else None))
    yield made
    shutil.rmtree(made)
