"""A study's folder: what was asked for, a project for each data set, and one file for each cell that is done."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.files import atomic_write, printable
from anomaly_gui.jobs.study.plan import Plan
from anomaly_gui.jobs.study.records import Cell, CellResult
from anomaly_gui.project.lock import ProjectLock

_SETTINGS = "study.json"
_FORMAT = 1


class _Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What all cells of a folder have in common. Which cells there are may change from call to call."""

    format: int = _FORMAT
    preset: str
    settings: dict[str, str]
    minutes: float | None
    subset: int | None
    datasets: dict[str, str]
    """Name → folder, for all data sets that the study has ever had."""


class StudyFolder:
    """Made, or opened to go on, for one study at a time; a context manager.

    Raises InputError if the folder holds something else, a study with other settings, or one at work.
    """

    def __init__(self, plan: Plan) -> None:
        self.root = Path(os.path.abspath(plan.request.out))
        wanted = _Settings(
            preset=plan.request.preset,
            settings=plan.request.settings,
            minutes=plan.request.minutes,
            subset=plan.request.subset,
            datasets={name: printable(path) for name, path in plan.datasets.items()},
        )
        before = self._settings_before()
        if before is not None:
            self._require_same(before, wanted)
            wanted = msgspec.structs.replace(wanted, datasets={**before.datasets, **wanted.datasets})
        self._make(plan)
        try:
            self._lock = ProjectLock(self.root)
        except InputError as error:
            cause = "another study is at work in this folder"
            raise InputError(printable(self.root), cause, "Wait for its end, or choose another --out") from error
        self.write(self.root / _SETTINGS, msgspec.json.format(msgspec.json.encode(wanted)))

    def __enter__(self) -> StudyFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def project(self, dataset: str) -> Path:
        return self.root / "projects" / dataset

    def bundle(self, cell: Cell) -> Path:
        return self.root / "bundles" / cell.dataset / f"{cell.detector}-{cell.seed}.anomaly"

    def log(self, cell: Cell) -> Path:
        return self.root / "logs" / cell.dataset / f"{cell.detector}-{cell.seed}.txt"

    def table(self, name: str) -> Path:
        return self.root / name

    def read(self, cell: Cell) -> CellResult | None:
        """A cell that was done before; None if it was not, or its file is of no use."""
        try:
            return msgspec.json.decode(self._result(cell).read_bytes(), type=CellResult)
        except (OSError, msgspec.DecodeError):
            return None

    def keep(self, result: CellResult) -> None:
        self.write(self._result(result.cell), msgspec.json.format(msgspec.json.encode(result)))

    def write(self, path: Path, data: bytes) -> None:
        """Atomically. Raises InputError (disk full, no permission)."""
        try:
            atomic_write(path, data)
        except OSError as error:
            raise InputError(
                printable(path), f"it cannot be written ({error.strerror})", "Free some disk space, then start again"
            ) from error

    def drop_remains(self, dataset: str) -> None:
        """Remove what a killed training leaves in its run's folder and nobody will use."""
        for name in ("prepared.part", "checkpoint.safetensors"):
            for path in self.project(dataset).glob(f"runs/*/{name}"):
                path.unlink(missing_ok=True)

    def _result(self, cell: Cell) -> Path:
        return self.root / "results" / cell.dataset / f"{cell.detector}-{cell.seed}.json"

    def _settings_before(self) -> _Settings | None:
        path = self.root / _SETTINGS
        if path.exists():
            try:
                return msgspec.json.decode(path.read_bytes(), type=_Settings)
            except (OSError, msgspec.DecodeError) as error:
                raise InputError(printable(path), f"the file is damaged ({error})", "Choose another --out") from error
        if self.root.exists() and (not self.root.is_dir() or any(self.root.iterdir())):
            raise InputError(printable(self.root), "it holds something that is no study", "Choose an empty --out")
        return None

    def _require_same(self, before: _Settings, wanted: _Settings) -> None:
        old, new = _described(before), _described(wanted)
        for name, path in wanted.datasets.items():
            old[name], new[name] = before.datasets.get(name, path), path
        differing = [f"{name} {old[name]}, not {new[name]}" for name in new if old[name] != new[name]]
        if differing or before.format != wanted.format:
            raise InputError(
                printable(self.root),
                f"it holds a study with other settings ({'; '.join(differing) or 'of another version'})",
                "Choose another --out, or give the settings that it had",
            )

    def _make(self, plan: Plan) -> None:
        try:
            for dataset in plan.datasets:
                for kind in ("projects", "results", "bundles", "logs"):
                    (self.root / kind / dataset).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                printable(self.root), f"it cannot be made ({error.strerror})", "Choose another --out"
            ) from error


def _described(settings: _Settings) -> dict[str, str]:
    """Words for what all cells must have in common."""
    changes: Mapping[str, str] = settings.settings
    return {
        "preset": settings.preset,
        "settings": " ".join(f"{name}={value}" for name, value in sorted(changes.items())) or "of the preset",
        "minutes": "without limit" if settings.minutes is None else f"{settings.minutes:g}",
        "subset": "of all images" if settings.subset is None else str(settings.subset),
    }
