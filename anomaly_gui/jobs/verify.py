"""Verify: is a project or a bundle whole and unchanged?"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.export.bundle import read_bundle
from anomaly_gui.files import printable
from anomaly_gui.project.store import Project


class VerifyReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was checked and what is wrong with it."""

    path: str
    kind: Literal["project", "bundle"]
    problems: tuple[str, ...]
    """One sentence each, without a final full stop; empty if all is well."""


def verify(path: Path) -> VerifyReport:
    """Check the project in the folder *path*, which may be open elsewhere, or the bundle file *path*.

    Raises InputError if there is nothing at *path*, or a folder that is no project.
    """
    if path.is_dir() or path.name == "project.db":
        with Project.open(path, read_only=True) as project:
            return VerifyReport(path=printable(path), kind="project", problems=tuple(project.verify()))
    if not path.exists():
        next_step = "Give a project's folder or a bundle file"
        raise InputError(printable(path), "there is no such file or folder", next_step)
    return VerifyReport(path=printable(path), kind="bundle", problems=_bundle_problems(path))


def _bundle_problems(path: Path) -> tuple[str, ...]:
    try:
        read_bundle(path)
    except InputError as error:
        return (str(error).removesuffix("."),)
    return ()
