"""What the trust report says, and how its cases can be settled. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from anomaly_gui.files import printable
from anomaly_gui.project.findings import PLACE, Case, Finding, case_key
from anomaly_gui.project.records import Changed, Image, Label
from anomaly_gui.project.store import Project
from anomaly_gui.ui.wording import counted, listed

ONE_OF_EACH = frozenset({"copies", "copies-splits", "copies-labels", "alike", "alike-splits"})
"""Kinds whose cases are pictures of which one is enough."""
_LABELS = {"good": "good", "defect": "defective", "unlabelled": "not labelled", "unsure": "unsure"}


def headline(findings: Sequence[Finding], images: int, *, looked: bool) -> str:
    """The whole report in a sentence."""
    open_ones = [each for each in findings if each.cases]
    blocks = sum(each.severity == "blocks" for each in open_ones)
    warnings = sum(each.severity == "warning" for each in open_ones)
    notes = len(open_ones) - blocks - warnings
    parts = [
        *([f"{counted(blocks, 'contradiction')} that block{'s' if blocks == 1 else ''} training"] if blocks else []),
        *([counted(warnings, "warning")] if warnings else []),
        *([counted(notes, "note")] if notes else []),
    ]
    said = listed(parts) if parts else "nothing speaks against this set"
    if not looked:
        return f"So far, from labels and sizes alone: {said}. Files and pictures have not been looked at yet."
    return f"{counted(images, 'image')} looked at: {said}."


def caption(image: Image) -> str:
    """Name, label and split of one of the pictures side by side."""
    label = image.label.defect_type or _LABELS[image.label.kind]
    use = "left out" if image.excluded else "training" if image.split == "train" else "test"
    return f"{printable(image.path).replace(chr(92), '/').rpartition('/')[2]} · {label} · {use}"


def leave_out(project: Project, ids: Sequence[int]) -> Changed:
    return project.set_excluded(ids, True, "Trust report")


def move(project: Project, image: Image) -> Changed:
    """To the other side."""
    return project.set_splits({image.id: "test" if image.split == "train" else "train"}, "Trust report")


def relabel(project: Project, image: Image) -> Changed:
    """Good becomes defective, and what is anything else good."""
    label = Label("defect") if image.label.kind == "good" else Label("good")
    return project.set_label([image.id], label, "Trust report")


def surplus(finding: Finding) -> list[int]:
    """All but the first image of every case."""
    kept = {case.images[0] for case in finding.cases if case.images}
    return sorted({key for case in finding.cases for key in case.images[1:]} - kept)


def accept(project: Project, finding: Finding, cases: Sequence[Case], images: Mapping[int, Image]) -> None:
    """Remember that these cases are fine."""
    keys = {case_key(finding.kind, case, images) for case in cases}
    project.remember(PLACE, sorted({*project.place(PLACE, []), *keys}))


def take_back(project: Project, finding: Finding, images: Mapping[int, Image]) -> None:
    """Forget what was accepted of this finding."""
    keys = {case_key(finding.kind, case, images) for case in finding.accepted}
    project.remember(PLACE, sorted({*project.place(PLACE, [])} - keys))


def count_text(finding: Finding) -> str:
    """Beside a finding's title in the list."""
    if not finding.cases:
        return "accepted"
    return f"{len(finding.cases):,}"
