from __future__ import annotations

from anomaly_gui.project.findings import Case, Finding, Severity
from anomaly_gui.project.records import Label
from anomaly_gui.ui.pages.trust_state import caption, headline, surplus
from tests.project.samples import image


def finding(severity: Severity, *groups: tuple[int, ...]) -> Finding:
    cases = tuple(Case(images=group, sentence="") for group in groups)
    return Finding(kind="copies", severity=severity, title="", sentence="", advice="", cases=cases)


def test_the_headline_counts_what_is_open_and_says_what_was_not_looked_at() -> None:
    found = [finding("blocks", (1, 2)), finding("warning", (3,)), finding("note", (4,)), finding("note")]
    assert headline(found, 1200, looked=True) == (
        "1,200 images looked at: 1 contradiction that blocks training, 1 warning and 1 note."
    )
    assert headline([], 5, looked=False).startswith("So far, from labels and sizes alone: nothing speaks against")


def test_of_every_group_the_first_image_is_kept_also_where_groups_overlap() -> None:
    assert surplus(finding("warning", (1, 2, 3), (3, 4), (7, 8))) == [2, 4, 8]


def test_a_caption_tells_name_label_and_side() -> None:
    assert caption(image(3, split="test", label=Label("defect", "hole"))) == "part_3.png · hole · test"
    assert caption(image(4, excluded=True)) == "part_4.png · good · left out"
