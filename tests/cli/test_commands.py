from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from anomaly_gui.cli import commands
from anomaly_gui.cli.commands import BAD_INPUT, BUG, OK, STOPPED, Terminal
from anomaly_gui.detectors.registry import DETECTORS
from anomaly_gui.progress import Cancelled, CancelToken
from anomaly_gui.project.store import Project
from tests.cli.command_line import LOG, QUICK, CommandLine
from tests.real_parts import copy_subset, data_set

# The main job


def test_the_main_job_runs_through_and_the_bundle_agrees_with_evaluate(
    demo_project: Path, tmp_path: Path, line: CommandLine
) -> None:
    project, bundle = tmp_path / "P", tmp_path / "part.anomaly"
    added = line.json("import", project, "--dataset", demo_project / "images")
    assert (added["added"], added["good"], added["defect"], added["masks"]) == (18, 14, 4, 4)
    assert line.json("train", project, "--seed", 1, *QUICK)["status"] == "finished"
    assert_bundle_agrees(line, project, bundle, demo_project / "images" / "test", images=8)


def assert_bundle_agrees(line: CommandLine, project: Path, bundle: Path, tested: Path, images: int) -> None:
    """Scores and decisions of the exported bundle are the app's."""
    figures = line.json("evaluate", project, "--rule", "best-f1")
    line.json("export", project, "--to", bundle)
    status, out, _ = line("inspect", bundle, tested, "--json")
    assert status == OK
    inspected = {found["path"]: found for found in map(json.loads, out.splitlines())}
    assert len(figures["images"]) == len(inspected) == images
    for image in figures["images"]:
        found = inspected[image["path"]]
        assert found["score"] == pytest.approx(image["score"], rel=1e-4, abs=1e-4)
        assert found["decision"] == image["decision"]
        assert found["threshold"] == pytest.approx(figures["threshold"])


