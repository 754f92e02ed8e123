"""What the Export page says of the run, the file and the check. No Qt."""

from __future__ import annotations

import re
from pathlib import Path

from anomaly_gui.evaluation.intervals import wilson
from anomaly_gui.evaluation.thresholds import RULES
from anomaly_gui.files import printable
from anomaly_gui.imaging.region import Region, region_share
from anomaly_gui.jobs.evaluate import Evaluation
from anomaly_gui.jobs.export import LARGEST_DIFFERENCE, ExportReport
from anomaly_gui.project.records import Export, Run, Threshold
from anomaly_gui.ui.pages.train_state import local_time
from anomaly_gui.ui.wording import NO_FIGURE, counted, share_text, size_text

SUFFIX = ".anomaly"
_EVERYTHING = Region()


def default_target(project_folder: Path, run: Run) -> Path:
    """A file that is not there yet, in the project's exports folder."""
    stem = re.sub(r"[^\w.-]+", "_", printable(project_folder.name)).strip("._") or "project"
    folder = project_folder / "exports"
    names = (f"{stem}-{run.name}{'' if n == 1 else f'-{n}'}{SUFFIX}" for n in range(1, 10_000))
    return next(folder / name for name in names if not (folder / name).exists())


def with_suffix(path: str) -> Path:
    """What was typed, ending in .anomaly if it has no ending."""
    made = Path(path).expanduser()
    return made if made.suffix else made.with_name(made.name + SUFFIX)


def rule_sentence(threshold: Threshold) -> str:
    """ "Best F1", "Percentile of good: 95", "set by hand"."""
    info = RULES.get(threshold.rule)
    if info is None:
        return "set by hand"
    if threshold.parameter is None or info.parameter_title is None:
        return info.title
    share = info.high is not None and info.high <= 1
    value = f"{100 * threshold.parameter:g} %" if share else f"{threshold.parameter:g}"
    return f"{info.title}: {value}"


def run_facts(
    run: Run, threshold: Threshold, figures: Evaluation, region: Region = _EVERYTHING
) -> list[tuple[str, str]]:
    """(name, value) of what would be exported; *region* is the run's."""
    found = round((figures.recall or 0.0) * figures.n_defect)
    alarms = round((figures.false_alarm_rate or 0.0) * figures.n_good)
    return [
        ("Run", f"{run.name}, {run.preset} preset"),
        ("Threshold", f"{threshold.value:.6g} ({rule_sentence(threshold)})"),
        ("Defects found", _share(found, figures.n_defect)),
        ("False alarms", _share(alarms, figures.n_good)),
        ("AUROC", NO_FIGURE if figures.auroc is None else f"{figures.auroc:.3f}"),
        ("Region", "the whole image" if region.is_everything else f"{share_text(region_share(region))} of each image"),
    ]


def _share(part: int, whole: int) -> str:
    """ "50 of 57 (87.7 %; 95 % interval 76.8 to 93.9 %)"."""
    interval = wilson(part, whole) if whole else None
    if interval is None:
        return NO_FIGURE
    low, high = interval
    share = f"{100 * part / whole:.1f} %"
    return f"{part:,} of {whole:,} ({share}; 95 % interval {100 * low:.1f} to {100 * high:.1f} %)"


def report_sentence(report: ExportReport) -> str:
    """What the self-check found."""
    return (
        f"Written and checked. The bundle scored {counted(report.checked_images, 'image')} of this project by itself: "
        f"every decision is the same, and the largest relative difference of a score is "
        f"{report.largest_difference:.1e} (allowed: {LARGEST_DIFFERENCE:.0e}).\n"
        f"{report.path} · {size_text(report.bytes)}\nSHA-256 {report.sha256}"
    )


def command(bundle: str) -> str:
    """The exact line to score images with a bundle."""
    quoted = f'"{bundle}"' if re.search(r"[^\w./\\:-]", bundle) else bundle
    return f"anomaly-gui inspect {quoted} FOLDER --json"


def export_rows(exports: list[Export], runs: dict[int, str]) -> list[tuple[str, str, str, str, str]]:
    """File, run, threshold, time and path of each bundle, newest first."""
    return [
        (
            Path(printable(made.path)).name,
            runs.get(made.run, f"run {made.run}"),
            f"{made.threshold.value:.6g} ({rule_sentence(made.threshold)})",
            local_time(made.time_utc),
            printable(made.path),
        )
        for made in reversed(exports)
    ]
