"""A project with one scored run, made without training: real files, real statistics."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import cv2
import msgspec
import numpy as np

from anomaly_gui.detectors.settings import ConvAutoencoderSettings
from anomaly_gui.imaging.masks import shrink_mask
from anomaly_gui.jobs.run_facts import RunFacts, save_facts
from anomaly_gui.jobs.score import smoothings, statistics_path
from anomaly_gui.project.records import Label, NewImage, Role, Split, Threshold
from anomaly_gui.project.runs import RunFolder
from anomaly_gui.project.store import Project
from anomaly_gui.scoring.settings import ScoringSettings
from anomaly_gui.scoring.statistics import RunStatistics, StatisticsBuilder

WIDTH, HEIGHT, MAP_PX = 48, 32, 16
GOOD = Label("good")


def scored_project(
    folder: Path,
    good: Sequence[float] = (1.0, 1.5, 2.0, 2.5, 3.5),
    defects: Sequence[tuple[str, float]] = (("crack", 1.2), ("dent", 2.2), ("crack", 3.0), ("dent", 5.0)),
    held_out: Sequence[float] = (0.8, 1.0, 1.4, 2.0),
    threshold: float | None = 3.2,
    rule: str = "manual",
    *,
    masked: bool = False,
) -> Project:
    """Images with exactly these scores; ids count from 1: good ones, then defects, then held-out good.

    *masked*: statistics know the defects' masks, and are kept at every smoothing. A threshold by a *rule* follows
    the labels; this one stays where tests have put it.
    """
    project = Project.create(folder / "project")
    parts: list[tuple[float, Label, Role]] = [(score, GOOD, "test") for score in good]
    parts += [(score, Label("defect", kind), "test") for kind, score in defects]
    parts += [(score, GOOD, "validation") for score in held_out]
    project.add_images([_image(folder, n, label, role) for n, (_, label, role) in enumerate(parts, start=1)])
    detector, scoring = ConvAutoencoderSettings(input_px=32), ScoringSettings()
    settings = {"detector": msgspec.to_builtins(detector), "scoring": msgspec.to_builtins(scoring)}
    roles: dict[int, Role] = {n: role for n, (_, _, role) in enumerate(parts, start=1)}
    run = project.add_run("conv-ae", "fast", 0, settings, roles)
    run_folder = project.run_folder(run.id)
    save_facts(run_folder, _facts(run.name, settings))
    _write_scores(project, run.id, parts, masked=masked)
    project.update_run(run.id, "finished")
    if threshold is not None:
        project.set_threshold(run.id, Threshold(threshold, rule))
    return project


def _image(folder: Path, number: int, label: Label, role: Role) -> NewImage:
    """A grey part, brighter for every number; defects have a dark spot with a mask."""
    pixels = np.full((HEIGHT, WIDTH), 60 + number % 150, np.uint8)
    mask_path = None
    if label.kind == "defect":
        pixels[8:12, 10:16] = 10
        mask_path = str(_write(folder / "masks" / f"part_{number}_mask.png", drawn_mask()))
    path = _write(folder / "images" / f"part_{number}.png", pixels)
    split: Split = "test" if role == "test" else "train"
    return NewImage(
        path=str(path),
        sha256=f"{number:064x}",
        pixel_sha256=f"{number + 10**9:064x}",
        file_bytes=path.stat().st_size,
        format="PNG",
        width=WIDTH,
        height=HEIGHT,
        channels=1,
        bit_depth=8,
        peak=int(pixels.max()),
        label=label,
        split=split,
        mask_path=mask_path,
    )


def drawn_mask() -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[8:12, 10:16] = 255
    return mask


def _write(path: Path, pixels: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return path


def _facts(run_name: str, settings: dict[str, dict[str, object]]) -> RunFacts:
    return RunFacts(
        run=run_name,
        detector="conv-ae",
        preset="fast",
        seed=0,
        detector_settings=settings["detector"],
        scoring_settings=settings["scoring"],
        input_px=32,
        channels=1,
        white_level=255,
        threads=1,
        device="cpu",
        versions={},
    )


def _write_scores(
    project: Project, run_id: int, parts: Sequence[tuple[float, Label, Role]], *, masked: bool = False
) -> None:
    folder = project.run_folder(run_id)
    made, trained = _statistics(folder, parts, masked=masked), ScoringSettings().smooth_sigma_px
    for sigma in smoothings(trained) if masked else (trained,):
        made.save(statistics_path(project, project.run(run_id), sigma))


def _statistics(folder: RunFolder, parts: Sequence[tuple[float, Label, Role]], *, masked: bool) -> RunStatistics:
    builder = StatisticsBuilder()
    mask = shrink_mask(drawn_mask() > 0, MAP_PX, MAP_PX)
    for number, (score, label, role) in enumerate(parts, start=1):
        made = np.zeros((MAP_PX, MAP_PX), np.float32)
        made[5, 4] = score if math.isfinite(score) else np.nan
        marked = mask if masked and label.kind == "defect" else None
        builder.add(number, made, marked, held_out_good=role == "validation")
        folder.write_map(number, made, 0.0, 8.0)
        folder.write_reconstruction(number, np.full((MAP_PX, MAP_PX, 1), 0.5, np.float32))
    return builder.finish()


def add_scored_run(
    project: Project, scores: Sequence[float], threshold: float | None, *, leave_out: Sequence[int] = ()
) -> int:
    """Another run that gives image 1 the first of *scores*, and so on; it never judged those of *leave_out*."""
    first = project.runs()[0]
    roles = {key: role for key, role in project.roles(first.id).items() if key not in leave_out}
    run = project.add_run(first.detector, "fast", 1, first.settings, roles)
    save_facts(project.run_folder(run.id), _facts(run.name, first.settings))
    labels = {image.id: image.label for image in project.images()}
    parts = [(score, labels[n], roles.get(n, "test")) for n, score in enumerate(scores, start=1)]
    _write_scores(project, run.id, parts)
    project.update_run(run.id, "finished")
    if threshold is not None:
        project.set_threshold(run.id, Threshold(threshold))
    return run.id
