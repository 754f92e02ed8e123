"""What is known of the selected images, in words. No Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from anomaly_gui.files import printable
from anomaly_gui.project.records import Image
from anomaly_gui.ui.pages.data_filter import kind_counts, type_counts, use_of
from anomaly_gui.ui.wording import counted, listed, size_text

_USES = {
    "train": "training (a part of it is held out)",
    "test": "testing: training never sees it",
    None: "nothing, as it has no label",
}
_LABELS = {"good": "good", "defect": "defective", "unlabelled": "not labelled", "unsure": "unsure"}
_TYPES_SHOWN = 6


def facts(image: Image) -> list[tuple[str, str]]:
    """Name and value, in the order of the panel."""
    label = _LABELS[image.label.kind]
    if image.label.defect_type:
        label += f" · {image.label.defect_type}"
    use = "nothing, it is left out" if image.excluded else _USES[use_of(image)]
    if image.label.kind == "unsure" and not image.excluded:
        use = "nothing, as nobody is sure what it shows"
    found = [
        ("Label", label),
        ("Used for", use),
        ("Size", f"{image.width:,} × {image.height:,} px"),
        ("Pixels", f"{image.bit_depth} bit {'grey' if image.channels == 1 else 'colour'} · up to {image.peak:,}"),
        ("File", f"{image.format} · {size_text(image.file_bytes)}"),
        ("Mask", "yes, outlined" if image.mask_path else "none"),
    ]
    if image.comment:
        found.append(("Comment", image.comment))
    return found


def facts_of_several(images: Sequence[Image]) -> list[tuple[str, str]]:
    """What a selection is used for, and its defect types."""
    uses = Counter("left out" if image.excluded else use_of(image) for image in images)
    titles = (("train", "For training"), ("test", "For testing"), ("left out", "Left out"), (None, "Without a use"))
    found = [(title, counted(uses[name], "image")) for name, title in titles if uses[name]]
    types = [f"{name} {count:,}" for name, count in type_counts(images).items()]
    if types:
        more = len(types) - _TYPES_SHOWN
        found.append(("Types", ", ".join(types[:_TYPES_SHOWN]) + (f" and {more} more" if more > 0 else "")))
    return found


def facts_html(images: Sequence[Image]) -> str:
    """The facts as a table for a label."""
    found = facts(images[0]) if len(images) == 1 else facts_of_several(images)
    rows = (f"<tr><td>{escape(n)}&nbsp;&nbsp;</td><td>{escape(v)}</td></tr>" for n, v in found)
    return f"<table cellspacing='1'>{''.join(rows)}</table>"


def selection_text(images: Sequence[Image]) -> str:
    """A heading for the panel: the name of one image, or what several are."""
    if not images:
        return "No image selected"
    if len(images) == 1:
        return printable(images[0].path).replace("\\", "/").rpartition("/")[2]
    counts = kind_counts(images)
    parts = [f"{counts[kind]:,} {word}" for kind, word in _LABELS.items() if counts[kind]]
    return f"{counted(len(images), 'image')}: {listed(parts)}"
