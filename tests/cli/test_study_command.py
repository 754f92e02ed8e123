"""The study through the command line, its children being real processes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anomaly_gui.cli.arguments import parser
from anomaly_gui.cli.commands import BAD_INPUT, OK, STOPPED
from anomaly_gui.detectors.registry import DETECTORS
from anomaly_gui.imaging.synthetic import SyntheticSettings, write_dataset
from anomaly_gui.jobs.study import study as study_module
from anomaly_gui.jobs.study.records import CELL_VERB, CellResult
from anomaly_gui.progress import Cancelled, CancelToken, ignore_events
from tests.cli.command_line import QUICK, CommandLine, refused, untouched
from tests.jobs.study.made_results import dataset, result

ARGUMENTS = [*QUICK[2:], "--detectors", "conv-ae", "--seeds", "1"]


def test_a_study_reports_what_failed_and_does_the_rest(tmp_path: Path, line: CommandLine) -> None:
    whole, few = dataset(tmp_path / "whole"), dataset(tmp_path / "few", train=3)
    out = tmp_path / "out"
    with untouched(whole, few):
        status, said, progress = line("study", whole, few, *ARGUMENTS, "--out", out, "--json")
    report = json.loads(said)
    assert status == BAD_INPUT
    assert (report["cells"], report["computed"]) == (2, 2)
    (sentence,) = report["failed"]
    assert sentence.startswith("few, conv-ae, seed 0: ")
    assert "at least 4 are needed" in sentence
    assert "whole, conv-ae, seed 0: AUROC" in progress
    assert "Traceback" not in progress
    assert sorted(Path(path).name for path in report["tables"]) == [
        "contact_sheet_whole.png", "study.csv", "study.html", "study.md", "study_cells.csv", "study_types.csv",
    ]  # fmt: skip
    kept = json.loads((out / "results" / "whole" / "conv-ae-0.json").read_text())
    assert kept["figures"]["auroc"] is not None
    assert kept["figures"]["ratio"] > 0
    status, said, _ = line("study", whole, *ARGUMENTS, "--out", out)
    assert status == OK
    assert said.startswith("1 training, 0 of them now, 0 failed.")


def test_what_makes_no_sense_is_bad_input(tmp_path: Path, line: CommandLine) -> None:
    whole, out = dataset(tmp_path / "whole"), tmp_path / "out"
    refused(
        line, "study", whole, "--detectors", "conv-ae,magic", "--out", out,
        names="magic", cause="none of this name", next_step="conv-ae",
    )  # fmt: skip
    refused(
        line, "study", tmp_path, "--out", out,
        names=tmp_path, cause="no images in train/good", next_step="Choose",
    )  # fmt: skip
    refused(
        line, "study", whole, "--out", whole,
        names=whole, cause="it holds something that is no study", next_step="--out",
    )  # fmt: skip
    assert not out.exists()


def test_a_stopped_study_says_that_it_can_go_on(
    tmp_path: Path, line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> CellResult | Cancelled:
        return Cancelled()

    monkeypatch.setattr(study_module.study, "__defaults__", (stop,))
    status, _, said = line("study", dataset(tmp_path / "whole"), *ARGUMENTS, "--out", tmp_path / "out")
    assert status == STOPPED
    assert "0 of 1 trainings are kept, the same command goes on from there." in said


def test_settings_and_detectors_arrive_as_they_were_given(
    tmp_path: Path, line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def note(wanted: object, *_: object) -> CellResult:
        asked.append(wanted)
        return result(wanted.cell)  # type: ignore[attr-defined]

    monkeypatch.setattr(study_module.study, "__defaults__", (note,))
    arguments = ["--detectors", "conv-ae,patch-memory", "--seeds", 2, "--preset", "balanced", "--minutes", 2.5]
    line("study", dataset(tmp_path / "whole"), *arguments, "--set", "epochs=3", "--out", tmp_path / "out")
    assert [(w.detector, w.seed, w.settings) for w in asked[:2]] == [
        ("conv-ae", 0, {"epochs": "3"}), ("patch-memory", 0, {}),
    ]  # fmt: skip
    assert len(asked) == 4
    assert all((w.preset, w.minutes) == ("balanced", 2.5) for w in asked)


def test_the_studys_own_verb_is_in_no_list() -> None:
    assert CELL_VERB not in parser().format_help()


def test_detectors_tells_which_can_run_here(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "anomaly_gui.cli.commands.what_is_missing", lambda name: "Get it." if name == "patch-memory" else ""
    )
    facts = {fact["name"]: fact for fact in line.json("detectors")}
    assert (facts["conv-ae"]["ready"], facts["conv-ae"]["missing"]) == (True, "")
    assert (facts["patch-memory"]["ready"], facts["patch-memory"]["missing"]) == (False, "Get it.")
    assert "cannot run here: Get it." in line("detectors")[1]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_detector_trains_exports_and_agrees_with_its_bundle(tmp_path: Path, line: CommandLine) -> None:
    parts = tmp_path / "parts"
    drawing = SyntheticSettings(size_px=128, train_good=40, test_good=12, defects_per_kind=6)
    write_dataset(parts, drawing, ignore_events, CancelToken())
    least = ["epochs=1", "minimum_steps=1", "memory=200", "words=20", "trees=20"]
    arguments = ["--detectors", "all", "--seeds", 1, "--subset", 40, "--set", *least, "--out", tmp_path / "out"]
    report = line.json("study", parts, *arguments)
    assert report["failed"] == []
    assert report["cells"] == len(DETECTORS)
