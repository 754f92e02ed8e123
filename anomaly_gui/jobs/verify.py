"""Verify: is a project or a bundle whole and unchanged, and are its figures what they were said to be?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.export.runtime import BundleRuntime
from anomaly_gui.files import printable
from anomaly_gui.jobs.recompute import Recomputed, recompute, recompute_report
from anomaly_gui.jobs.run_facts import RunFacts, load_facts
from anomaly_gui.jobs.run_registration import registration_of
from anomaly_gui.progress import Cancelled, CancelToken, EventSink, RateMeter, ignore_events
from anomaly_gui.project.records import Run
from anomaly_gui.project.runs import RunFolder
from anomaly_gui.project.store import Project
from anomaly_gui.scoring.sealed_arrays import unseal


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """How much was looked at."""

    events: int = 0
    head: str = ""
    """Hash of the last event, which all before it lead to."""
    images: int = 0
    weights: int = 0
    maps: int = 0
    """Error maps and pictures that detectors drew."""
    bundles: int = 0
    figures: int = 0
    """Worked out again, with the same result."""


class VerifyReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was checked and what is wrong with it."""

    path: str
    kind: Literal["project", "bundle"]
    problems: tuple[str, ...]
    """One sentence each, without a final full stop; empty if all is well."""
    notes: tuple[str, ...] = ()
    """What could not be checked, and why that need not be wrong."""
    checked: Checked = Checked()


def verify(
    path: Path, emit: EventSink = ignore_events, cancel: CancelToken | None = None, *, report: Path | None = None
) -> VerifyReport | Cancelled:
    """Check the project in the folder *path*, which may be open elsewhere, or the bundle file *path*.

    A copy of the database is looked at, so that the project can be written to meanwhile. *report* is a file of
    figures that is checked against the project too. Raises InputError if there is nothing at
    *path*, or a folder that is no project.
    """
    if path.is_dir() or path.name == "project.db":
        with Project.open(path, read_only=True, check=False) as project:
            try:
                copy = project.snapshot()
            except InputError as error:
                problem = f"project.db is damaged: {error.cause}"
                return VerifyReport(path=printable(path), kind="project", problems=(problem,))
        with copy:
            return _verify_project(copy, path, emit, cancel or CancelToken(), report)
    if not path.exists():
        next_step = "Give a project's folder or a bundle file"
        raise InputError(printable(path), "there is no such file or folder", next_step)
    if report is not None:
        raise InputError(printable(report), "a bundle cannot tell of it", "Give the project's folder")
    return VerifyReport(path=printable(path), kind="bundle", problems=_bundle_problems(path))


def _verify_project(
    project: Project, path: Path, emit: EventSink, cancel: CancelToken, report: Path | None
) -> VerifyReport | Cancelled:
    problems = list(project.problems(emit, cancel))
    maps = _Maps(project, emit, cancel)
    problems += maps.problems()
    figures = Recomputed()
    with suppress(InputError):  # What cannot be read at all, the project has told of.
        figures = recompute(project, emit, cancel)
    if cancel.cancelled:
        return Cancelled("Nothing was changed.")
    if report is not None:
        of_report = recompute_report(project, report)
        figures.problems += of_report.problems
        figures.figures += of_report.figures
    return VerifyReport(
        path=printable(path),
        kind="project",
        problems=(*problems, *figures.problems),
        notes=tuple(figures.notes),
        checked=_checked(project, maps.count, figures),
    )


def _checked(project: Project, maps: int, figures: Recomputed) -> Checked:
    with suppress(InputError):
        runs = [run for run in project.runs() if run.status == "finished"]
        events, head = project.head()
        return Checked(
            events=events,
            head=head,
            images=len(project.images()),
            weights=sum(project.run_folder(run.id).weights.is_file() for run in runs),
            maps=maps,
            bundles=figures.bundles,
            figures=figures.figures,
        )
    return Checked()


def _reference_problems(folder: RunFolder, run: Run, facts: RunFacts) -> Iterator[str]:
    try:
        registration_of(folder, facts)
    except InputError as error:
        yield f"run {run.name}: {folder.reference.name}: {error.cause}"


class _Maps:
    """Scores, maps and pictures: what is damaged, not what was never made."""

    def __init__(self, project: Project, emit: EventSink, cancel: CancelToken) -> None:
        self._project, self._emit, self._cancel = project, emit, cancel
        self.count = 0

    def problems(self) -> Iterator[str]:
        with suppress(InputError):  # What cannot be listed at all, the project has told of.
            for run in self._project.runs():
                if run.status == "finished":
                    yield from self._of_run(run)

    def _of_run(self, run: Run) -> Iterator[str]:
        folder = self._project.run_folder(run.id)
        with suppress(InputError):  # Settings that cannot be read, the project has told of.
            yield from _reference_problems(folder, run, load_facts(folder))
        sealed = [*folder.folder.glob("*statistics*.safetensors"), *folder.folder.glob("normaliser*.safetensors")]
        for path in sorted(sealed):
            try:
                unseal(path.read_bytes())
            except (OSError, ValueError) as error:
                yield f"run {run.name}: {path.name} is damaged ({error})"
        pictures = sorted((folder.folder / "maps").glob("*.png"))
        meter = RateMeter(f"Checking maps of run {run.id}", len(pictures), self._emit)
        for number, path in enumerate(pictures, start=1):
            if self._cancel.should_stop():
                return
            problem = folder.picture_problem(path)
            if problem is not None:
                yield f"run {run.name}: {path.name}: {problem}"
            self.count += 1
            meter.update(number)


def _bundle_problems(path: Path) -> tuple[str, ...]:
    try:
        BundleRuntime.open(path)
    except InputError as error:
        return (str(error).removesuffix("."),)
    return ()


def in_words(report: VerifyReport) -> list[str]:
    """What was looked at, notes and problems, one sentence each; the last is the verdict."""
    checked, lines = report.checked, []
    if report.kind == "project":
        counts = (
            *((checked.events, "event of the journal", "events of the journal"), (checked.images, "image", "images")),
            *((checked.weights, "file of weights", "files of weights"), (checked.maps, "map", "maps")),
            *((checked.bundles, "bundle", "bundles"), (checked.figures, "figure", "figures")),
        )
        lines.append(f"Checked {', '.join(f'{n:,} {one if n == 1 else many}' for n, one, many in counts)}.")
        lines.append(f"Chain's head: event {checked.events}, {checked.head or 'none'}")
    lines += [f"note: {note}." for note in report.notes]
    lines += [f"  {problem}." for problem in report.problems]
    return [*lines, verdict(report)]


def verdict(report: VerifyReport) -> str:
    if not report.problems:
        return f"SOUND: {report.path}: the {report.kind} is whole and unchanged."
    count = len(report.problems)
    return f"NOT SOUND: {report.path}: {count:,} problem{'' if count == 1 else 's'} found."
