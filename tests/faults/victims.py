"""Processes that work, write, and die of it: forked from a warm one, so that a trial costs no import.

    python -m tests.faults.victims

Each line on stdin is a JSON list [module, arguments]: a fork calls that module's main(). The answers are the new
process's number and, when it has ended, how. A process of its own and not of the tests: those have threads, and Qt.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_WARM = (
    "tests.faults.failing",
    "tests.faults.fuzzing",
    "tests.faults.recorded",
    "tests.faults.working",
    "anomaly_gui.export.onnx_writer",
    "anomaly_gui.training.loop",
    "anomaly_gui.detectors.conv_autoencoder",
    "anomaly_gui.annotations.formats",
    "anomaly_gui.ui.key_file",
    "anomaly_gui.cli.commands",
)


class Victims:
    """Starts them; *shim* stands between them and the disk."""

    def __init__(self, shim: Path | None) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
        if shim is not None:
            environment["LD_PRELOAD"] = str(shim)
        self.has_shim = shim is not None
        self._zygote = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.victims"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            cwd=ROOT,
        )

    def close(self) -> None:
        assert self._zygote.stdin is not None
        assert self._zygote.stdout is not None
        self._zygote.stdin.close()
        try:
            self._zygote.wait(10)
        except subprocess.TimeoutExpired:  # A test was given up, and its victim still works.
            self._zygote.kill()
            self._zygote.wait()
        self._zygote.stdout.close()

    def start(self, module: str, *arguments: object) -> int:
        """Call tests.faults.*module*'s main() in a new process; its number. One at a time: wait() for it."""
        assert self._zygote.stdin is not None
        self._zygote.stdin.write(json.dumps([f"tests.faults.{module}", [str(each) for each in arguments]]) + "\n")
        self._zygote.stdin.flush()
        return int(self._answer())

    def wait(self) -> int:
        """The exit status of the one that was started, negative if a signal ended it."""
        return int(self._answer())

    def _answer(self) -> str:
        assert self._zygote.stdout is not None
        answer = self._zygote.stdout.readline()
        assert answer, "the process that forks has died"
        return answer


def main() -> None:
    for module in _WARM:
        importlib.import_module(module)
    for line in sys.stdin:
        module, arguments = json.loads(line)
        child = os.fork()
        if child == 0:
            _work(module, arguments)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _work(module: str, arguments: list[str]) -> None:
    """Never returns."""
    os.dup2(2, 1)  # Answers are the parent's to give.
    status = 1
    try:
        importlib.import_module(module).main(arguments)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
