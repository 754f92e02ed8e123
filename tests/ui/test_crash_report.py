"""A crash leaves its trace, and the report of it holds no image unless somebody asked."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.ui import crash_report
from anomaly_gui.ui.crash_report import crashes, forget, watching, write_report

ROOT = Path(__file__).resolve().parents[2]

CRASHING = """
import faulthandler, sys
from pathlib import Path
from anomaly_gui.ui.crash_report import watching
def careless_place():
    faulthandler._sigsegv()
with watching() as watch:
    watch.note_project(Path("/parts/housing"))
    if sys.argv[1] == "crash": careless_place()
    if sys.argv[1] == "kill": __import__("os").kill(__import__("os").getpid(), 9)
"""


@pytest.fixture(autouse=True)
def _own_log_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def run(how: str) -> int:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", CRASHING, how], env=environment, check=False).returncode


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_crash_leaves_where_it_happened_and_what_was_open() -> None:
    assert run("crash") < 0
    (crash,) = crashes()
    assert "careless_place" in crash.trace
    assert crash.project == Path("/parts/housing")
    forget(crash.file)
    assert crashes() == []
    assert list(crash.file.parent.iterdir()) == []


@pytest.mark.parametrize("how", ["end", "kill"])
def test_a_run_that_ended_or_was_killed_leaves_nothing_to_report(how: str) -> None:
    run(how)
    assert crashes() == []
    assert not any(path.suffix == ".txt" for path in crash_report.folder().iterdir())


def test_a_run_that_goes_on_is_no_crash() -> None:
    with watching():
        (file,) = crash_report.folder().glob("crash-*.txt")
        file.write_text("not yet")
        assert crashes() == []
    assert not file.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_report_holds_no_image_unless_asked_for(tmp_path: Path) -> None:
    run("crash")
    (crash_report.folder() / "anomaly-gui.log").write_text("left out: a.png")
    picture = tmp_path / "a.png"
    picture.write_bytes(b"pixels")
    write_report(tmp_path / "report.zip", crashes())
    with zipfile.ZipFile(tmp_path / "report.zip") as archive:
        names = archive.namelist()
        assert "Anomaly GUI" in archive.read("about.txt").decode()
        assert b"pixels" not in b"".join(archive.read(name) for name in names)
    assert sorted(name.partition("-")[0] for name in names) == ["about.txt", "anomaly", "crash"]
    write_report(tmp_path / "report.zip", crashes(), [str(picture), str(tmp_path / "missing.png")])
    with zipfile.ZipFile(tmp_path / "report.zip") as archive:
        assert archive.read("images/00000-a.png") == b"pixels"


def test_a_report_that_cannot_be_written_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_report(tmp_path / "missing" / "report.zip", [])
