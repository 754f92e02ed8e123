"""The machine that a cell is computed on, and how much memory it took."""

from __future__ import annotations

import os
import platform
import re
import sys
from pathlib import Path

import onnxruntime

from anomaly_gui.jobs.run_facts import RunFacts
from anomaly_gui.jobs.study.records import Machine

_STATUS = Path("/proc/self/status")


def describe_machine(facts: RunFacts) -> Machine:
    """That of this process, which has trained the run of *facts*."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Machine(
        device=_device(facts.device),
        cores=cores,
        threads=facts.threads,
        versions={**facts.versions, "onnxruntime": str(onnxruntime.__version__)},
    )


def _device(kind: str) -> str:
    import torch

    if kind == "cuda":
        return f"GPU {torch.cuda.get_device_name()}"
    return f"CPU {platform.machine()} {torch.backends.cpu.get_cpu_capability()}"


def peak_memory() -> int | None:
    """The most memory that this process has held, in bytes; None where the system does not say.

    On Linux from the kernel's own count of this program: that of getrusage starts with the
    memory of the process that started this one.
    """
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", _STATUS.read_text())
    except OSError:
        found = None
    return int(found[1]) * 1024 if found else _largest_resident()


def _largest_resident() -> int | None:
    if sys.platform == "win32":
        return None
    import resource

    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024
