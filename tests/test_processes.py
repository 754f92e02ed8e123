"""This program starts itself once more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from anomaly_gui import __version__
from anomaly_gui.processes import start_child


def test_the_child_is_this_program_wherever_it_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with start_child("--version", subprocess.DEVNULL) as child:
        said, _ = child.communicate(timeout=60)
    assert __version__ in said.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="process groups")
def test_the_terminals_keys_do_not_reach_it() -> None:
    with start_child("first-look", subprocess.DEVNULL) as child:
        group = os.getpgid(child.pid)
        child.communicate(timeout=60)
    assert group == child.pid != os.getpgid(0)