@pytest.fixture(scope="module")
def tiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small part of magnetic_tile."""
    return copy_subset(data_set("magnetic_tile"), tmp_path_factory.mktemp("tiles"), 60)


LEAST = {
    "validation_share": 0.2,
    "epochs": 1,
    "minimum_steps": 1,
    "memory": 200,
    "selection": "random",
    "words": 20,
    "trees": 20,
    "network_px": 28,
    "defect_steps": 2,
}
"""Settings that make any detector quick; those it does not have are left out."""


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", list(DETECTORS))
def test_every_detector_goes_from_real_images_to_a_bundle_that_agrees(
    name: str, tiles: Path, tmp_path: Path, line: CommandLine
) -> None:
    project = tmp_path / "P"
    added = line.json("import", project, "--dataset", tiles)
    known = DETECTORS[name].settings.__struct_fields__
    settings = [f"{key}={value}" for key, value in LEAST.items() if key in known]
    assert line.json("train", project, "--detector", name, "--set", *settings)["status"] == "finished"
    tested = len(list((tiles / "test").rglob("*.*")))
    assert 0 < tested < added["added"]
    assert_bundle_agrees(line, project, tmp_path / "part.anomaly", tiles / "test", tested)


def test_evaluate_gives_every_field_of_the_design(demo_project: Path, line: CommandLine) -> None:
    figures = line.json("evaluate", demo_project)
    wanted = (
        "run detector n_good n_defect auroc average_precision threshold rule precision recall f1 specificity "
        "false_alarm_rate false_negatives per_defect_type pixel_auroc pixel_f1 aupro"
    )
    assert set(wanted.split()) <= figures.keys()
    assert figures["per_defect_type"].keys() == {"dot", "scratch", "stain", "area"}


def test_a_threshold_by_hand_is_kept(demo_project: Path, line: CommandLine) -> None:
    assert line.json("evaluate", demo_project, "--threshold", 3.25)["threshold"] == 3.25
    again = line.json("evaluate", demo_project)
    assert (again["threshold"], again["rule"]) == (3.25, "manual")


def test_the_pixel_threshold_is_set_by_value_or_rule_and_kept(demo_project: Path, line: CommandLine) -> None:
    by_hand = line.json("evaluate", demo_project, "--pixel-threshold", 3)
    assert by_hand["pixel_threshold"] == pytest.approx(3, rel=0.02)
    assert (by_hand["pixel_rule"], by_hand["pixel_rule_sentence"]) == ("manual", "Set by hand.")
    assert 0 <= by_hand["aupro_05"] <= by_hand["aupro"] <= 1
    figures = line.json("evaluate", demo_project, "--pixel-rule", "largest-region", "--smallest-defect", 20)
    assert (figures["pixel_rule"], figures["pixel_rule_parameter"]) == ("largest-region", 20)
    assert figures["at_pixel_threshold"]["largest_good_region_px"] < 20
    assert line.json("evaluate", demo_project)["pixel_threshold"] == figures["pixel_threshold"]
    best = line.json("evaluate", demo_project, "--pixel-rule", "best-pixel-f1")
    assert best["at_pixel_threshold"]["f1"] == pytest.approx(best["pixel_f1"])
    text = line("evaluate", demo_project)[1]
    assert "by best-pixel-f1" in text
    assert "of pixels" in text


def test_scoring_again_changes_no_figure(demo_project: Path, line: CommandLine) -> None:
    before = line.json("evaluate", demo_project)
    report = line.json("score", demo_project)
    assert (report["run"], report["refused"]) == (1, 0)
    after = line.json("evaluate", demo_project)
    for name in ("auroc", "f1", "pixel_auroc", "aupro", "threshold"):
        assert after[name] == pytest.approx(before[name], rel=1e-5)
    assert line("score", demo_project)[1].startswith("Scored ")


def test_a_rule_takes_its_parameter(demo_project: Path, line: CommandLine) -> None:
    lax = line.json("evaluate", demo_project, "--rule", "good-percentile", "--parameter", 50)
    strict = line.json("evaluate", demo_project, "--rule", "good-percentile", "--parameter", 99)
    assert lax["threshold"] < strict["threshold"]


def test_a_rule_by_costs_says_what_a_part_costs_on_the_line(demo_project: Path, line: CommandLine) -> None:
    prices = ("--miss-price", 50, "--alarm-price", 1, "--defect-rate", 0.01)
    figures = line.json("evaluate", demo_project, "--rule", "least-cost", *prices)
    missed, alarms = 1 - figures["recall"], figures["false_alarm_rate"]
    assert figures["cost_per_part"] == pytest.approx(0.01 * 50 * missed + 0.99 * alarms)
    assert figures["costs"] == {"miss": 50, "alarm": 1, "defect_rate": 0.01}
    assert "a missed defect costs 50" in figures["rule_sentence"]
    assert line.json("evaluate", demo_project)["costs"] == figures["costs"], "it is kept"


def test_a_rule_for_one_type_takes_it(demo_project: Path, line: CommandLine) -> None:
    figures = line.json("evaluate", demo_project, "--rule", "type-recall-at-least", "--defect-type", "stain")
    assert figures["per_defect_type"]["stain"]["recall"] == 1
    assert (figures["defect_type"], figures["rule_parameter"]) == ("stain", 1.0)


def test_a_recheck_line_makes_three_answers_until_it_is_taken_away(demo_project: Path, line: CommandLine) -> None:
    scores = sorted(image["score"] for image in line.json("evaluate", demo_project)["images"])
    figures = line.json("evaluate", demo_project, "--threshold", scores[-1] - 1e-4, "--recheck", scores[2] - 1e-4)
    decisions = [image["decision"] for image in figures["images"]]
    assert [decisions.count(answer) for answer in ("good", "recheck", "defective")] == [2, 5, 1]
    assert sum(figures["three_way"].values()) == 8
    assert figures["three_way"]["rechecked_defects"] + figures["three_way"]["rechecked_good"] == 5
    assert line.json("evaluate", demo_project, "--recheck", "none")["recheck"] is None


def test_looking_needs_no_lock(demo_project: Path, line: CommandLine) -> None:
    with Project.open(demo_project):
        assert line("evaluate", demo_project)[0] == OK
        assert line("runs", demo_project)[0] == OK
        assert line("verify", demo_project)[0] == OK
        status, _, err = line("evaluate", demo_project, "--threshold", 1)
        assert status == BAD_INPUT
        assert str(demo_project) in err


def test_runs_stand_side_by_side_and_one_that_was_not_scored_says_so(demo_project: Path, line: CommandLine) -> None:
    with Project.open(demo_project) as project:
        stopped = project.add_run("conv-ae", "fast", 5, {}, {})
        project.update_run(stopped.id, "cancelled")
    first, second = line.json("runs", demo_project)
    assert first["figures"]["n_defect"] == 4
    assert second["figures"] is None
    _, out, _ = line("runs", demo_project)
    assert out.splitlines()[2].split()[-1] == "n/a"


def test_a_run_is_found_by_number_and_by_name(demo_project: Path, line: CommandLine) -> None:
    (run,) = line.json("runs", demo_project)
    for given in (run["id"], run["name"]):
        assert line.json("evaluate", demo_project, "--run", given)["run"] == run["id"]
    status, _, err = line("evaluate", demo_project, "--run", "007")
    assert status == BAD_INPUT
    assert run["name"] in err


def test_detectors_lists_names_sentences_and_settings(line: CommandLine) -> None:
    first = next(found for found in line.json("detectors") if found["name"] == "conv-ae")
    assert first["sentence"]
    assert first["settings"]["epochs"]["default"] > 0
    assert "input_px" in line("detectors")[1]


def test_every_verb_says_its_result_in_words_too(demo_project: Path, tmp_path: Path, line: CommandLine) -> None:
    _, out, _ = line("import", tmp_path / "P", "--good", demo_project / "images" / "train" / "good")
    assert out.startswith("Added 10 images: 10 good, 0 defective")
    _, out, _ = line("evaluate", demo_project)
    assert "4 good, 4 defective, none of them trained on" in out
    assert "AUROC" in out
    _, out, _ = line("export", demo_project, "--to", tmp_path / "a.anomaly")
    assert "every decision is the same" in out
    _, out, _ = line("inspect", tmp_path / "a.anomaly", demo_project / "images" / "test" / "dot")
    assert "000.png" in out
    _, out, _ = line("verify", tmp_path / "a.anomaly")
    assert "whole and unchanged" in out


def test_a_stopped_run_goes_on(demo_project: Path, line: CommandLine) -> None:
    with Project.open(demo_project) as project:
        project.update_run(1, "interrupted")
    report = line.json("train", demo_project, "--resume", 1)
    assert (report["run"], report["status"]) == (1, "finished")


# Bad input


def bad(line: CommandLine, *argv: object, names: object = "") -> str:
    """Run a command that must refuse its input, and return the sentence."""
    status, out, err = line(*argv, "--json")
    sentence = err.strip().splitlines()[-1]
    assert status == BAD_INPUT
    assert json.loads(out.splitlines()[-1])["error"] == sentence
    assert str(names) in sentence
    assert sentence.endswith(".")
    assert "Traceback" not in err
    return sentence


@pytest.mark.parametrize(
    "argv",
    [
        ["fly"],
        ["train"],
        ["train", "P", "--preset", "none"],
        ["train", "P", "--set", "epochs"],
        ["train", "P", "--set", "wings=2"],
        ["train", "P", "--set", "epochs=many"],
        ["evaluate", "P", "--parameter", "3"],
        ["evaluate", "P", "--smallest-defect", "3"],
        ["evaluate", "P", "--pixel-threshold", "3", "--pixel-rule", "best-pixel-f1"],
        ["evaluate", "P", "--threshold", "nan"],
        ["evaluate", "P", "--threshold", "1", "--recheck", "2"],
        ["evaluate", "P", "--threshold", "1", "--recheck", "nan"],
        ["evaluate", "P", "--recheck", "high"],
        ["evaluate", "P", "--rule", "best-f1", "--parameter", "3"],
        ["evaluate", "P", "--rule", "best-f1", "--defect-type", "dot"],
        ["evaluate", "P", "--rule", "type-recall-at-least"],
        ["evaluate", "P", "--rule", "type-recall-at-least", "--defect-type", "mould"],
        ["evaluate", "P", "--rule", "least-cost", "--miss-price", "5"],
        ["evaluate", "P", "--miss-price", "5"],
        ["evaluate", "P", "--rule", "good-guarantee", "--parameter", "0.001"],
        ["evaluate", "P", "--rule", "best-f1", "--threshold", "1"],
        ["demo", "D", "--size", "3"],
        ["demo", "D", "--contrast", "0.9", "0.1"],
    ],
    ids=" ".join,
)
def test_a_mistake_on_the_command_line(argv: list[str], demo_project: Path, tmp_path: Path, line: CommandLine) -> None:
    bad(line, *[str(demo_project) if word == "P" else word for word in argv])


# Stopping, bugs and pipes


def test_ctrl_c_sets_the_token_and_says_what_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def wait_for_ctrl_c(_args: object, terminal: Terminal) -> int:
        os.kill(os.getpid(), signal.SIGINT)
        terminal.cancel._cancelled.wait(5)
        raise commands._Stopped("Stopped. 3 images are kept.")

    before = signal.getsignal(signal.SIGINT)
    status = commands.run(["detectors", "--json"], LOG, {"detectors": wait_for_ctrl_c})
    out, err = capsys.readouterr()
    assert status == STOPPED
    assert err.strip() == "Stopped. 3 images are kept."
    assert json.loads(out)["cancelled"] is True
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_stops_the_closing_work_and_a_third_everything() -> None:
    tokens: list[CancelToken] = []

    def be_stubborn(_args: object, terminal: Terminal) -> int:
        tokens.append(terminal.cancel)
        os.kill(os.getpid(), signal.SIGINT)
        terminal.cancel._cancelled.wait(5)
        assert not terminal.cancel.finishing().cancelled
        os.kill(os.getpid(), signal.SIGINT)
        terminal.cancel.finishing()._cancelled.wait(5)
        os.kill(os.getpid(), signal.SIGINT)
        return OK

    assert commands.run(["detectors"], LOG, {"detectors": be_stubborn}) == STOPPED
    assert tokens[0].finishing().cancelled


def test_a_cancelled_job_is_not_a_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: CommandLine) -> None:
    monkeypatch.setattr(commands.import_job, "import_images", lambda *_: Cancelled("2 images are kept"))
    status, out, err = line("import", tmp_path / "P", "--good", tmp_path)
    assert status == STOPPED
    assert err.splitlines() == ["Stopped. 2 images are kept."]
    assert out == ""


def test_a_bug_is_logged_with_its_traceback_and_said_in_one_sentence(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(_args: object, _terminal: Terminal) -> int:
        raise ZeroDivisionError("secret detail")

    status = commands.run(["detectors", "--json"], LOG, {"detectors": break_down})
    out, err = capsys.readouterr()
    assert status == BUG
    assert err.strip() == "A fault in the program stopped it (ZeroDivisionError). Details are in the.log."
    assert json.loads(out)["error"] == err.strip()
    assert "secret detail" in caplog.text


def test_a_reader_that_stops_reading_is_no_fault() -> None:
    command = f"{sys.executable} -m anomaly_gui detectors | head -n 1"
    out = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert out.stdout == f"{next(iter(DETECTORS))}\n"
    assert out.stderr == ""


def test_inspecting_never_loads_torch(demo_project: Path) -> None:
    code = (
        "import sys; from anomaly_gui.__main__ import main; status = main(sys.argv[1:]); "
        "assert 'torch' not in sys.modules and 'PySide6' not in sys.modules; sys.exit(status)"
    )
    argv = ["inspect", demo_project / "exports" / "demo.anomaly", demo_project / "images" / "test" / "area"]
    out = subprocess.run([sys.executable, "-c", code, *map(str, argv)], capture_output=True, text=True, check=False)
    assert out.returncode == OK, out.stderr
