"""What a proposed split would change, in words and figures. No Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from anomaly_gui.files import printable
from anomaly_gui.project.records import Changed, Image
from anomaly_gui.project.split_proposal import SplitProposal, SplitSettings
from anomaly_gui.project.store import Project
from anomaly_gui.ui.wording import counted

_EXAMPLES = 8
_KINDS = {"good": "Good", "unlabelled": "Not labelled", "unsure": "Unsure", "defect": "Defective, no type"}


@dataclass(frozen=True)
class SplitRow:
    """One kind of image: how many are for what, now and then."""

    title: str
    train_now: int
    test_now: int
    train_then: int
    test_then: int

    @property
    def changes(self) -> bool:
        return (self.train_now, self.test_now) != (self.train_then, self.test_then)


def split_rows(images: Iterable[Image], proposal: SplitProposal) -> list[SplitRow]:
    """By label and type, good ones first, and the sum; images that are left out or locked count as they are."""
    now: dict[str, Counter[str]] = {}
    then: dict[str, Counter[str]] = {}
    for image in images:
        kind = image.label.defect_type or image.label.kind
        now.setdefault(kind, Counter())[image.split] += 1
        then.setdefault(kind, Counter())[proposal.splits.get(image.id, image.split)] += 1
    order = sorted(now, key=lambda kind: (kind != "good", kind in _KINDS, kind.casefold()))
    rows = [
        SplitRow(_KINDS.get(k, k), now[k]["train"], now[k]["test"], then[k]["train"], then[k]["test"]) for k in order
    ]
    total = SplitRow(
        "All",
        sum(row.train_now for row in rows),
        sum(row.test_now for row in rows),
        sum(row.train_then for row in rows),
        sum(row.test_then for row in rows),
    )
    return [*rows, total]


def groups_text(proposal: SplitProposal, settings: SplitSettings, pattern_names: Mapping[str, str]) -> str:
    """Which groups the setting makes, largest first; *pattern_names* are an example file for some of them."""
    if settings.by == "share":
        return "Every image is drawn for itself; copies of one picture stay together."
    count = len(proposal.groups)
    said = f"{counted(count, 'group')} of {'a folder each' if settings.by == 'folder' else 'images of one part'}"
    if proposal.unmatched:
        said += f"; {counted(proposal.unmatched, 'image')} in whose names the pattern finds nothing stand alone"
    lines = [said + "."]
    for name, size in proposal.groups[:_EXAMPLES]:
        example = pattern_names.get(name)
        shown = printable(name).replace("\\", "/")
        lines.append(f"{shown}: {counted(size, 'image')}" + (f", such as {example}" if example else ""))
    if count > _EXAMPLES:
        lines.append(f"and {count - _EXAMPLES:,} more")
    if settings.by == "group" and count and all(size == 1 for _, size in proposal.groups):
        lines.append("Every group has one image alone: the pattern tells shots apart instead of parts.")
    return "\n".join(lines)


def summary(proposal: SplitProposal, runs: int) -> str:
    """What pressing the button would do."""
    if not proposal.changed:
        return "The images are split like this already."
    kept = {0: "", 1: " The run that there is keeps the split that it was trained with."}
    several = f" The {runs} runs that there are keep the splits that they were trained with."
    return f"{counted(len(proposal.changed), 'image')} would change sides." + kept.get(runs, several)


def apply(project: Project, proposal: SplitProposal, settings: SplitSettings) -> Changed:
    """Move what is to be moved, in one step."""
    how = {"share": "by share", "folder": "by folder", "group": f"by group {settings.pattern}"}[settings.by]
    reason = f"Split {how}, {100 * settings.test_share:g} % for testing, seed {settings.seed}"
    return project.set_splits({key: proposal.splits[key] for key in proposal.changed}, reason)
