"""A process that forks the ones that the kill tests kill, so that each trial costs no import.

    python -m tests.faults.victims

Each line on stdin is a JSON list [work, folder, seed, acknowledgements]; the answer is the new process's number.
A process of its own and not of the tests: those have threads, and Qt.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import signal
import sys
import traceback
from pathlib import Path

from anomaly_gui.project.store import Project
from tests.faults.workloads import STEPS, exporting, training


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # The dead are reaped by the kernel.
    for line in sys.stdin:
        work, folder, seed, told = json.loads(line)
        if work in ("train", "resume", "export"):
            importlib.import_module("anomaly_gui.export.onnx_writer")
            importlib.import_module("anomaly_gui.training.loop")
        child = os.fork()
        if child == 0:
            _work(work, Path(folder), seed, told)
        print(child, flush=True)


def _work(work: str, folder: Path, seed: int, told: str) -> None:
    """Never returns."""
    out = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def tell(text: str) -> None:
        os.write(out, text.encode() + b"\n")

    try:
        chance = random.Random(seed)
        random.seed(seed)
        tell("started")
        if work == "migrate":
            Project.open(folder).close()
            tell("opened")
        elif work in ("train", "resume"):
            training(folder, work == "resume", tell)
        elif work == "export":
            exporting(folder, tell)
        else:
            with Project.open(folder) as project:
                while True:
                    STEPS[work](project, chance, tell)
        tell("done")
    except BaseException:
        tell(f"failed {traceback.format_exc()!r}")
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
