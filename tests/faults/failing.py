"""Run under the shim: does each action with every change of the disk failing once, and says what went wrong.

main() takes ACTION PREPARED FOLDER EVERY ALL RESULT. A change fails in one of four ways, in turn, or with ALL in each.
The file RESULT is JSON: the number of trials, and a sentence for every one in which something was lost.
"""

from __future__ import annotations

import errno
import json
import shutil
import traceback
from collections.abc import Callable, Sequence
from itertools import count, cycle, product
from pathlib import Path

import numpy as np

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.export import export
from anomaly_gui.jobs.train import TrainRequest, train
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.project import backups
from anomaly_gui.project.records import Label, Threshold
from anomaly_gui.project.store import Project
from tests.faults.disk import Shim
from tests.faults.workloads import checkpoint_every_epoch
from tests.jobs.tiny_project import quick

MASK = np.ones((48, 64), np.bool_)


def save(project: Project) -> None:
    project.set_threshold(1, Threshold(0.25))


def label(project: Project) -> None:
    project.set_label([1, 2, 3], Label("defect", "crack"))


def mask(project: Project) -> None:
    project.masks.draw(4, MASK)


def back_up(project: Project) -> None:
    backups.backup(project._writer.connection, project.folder, "by-hand")


def bundle(project: Project) -> None:
    export(project, 1, project.folder / "exports" / "line.anomaly", ignore_events, CancelToken())


def checkpoints(project: Project) -> None:
    """A run of its own, or the rest of one that failed."""
    checkpoint_every_epoch()
    stopped = [run.id for run in project.runs() if run.status in ("failed", "interrupted", "running")]
    request = TrainRequest(resume_run=stopped[-1]) if stopped else quick(epochs=2)
    assert train(project, request, ignore_events, CancelToken()).status == "finished"


ACTIONS: dict[str, Callable[[Project], None]] = {
    "save": save,
    "label": label,
    "mask": mask,
    "backup": back_up,
    "export": bundle,
    "train": checkpoints,
}


WAYS = tuple(product((errno.ENOSPC, errno.EIO), (False, True)))
"""Which error, and whether all later changes fail too, as on a full disk."""


class Trials:
    """Every change of one action, failing."""

    def __init__(self, action: str, prepared: Path, folder: Path) -> None:
        self.action, self.prepared, self.folder = action, prepared, folder
        self.shim = Shim()
        self.shim.watch(folder)
        self.lost: list[str] = []
        self.count = 0

    def run(self, every: int, *, all_ways: bool) -> None:
        for ways in ([way] for way in WAYS) if all_ways else [WAYS]:
            for nth, (error, full) in zip(count(1, every), cycle(ways)):
                if not self._trial(nth, error, full):
                    break

    def _trial(self, nth: int, error: int, full: bool) -> bool:
        """False if the action has no *nth* change."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.prepared, self.folder)
        name = f"{self.action}, change {nth} fails with {errno.errorcode[error]}{' and all later ones' if full else ''}"
        before = _operations(self.folder) if self.action != "migrate" else []
        try:
            reached = self._attempt(name, nth, error, full)
            self._look(name, before, error)
        except Exception:
            self.lost.append(f"{name}: {traceback.format_exc()}")
            return self.count < 2000
        self.count += reached
        return reached

    def _attempt(self, name: str, nth: int, error: int, full: bool) -> bool:
        if self.action == "migrate":
            self._failing(name, nth, error, full, lambda: Project.open(self.folder).close())
            return self.reached
        with Project.open(self.folder) as project:
            self._failing(name, nth, error, full, lambda: ACTIONS[self.action](project))
            if self.reached:
                self._again(name, project)
        return self.reached

    def _failing(self, name: str, nth: int, error: int, full: bool, action: Callable[[], None]) -> None:
        self.shim.arm(nth, error, from_there_on=full)
        try:
            action()
        except InputError as refused:
            if not str(refused.cause) or not refused.next_step:
                self.lost.append(f"{name}: it does not say what to do: {refused}")
        except Exception:
            self.lost.append(f"{name}: no clear message but {traceback.format_exc()}")
        finally:
            self.reached = self.shim.seen >= nth
            self.shim.disarm()

    def _again(self, name: str, project: Project) -> None:
        """With space again the same window does the same action."""
        try:
            ACTIONS[self.action](project)
        except Exception as error:
            self.lost.append(f"{name}: afterwards it does not work either: {error!r}")

    def _look(self, name: str, before: list[int], error: int) -> None:
        """As the next start of the program finds it."""
        if self.action == "migrate":
            before = [0]
        with Project.open(self.folder) as project:
            problems = [each for each in project.verify(read_images=False) if not _expected(each)]
        if problems:
            self.lost.append(f"{name}: {problems}")
        if before and before != [0] and _operations(self.folder)[: len(before)] != before:
            self.lost.append(f"{name}: former operations are gone")
        left = [path.name for path in self.folder.rglob("*.part")]
        if left and error == errno.ENOSPC:  # A disk that fails to write may fail to remove.
            self.lost.append(f"{name}: {left} are left behind")


def _expected(problem: str) -> bool:
    """Of projects whose images and runs were never there."""
    return problem.startswith("image /") or "is missing" in problem


def _operations(folder: Path) -> list[int]:
    with Project.open(folder, read_only=True) as project:
        return [event.seq for event in project.events()]


def main(arguments: Sequence[str]) -> None:
    action, prepared, folder, every, all_ways, result = arguments
    trials = Trials(action, Path(prepared), Path(folder))
    trials.run(int(every), all_ways=all_ways == "all")
    Path(result).write_text(json.dumps([trials.count, trials.lost]))
