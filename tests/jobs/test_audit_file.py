"""An audit file holds the whole journal and no image; whether it is the project's and unchanged can be told."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anomaly_gui import files
from anomaly_gui.errors import InputError
from anomaly_gui.jobs.audit_file import COLUMNS, check_audit, export_audit
from anomaly_gui.progress import Cancelled, CancelToken, ignore_events
from anomaly_gui.project import journal
from anomaly_gui.project.records import Label
from anomaly_gui.project.store import Project
from tests.project.samples import new_image

KINDS = ["csv", "json"]


@pytest.fixture
def project(demo_project: Path) -> Project:
    opened = Project.open(demo_project)
    opened.set_comment(1, '=HYPERLINK("x")\r\nsecond line, "quoted"; ümlaut \udcff')
    opened.set_label([2], Label("defect", "dent"), "'quoted")
    return opened


def written(project: Project, file: Path) -> Path:
    export_audit(project, file, ignore_events, CancelToken())
    return file


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_just_written_is_the_projects_and_unchanged(project: Project, tmp_path: Path, kind: str) -> None:
    report = export_audit(project, tmp_path / f"audit.{kind}", ignore_events, CancelToken())
    assert not isinstance(report, Cancelled)
    assert (report.events, report.head) == project.head()
    check = check_audit(project, tmp_path / f"audit.{kind}")
    assert (check.belongs, check.unchanged, check.problems) == (True, True, ())
    assert (check.events, check.later) == (report.events, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_it_stays_so_while_the_project_goes_on(project: Project, tmp_path: Path, kind: str) -> None:
    file = written(project, tmp_path / f"audit.{kind}")
    project.set_comment(3, "later")
    check = check_audit(project, file)
    assert (check.unchanged, check.later) == (True, 2)


@pytest.mark.parametrize("kind", KINDS)
def test_another_projects_file_is_told_apart(project: Project, tmp_path: Path, kind: str) -> None:
    with Project.create(tmp_path / "other") as other:
        other.add_images([new_image(1)])
        check = check_audit(other, written(project, tmp_path / f"audit.{kind}"))
    assert (check.belongs, check.unchanged) == (False, False)


def test_a_changed_cell_is_named_even_with_a_digest_that_fits_again(project: Project, tmp_path: Path) -> None:
    file = written(project, tmp_path / "audit.csv")
    lines = list(csv.reader(io.StringIO(file.read_bytes().decode("utf-8", "surrogateescape"), newline="")))
    lines[3][COLUMNS.index("who")] = "somebody else"
    file.write_bytes(resealed(lines[:-1]))
    (problem,) = check_audit(project, file).problems
    assert problem == "event 3 is not what the project says, in who"


def passes(project: Project, file: Path) -> bool:
    try:
        return check_audit(project, file).unchanged
    except InputError:
        return False


def resealed(lines: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    content = text.getvalue().encode("utf-8", "surrogateescape")
    return content + f"end,{len(lines) - 1},{lines[-1][-1]},{files.sha256(content)}\r\n".encode()


def test_a_threshold_that_its_event_does_not_say_is_found(project: Project, tmp_path: Path) -> None:
    file = written(project, tmp_path / "audit.json")
    document = json.loads(file.read_bytes())
    document["thresholds"][0]["who"] = "somebody else"
    del document["sha256"]
    digest = files.sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode())
    file.write_text(json.dumps(document | {"sha256": digest}))
    (problem,) = check_audit(project, file).problems
    assert "threshold of run 1 is not what its event" in problem


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_changed_byte_passes(project: Project, tmp_path: Path, kind: str, data: Any) -> None:
    file = tmp_path / f"audit.{kind}"
    if not file.exists():
        written(project, file)
    whole = file.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[place] ^= data.draw(st.integers(1, 255))
    (tmp_path / f"changed.{kind}").write_bytes(changed)
    if passes(project, tmp_path / f"changed.{kind}"):  # A tab instead of a blank between two words of JSON.
        assert kind == "json"
        assert json.loads(bytes(changed)) == json.loads(whole)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_was_cut_does_not_pass(project: Project, tmp_path: Path, kind: str) -> None:
    file = written(project, tmp_path / f"audit.{kind}")
    whole = file.read_bytes()
    lines = whole.split(b"\r\n")
    for cut in (whole[: len(whole) // 2], b"\r\n".join(lines[:-3] + lines[-2:]) if kind == "csv" else whole[:-2]):
        file.write_bytes(cut)
        assert not passes(project, file)


def test_the_projects_own_journal_is_not_taken_for_granted(project: Project, tmp_path: Path) -> None:
    file = written(project, tmp_path / "audit.csv")
    connection = project._writer.connection
    connection.execute("DROP TRIGGER event_never_changes")
    connection.execute("UPDATE event SET who = 'somebody else' WHERE seq = 3")
    problems = check_audit(project, file).problems
    assert any("event 3 is not what the project says, in who" in problem for problem in problems)
    assert any("project's own event 3 was changed" in problem for problem in problems)


def test_a_spreadsheet_finds_no_formula_in_it(project: Project, tmp_path: Path) -> None:
    file = written(project, tmp_path / "audit.csv")
    lines = list(csv.reader(io.StringIO(file.read_bytes().decode("utf-8", "surrogateescape"), newline="")))
    assert not [cell for line in lines for cell in line if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("kind", KINDS)
def test_there_is_no_image_in_it(project: Project, tmp_path: Path, kind: str) -> None:
    data = written(project, tmp_path / f"audit.{kind}").read_bytes()
    assert b"IHDR" not in data
    assert b"base64" not in data
    assert project.image(1).sha256.encode() in data


def test_it_is_written_whole_or_not_at_all(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(project, tmp_path / "audit.csv")
    before = file.read_bytes()
    project.set_comment(3, "later")

    def fails(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "fsync", fails)
        with pytest.raises(InputError, match="No space left"):
            export_audit(project, file, ignore_events, CancelToken())
    assert file.read_bytes() == before
    cancel = CancelToken()
    cancel.cancel()
    assert isinstance(export_audit(project, file, ignore_events, cancel), Cancelled)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"format": "anomaly-gui audit 1"}', b"[" * 100_000, b"a,b\r\n", b"\xff\xfe"]
)
def test_what_is_no_audit_file_is_refused(project: Project, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "audit.csv").write_bytes(content)
    with pytest.raises(InputError, match="audit"):
        check_audit(project, tmp_path / "audit.csv")
    with pytest.raises(InputError, match="audit"):
        check_audit(project, tmp_path / "nothing.csv")
    with pytest.raises(InputError, match=r"\.csv or \.json"):
        export_audit(project, tmp_path / "audit.txt", ignore_events, CancelToken())


def test_the_first_hash_stands_where_there_is_no_event(tmp_path: Path) -> None:
    with Project.create(tmp_path / "new") as project:
        report = export_audit(project, tmp_path / "audit.json", ignore_events, CancelToken())
    assert not isinstance(report, Cancelled)
    assert (report.events, report.head) == (0, journal.FIRST_HASH)
