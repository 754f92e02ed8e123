from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.annotations.class_list import read_classes, read_data_yaml, write_data_yaml
from tests.annotations.samples import refusal, type_names


def names_of(folder: Path, text: str) -> list[str]:
    path = folder / "data.yaml"
    path.write_text(text, "utf-8")
    return read_data_yaml(path)[0]


@given(st.lists(type_names(), unique=True, max_size=5))
def test_names_come_back_from_a_data_yaml(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    folder = tmp_path_factory.mktemp("yaml")
    assert names_of(folder, write_data_yaml(names, {"train": "images/train"})) == names
    assert read_data_yaml(folder / "data.yaml")[1]["train"] == "images/train"


@pytest.mark.parametrize(
    "text",
    [
        "nc: 2\nnames: ['a b', c]\n",
        'names: ["a b", "c"]  # as Roboflow writes it\n',
        "names:\n  0: a b\n  1: c\n",
        "path: ../set # root\ntrain: images/train\nnames:\n- a b\n- c\nroboflow:\n  license: x\n",
        "names: {0: a b, 1: 'c'}\n",
        "names: [a b,\n  c]\n",
        "---\nnames:\n  - 'a b'\n  - \"c\" # last\n",
    ],
)
def test_the_ways_in_which_programs_write_names(tmp_path: Path, text: str) -> None:
    assert names_of(tmp_path, text) == ["a b", "c"]


@pytest.mark.parametrize(
    ("text", "what", "cause"),
    [
        ("train: x\n", "data.yaml", "no names"),
        ("names: [a, b\n", "line 1", "not closed"),
        ("names: a\n", "line 1", "not closed"),
        ("nc: 1\nnames\n", "line 2", "no entry"),
        ("names:\n  0: a\n  2: b\n", "line 3", "expected 1"),
        ("names:\n  - a\n  - a\n", "name 2", "listed twice"),
        ("names: [a, {b: c}]\n", "line 1", "cannot be read"),
        ("names:\n  0: a\n  x\n", "line 3", "no name"),
        ("names: ['', b]\n", "name 1", "empty"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_line(tmp_path: Path, text: str, what: str, cause: str) -> None:
    problem = refusal(names_of, tmp_path, text)
    assert what in problem.what
    assert cause in problem.cause


def test_a_list_has_one_name_a_line(tmp_path: Path) -> None:
    path = tmp_path / "classes.txt"
    path.write_bytes("\ufeffKratzer\r\n傷\r\n\r\n".encode())
    assert read_classes(path) == ["Kratzer", "傷"]
    path.write_text("__ignore__\n_background_\na\n")
    assert read_classes(path) == ["_background_", "a"]


@pytest.mark.parametrize(("text", "cause"), [("", "no classes"), ("a\n\nb\n", "empty"), ("a\na\n", "twice")])
def test_a_list_that_names_nothing_or_something_twice_is_refused(tmp_path: Path, text: str, cause: str) -> None:
    path = tmp_path / "classes.txt"
    path.write_text(text)
    assert cause in refusal(read_classes, path).cause
