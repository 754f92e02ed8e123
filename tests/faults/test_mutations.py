"""Every promise has a test that fails when the promise is broken: the promises are broken here, one by one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Tally
from tests.faults.mutations import MUTATIONS, Mutation

ROOT = Path(__file__).resolve().parents[2]


def names(mutation: Mutation) -> str:
    return mutation.promise


@pytest.mark.parametrize("mutation", MUTATIONS, ids=names)
def test_a_mutation_and_its_test_are_still_there(mutation: Mutation) -> None:
    assert (ROOT / "anomaly_gui" / mutation.file).read_text().count(mutation.old) == 1
    file, _, name = mutation.test.partition("::")
    assert f"def {name}(" in (ROOT / "tests" / file).read_text()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("mutation", MUTATIONS, ids=names)
def test_a_broken_promise_makes_its_test_fail(mutation: Mutation, tmp_path: Path, tally: Tally) -> None:
    for name in ("anomaly_gui", "tests", "resources"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    file = tmp_path / "anomaly_gui" / mutation.file
    file.write_text(file.read_text().replace(mutation.old, mutation.new))
    found = not _passes(tmp_path, mutation.test)
    tally(f"promise broken: {mutation.promise}"[:52], 1, not found)
    assert found


def _passes(tree: Path, test: str) -> bool:
    """Raises AssertionError if it was not even run."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", f"tests/{test}"]
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1) or done.returncode < 0, done.stdout
    return done.returncode == 0
