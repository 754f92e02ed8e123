"""What a study will do, settled before it does anything."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from anomaly_gui.detectors import registry
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.imaging.scan import scan_dataset
from anomaly_gui.jobs.run_settings import resolve_settings
from anomaly_gui.jobs.study.records import ALL, Cell, StudyRequest
from anomaly_gui.scoring.settings import ScoringSettings


class Plan:
    """A request that can be worked on. Raises InputError for one that cannot, naming what is wrong."""

    def __init__(self, request: StudyRequest) -> None:
        self.request = request
        if printable(request.out) != request.out:
            raise InputError(printable(request.out), "its name is not UTF-8", "Choose another --out")
        for option, number in (("seeds", request.seeds), ("minutes", request.minutes), ("subset", request.subset)):
            if number is not None and number <= 0:
                raise InputError(f"--{option} {number}", "it is not above 0", "Give a number above 0")
        self.detectors = _detectors(request.detectors, request.settings.get("backbone", ""))
        self.settings = _settings(self.detectors, request.preset, request.settings)
        """Detector → those of the request that it has."""
        self.datasets = _datasets(request.datasets)
        """Name → folder."""

    def cells(self) -> list[Cell]:
        """All seeds' first ones first, so that a study that is stopped has compared everything once."""
        return [
            Cell(dataset, detector, seed)
            for seed in range(self.request.seeds)
            for dataset in self.datasets
            for detector in self.detectors
        ]


def _detectors(names: Sequence[str], backbone: str) -> tuple[str, ...]:
    every = [known for name in names for known in (registry.DETECTORS if name == ALL else [name])]
    if not every:
        raise InputError("--detectors", "none is named", f"Choose from: {', '.join((ALL, *registry.DETECTORS))}")
    return tuple(dict.fromkeys(registry.entry(registry.resolve(name, backbone)).name for name in every))


def _settings(detectors: Sequence[str], preset: str, settings: Mapping[str, str]) -> dict[str, dict[str, str]]:
    chosen = {}
    for detector in detectors:
        known = {*registry.entry(detector).settings.__struct_fields__, *ScoringSettings.__struct_fields__}
        chosen[detector] = {name: value for name, value in settings.items() if name in known}
        try:
            resolve_settings(detector, preset, chosen[detector])
        except InputError as error:
            raise InputError(f"{error.what} of {detector}", error.cause, error.next_step) from error
    for name in settings:
        if not any(name in own for own in chosen.values()):
            raise InputError(
                f"setting {name}", "none of these detectors has it", "anomaly-gui detectors lists what there is"
            )
    return chosen


def _datasets(folders: Sequence[str]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in folders:
        path = Path(os.path.abspath(folder))
        name = printable(path.name)
        if name in found:
            cause = f"another data set is called {name} too"
            raise InputError(printable(folder), cause, "Give each folder a name of its own")
        _require_split(path)
        found[name] = path
    return found


def _require_split(folder: Path) -> None:
    images = scan_dataset(folder).images
    next_step = "Choose the folder of a data set that holds train/good and test/<defect type>"
    if not any(image.split == "train" and image.defect_type is None for image in images):
        raise InputError(printable(folder), "there are no images in train/good", next_step)
    if not any(image.split == "test" for image in images):
        raise InputError(printable(folder), "there are no images in test", next_step)
