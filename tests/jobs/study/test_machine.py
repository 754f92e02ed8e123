from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from anomaly_gui.jobs.run_facts import load_facts
from anomaly_gui.jobs.study import machine
from anomaly_gui.project.store import Project

_HOLD = """
import sys
from anomaly_gui.jobs.study.machine import peak_memory
before = peak_memory()
held = b"x" * 300_000_000
del held
print(before, peak_memory())
"""


def peaks() -> tuple[int, int]:
    out = subprocess.run([sys.executable, "-c", _HOLD], capture_output=True, text=True, check=True)
    before, after = map(int, out.stdout.split())
    return before, after


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not say")
def test_the_peak_counts_what_was_given_back() -> None:
    before, after = peaks()
    assert 2.9e8 < after - before < 4e8


@pytest.mark.skipif(sys.platform != "linux", reason="only there the kernel counts a program alone")
def test_the_peak_is_not_that_of_the_process_that_started_this_one() -> None:
    held = b"x" * 600_000_000
    before, _ = peaks()
    assert before < len(held)


def test_without_the_kernels_count_the_peak_is_of_the_same_size(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = machine.peak_memory()
    monkeypatch.setattr(machine, "_STATUS", Path("/none"))
    resident = machine.peak_memory()
    assert (counted is None) == (resident is None) == (sys.platform == "win32")
    if counted and resident:
        assert 0.5 < resident / counted < 2


def test_a_machine_is_described_by_its_class_and_not_by_its_name(demo_project: Path) -> None:
    with Project.open(demo_project, read_only=True) as project:
        found = machine.describe_machine(load_facts(project.run_folder(1)))
    assert found.device.startswith("CPU ")
    assert found.cores >= 1
    assert found.threads == 1
    assert {"torch", "onnxruntime", "anomaly_gui", "python"} <= found.versions.keys()
