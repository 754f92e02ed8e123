"""The study as one HTML file that needs nothing else: tables, and the ROC curves of each data set in one plot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from anomaly_gui.jobs.study import summary
from anomaly_gui.jobs.study.roc_plot import COLOURS_DARK, COLOURS_LIGHT, Line, plot
from anomaly_gui.jobs.study.summary import AUROC, COST, QUALITY, Column, Row

_STYLE = """
:root { color-scheme: light dark; --back: #ffffff; --ink: #1c1f24; --faint: #667080; --rule: #d5dae1; LIGHT }
@media (prefers-color-scheme: dark) {
  :root { --back: #16181d; --ink: #e6e8ec; --faint: #9aa3b0; --rule: #353a43; DARK }
}
body { background: var(--back); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto;
  max-width: 76rem; padding: 0 1rem; }
h1, h2 { font-weight: 600; line-height: 1.2; }
h2 { margin-top: 2.5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
dt, .faint { color: var(--faint); }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--faint); padding-bottom: .3rem; }
th, td { padding: .3rem .7rem; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th { font-weight: 600; vertical-align: bottom; white-space: normal; min-width: 4.5rem; }
th:first-child, td:first-child { text-align: left; white-space: nowrap; }
svg { max-width: 100%; height: auto; }
svg text { fill: var(--ink); font: 13px system-ui, sans-serif; }
svg .faint { fill: var(--faint); }
svg .grid { stroke: var(--rule); stroke-width: 1; fill: none; }
svg .chance { stroke: var(--faint); stroke-width: 1; stroke-dasharray: 4 4; fill: none; }
svg .curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
svg .curve:hover { stroke-width: 4; }
footer { color: var(--faint); margin-top: 2.5rem; max-width: 60rem; }
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
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Study</title>\n<style>{_style()}</style>\n</head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body>\n</html>\n"
    )


def _style() -> str:
    def variables(colours: Iterable[str]) -> str:
        return " ".join(f"--c{number}: {colour};" for number, colour in enumerate(colours))

    return _STYLE.replace("LIGHT", variables(COLOURS_LIGHT)).replace("DARK", variables(COLOURS_DARK))


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
    return _table("", ["Detector", *map(escape, rows)], zip(detectors, *columns, strict=True))


def _figures(caption: str, rows: Sequence[Row], columns: Sequence[Column]) -> str:
    names = [escape(row.detector) for row in rows]
    seeds = [escape(row.seeds) for row in rows]
    cells = [_marked(column, rows) for column in columns]
    header = ["Detector", "Seeds", *(escape(column.title) for column in columns)]
    return _table(caption, header, zip(names, seeds, *cells, strict=True))


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
    return _table(summary.TYPE_CAPTION, [escape(name) for name in header], escaped)


def _table(caption: str, header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Of cells that are HTML already."""
    titles = "".join(f'<th scope="col">{cell}</th>' for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>\n" for line in lines)
    named = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f'<div class="wide"><table>{named}<thead><tr>{titles}</tr></thead>\n<tbody>{body}</tbody></table></div>'
