"""What the Train page says of images, runs and figures. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
import numpy as np

from anomaly_gui.detectors.registry import offered
from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.curves import ScoreTable, auroc
from anomaly_gui.files import printable
from anomaly_gui.imaging.region import Region, region_share
from anomaly_gui.jobs.evaluate import scored_images
from anomaly_gui.jobs.run_region import outdated_region
from anomaly_gui.jobs.train import TrainReport
from anomaly_gui.progress import EpochFinished, Preview
from anomaly_gui.project.labels import conflicts
from anomaly_gui.project.records import Image, Run, Threshold
from anomaly_gui.project.splits import assign_roles
from anomaly_gui.project.store import Project
from anomaly_gui.ui.durations import duration_text, rate_text, time_left_text
from anomaly_gui.ui.models.run_table import RunRow
from anomaly_gui.ui.widgets.loss_plot import LossPoint
from anomaly_gui.ui.widgets.preview_grid import PreviewImage, on_scale, to_levels
from anomaly_gui.ui.wording import NO_FIGURE, counted, share_text, status_text

_EVERYTHING = Region()
_SMALLEST_ERROR = 1e-9
_ERROR_RANGE = 300.0

RESUMABLE = ("interrupted", "cancelled", "failed")

_PRESETS = {
    "fast": "A first look within minutes.",
    "balanced": "Takes longer, finds more: a good start for real use.",
    "thorough": "As long as it takes: over lunch or over night.",
}


# What there is to train on


@dataclass(frozen=True)
class Summary:
    """Whether there is enough to train on."""

    sentence: str
    """ "765 good to train on (115 of them held out), 187 good and 392 defective to test"."""
    problem: str = ""
    """Why training cannot start; empty if it can."""
    warning: str = ""
    """What the figures will lack."""
    region: str = ""
    """Which part of an image counts; empty if all of it does."""


def summarise(images: Sequence[Image], validation_share: float, seed: int, region: Region = _EVERYTHING) -> Summary:
    """Counted as a run would use the images."""
    summary = _summary_of_images(images, validation_share, seed)
    if region.is_everything:
        return summary
    share = region_share(region)
    problem = "" if share else "The region of interest leaves nothing of an image: draw it anew on the Data page."
    words = f"Only the region of interest counts: {share_text(share)} of each image."
    return replace(summary, problem=summary.problem or problem, region=words)


def _summary_of_images(images: Sequence[Image], validation_share: float, seed: int) -> Summary:
    if not images:
        return Summary("No images yet.", "Import images of good parts on the Data page first.")
    used = [image for image in images if not image.excluded]
    good = sum(image.label.kind == "good" and image.split == "train" for image in used)
    tested = sum(image.label.kind == "good" and image.split == "test" for image in used)
    defective = sum(image.label.kind == "defect" for image in used)
    test = f"{tested:,} good and {defective:,} defective to test"
    found = conflicts(images)
    if found:
        more = f" There are {len(found) - 1} more like it." if len(found) > 1 else ""
        problem = f"{found[0].sentence}.{more} Settle this on the Data page."
        return Summary(f"{good:,} good to train on, {test}.", problem)
    try:
        roles = assign_roles(images, validation_share, seed)
    except InputError as error:
        problem = f"Good images to train on: {error.cause}. {error.next_step}."
        return Summary(f"{good:,} good to train on, {test}.", problem)
    held_out = sum(role == "validation" for role in roles.values())
    sentence = f"{good:,} good to train on ({held_out:,} of them held out), {test}."
    return Summary(sentence, "", _missing(tested, defective))


def _missing(good: int, defective: int) -> str:
    if not defective:
        return "Without defective images no figure can tell which defects would be missed."
    if not good:
        return "Without good images for testing no figure can tell how many false alarms there would be."
    return ""


def preset_sentence(detector: str, preset: str, overrides: Mapping[str, Any]) -> str:
    """What a preset is for, and what it comes to with the settings that were changed."""
    entry = offered()[detector]
    values = {**entry.presets.get(preset, {}), **overrides}
    default = entry.settings()
    size = values.get("input_px", default.input_px)
    pixels = f"{size} × {size} px" if size else "512 or 768 px, as suits the images"
    tile = int(values.get("tile_px", default.tile_px))
    if tile:
        pixels = f"Tiles of {tile} × {tile} px at scale {values.get('scales', default.scales)}"
    sentence = f"{_PRESETS.get(preset, '')} {pixels}"
    epochs = values.get("epochs", getattr(default, "epochs", None))
    return f"{sentence}, {epochs} epochs or more." if epochs else f"{sentence}."


# How training goes


def loss_point(event: EpochFinished) -> LossPoint:
    return LossPoint(event.epoch, event.training_loss, event.validation_loss, event.is_best)


def loss_points(history: Iterable[Mapping[str, Any]]) -> tuple[list[LossPoint], int]:
    """Epochs kept in a run's folder, and how many there were to be; lines that do not fit are passed over."""
    points: list[LossPoint] = []
    epochs = 1
    for line in history:
        try:
            event = msgspec.convert(line, EpochFinished)
        except msgspec.ValidationError:
            continue
        points.append(loss_point(event))
        epochs = max(epochs, event.epochs)
    return points, epochs


def epoch_sentence(event: EpochFinished) -> str:
    """ "epoch 5 of 40 · 118 images/s · about 2 min left"."""
    parts = [
        f"epoch {event.epoch} of {event.epochs}",
        rate_text(event.images_per_s),
        time_left_text(event.seconds_left),
    ]
    return " · ".join(part for part in parts if part)


