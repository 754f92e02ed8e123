"""Facts of the selection, in words that a quality engineer knows."""

from __future__ import annotations

import msgspec

from anomaly_gui.project.records import Label
from anomaly_gui.ui.pages.data_facts import facts, facts_html, facts_of_several, selection_text
from tests.ui.widgets.sample_images import DEFECT, UNLABELLED, image

PARTS = [
    image(1),
    image(2, split="test"),
    image(3, DEFECT, split="test"),
    image(4, Label("defect", "Dent"), split="test", mask="/m.png"),
    image(5, Label("defect"), split="test", excluded=True),
    image(6, UNLABELLED),
]


def test_facts_of_one_image() -> None:
    told = dict(facts(PARTS[3]))
    assert told["Label"] == "defective · Dent"
    assert told["Size"] == "60 × 40 px"
    assert told["File"] == "PNG · 1.2 kB"
    assert told["Mask"] == "yes, outlined"
    assert "Comment" not in told
    assert dict(facts(image(9, bits=16, peak=4012)))["Pixels"] == "16 bit grey · up to 4,012"


def test_an_image_says_what_it_is_used_for() -> None:
    uses = [dict(facts(part))["Used for"] for part in PARTS]
    assert uses[0].startswith("training")
    assert all(use.startswith("testing") for use in uses[1:4])
    assert "left out" in uses[4]
    assert "no label" in uses[5]


def test_facts_of_several_images() -> None:
    told = dict(facts_of_several(PARTS))
    assert told == {
        "For training": "1 image",
        "For testing": "3 images",
        "Left out": "1 image",
        "Without a use": "1 image",
        "Types": "Dent 1, crack 1",
    }


def test_many_defect_types_are_counted_rather_than_listed() -> None:
    kinds = [image(n, Label("defect", f"type {n}")) for n in range(1, 10)]
    assert dict(facts_of_several(kinds))["Types"].endswith("type 5 1, type 6 1 and 3 more")
    assert "more" not in dict(facts_of_several(kinds[:6]))["Types"]


def test_what_people_typed_is_text_and_never_markup() -> None:
    told = facts_html([msgspec.structs.replace(PARTS[2], comment="edge <b>& rim</b>")])
    assert "edge &lt;b&gt;&amp; rim&lt;/b&gt;" in told


def test_the_selection_in_words() -> None:
    assert selection_text([]) == "No image selected"
    assert selection_text(PARTS[:1]) == "part_001.png"
    assert selection_text([image(1, path="C:\\parts\\one.png")]) == "one.png"
    assert selection_text(PARTS) == "6 images: 2 good, 3 defective and 1 not labelled"
