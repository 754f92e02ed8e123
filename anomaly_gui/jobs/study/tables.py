"""The study's tables: CSV for machines, Markdown for documents, HTML for reading."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from anomaly_gui.jobs.study import summary
from anomaly_gui.jobs.study.folder import StudyFolder
from anomaly_gui.jobs.study.page import page
from anomaly_gui.jobs.study.plan import Plan
from anomaly_gui.jobs.study.records import Cell, CellResult
from anomaly_gui.jobs.study.summary import COST, QUALITY, TYPE_AUROC, TYPE_RECALL, Column, Row, Spread

_COLUMNS = (*QUALITY, *COST)
_SPREAD = ("mean", "deviation", "lowest", "highest")


def write_tables(folder: StudyFolder, plan: Plan, results: Mapping[Cell, CellResult]) -> list[Path]:
    """Write all of them, each atomically. Raises InputError if that fails."""
    ordered = [results[cell] for cell in plan.cells() if cell in results]
    rows = summary.rows(plan, results)
    head = summary.head(plan, ordered)
    files = {
        "study.csv": csv_table(rows, head),
        "study_types.csv": csv_types(rows),
        "study_cells.csv": csv_cells(ordered),
        "study.md": markdown(rows, head),
        "study.html": page(rows, head),
    }
    for name, text in files.items():
        folder.write(folder.table(name), text.encode())
    return [folder.table(name) for name in files]


def csv_table(rows: Mapping[str, Sequence[Row]], head: Sequence[tuple[str, str]]) -> str:
    """One line a detector and data set; empty where a figure is n/a. The head is in every line."""
    facts = [title for title, _ in head]
    lines = [["dataset", "detector", "seeds", *_spread_names(_COLUMNS), "remarks", *facts]]
    for row in _all(rows):
        cells = [cell for column in _COLUMNS for cell in _spread_cells(column.of(row.judged))]
        counted = str(len(row.judged))
        remarks = " ".join(row.remarks())
        lines.append([row.dataset, row.detector, counted, *cells, remarks, *(value for _, value in head)])
    return _csv(lines)


def csv_types(rows: Mapping[str, Sequence[Row]]) -> str:
    """One line a detector, data set and defect type."""
    lines = [["dataset", "detector", "defect type", "images", *_spread_names((TYPE_RECALL, TYPE_AUROC))]]
    for row in _all(rows):
        for of_type in row.types():
            cells = [*_spread_cells(of_type.recall), *_spread_cells(of_type.auroc)]
            lines.append([row.dataset, row.detector, of_type.name, str(of_type.n), *cells])
    return _csv(lines)


def csv_cells(results: Iterable[CellResult]) -> str:
    """One line a training."""
    titles = [column.title for column in _COLUMNS]
    machine = ["device", "cores", "threads", "versions"]
    lines = [["dataset", "detector", "seed", *titles, "problem", "note", "date", *machine]]
    for result in results:
        figures = [_number(found.mean if found else None) for found in (column.of([result]) for column in _COLUMNS)]
        facts = [""] * len(machine)
        if result.machine is not None:
            versions = ", ".join(f"{name} {version}" for name, version in result.machine.versions.items())
            facts = [result.machine.device, str(result.machine.cores), str(result.machine.threads), versions]
        name = [result.dataset, result.detector, str(result.seed)]
        lines.append([*name, *figures, result.problem, result.note, result.date_utc, *facts])
    return _csv(lines)


def _all(rows: Mapping[str, Sequence[Row]]) -> list[Row]:
    return [row for of_dataset in rows.values() for row in of_dataset]


def _spread_names(columns: Iterable[Column]) -> list[str]:
    return [f"{column.title}, {kind}" for column in columns for kind in _SPREAD]


def _spread_cells(found: Spread | None) -> list[str]:
    if found is None:
        return [""] * len(_SPREAD)
    return [_number(value) for value in (found.mean, found.deviation, found.low, found.high)]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _csv(lines: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()


def markdown(rows: Mapping[str, Sequence[Row]], head: Sequence[tuple[str, str]]) -> str:
    """The head, then for each data set what was found, what it cost, and each type of defect."""
    parts = ["# Study", *(f"- {title}: {_escaped(value)}" for title, value in head), ""]
    if len(rows) > 1:
        parts += ["## Image AUROC", "", *_overview(rows), ""]
    for dataset, of_dataset in rows.items():
        parts += [f"## {_escaped(dataset)}", ""]
        parts += [summary.counts(of_dataset), ""]
        parts += [*_figures(of_dataset, QUALITY), "", *_figures(of_dataset, COST), ""]
        types = summary.type_table(of_dataset)
        if types is not None:
            parts += [f"{summary.TYPE_CAPTION}:", "", *_grid(*types), ""]
        remarks = [remark for row in of_dataset for remark in row.remarks()]
        parts += [*(f"- {_escaped(remark)}" for remark in remarks), ""] if remarks else []
    return "\n".join([*parts, *(f"{note}\n" for note in summary.NOTES)]).rstrip() + "\n"


def _overview(rows: Mapping[str, Sequence[Row]]) -> list[str]:
    detectors = [row.detector for row in next(iter(rows.values()))]
    lines = []
    for place, detector in enumerate(detectors):
        found = [summary.AUROC.text(summary.AUROC.of(of_dataset[place].judged)) for of_dataset in rows.values()]
        lines.append([detector, *found])
    return _grid(["Detector", *rows], lines)


def _figures(rows: Sequence[Row], columns: Sequence[Column]) -> list[str]:
    lines = [[row.detector, row.seeds] for row in rows]
    for column in columns:
        spreads = [column.of(row.judged) for row in rows]
        best = summary.best_of(column, spreads)
        for line, found in zip(lines, spreads, strict=True):
            text = column.text(found)
            line.append(f"**{text}**" if found is not None and found.mean == best else text)
    return _grid(["Detector", "Seeds", *(column.title for column in columns)], lines)


def _grid(header: Sequence[str], lines: Iterable[Sequence[str]]) -> list[str]:
    rule = ["---", *("---:" for _ in header[1:])]
    return ["| " + " | ".join(_escaped(cell) for cell in line) + " |" for line in (header, rule, *lines)]


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
