"""Starting this program once more, for work that may die of what it reads or be too much for one process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import anomaly_gui


def start_child(verb: str, errors: IO[bytes] | int) -> subprocess.Popen[bytes]:
    """This program with *verb* and with pipes; *errors* takes its stderr.

    Out of reach of this terminal's Ctrl+C: the parent decides what that means.
    """
    environment = dict(os.environ)
    program = [sys.executable]
    if not getattr(sys, "frozen", False):
        program += ["-m", "anomaly_gui"]
        package = str(Path(anomaly_gui.__file__).resolve().parents[1])
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
    flags = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    return subprocess.Popen(
        [*program, verb],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=environment,
        start_new_session=os.name != "nt",
        creationflags=flags,
    )
