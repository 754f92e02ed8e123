"""The names that stand for labels in files, and which label the regions of an image give it."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from anomaly_gui.annotations.records import Annotated, Kind, Region
from anomaly_gui.errors import InputError

GOOD, DEFECT, UNLABELLED = "good", "defect", "_unlabeled"
"""What writers use: MVTec AD's name for good parts, and FiftyOne's folder of images without a label."""

_WORDS: dict[str, Kind] = {
    **dict.fromkeys(("good", "ok", "io", "normal"), "good"),
    **dict.fromkeys(("defect", "defective", "ng", "nok", "nio", "bad", "anomaly", "anomalous", "abnormal"), "defect"),
    **dict.fromkeys(("", "unlabelled", "unlabeled", "_unlabeled", "_unlabelled"), "unlabelled"),
}


def label_of(name: str) -> tuple[Kind, str | None]:
    """Label and defect type of a class *name*; what is no word for a label is a defect type."""
    plain = name.strip()
    kind = _WORDS.get(plain.casefold())
    return (kind, None) if kind is not None else ("defect", plain)


def type_of(name: str) -> str | None:
    """The defect type of a region's class *name*; None where it says no more than "defect"."""
    return label_of(name)[1]


def class_of(label: Kind, defect_type: str | None) -> str:
    """The name that label_of() understands."""
    if label == "good":
        return GOOD
    return UNLABELLED if label == "unlabelled" else class_of_type(defect_type)


def class_of_type(defect_type: str | None) -> str:
    return DEFECT if defect_type is None else defect_type


def classes_of(records: Iterable[Annotated]) -> list[str]:
    """The class names of all regions, sorted: the same records give the same numbers."""
    return sorted({class_of_type(region.defect_type) for record in records for region in record.regions})


def without_good(regions: Sequence[tuple[Region, str]]) -> tuple[tuple[Region, ...], bool]:
    """Regions of defects among (region, class name), and whether any was said to be good."""
    defects = tuple(region for region, name in regions if label_of(name)[0] != "good")
    return defects, len(defects) < len(regions)


def label_of_regions(regions: Sequence[Region], empty: Kind) -> tuple[Kind, str | None]:
    """Label and type of an image by its regions: the most frequent type, of equals the first."""
    if not regions:
        return empty, None
    return "defect", Counter(region.defect_type for region in regions).most_common(1)[0][0]


def check_class(name: str, what: str) -> None:
    """Raises InputError about *what* if *name* cannot be a class."""
    if not printable_text(name):
        raise InputError(what, f"the class name {name!r} holds characters that no list shows", "Rename the class")


def check_types(records: Iterable[Annotated]) -> None:
    """Raises InputError for a defect type that would be read back as something else."""
    names = {t for record in records for t in (record.defect_type, *(r.defect_type for r in record.regions))}
    for name in sorted(names - {None}, key=str):
        assert name is not None
        if label_of(name) != ("defect", name):
            raise InputError(f"defect type {name!r}", "files understand this name as a label", "Rename the type")
        check_class(name, f"defect type {name!r}")


def printable_text(text: str) -> bool:
    """Whether every file format can hold *text*: no control characters, no halves of characters."""
    return not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c in "\ufffe\uffff" for c in text)
