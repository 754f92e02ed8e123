"""Verify: is a project or a bundle whole and unchanged?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.export.runtime import BundleRuntime
from anomaly_gui.files import printable
from anomaly_gui.project.records import Run
from anomaly_gui.project.store import Project
from anomaly_gui.scoring.sealed_arrays import unseal


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
        with Project.open(path, read_only=True, check=False) as project:
            problems = (*project.verify(), *_score_problems(project))
            return VerifyReport(path=printable(path), kind="project", problems=problems)
    if not path.exists():
        next_step = "Give a project's folder or a bundle file"
        raise InputError(printable(path), "there is no such file or folder", next_step)
    return VerifyReport(path=printable(path), kind="bundle", problems=_bundle_problems(path))


def _score_problems(project: Project) -> Iterator[str]:
    """Of scores and maps: what is damaged, not what was never made."""
    with suppress(InputError):  # What cannot be listed at all, the project has told of.
        for run in project.runs():
            if run.status == "finished":
                yield from _problems_of(project, run)


def _problems_of(project: Project, run: Run) -> Iterator[str]:
    folder = project.run_folder(run.id)
    for path in sorted(
        [*folder.folder.glob("*statistics*.safetensors"), *folder.folder.glob("normaliser*.safetensors")]
    ):
        try:
            unseal(path.read_bytes())
        except (OSError, ValueError) as error:
            yield f"run {run.name}: {path.name} is damaged ({error})"
    for image in project.roles(run.id):
        try:
            if folder.anomaly_map(image).exists():
                folder.read_map(image)
            if folder.reconstruction(image).exists():
                folder.read_reconstruction(image)
        except InputError as error:
            yield f"run {run.name}: {error.what}: {error.cause}"


def _bundle_problems(path: Path) -> tuple[str, ...]:
    try:
        BundleRuntime.open(path)
    except InputError as error:
        return (str(error).removesuffix("."),)
    return ()
