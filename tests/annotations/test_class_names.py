from __future__ import annotations

import pytest
from hypothesis import given

from anomaly_gui.annotations.class_names import (
    check_class,
    check_types,
    class_of,
    class_of_type,
    classes_of,
    label_of,
    label_of_regions,
    type_of,
    without_good,
)
from anomaly_gui.annotations.records import Annotated, Box, Region
from anomaly_gui.errors import InputError
from tests.annotations.samples import type_names

HERE = Box(0, 0, 1, 1)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        *[(word, ("good", None)) for word in ("good", "OK", "io", " Normal ")],
        *[(word, ("defect", None)) for word in ("defect", "NG", "NOK", "NiO", "bad", "anomaly")],
        *[(word, ("unlabelled", None)) for word in ("", "unlabelled", "Unlabeled", "_unlabeled")],
        ("Scratch", ("defect", "Scratch")),
    ],
)
def test_the_words_of_the_field_are_labels_and_all_others_defect_types(name: str, label: object) -> None:
    assert label_of(name) == label


@given(type_names())
def test_a_class_name_comes_back_as_the_label_it_was_written_for(name: str) -> None:
    assert label_of(class_of("defect", name)) == ("defect", name)
    assert type_of(class_of_type(name)) == name
    assert label_of(class_of("defect", None)) == ("defect", None)
    assert label_of(class_of("good", None)) == ("good", None)
    assert label_of(class_of("unlabelled", None)) == ("unlabelled", None)


def test_the_most_frequent_type_names_the_image_and_of_equals_the_first() -> None:
    a, b = Region(HERE, "a"), Region(HERE, "b")
    assert label_of_regions([b, a, a], "good") == ("defect", "a")
    assert label_of_regions([b, a], "good") == ("defect", "b")
    assert label_of_regions([], "good") == ("good", None)


def test_regions_that_are_said_to_be_good_are_no_defects() -> None:
    region = Region(HERE, "a")
    assert without_good([(region, "a"), (Region(HERE), "OK")]) == ((region,), True)
    assert without_good([(region, "a")]) == ((region,), False)


def test_classes_are_listed_once_and_sorted() -> None:
    records = [Annotated(image="1", label="defect", regions=(Region(HERE, t),)) for t in ("b", None, "a", "b")]
    assert classes_of(records) == ["a", "b", "defect"]


@pytest.mark.parametrize("name", ["ok", "Good", "a\nb", "\ud800", " a", ""])
def test_a_type_that_would_come_back_as_something_else_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="Rename"):
        check_types([Annotated(image="1", label="defect", regions=(Region(HERE, name),))])


def test_control_characters_name_no_class() -> None:
    check_class("Kratzer 傷", "it")
    with pytest.raises(InputError, match="it: the class name"):
        check_class("a\tb", "it")
