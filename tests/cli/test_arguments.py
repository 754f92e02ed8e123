from __future__ import annotations

import pytest

from anomaly_gui.cli import commands
from anomaly_gui.cli.arguments import VERBS, parser
from anomaly_gui.cli.commands import HANDLERS
from anomaly_gui.errors import InputError
from anomaly_gui.jobs.study.records import CELL_VERB

SHORTEST = {
    "demo": [],
    "import": ["P"],
    "annotations": ["export", "P", "--format", "csv", "--to", "D"],
    "train": ["P"],
    "runs": ["P"],
    "score": ["P"],
    "evaluate": ["P"],
    "export": ["P", "--to", "F"],
    "inspect": ["B", "I"],
    "verify": ["P"],
    "check": ["P"],
    "detectors": [],
    "repair": ["project"],
    "keygen": ["key"],
    "study": ["D", "--out", "F"],
    "history": ["P"],
    "audit": ["P", "--to", "F"],
    "roles": ["P"],
}


def test_every_verb_has_a_grammar_and_a_handler() -> None:
    assert {*SHORTEST, CELL_VERB} == VERBS == set(HANDLERS)


@pytest.mark.parametrize("verb", SHORTEST)
def test_every_verb_takes_json_and_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert parser().parse_args([verb, *SHORTEST[verb], "--json"]).json
    assert not parser().parse_args([verb, *SHORTEST[verb]]).json
    with pytest.raises(SystemExit) as end:
        parser().parse_args([verb, "--help"])
    assert end.value.code == 0
    assert verb in capsys.readouterr().out


def test_lists_may_be_given_at_once_or_again_and_again() -> None:
    args = parser().parse_args(["import", "P", "--good", "a", "b", "--good", "c"])
    assert args.good == ["a", "b", "c"]
    args = parser().parse_args(["train", "P", "--set", "epochs=3", "width=8", "--set", "loss=ssim"])
    assert args.settings == ["epochs=3", "width=8", "loss=ssim"]


def test_one_parse_does_not_fill_the_lists_of_the_next() -> None:
    parser().parse_args(["import", "P", "--good", "a"])
    assert parser().parse_args(["import", "P"]).good == []


def test_a_mistake_is_bad_input_that_names_the_verbs_help() -> None:
    with pytest.raises(InputError, match="anomaly-gui export --help"):
        parser().parse_args(["export", "P"])


def test_a_file_name_may_look_like_a_number() -> None:
    assert parser().parse_args(["evaluate", "P", "--threshold", "-1.5"]).threshold == -1.5


@pytest.mark.parametrize(
    ("given", "kinds", "count"),
    [
        ([], ["dot", "scratch", "stain", "area"], 10),
        (["--defects", "3", "--kinds", "dot"], ["dot"], 3),
        (["--parts", "60", "--defects", "dots,areas"], ("dot", "area"), 9),
        (["--defects", "scratches"], ("scratch",), 10),
    ],
)
def test_the_demo_takes_a_number_of_defects_or_their_kinds(given: list[str], kinds: object, count: int) -> None:
    drawing = commands._drawing(parser().parse_args(["demo", *given]))

    assert drawing.kinds == tuple(kinds)  # type: ignore[arg-type]
    assert drawing.defects_per_kind == count
    if "--parts" in given:
        assert (drawing.train_good, drawing.test_good) == (30, 12)


def test_an_unknown_kind_of_defect_is_named() -> None:
    with pytest.raises(InputError, match="no kind of defect 'holes'"):
        parser().parse_args(["demo", "--defects", "dots,holes"])
