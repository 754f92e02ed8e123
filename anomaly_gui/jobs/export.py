"""Write a run as a bundle, after proving that the bundle decides as the app does."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any

import msgspec
import numpy as np

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.confusion import decided
from anomaly_gui.export.bundle import read_bundle, write_bundle
from anomaly_gui.export.manifest import FORMAT, TILED_FORMAT, Grid, Manifest, TiledInspection
from anomaly_gui.export.runtime import BundleRuntime
from anomaly_gui.files import atomic_write, make_folder, printable, sha256
from anomaly_gui.imaging.load import load
from anomaly_gui.jobs.evaluate import ScoredImages, costs_of, evaluate_at, rule_sentence, scored_images
from anomaly_gui.jobs.run_facts import RunFacts, load_facts, scoring_in_force
from anomaly_gui.jobs.run_region import outdated_region
from anomaly_gui.jobs.run_registration import reference_data
from anomaly_gui.jobs.score import load_detector, load_normaliser, load_normalisers, load_statistics
from anomaly_gui.progress import Cancelled, CancelToken, EventSink, Noted, RateMeter
from anomaly_gui.project.records import Run, Threshold
from anomaly_gui.project.store import Project

CHECKED_IMAGES = 50
FEWEST_CHECKED, ENOUGH_S = 8, 60.0
"""Of large images, which take long, only so many are checked as there is time for, but no fewer than that."""
LARGEST_DIFFERENCE = 1e-4
"""Relative to the app's score."""
_SMALLEST_SCORE = 1.0
"""Scores nearer to 0 than this, in standard deviations of good images, are compared absolutely: they are
differences of larger numbers, and what is left of those carries their rounding."""
_LEFT_OUT = {
    *("run", "detector", "images", "false_negatives", "threshold", "recheck"),
    *("rule", "rule_parameter", "rule_sentence", "defect_type", "costs"),
}
"""Figures that the manifest has fields of its own for, and what is about single images."""


