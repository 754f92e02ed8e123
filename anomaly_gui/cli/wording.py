"""Results of the verbs as text for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from anomaly_gui.annotations.formats import FORMATS
from anomaly_gui.cli.console import number, share, table
from anomaly_gui.detectors.registry import Entry
from anomaly_gui.export.runtime import Inspection
from anomaly_gui.jobs.check_set import SetCheck
from anomaly_gui.jobs.demo import DemoReport
from anomaly_gui.jobs.evaluate import Evaluation
from anomaly_gui.jobs.export import ExportReport
from anomaly_gui.jobs.export_annotations import AnnotationsExportReport
from anomaly_gui.jobs.import_annotations import AnnotationsReport
from anomaly_gui.jobs.import_images import ImportReport
from anomaly_gui.jobs.inspect import InspectionError
from anomaly_gui.jobs.score import ScoreReport
from anomaly_gui.jobs.study.records import StudyReport
from anomaly_gui.jobs.train import TrainReport
from anomaly_gui.jobs.verify import VerifyReport, in_words
from anomaly_gui.project.records import Run
from anomaly_gui.project.recovery import RepairReport


def counted(count: int, thing: str) -> str:
    """ "1 image", "2 images"."""
    return f"{count} {thing}" + ("" if count == 1 else "s")


def imported(report: ImportReport) -> str:
    lines = [
        f"Added {counted(report.added, 'image')}: {report.good} good, {report.defect} defective, "
        f"{report.unlabelled} unlabelled, {counted(report.masks, 'mask')}."
    ]
    if report.already:
        lines.append(f"{counted(report.already, 'image')} were in the project already.")
    if report.refused:
        lines.append(f"{counted(len(report.refused), 'file')} left out; the reasons are above.")
    lines += [f"To settle before training: {sentence}" for sentence in report.conflicts]
    return "\n".join(lines)


def annotations_imported(report: AnnotationsReport) -> str:
    lines = [
        f"Read {counted(report.images, 'image')} ({FORMATS[report.format].title}): changed "
        f"{counted(report.labels_changed, 'label')} and {counted(report.masks_changed, 'mask')}, "
        f"{report.unchanged} as they were."
    ]
    if report.added:
        lines.append(f"Added {counted(report.added, 'image')}.")
    if report.silent:
        lines.append(f"{counted(report.silent, 'image')} without a label or region; what the project says was kept.")
    if report.defect_types:
        types = ", ".join(
            f"{name} {n}{' (new)' if name in report.new_types else ''}" for name, n in report.defect_types.items()
        )
        lines.append(f"Defect types: {types}.")
    if report.unmatched:
        lines.append(f"{counted(len(report.unmatched), 'image')} not found; the reasons are above.")
    return "\n".join(lines)


def annotations_exported(report: AnnotationsExportReport) -> str:
    title = FORMATS[report.format].title
    lines = [
        f"Wrote {counted(report.images, 'image')}, {report.marked} with marked defects, as {title} "
        f"to {report.path} ({counted(report.files, 'file')})."
    ]
    if report.refused:
        lines.append(f"{counted(len(report.refused), 'file')} left out; the reasons are above.")
    return "\n".join(lines)


def trained(report: TrainReport, project: str) -> str:
    ended = "finished" if report.status == "finished" else "was stopped"
    lines = [
        f"Run {report.run} ({report.run_name}) {ended}: {counted(report.epochs, 'epoch')} in "
        f"{report.seconds:.0f} s, the best was epoch {report.best_epoch}, {report.images_per_s:.0f} images/s."
    ]
    if report.message:
        lines.append(report.message)
    if report.status == "finished":
        lines.append(f"Next: anomaly-gui evaluate {project} --run {report.run}")
    else:
        lines.append(f"To go on: anomaly-gui train {project} --resume {report.run}")
    return "\n".join(lines)


def figures(found: Evaluation) -> str:
    recall_low, recall_high = found.recall_interval or (None, None)
    alarm_low, alarm_high = found.false_alarm_interval or (None, None)
    rows = [
        ("test images", f"{found.n_good} good, {found.n_defect} defective, none of them trained on"),
        *_locked(found),
        ("threshold", f"{number(found.threshold)} by {found.rule}"),
        ("", found.rule_sentence),
        *_recheck(found),
        ("recall", f"{share(found.recall)}  (95 % sure: {share(recall_low)} to {share(recall_high)})"),
        (
            "false alarm rate",
            f"{share(found.false_alarm_rate)}  (95 % sure: {share(alarm_low)} to {share(alarm_high)})",
        ),
        ("precision", share(found.precision)),
        ("F1", number(found.f1)),
        ("specificity", share(found.specificity)),
        ("AUROC", number(found.auroc)),
        ("average precision", number(found.average_precision)),
    ]
    if found.costs is not None:
        on_the_line = f"with {share(found.costs.defect_rate)} of the parts defective"
        rows += [
            ("precision on the line", f"{share(found.expected_precision)}  ({on_the_line})"),
            ("cost per part", number(found.cost_per_part)),
        ]
    if found.pixel_auroc is not None:
        rows += [
            ("pixel AUROC", number(found.pixel_auroc)),
            ("pixel F1, best", number(found.pixel_f1)),
            ("AUPRO to 30 % and 5 %", f"{number(found.aupro)} and {number(found.aupro_05)}"),
            *_of_pixels(found),
        ]
    for name, of_type in found.per_defect_type.items():
        rows.append((f"  {name}", f"{of_type.found} of {of_type.n} found"))
    lines = [f"Run {found.run} ({found.detector})", table(("", ""), rows).lstrip("\n")]
    if found.false_negatives:
        lines.append(f"Missed defects ({len(found.false_negatives)}):")
        lines += [f"  {path}" for path in found.false_negatives]
    return "\n".join(lines)


def _locked(found: Evaluation) -> list[tuple[str, str]]:
    """Their figures are revealed in the window, where that is journalled."""
    if not found.n_locked:
        return []
    return [("", f"{counted(found.n_locked, 'locked image')} left out: their figures are revealed on the Tune page")]


def _of_pixels(found: Evaluation) -> list[tuple[str, str]]:
    at = found.at_pixel_threshold
    if at is None:
        return []
    return [
        ("pixel threshold", f"{number(found.pixel_threshold)} by {found.pixel_rule}"),
        ("", found.pixel_rule_sentence or ""),
        ("  of pixels", f"precision {share(at.precision)}, recall {share(at.recall)}, F1 {number(at.f1)}"),
    ]


def scored(report: ScoreReport) -> str:
    refused = f", {report.refused} could not be read" if report.refused else ""
    return f"Scored {counted(report.images, 'image')} of run {report.run} in {report.seconds:.0f} s{refused}."


def _recheck(found: Evaluation) -> list[tuple[str, str]]:
    if found.recheck is None:
        return []
    counts = found.three_way
    return [
        ("recheck from", number(found.recheck)),
        ("  defects", f"{counts.found} found, {counts.rechecked_defects} to recheck, {counts.missed} missed"),
        ("  good", f"{counts.alarms} false alarms, {counts.rechecked_good} to recheck, {counts.passed} passed"),
    ]


def runs(listed: Sequence[tuple[Run, Evaluation | None]]) -> str:
    if not listed:
        return "No runs yet. Train one: anomaly-gui train PROJECT"
    rows = []
    for run, found in listed:
        row = [str(run.id), run.name, run.preset, str(run.seed), run.status]
        if found is None:
            row += ["n/a"] * 5
        else:
            row += [
                number(found.auroc),
                number(found.average_precision),
                number(found.threshold),
                share(found.recall),
                share(found.false_alarm_rate),
            ]
        rows.append(row)
    header = ("run", "name", "preset", "seed", "status", "AUROC", "AP", "threshold", "recall", "false alarms")
    return table(header, rows)


def exported(report: ExportReport) -> str:
    return (
        f"Wrote {report.path} ({report.bytes / 1e6:.1f} MB, SHA-256 {report.sha256[:16]}…).\n"
        f"Checked on {counted(report.checked_images, 'image')}: scores agree to "
        f"{report.largest_difference:.1e}, every decision is the same."
    )


def inspected(found: Inspection | InspectionError) -> str:
    if isinstance(found, InspectionError):
        return f"unreadable  {found.path}: {found.error}"
    return f"{found.decision:<10}  {number(found.score):>10}  {found.path}"


def verified(report: VerifyReport) -> str:
    return "\n".join(in_words(report))


_CASES_SHOWN = 5
_SEVERITIES = {"blocks": "BLOCKS TRAINING", "warning": "warning", "note": "note"}


def check_facts(report: SetCheck, paths: Mapping[int, str]) -> dict[str, Any]:
    """What `check --json` prints: findings with the paths of their images."""
    plain: list[dict[str, Any]] = msgspec.to_builtins(report.findings)
    for found in plain:
        for case in (*found["cases"], *found["accepted"]):
            case["images"] = [paths[key] for key in case["images"]]
    return {
        "images": report.images,
        "measured": report.measured,
        "seconds": round(report.seconds, 3),
        "blocks_training": any(found["severity"] == "blocks" for found in plain),
        "findings": plain,
    }


def checked(report: SetCheck, paths: Mapping[int, str]) -> str:
    lines = [
        f"Looked at {counted(report.images, 'image')} in {report.seconds:.1f} s ({report.measured} of them read anew)."
    ]
    if not any(found.cases for found in report.findings):
        lines.append("Nothing was found that speaks against this set.")
    for found in report.findings:
        if not found.cases:
            continue
        lines += ["", f"{found.title} ({_SEVERITIES[found.severity]})", f"  {found.sentence} {found.advice}"]
        for case in found.cases[:_CASES_SHOWN]:
            shown = ", ".join(paths[key] for key in case.images)
            lines.append(f"    {case.sentence}{f': {shown}' if shown else ''}")
        if len(found.cases) > _CASES_SHOWN:
            lines.append(f"    and {len(found.cases) - _CASES_SHOWN} more (all of them with --json)")
    accepted = sum(len(found.accepted) for found in report.findings)
    if accepted:
        lines += ["", f"{counted(accepted, 'case')} left out that were accepted before."]
    return "\n".join(lines)


def key_made(facts: dict[str, str]) -> str:
    return (
        f"Private key  {facts['private']}: whoever has it can sign in your name; keep it to yourself.\n"
        f"Public key   {facts['public']}: give it to those who inspect, by another way than the bundles."
    )


def repaired(report: RepairReport) -> str:
    first, *others = report.sentences
    lines = [f"{report.path}: {first[0].lower()}{first[1:]}", *(f"  {sentence}" for sentence in others)]
    lines += [f"  {problem}." for problem in report.problems[:20]]
    if report.kept:
        lines.append(f"The damaged file is kept: {report.kept}")
    return "\n".join(lines)


def demo(report: DemoReport) -> str:
    spent = ", ".join(f"{step} {seconds:.0f} s" for step, seconds in report.seconds.items())
    return "\n".join(
        [
            figures(report.evaluation),
            "",
            f"project  {report.project}",
            f"figures  {report.figures}",
            f"bundle   {report.bundle}",
            f"time     {spent}" if spent else "Everything was done before; nothing had to be made again.",
        ]
    )


def studied(report: StudyReport) -> str:
    lines = [f"{counted(report.cells, 'training')}, {report.computed} of them now, {len(report.failed)} failed."]
    lines += [f"  {sentence}" for sentence in report.failed]
    return "\n".join([*lines, "Tables:", *(f"  {path}" for path in report.tables)])


def detector_facts(entry: Entry, missing: str) -> dict[str, Any]:
    """What `detectors --json` says of one: settings as a JSON Schema's properties, and what is *missing* here."""
    schema = msgspec.json.schema(entry.settings)
    settings = schema["$defs"][entry.settings.__name__]["properties"]
    return {
        "name": entry.name,
        "sentence": entry.sentence,
        "ready": not missing,
        "missing": missing,
        "settings": settings,
        "presets": entry.presets,
    }


def detectors(facts: Sequence[dict[str, Any]]) -> str:
    lines = []
    for fact in facts:
        lines += [fact["name"], f"  {fact['sentence']}", f"  presets: {', '.join(fact['presets'])}"]
        lines.append("  can run here" if fact["ready"] else f"  cannot run here: {fact['missing']}")
        rows = [
            (f"    {name}", str(setting["default"]), setting.get("description", ""))
            for name, setting in fact["settings"].items()
        ]
        lines.append(table(("    setting", "default", ""), rows))
    return "\n".join(lines)