def end_sentence(run_name: str, status: str, epochs: int, best_epoch: int, seconds: float) -> str:
    """How a training ended, for the status bar."""
    how = "is trained" if status == "finished" else "was stopped"
    if not best_epoch:
        return f"Run {run_name} {how} before its first epoch was over."
    return f"Run {run_name} {how}: {counted(epochs, 'epoch')}, the best was {best_epoch}, {duration_text(seconds)}."


def caption(image: Image) -> tuple[str, bool, str]:
    """Of a column of the preview: words, whether the part is good, and the file for the tooltip."""
    is_good = image.label.kind == "good"
    words = "good" if is_good else image.label.defect_type or "defective"
    return words, is_good, printable(image.path)


def error_limits(event: Preview) -> tuple[float, float]:
    """Errors shown black and brightest: one pixel of a hundred exceeds the latter, the former is 1/300 of it."""
    finite = event.anomaly_maps[np.isfinite(event.anomaly_maps)]
    high = float(np.percentile(finite, 99)) if finite.size else 1.0
    high = max(high, _SMALLEST_ERROR)
    return high / _ERROR_RANGE, high


def preview_images(
    event: Preview, images: Mapping[int, Image], limits: tuple[float, float] | None = None
) -> list[PreviewImage]:
    """The columns of the grid. *limits* of the first epoch show how the errors shrink; None takes this one's."""
    errors = on_scale(event.anomaly_maps, *(limits or error_limits(event)))
    made = []
    for number, image_id in enumerate(event.image_ids):
        if image_id in images:
            drawn = None if event.reconstructions is None else to_levels(event.reconstructions[number])
            made.append(
                PreviewImage(
                    *caption(images[image_id]),
                    original=to_levels(event.originals[number]),
                    reconstruction=drawn,
                    error=errors[number],
                )
            )
    return made


# The runs


@dataclass(frozen=True)
class RunFigures:
    """Of one run at its threshold."""

    auroc: float | None
    f1: float | None
    missed: int
    false_alarms: int
    defective: int
    good: int
    outdated: str = ""
    """Why they are not those of the present region of interest; empty if they are."""


def figures_of(project: Project, run_id: int, threshold: Threshold) -> RunFigures:
    """By the present labels. Raises InputError if the scores cannot be read."""
    scored = scored_images(project, run_id)
    counts = ScoreTable(scored.scores, scored.defective).at(threshold.value)
    return RunFigures(
        auroc=auroc(scored.scores, scored.defective),
        f1=counts.f1,
        missed=counts.fn,
        false_alarms=counts.fp,
        defective=counts.tp + counts.fn,
        good=counts.fp + counts.tn,
        outdated=outdated_region(project, run_id),
    )


def run_row(run: Run, figures: RunFigures | None) -> RunRow:
    """A line of the table of runs."""
    shown = ("", "", "", "") if figures is None else _figure_cells(figures)
    outdated = figures.outdated if figures is not None else ""
    status = f"{status_text(run.status)}, old region" if outdated else status_text(run.status)
    cells = (run.name, run.preset, status, *shown, local_time(run.created_utc))
    settings = {**run.settings.get("detector", {}), **run.settings.get("scoring", {})}
    words = ", ".join(f"{name} {value}" for name, value in settings.items())
    lines = [f"{run.detector}, seed {run.seed}", words, run.message, outdated]
    return RunRow(run.id, cells, "\n".join(line for line in lines if line))


def _figure_cells(figures: RunFigures) -> tuple[str, str, str, str]:
    return (
        _three(figures.auroc),
        f"{figures.missed:,} of {figures.defective:,}" if figures.defective else NO_FIGURE,
        f"{figures.false_alarms:,} of {figures.good:,}" if figures.good else NO_FIGURE,
        _three(figures.f1),
    )


def _three(value: float | None) -> str:
    return NO_FIGURE if value is None else f"{value:.3f}"


def finished_banner(report: TrainReport, scored: Iterable[int]) -> tuple[str, str, str]:
    """What to do with a run just scored: name of a view on Tune, text and button.

    With another one among the *scored* the two are compared.
    """
    done = f"Run {report.run_name} is trained and its test images are scored."
    if any(run_id != report.run for run_id in scored):
        return "compare", f"{done} See what it fixed, and what is new.", "Compare with the run before"
    return "threshold", f"{done} Now set its threshold.", "Tune its threshold"


def lost_run(runs: Iterable[Run]) -> Run | None:
    """The newest run, if it is one that a crash cut short."""
    newest = max(runs, key=lambda run: run.id, default=None)
    return newest if newest is not None and newest.status == "interrupted" else None


def lost_sentence(run: Run) -> str:
    """Of a run that a crash cut short."""
    return (
        f"Run {run.name}, started {local_time(run.created_utc)}, was interrupted: the program ended before the "
        "run did. It can go on from its last checkpoint."
    )


def how_it_went(run: Run, points: Sequence[LossPoint]) -> str:
    """Of a run that is over: "4 epochs · best epoch 4"; one that learns in one pass has no epochs."""
    best = [point.epoch for point in points if point.is_best][-1:]
    words = [counted(len(points), "epoch")] if points else [] if run.status == "finished" else ["no epoch was finished"]
    words += [f"best epoch {best[0]}"] if best else []
    words += [run.message] if run.message else []
    return " · ".join(words)


def local_time(utc: str) -> str:
    """ "2026-11-23 11:40" on this PC's clock, from a time in ISO 8601."""
    try:
        return datetime.fromisoformat(utc).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return utc
