"""What the user may not read or write is named, and nothing is lost by the attempt."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from anomaly_gui.cli.commands import BAD_INPUT
from tests.cli.command_line import CommandLine, pictures, untouched, usable

pytestmark = pytest.mark.skipif(os.name == "nt", reason="permissions of files are not those of Windows")


def powerless(*argv: object) -> tuple[int, str, str]:
    """A command as a user who may not read everything: root may, unless it gives that up."""
    command = [sys.executable, "-m", "anomaly_gui", *map(str, argv)]
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv") or pytest.skip("root may read everything, and there is no setpriv")
        command = [setpriv, "--bounding-set=-dac_override,-dac_read_search", *command]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@contextmanager
def closed(path: Path) -> Iterator[None]:
    mode = path.stat().st_mode
    path.chmod(0)
    try:
        yield
    finally:
        path.chmod(mode)


def test_a_folder_without_permission(demo_project: Path, tmp_path: Path, line: CommandLine) -> None:
    parts = pictures(tmp_path / "parts", 2)
    with untouched(demo_project, parts), closed(parts):
        status, _, err = powerless("import", demo_project, "--good", parts)
    assert status == BAD_INPUT
    assert err == f"{parts}: you have no permission to open this folder. Change its permissions.\n"
    assert usable(line, demo_project)


def test_files_and_folders_without_permission_are_named_and_the_rest_goes_in(tmp_path: Path) -> None:
    parts = pictures(tmp_path / "parts", 3)
    hidden = pictures(parts / "hidden", 2, seed=50)
    with closed(hidden), closed(parts / "01.png"):
        status, out, err = powerless("import", tmp_path / "P", "--good", parts, "--json")
    report = json.loads(out)
    assert status == BAD_INPUT
    assert report["added"] == 2
    assert f"{parts / '01.png'}: you have no permission to read it. Change its permissions." in err
    assert f"{hidden}: you have no permission to open this folder. Change its permissions." in err
    assert "Traceback" not in err


def test_a_place_where_nothing_may_be_written(demo_project: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    parts = pictures(tmp_path / "parts", 2)
    for argv, names in (
        (["import", locked / "P", "--good", parts], locked / "P"),
        (["export", demo_project, "--to", locked / "a.anomaly"], locked / "a.anomaly"),
    ):
        locked.chmod(0o555)
        try:
            with untouched(demo_project, locked):
                status, _, err = powerless(*argv)
        finally:
            locked.chmod(0o755)
        last = err.strip().splitlines()[-1]
        assert status == BAD_INPUT
        assert last.startswith(f"{names}: ")
        assert "Permission denied" in last
        assert last.count(". ") >= 1
        assert "Traceback" not in err
