"""history, audit, roles and verify from the command line, as a quality engineer would run them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from anomaly_gui.cli.commands import BAD_INPUT, OK
from anomaly_gui.cli.passwords import PASSWORD_VARIABLE
from anomaly_gui.project.store import Project
from tests.cli.command_line import CommandLine, pictures, refused, untouched


def test_history_says_who_set_the_threshold_and_what_was_done(demo_project: Path, line: CommandLine) -> None:
    line("evaluate", demo_project, "--threshold", "5")
    status, out, _ = line("history", demo_project)
    assert status == OK
    assert "Set the threshold to 5 (Set by hand)" in out
    assert "Threshold of run 001-conv-ae: 5, set by" in out.splitlines()[-1]
    facts = line.json("history", demo_project, "--run", "1")
    assert facts["thresholds"][0]["threshold"]["value"] == 5
    assert {action["sentence"] for action in facts["actions"]} >= {"Started run 001-conv-ae", "Set the threshold to 5"}
    assert not any("Imported" in action["sentence"] for action in facts["actions"])


def test_history_of_an_image_and_of_words(demo_project: Path, line: CommandLine) -> None:
    with Project.open(demo_project) as project:
        image = project.image(1)
        project.set_comment(1, "seen twice")
    facts = line.json("history", demo_project, "--image", image.path)
    assert [action["of_the_image"] for action in facts["actions"]][-1] == ["comment: none → seen twice"]
    assert facts["thresholds"] == []
    (found,) = line.json("history", demo_project, "--text", "commented")["actions"]
    assert found["sentence"].startswith("Commented on")
    refused(line, "history", demo_project, "--image", "no.png", names="no.png", cause="no such image", next_step="name")


def test_history_as_a_table_has_one_row_an_action(demo_project: Path, line: CommandLine) -> None:
    status, out, _ = line("history", demo_project, "--csv")
    header, *rows = list(csv.reader(io.StringIO(out)))
    assert status == OK
    assert header[:3] == ["action", "time_utc", "who"]
    with Project.open(demo_project) as project:
        assert len(rows) == len(project.log_entries())


def test_reading_the_past_changes_nothing(demo_project: Path, tmp_path: Path, line: CommandLine) -> None:
    with untouched(demo_project):
        line("history", demo_project)
        line("audit", demo_project, "--to", tmp_path / "audit.csv")
        line("audit", demo_project, "--check", tmp_path / "audit.csv")
        line("roles", demo_project)
        line("verify", demo_project)


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_an_audit_is_written_and_checked(demo_project: Path, tmp_path: Path, line: CommandLine, kind: str) -> None:
    file = tmp_path / f"audit.{kind}"
    report = line.json("audit", demo_project, "--to", file)
    status, out, _ = line("audit", demo_project, "--check", file)
    assert status == OK
    assert f"UNCHANGED, and of this project: {report['events']} events" in out
    file.write_bytes(file.read_bytes().replace(b"conv-ae", b"conv-aX", 1))
    status, out, _ = line("audit", demo_project, "--check", file)
    assert status == BAD_INPUT
    assert out.rstrip().endswith("CHANGED.")


def test_verify_ends_in_a_verdict_and_names_the_figure_that_differs(
    demo_project: Path, tmp_path: Path, line: CommandLine
) -> None:
    status, out, _ = line("verify", demo_project)
    assert status == OK
    assert "Checked" in out
    assert out.rstrip().splitlines()[-1].startswith("SOUND: ")
    report = tmp_path / "report.json"
    told = line.json("evaluate", demo_project)
    report.write_text(json.dumps(told))
    assert line("verify", demo_project, "--report", report)[0] == OK
    report.write_text(json.dumps(told | {"auroc": 0.1234}))
    status, out, _ = line("verify", demo_project, "--report", report)
    assert status == BAD_INPUT
    assert "auroc is 0.1234, and the project gives" in out
    assert out.rstrip().splitlines()[-1].startswith("NOT SOUND: ")


def test_with_roles_every_verb_that_changes_is_refused_without_one(
    demo_project: Path, tmp_path: Path, line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = pictures(tmp_path / "more", 1)
    monkeypatch.setenv(PASSWORD_VARIABLE, "engine room")
    assert line("roles", demo_project, "--on")[0] == OK
    changing = (
        ("import", demo_project, "--good", more),
        ("train", demo_project),
        ("score", demo_project),
        ("evaluate", demo_project, "--threshold", "5"),
        ("export", demo_project, "--to", tmp_path / "x.anomaly"),
        ("annotations", "import", demo_project, more),
        ("roles", demo_project, "--on", "--json"),
    )
    with Project.open(demo_project, read_only=True) as project:
        before = project.head()
    for words in changing[:-1]:
        refused(line, *words, names="role operator", cause="only the engineer may", next_step="Change the role")
    assert not (tmp_path / "x.anomaly").exists()
    with Project.open(demo_project, read_only=True) as project:
        assert project.head() == before
    for words in (("runs", demo_project), ("evaluate", demo_project), ("history", demo_project)):
        assert line(*words)[0] == OK
    assert line("evaluate", demo_project, "--threshold", "5", "--role", "engineer")[0] == OK
    monkeypatch.setenv(PASSWORD_VARIABLE, "wrong")
    status, _, err = line("evaluate", demo_project, "--threshold", "6", "--role", "engineer")
    assert (status, "not right" in err) == (BAD_INPUT, True)


def test_roles_are_turned_off_by_the_password_or_without_it_in_the_open(
    demo_project: Path, line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "engine room")
    line("roles", demo_project, "--on")
    monkeypatch.setenv(PASSWORD_VARIABLE, "wrong")
    assert line("roles", demo_project, "--off")[0] == BAD_INPUT
    status, out, _ = line("roles", demo_project, "--forgotten")
    assert status == OK
    assert "whoever can write the project's files can change them" in out
    assert "without a password, as it was forgotten" in line("history", demo_project)[1]
    assert line.json("roles", demo_project)["roles"] is False
