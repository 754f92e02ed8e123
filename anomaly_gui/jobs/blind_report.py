"""A blind re-review in words and tables: for the window, as an HTML file and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.agreement import (
    ANSWERS,
    LIMITS,
    Appraisal,
    Grade,
    Rate,
    RateName,
    kappa_grade,
    rate_grade,
)
from anomaly_gui.evaluation.intervals import wilson
from anomaly_gui.files import atomic_write, printable
from anomaly_gui.jobs.blind_study import Agreement, Appraiser, BlindResult
from anomaly_gui.jobs.html_page import document, table

NO_FIGURE = "n/a"
STUDY_PARTS, STUDY_REVIEWERS, STUDY_TRIALS = 50, 3, 2
"""What AIAG wants of an attribute gauge study."""
NOTES = (
    "Effectiveness is the share of correct answers; miss rate is that of defects called good; false alarm rate is that "
    "of good images called defective. Intervals are Wilson's, at 95 %.",
    "“Unsure” is never correct, so it lowers the effectiveness and kappa; it is no miss and no false alarm, as such a "
    "part is neither shipped nor scrapped. Two who are both unsure agree.",
    "Limits as in AIAG MSA: effectiveness at least 90 % (marginal from 80 %), misses at most 2 % (5 %), false alarms "
    "at most 5 % (10 %); kappa from 0.9 very good, from 0.7 acceptable.",
    "The inspection is the run with its present threshold, judged as one more reviewer; what it would have rechecked "
    "counts as unsure. Figures follow the labels as they are now.",
)
_HARDER = "A sample drawn near the threshold is harder for the inspection than the line is: see Tune for its figures."
_ANSWER_TITLES = {"good": "good", "defect": "defective", "unsure": "unsure"}


@dataclass(frozen=True)
class Table:
    """Cells as text."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Verdict:
    """One reviewer in one trial, or the inspection, in plain words."""

    title: str
    sentences: tuple[str, ...]
    grade: Grade | None
    """The worst of those of the rates; None if none of them is defined."""


@dataclass(frozen=True)
class Report:
    """Everything that is said of a study."""

    title: str
    facts: tuple[tuple[str, str], ...]
    verdicts: tuple[Verdict, ...]
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = NOTES


def blind_report(result: BlindResult) -> Report:
    """Put *result* into words."""
    study = result.study
    defects = sum(result.defective.values())
    facts = (
        (
            "Images",
            f"{len(study.images)}: {defects} defective, {len(result.defective) - defects} good, by their labels",
        ),
        ("Trials", f"{study.trials} each · {len(result.names)} reviewed so far"),
        ("Run", f"{result.run_name}, threshold {result.threshold.value:.4g}"),
        ("Begun", study.started_utc),
        ("Finished", study.finished_utc or "not yet: others can still join"),
    )
    return Report(
        f"Blind review {study.id}",
        facts,
        tuple(_verdict(result, one) for one in result.appraisers),
        tuple(_tables(result)),
    )


def verdict_words(appraisal: Appraisal, *, who: str = "") -> tuple[str, ...]:
    """What the figures mean: "Missed 3 of 25 defects: 12 % (4.2 – 30), limit 2 %: unacceptable."."""
    return (
        _words("miss rate", appraisal.miss_rate, f"{who}missed", "defects"),
        _words("false alarm rate", appraisal.false_alarm_rate, f"{who}called", "good images defective"),
        _words("effectiveness", appraisal.effectiveness, f"{who}judged", "images correctly")
        + (f" Unsure of {appraisal.unsure}." if appraisal.unsure else ""),
        f"Kappa against the labels: {kappa_text(appraisal.kappa)}.",
    )


def _words(name: RateName, rate: Rate, did: str, what: str) -> str:
    did = did[:1].upper() + did[1:]
    share, interval = rate.share, rate.interval
    if share is None or interval is None:
        return f"{name[:1].upper()}{name[1:]}: {NO_FIGURE}, there were none of these images."
    side = "at least" if name == "effectiveness" else "at most"
    limit = f"limit {side} {percent(LIMITS[name][0])}"
    count = "none" if rate.count == 0 else f"{rate.count}"
    return (
        f"{did} {count} of {rate.of} {what}: {percent(share)} ({_range(interval)}), {limit}: {rate_grade(name, share)}."
    )


