"""A CSV of paths and labels, as spreadsheets write it: commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from anomaly_gui.annotations.class_names import check_class, label_of
from anomaly_gui.annotations.losses import Capability
from anomaly_gui.annotations.records import Annotated, Kind, Reading, Split
from anomaly_gui.annotations.sources import Options, collected, files_below, found_below, read_text, relative_name
from anomaly_gui.annotations.target import Target
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable

HELD = Capability(split="kept")
FILE = "labels.csv"
_COLUMNS = {
    "path": ("path", "image", "file", "filename", "file_name", "image_path", "filepath"),
    "label": ("label", "class", "verdict"),
    "type": ("defect_type", "type", "defect"),
    "split": ("split",),
}
_SPLITS: dict[str, Split | None] = {"": None, "train": "train", "val": "train", "test": "test"}
_UNLABELLED = "unlabelled"


def read(place: Path, _options: Options) -> Reading:
    """One CSV file (or the only one of a folder) with the columns path and label, and if need be defect_type, split.

    A label is a word such as good, defect, unlabelled, or a defect type. Paths are relative to the file's folder.
    """
    path = place if not place.is_dir() else _only_file(place)
    where = printable(path)
    text = read_text(path)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[Annotated] = []
    columns: dict[str, int] | None = None
    while True:
        what = f"{where}, line {rows.line_num + 1}"
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise InputError(what, f"the line is damaged: {error}", "Save the table again as CSV") from None
        if row is None:
            break
        if columns is None:
            columns = _columns(row, what)
        elif any(cell.strip() for cell in row):
            records.append(_record(row, columns, path.parent, what))
    return collected(records, (), path)


def _only_file(folder: Path) -> Path:
    paths = files_below(folder, (".csv",))
    if len(paths) == 1:
        return paths[0]
    raise InputError(printable(folder), f"there are {len(paths)} CSV files in it", "Name the file itself")


def _columns(row: Sequence[str], what: str) -> dict[str, int]:
    names = [cell.strip().casefold() for cell in row]
    found = {}
    for column, words in _COLUMNS.items():
        places = [place for place, name in enumerate(names) if name in words]
        if len(places) > 1:
            raise InputError(what, f"two columns are named {column}", "Keep one of them")
        if places:
            found[column] = places[0]
    if missing := {"path", "label"} - found.keys():
        cause = f"there is no column {sorted(missing)[0]}"
        raise InputError(what, cause, "Give the table a first line such as: path,label,defect_type")
    return found


def _record(row: Sequence[str], columns: dict[str, int], root: Path, what: str) -> Annotated:
    if len(row) <= max(columns.values()):
        raise InputError(what, f"the line has {len(row)} cells, its table more columns", "Complete the line")
    cells = {column: row[place].strip() for column, place in columns.items()}
    name = relative_name(cells["path"], what)
    label, defect_type = _label(cells["label"], cells.get("type", ""), what)
    split = cells.get("split", "").casefold()
    if split not in _SPLITS:
        raise InputError(what, f"the split {split[:40]!r} is not known", "Write train, val or test")
    path = found_below(root, name, what)
    return Annotated(
        image=name,
        label=label,
        defect_type=defect_type,
        split=_SPLITS[split],
        path=None if path is None else str(path),
        where=what,
    )


def _label(word: str, kind: str, what: str) -> tuple[Kind, str | None]:
    label, defect_type = label_of(word)
    if kind:
        if label != "defect" or defect_type is not None:
            cause = f"a defect type is given with the label {word[:40]!r}"
            raise InputError(what, cause, "Give defect types with the label defect only")
        defect_type = kind
    check_class(defect_type or "", what)
    return label, defect_type


def write(records: Sequence[Annotated], target: Target) -> None:
    """labels.csv; images are named, not copied."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(("path", "label", "defect_type", "split"))
    for record in records:
        label = _UNLABELLED if record.label == "unlabelled" else record.label
        table.writerow((record.image, label, record.defect_type or "", record.split or ""))
    target.write(FILE, text.getvalue())