class ExportReport(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle that was written and checked."""

    path: str
    sha256: str
    bytes: int
    checked_images: int
    largest_difference: float
    """Largest relative difference between the bundle's and the app's score."""


def export(
    project: Project,
    run_id: int | None,
    to: Path,
    emit: EventSink,
    cancel: CancelToken,
    *,
    sign_with: Path | None = None,
) -> ExportReport | Cancelled:
    """Write run *run_id* (None: the latest finished) with its saved threshold to the file *to*.

    The bundle is first written elsewhere and run on images of the project. Raises InputError, with
    nothing written to *to*, if the run is not ready, if a score differs by more than 1e-4 or a decision
    flips, or if the file cannot be written. *sign_with* is a file with the private key to sign it with.
    """
    project.access.require("engineer", "export a run")
    run = project.run(run_id)
    threshold = project.threshold(run.id)
    if threshold is None:
        raise InputError(f"run {run.name}", "it has no threshold yet", "Set one on the Tune page")
    _require_writable(to)
    facts = load_facts(project.run_folder(run.id))
    if outdated := outdated_region(project, run.id):
        emit(Noted(f"{outdated} The bundle counts by the one it was trained with."))
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made.anomaly"
        data = _write(project, run, facts, threshold, made, sign_with)
        checked = _self_check(project, run, threshold, made, emit, cancel)
    if isinstance(checked, Cancelled):
        return checked
    try:
        atomic_write(to, data)
    except OSError as error:
        raise InputError(printable(to), f"it cannot be written ({error.strerror})", "Choose another folder") from error
    project.record_export(run.id, to, sha256(data), threshold)
    count, difference = checked
    return ExportReport(
        path=printable(to), sha256=sha256(data), bytes=len(data), checked_images=count, largest_difference=difference
    )


def _require_writable(to: Path) -> None:
    """Refuse a target that will fail, before the work. A missing folder is made."""
    if to.is_dir():
        raise InputError(printable(to), "this is a folder", "Give the name of a file, such as part.anomaly")
    try:
        make_folder(to.parent)
    except OSError as error:
        raise InputError(
            printable(to.parent), f"it cannot be made ({error.strerror})", "Choose another folder"
        ) from error


def _write(
    project: Project, run: Run, facts: RunFacts, threshold: Threshold, path: Path, sign_with: Path | None
) -> bytes:
    from anomaly_gui.export.onnx_writer import write_graph, write_tile_graph

    folder = project.run_folder(run.id)
    detector = load_detector(folder, facts)
    if facts.tiling is not None:
        graph = write_tile_graph(detector.graph(), facts.input_px, facts.channels)
    else:
        graph = write_graph(
            detector.graph(),
            facts.input_px,
            facts.channels,
            scoring_in_force(project, run),
            load_normaliser(project, run.id),
            threshold.value,
            threshold.recheck,
            facts.inside(),
        )
    return write_bundle(
        path,
        _manifest(project, run, facts, threshold),
        graph,
        folder.weights.read_bytes(),
        sign_with,
        reference=reference_data(folder, facts) if facts.reference_sha256 else None,
    )


def _manifest(project: Project, run: Run, facts: RunFacts, threshold: Threshold) -> Manifest:
    figures = msgspec.to_builtins(evaluate_at(project, run, threshold))
    lower, upper = load_statistics(project, run.id).display_scale.tolist()
    of_pixels = project.pixel_threshold(run.id)
    return Manifest(
        format=FORMAT if facts.tiling is None else TILED_FORMAT,
        program=facts.versions["anomaly_gui"],
        created_utc=datetime.now(UTC).isoformat(timespec="seconds"),
        run=run.name,
        detector=run.detector,
        detector_settings=_settings_to_tell(facts),
        scoring=scoring_in_force(project, run),
        input_px=facts.input_px,
        channels=1 if facts.channels == 1 else 3,
        white_level=facts.white_level,
        threshold=threshold.value,
        rule=threshold.rule,
        rule_parameter=threshold.parameter,
        rule_sentence=rule_sentence(threshold),
        rule_defect_type=threshold.defect_type,
        rule_costs=costs_of(threshold),
        recheck_threshold=threshold.recheck,
        display_scale=(lower, upper),
        pixel_threshold=of_pixels.value if of_pixels else None,
        pixel_rule=of_pixels.rule if of_pixels else None,
        figures={key: value for key, value in figures.items() if key not in _LEFT_OUT},
        images=dict(Counter(project.roles(run.id).values())),
        versions=facts.versions,
        tiled=_tiled(project, run, facts),
        region=None if facts.inside() is None else facts.region,
        registration=None if (chosen := facts.settings().registration) == "none" else chosen,
        contents={},
    )


def _settings_to_tell(facts: RunFacts) -> dict[str, Any]:
    """Those of the detector, but where on this PC the backbone's file lay is nobody's business."""
    told = dict(facts.detector_settings)
    if told.get("backbone"):
        told["backbone"] = PurePath(told["backbone"]).name
    return told


def _tiled(project: Project, run: Run, facts: RunFacts) -> TiledInspection | None:
    if facts.tiling is None:
        return None
    grids = [Grid(made.mean.tolist(), made.scale.tolist()) for made in load_normalisers(project, run.id)]
    return TiledInspection(tiling=facts.tiling, region=facts.region, normalisers=grids)


def _self_check(
    project: Project, run: Run, threshold: Threshold, bundle: Path, emit: EventSink, cancel: CancelToken
) -> tuple[int, float] | Cancelled:
    """Run the bundle on images of the project: how many, and the largest relative difference of scores."""
    runtime = BundleRuntime(read_bundle(bundle), printable(bundle))
    scored = scored_images(project, run.id)
    chosen = _sample(scored, threshold)
    paths = {image.id: image.path for image in project.images()}
    meter = RateMeter("Checking the bundle", len(chosen), emit)
    largest, checked = 0.0, 0
    enough_at = time.monotonic() + ENOUGH_S
    for number, place in enumerate(chosen, start=1):
        if checked >= FEWEST_CHECKED and time.monotonic() > enough_at:
            break
        if cancel.should_stop():
            return Cancelled("Nothing was written.")
        path = paths[int(scored.ids[place])]
        expected = scored.scores[place]
        try:
            output = runtime.run(load(path, verify=False))
        except InputError:
            continue  # gone since it was scored: there is nothing to compare
        difference = _difference(float(expected), output.score)
        answer = int(decided(np.array([expected]), threshold.value, threshold.recheck)[0])
        if difference > LARGEST_DIFFERENCE or answer != output.decision:
            raise InputError(
                printable(path),
                f"the bundle scores it {output.score:.6g} and the app {float(expected):.6g}; nothing was exported",
                "Score the run again; if that does not help, train again",
            )
        largest, checked = max(largest, difference), checked + 1
        meter.update(number)
    if checked == 0:
        raise InputError("export", "no test image can be read to check the bundle with", "Put the images back")
    return checked, largest


def _sample(scored: ScoredImages, threshold: Threshold) -> list[int]:
    """By turns one of the nearest to a line, where a decision flips first, and one of others evenly spread by score."""
    scores = np.nan_to_num(scored.scores.astype(np.float64))
    lines = [threshold.value] if threshold.recheck is None else [threshold.value, threshold.recheck]
    order = np.argsort(np.min([np.abs(scores - line) for line in lines], axis=0), kind="stable")
    if len(order) <= CHECKED_IMAGES:
        return [int(place) for place in order]
    nearest, others = order[: CHECKED_IMAGES // 2], order[CHECKED_IMAGES // 2 :]
    others = others[np.argsort(scores[others], kind="stable")]
    spread = others[np.linspace(0, len(others) - 1, CHECKED_IMAGES - len(nearest)).astype(int)]
    spread = np.random.default_rng(0).permutation(spread)  # Where time is short the first few stand for all.
    return [int(place) for place in np.stack([nearest, spread], axis=1).ravel()]


def _difference(expected: float, found: float) -> float:
    if not np.isfinite(expected) or not np.isfinite(found):
        return 0.0 if not np.isfinite(expected) and not np.isfinite(found) else float("inf")
    return abs(found - expected) / max(abs(expected), _SMALLEST_SCORE)