def _verdict(result: BlindResult, one: Appraiser) -> Verdict:
    appraisal = result.appraisal(one)
    grades = [rate_grade(name, rate.share) for name, rate in appraisal.rates.items()]
    worst: tuple[Grade, ...] = ("unacceptable", "marginal", "acceptable")
    sentences, title = verdict_words(appraisal), one.title
    if one.trial is None:
        sentences += (_HARDER,)
    elif len(one.answers) < len(result.study.images):
        title += f" ({len(one.answers)} of {len(result.study.images)} so far)"
    return Verdict(title, sentences, next((grade for grade in worst if grade in grades), None))


def _tables(result: BlindResult) -> list[Table]:
    made = [_figures(result), _repeats(result), _agreements(result.agreements())]
    made += [_cross(pair) for pair in result.agreements() if pair.n]
    return [each for each in made if each.rows]


def _figures(result: BlindResult) -> Table:
    rows = []
    for one in result.appraisers:
        judged = result.appraisal(one)
        rates = [f"{_counted(rate)}" for rate in judged.rates.values()]
        rows.append((one.title, str(len(one.answers)), *rates, str(judged.unsure), kappa_text(judged.kappa)))
    header = ("Reviewer", "Judged", "Effectiveness", "Miss rate", "False alarm rate", "Unsure", "Kappa against labels")
    return Table("Against the labels", header, tuple(rows))


def _repeats(result: BlindResult) -> Table:
    rows = [
        (each.name, str(each.n), _counted(Rate(each.same, each.n)), kappa_text(each.kappa)) for each in result.repeats()
    ]
    header = ("Reviewer", "Judged in every trial", "Same answer each time", "Kappa between trials")
    return Table("Each with themselves", header, tuple(rows))


def _agreements(pairs: Sequence[Agreement]) -> Table:
    rows = [(f"{pair.first} and {pair.second}", str(pair.n), kappa_text(pair.kappa)) for pair in pairs if pair.n]
    return Table("Each with the others", ("Reviewers", "Answers compared", "Kappa"), tuple(rows))


def _cross(pair: Agreement) -> Table:
    rows = [
        (f"{pair.first}: {_ANSWER_TITLES[mine]}", *(str(pair.table[mine, theirs]) for theirs in ANSWERS))
        for mine in ANSWERS
    ]
    header = ("", *(f"{pair.second}: {_ANSWER_TITLES[theirs]}" for theirs in ANSWERS))
    return Table(f"{pair.first} and {pair.second}: how often they said what", header, tuple(rows))


def percent(share: float) -> str:
    """ "12 %", "4.2 %": no false decimals."""
    shown = 100 * share
    return (f"{shown:.0f}" if shown >= 9.95 else f"{shown:.1f}".removesuffix(".0")) + " %"


def kappa_text(value: float | None) -> str:
    return NO_FIGURE if value is None else f"{value:.2f}, {kappa_grade(value)}".replace("-", "−", 1)


def _range(interval: tuple[float, float]) -> str:
    low, high = interval
    return f"{100 * low:.0f} – {100 * high:.0f} %"


def _counted(rate: Rate) -> str:
    share, interval = rate.share, rate.interval
    if share is None or interval is None:
        return NO_FIGURE
    return f"{percent(share)} ({rate.count} of {rate.of}; {_range(interval)})"


