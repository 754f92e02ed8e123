"""Records for the tests of the project: no image files behind them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from anomaly_gui.project import tables
from anomaly_gui.project.journal import State
from anomaly_gui.project.records import Image, Label, NewImage
from anomaly_gui.project.store import Project

GOOD = Label("good")
SCRATCH = Label("defect", "scratch")


def new_image(number: int, **changes: Any) -> NewImage:
    """An image of its own for every number."""
    values: dict[str, Any] = {
        "path": f"/parts/part_{number}.png",
        "sha256": f"{number:064x}",
        "pixel_sha256": f"{number + 10**9:064x}",
        "file_bytes": 1000 + number,
        "format": "PNG",
        "width": 64,
        "height": 48,
        "channels": 1,
        "bit_depth": 8,
        "peak": 255,
        "label": GOOD,
        "split": "train",
    }
    return NewImage(**(values | changes))


def image(number: int, **changes: Any) -> Image:
    """The same as it is in a project."""
    own = {key: changes.pop(key) for key in ("verdict", "comment", "excluded", "locked") if key in changes}
    new = new_image(number, **changes)
    fields = {name: getattr(new, name) for name in new.__struct_fields__}
    return Image(id=number, **fields, **own)


def small_project(folder: Path, count: int = 6) -> Iterator[Project]:
    """A project with *count* good images and one run; closed afterwards."""
    with Project.create(folder) as project:
        project.add_images([new_image(n) for n in range(1, count + 1)])
        project.add_run("conv-ae", "fast", 0, {}, dict.fromkeys(range(1, count + 1), "train"))
        yield project


def stored_state(project: Project) -> State:
    """The tables as another connection sees them: committed."""
    connection = sqlite3.connect(project.folder / "project.db")
    try:
        return tables.state(connection)
    finally:
        connection.close()


def reopened(project: Project) -> Project:
    project.close()
    return Project.open(project.folder)
