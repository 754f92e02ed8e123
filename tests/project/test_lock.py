"""One writer a project."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.project.lock import ProjectLock
from anomaly_gui.project.store import Project
from tests.project.samples import GOOD, SCRATCH


def test_a_second_writer_is_refused_and_told_who_holds_it(project: Project) -> None:
    program = (
        "import sys\nfrom anomaly_gui.errors import InputError\n"
        "from anomaly_gui.project.store import Project\n"
        "try: Project.open(sys.argv[1])\nexcept InputError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(project.folder)], capture_output=True, text=True, check=True
    )
    assert "open in another window" in done.stdout
    assert f"process {os.getpid()}" in done.stdout
    with pytest.raises(InputError, match="open in another window"):
        Project.open(project.folder)
    project.close()
    Project.open(project.folder).close()


def test_a_second_window_reads_what_the_first_writes(project: Project) -> None:
    with Project.open(project.folder, read_only=True) as reader:
        project.set_label([1], SCRATCH)
        assert reader.image(1).label == SCRATCH
        reader.remember("page", 1)
        assert reader.place("page") is None
        with pytest.raises(InputError, match="reading only"):
            reader.set_label([1], GOOD)
    assert project.image(1).label == SCRATCH


def test_the_lock_of_a_killed_process_is_gone(tmp_path: Path) -> None:
    program = (
        "import sys, os, signal\nfrom anomaly_gui.project.store import Project\n"
        "p = Project.create(sys.argv[1]); print('ready', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "p")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"ready"
        with pytest.raises(InputError, match=f"process {holder.pid}"):
            Project.open(tmp_path / "p")
        holder.kill()
        holder.wait()
    Project.open(tmp_path / "p").close()


def test_a_lock_left_by_a_crash_says_whose_it_was(tmp_path: Path) -> None:
    program = (
        "import sys, os\nfrom pathlib import Path\nfrom anomaly_gui.project.lock import ProjectLock\n"
        "held = ProjectLock(Path(sys.argv[1])); os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)])
    done.wait()
    after = ProjectLock(tmp_path)
    assert f"process {done.pid} on" in after.left_by
    assert "started" in after.left_by
    after.release()
    calm = ProjectLock(tmp_path)
    assert calm.left_by == ""
    calm.release()


def test_a_lock_holds_on_a_disk_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    held = ProjectLock(tmp_path)
    with pytest.raises(InputError, match="open in another window"):
        ProjectLock(tmp_path)
    held.release()