def advice(n_defect: int, n_good: int, trials: int) -> str:
    """What a sample of this size can tell, and what the study wants."""
    parts = n_defect + n_good
    full = parts >= STUDY_PARTS and trials >= STUDY_TRIALS
    wants = f"AIAG wants {STUDY_PARTS} parts × {STUDY_REVIEWERS} reviewers × {STUDY_TRIALS} trials"
    sentence = f"{wants}: enough, with {STUDY_REVIEWERS} reviewers. " if full else f"{wants}: this is a first look. "
    missed, alarms = wilson(0, n_defect), wilson(0, n_good)
    if missed is None or alarms is None:
        return sentence + "With one class alone, agreement cannot be told from chance."
    sentence += (
        f"Who misses none of {n_defect} defects may still miss up to {100 * missed[1]:.0f} %, and who gives no false "
        f"alarm on {n_good} good images up to {100 * alarms[1]:.0f} % (95 %)."
    )
    return sentence if trials > 1 else f"{sentence} One trial does not tell whether a reviewer repeats an answer."


def html(report: Report) -> str:
    """The whole file."""
    facts = "".join(f"<dt>{escape(title)}</dt><dd>{escape(value)}</dd>" for title, value in report.facts)
    parts = [f"<h1>{escape(report.title)}</h1>", f"<dl>{facts}</dl>", *body(report)]
    notes = "".join(f"<p>{escape(note)}</p>" for note in report.notes)
    return document(report.title, [*parts, f"<footer>{notes}</footer>"])


def body(report: Report) -> list[str]:
    """Verdicts and tables as HTML."""
    parts = []
    for verdict in report.verdicts:
        said = "".join(f"<li>{escape(sentence)}</li>" for sentence in verdict.sentences)
        parts.append(f"<h2>{escape(verdict.title)}: {verdict.grade or NO_FIGURE}</h2><ul>{said}</ul>")
    parts += [
        table(each.caption, list(map(escape, each.header)), [list(map(escape, row)) for row in each.rows])
        for each in report.tables
    ]
    return parts


def csv_figures(result: BlindResult) -> str:
    """One line a reviewer and trial; empty where a figure is n/a."""
    header = ["reviewer", "trial", "judged", "defects", "good", "unsure"]
    header += [f"{name.replace(' ', '_')}{part}" for name in LIMITS for part in ("", "_low", "_high", "_grade")]
    lines = [[*header, "kappa", "kappa_grade"]]
    for one in result.appraisers:
        judged = result.appraisal(one)
        line = [
            one.name,
            str(one.trial or ""),
            *map(str, (len(one.answers), judged.defects, judged.good, judged.unsure)),
        ]
        for name, rate in judged.rates.items():
            low, high = rate.interval or (None, None)
            line += [*map(_cell, (rate.share, low, high)), rate_grade(name, rate.share) or ""]
        lines.append([*line, _cell(judged.kappa), kappa_grade(judged.kappa) or ""])
    return _csv(lines)


def csv_answers(result: BlindResult, paths: dict[int, str]) -> str:
    """One line an answer; *paths* by image id."""
    lines = [["image", "label", "reviewer", "trial", "answer"]]
    for one in result.appraisers:
        for image, answer in one.answers.items():
            label = "" if image not in result.defective else "defect" if result.defective[image] else "good"
            lines.append([printable(paths.get(image, "")), label, one.name, str(one.trial or ""), answer])
    return _csv(lines)


def write_report(result: BlindResult, paths: dict[int, str], target: Path) -> list[Path]:
    """Write *target* (HTML) and beside it the figures and the answers as CSV. Raises InputError if that fails."""
    page = target if target.suffix.lower() in (".html", ".htm") else target.with_name(f"{target.name}.html")
    files = {
        page: html(blind_report(result)),
        page.with_name(f"{page.stem}.csv"): csv_figures(result),
        page.with_name(f"{page.stem}_answers.csv"): csv_answers(result, paths),
    }
    for path, text in files.items():
        try:
            atomic_write(path, text.encode())
        except OSError as error:
            raise InputError(
                printable(path), f"it cannot be written ({error.strerror})", "Choose another folder"
            ) from error
    return list(files)


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _csv(lines: Sequence[Sequence[str]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerows([[_inert(cell) for cell in line] for line in lines])
    return written.getvalue()


def _inert(cell: str) -> str:
    """A name that begins like a formula must not become one in a spreadsheet."""
    return f"'{cell}" if cell[:1] in ("=", "+", "@") else cell
