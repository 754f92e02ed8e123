"""What scoring needs of a project and a run's folder, and what it leaves there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError

from anomaly_gui.errors import InputError
from anomaly_gui.files import atomic_write, printable, sha256
from anomaly_gui.imaging.masks import load_mask
from anomaly_gui.jobs.run_backbone import build_detector
from anomaly_gui.jobs.run_facts import RunFacts, scoring_in_force, typed_settings
from anomaly_gui.jobs.run_registration import registration_of
from anomaly_gui.progress import EventSink, FileRefused
from anomaly_gui.project.records import Image, Role, Run
from anomaly_gui.project.runs import RunFolder
from anomaly_gui.project.store import Project
from anomaly_gui.scoring.normalise import Normaliser
from anomaly_gui.scoring.sealed_arrays import seal, unseal
from anomaly_gui.scoring.settings import SMOOTHINGS
from anomaly_gui.scoring.statistics import RunStatistics

if TYPE_CHECKING:
    from anomaly_gui.detectors.base import Detector
    from anomaly_gui.training.dataset import Preparation


_TRAINING = "training_statistics"


def smoothings(trained: float, *, tiled: bool = False) -> tuple[float, ...]:
    """Widths that a run keeps statistics at, rising; *trained* is the one it was trained with.

    With tiles that one alone: an image would have five maps as large as itself to be counted.
    """
    return (trained,) if tiled else tuple(sorted({trained, *SMOOTHINGS}))


def statistics_path(project: Project, run: Run, smooth_sigma_px: float) -> Path:
    """Where the statistics of the run's maps with this smoothing are, or would be."""
    folder = RunFolder(project.folder, run.name)
    return folder.folder / f"statistics{_suffix(run, smooth_sigma_px)}.safetensors"


def training_statistics_path(project: Project, run: Run, smooth_sigma_px: float) -> Path:
    """Where the statistics of the images that the run learnt from are, or would be: apart, so that nothing counts
    them."""
    folder = RunFolder(project.folder, run.name)
    return folder.folder / f"{_TRAINING}{_suffix(run, smooth_sigma_px)}.safetensors"


def drop_training_scores(project: Project, run: Run) -> None:
    """With their maps: those of before the run was scored anew."""
    folder = RunFolder(project.folder, run.name)
    kept = list(folder.folder.glob(f"{_TRAINING}*.safetensors"))
    for path in kept:
        path.unlink(missing_ok=True)
    for image_id, role in project.roles(run.id).items() if kept else ():
        if role == "train":
            levels = [folder.map_level(image_id, factor) for factor in folder.map_factors(image_id)]
            for path in (folder.anomaly_map(image_id), folder.reconstruction(image_id), *levels):
                path.unlink(missing_ok=True)


def normaliser_path(project: Project, run: Run, smooth_sigma_px: float) -> Path:
    folder = RunFolder(project.folder, run.name)
    return folder.folder / f"normaliser{_suffix(run, smooth_sigma_px)}.safetensors"


def load_statistics(project: Project, run_id: int, smooth_sigma_px: float | None = None) -> RunStatistics:
    """Of the smoothing in force, or of another. Raises InputError if the run was not scored or the file is damaged."""
    run = project.run(run_id)
    sigma = scoring_in_force(project, run).smooth_sigma_px if smooth_sigma_px is None else smooth_sigma_px
    return RunStatistics.load(statistics_path(project, run, sigma))


def load_normaliser(project: Project, run_id: int) -> Normaliser:
    """What the run's smoothed maps, those of the finest scale, are normalised by. Raises as load_statistics does."""
    return load_normalisers(project, run_id)[0]


def load_normalisers(project: Project, run_id: int) -> tuple[Normaliser, ...]:
    """One for each scale that the run looks at, the finest first. Raises InputError as load_statistics does."""
    run = project.run(run_id)
    path = normaliser_path(project, run, scoring_in_force(project, run).smooth_sigma_px)
    again = "Score the run again"
    try:
        arrays, _ = unseal(path.read_bytes())
        return tuple(Normaliser(arrays[f"mean{n}"], arrays[f"scale{n}"]) for n in _numbers(len(arrays) // 2))
    except FileNotFoundError:
        raise InputError(printable(path), "the run has no scores yet", again) from None
    except (OSError, ValueError, KeyError) as error:
        raise InputError(printable(path), f"the file cannot be read ({error})", again) from error


def save_normalisers(path: Path, normalisers: Sequence[Normaliser]) -> None:
    """Raises OSError."""
    arrays = {}
    for number, normaliser in zip(_numbers(len(normalisers)), normalisers, strict=True):
        arrays[f"mean{number}"], arrays[f"scale{number}"] = normaliser.mean, normaliser.scale
    atomic_write(path, seal(arrays, {}))


def _numbers(count: int) -> list[str]:
    """Of the names of arrays; a single one has none."""
    return ["", *(f"_{number}" for number in range(1, max(count, 1)))]


def scores_digest(folder: RunFolder) -> str:
    """SHA-256 over all that scoring left for figures: statistics and normalisers, with their names.

    Raises OSError.
    """
    paths = [*folder.folder.glob("statistics*.safetensors"), *folder.folder.glob("normaliser*.safetensors")]
    lines = [f"{path.name} {sha256(path.read_bytes())}" for path in sorted(paths)]
    return sha256("\n".join(lines).encode())


def images_by_role(project: Project, run_id: int) -> dict[Role, list[Image]]:
    """Validation and test images as the run started with them."""
    roles = project.roles(run_id)
    grouped: dict[Role, list[Image]] = {"validation": [], "test": []}
    for image in project.images():
        role = roles.get(image.id)
        if role in grouped:
            grouped[role].append(image)
    return grouped


def defect_mask(image: Image, emit: EventSink) -> NDArray[np.bool_] | None:
    """(H, W) of a defective image; None where there is none, or none that can be read, which is announced."""
    if image.mask_path is None or image.label.kind != "defect":
        return None
    try:
        return load_mask(image.mask_path, image.height, image.width)
    except InputError as error:
        emit(FileRefused(printable(image.mask_path), str(error)))
        return None


def load_detector(folder: RunFolder, facts: RunFacts) -> Detector:
    """A run's detector with its weights, on the CPU. Raises InputError if they are missing or damaged."""
    import safetensors.torch

    path = folder.weights
    try:
        data = path.read_bytes()
        if sha256(data) != facts.weights_sha256:
            raise ValueError("its content does not match its hash")
        detector = build_detector(folder, facts)
        detector.load_state(safetensors.torch.load(data))
    except FileNotFoundError:
        raise InputError(printable(path), "the run has no weights", "Resume it or train again") from None
    except (OSError, SafetensorError, ValueError) as error:
        raise InputError(printable(path), f"the weights cannot be used ({error})", "Train again") from error
    return detector


def preparation_of(folder: RunFolder, facts: RunFacts) -> Preparation:
    """How a run that looks at whole images prepares them. Raises InputError without the reference that it aligns them
    to."""
    from anomaly_gui.training.dataset import Preparation

    registration = registration_of(folder, facts)
    return Preparation(facts.input_px, facts.channels, facts.white_level, facts.region, registration)


def _suffix(run: Run, smooth_sigma_px: float) -> str:
    """Of a file's name; none for the smoothing that the run was trained with."""
    _, trained = typed_settings(run)
    return "" if smooth_sigma_px == trained.smooth_sigma_px else f"_{smooth_sigma_px:g}px"
