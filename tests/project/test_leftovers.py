"""What a killed process left half-written goes when the project is opened again, and nothing else does."""

from __future__ import annotations

import json
from pathlib import Path

from anomaly_gui.project.leftovers import remove_leftovers
from anomaly_gui.project.store import Project
from tests.faults.workloads import make


def half_written(folder: Path) -> list[Path]:
    names = ("runs/001-conv-ae/maps/.1.png.x.part", "exports/.line.anomaly.y.part", "backups/project-1.part", ".a.part")
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    return paths


def test_half_written_files_go_after_a_crash_alone(tmp_path: Path) -> None:
    make(tmp_path / "p")
    half, whole = half_written(tmp_path / "p"), tmp_path / "p" / "exports" / "spare.partly"
    whole.write_bytes(b"mine")
    Project.open(tmp_path / "p").close()
    assert all(path.exists() for path in half), "nobody crashed"
    who = {"pid": 1, "host": "line-3", "since": "2026-01-01"}
    (tmp_path / "p" / "project.lock").write_text(json.dumps(who))
    with Project.open(tmp_path / "p") as project:
        assert "line-3" in project.left_by
        assert not any(path.exists() for path in half)
    assert whole.exists()


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine.part").write_bytes(b"mine")
    place = tmp_path / "p"
    (place / "runs").mkdir(parents=True)
    (place / "exports").symlink_to(outside)
    (place / "runs" / "002").symlink_to(outside)
    assert remove_leftovers(place, ("runs", "exports")) == 0
    assert (outside / "mine.part").exists()
