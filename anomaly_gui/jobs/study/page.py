"""The study as one HTML file that needs nothing else: tables, and the ROC curves of each data set in one plot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from anomaly_gui.jobs.html_page import document, table
from anomaly_gui.jobs.study import summary
from anomaly_gui.jobs.study.roc_plot import COLOURS_DARK, COLOURS_LIGHT, Line, plot
from anomaly_gui.jobs.study.summary import AUROC, COST, QUALITY, Column, Row

_PLOT_STYLE = """
svg { max-width: 100%; height: auto; }
svg text { fill: var(--ink); font: 13px system-ui, sans-serif; }
svg .faint { fill: var(--faint); }
svg .grid { stroke: var(--rule); stroke-width: 1; fill: none; }
svg .chance { stroke: var(--faint); stroke-width: 1; stroke-dasharray: 4 4; fill: none; }
svg .curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
svg .curve:hover { stroke-width: 4; }
"""


def page(rows: Mapping[str, Sequence[Row]], head: Sequence[tuple[str, str]]) -> str:
    """The whole file."""
    facts = "".join(f"<dt>{escape(title)}</dt><dd>{escape(value)}</dd>" for title, value in head)
    parts = ["<h1>Study</h1>", f"<dl>{facts}</dl>"]
    if len(rows) > 1:
        parts += ["<h2>Image AUROC</h2>", _overview(rows)]
    for dataset, of_dataset in rows.items():
        parts += _section(dataset, of_dataset)
    notes = "".join(f"<p>{escape(note)}</p>" for note in summary.NOTES)
    parts.append(f"<footer>{notes}</footer>")
    return document("Study", parts, _style())


def _style() -> str:
    def variables(colours: Iterable[str]) -> str:
        return " ".join(f"--c{number}: {colour};" for number, colour in enumerate(colours))

    dark = f"@media (prefers-color-scheme: dark) {{ :root {{ {variables(COLOURS_DARK)} }} }}"
    return f":root {{ {variables(COLOURS_LIGHT)} }}\n{dark}\n{_PLOT_STYLE}"


def _section(dataset: str, rows: Sequence[Row]) -> list[str]:
    parts = [f"<h2>{escape(dataset)}</h2>", f"<p>{escape(summary.counts(rows))}</p>"]
    lines = [Line(row.detector, AUROC.text(AUROC.of(row.judged)), points) for row in rows if (points := row.roc())]
    if lines:
        parts.append(plot(f"ROC curves on {dataset}", lines))
        if any(row.wanted > 1 for row in rows):
            parts.append('<p class="faint">Each curve is the mean over seeds of the recall at a false alarm rate.</p>')
    parts += [_figures("What is found", rows, QUALITY), _figures("What it costs", rows, COST), _types(rows)]
    remarks = "".join(f"<li>{escape(remark)}</li>" for row in rows for remark in row.remarks())
    return [*parts, f"<ul>{remarks}</ul>"] if remarks else parts


def _overview(rows: Mapping[str, Sequence[Row]]) -> str:
    columns = [_marked(AUROC, of_dataset) for of_dataset in rows.values()]
    detectors = [escape(row.detector) for row in next(iter(rows.values()))]
    return table("", ["Detector", *map(escape, rows)], zip(detectors, *columns, strict=True))


def _figures(caption: str, rows: Sequence[Row], columns: Sequence[Column]) -> str:
    names = [escape(row.detector) for row in rows]
    seeds = [escape(row.seeds) for row in rows]
    cells = [_marked(column, rows) for column in columns]
    header = ["Detector", "Seeds", *(escape(column.title) for column in columns)]
    return table(caption, header, zip(names, seeds, *cells, strict=True))


def _marked(column: Column, rows: Sequence[Row]) -> list[str]:
    """The column's cells, the best one in bold."""
    spreads = [column.of(row.judged) for row in rows]
    best = summary.best_of(column, spreads)
    texts = [escape(column.text(found)) for found in spreads]
    return [
        f"<b>{text}</b>" if found is not None and found.mean == best else text
        for text, found in zip(texts, spreads, strict=True)
    ]


def _types(rows: Sequence[Row]) -> str:
    found = summary.type_table(rows)
    if found is None:
        return ""
    header, lines = found
    escaped = [[escape(cell) for cell in line] for line in lines]
    return table(summary.TYPE_CAPTION, [escape(name) for name in header], escaped)
