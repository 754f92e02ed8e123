from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.study import child
from anomaly_gui.jobs.study.child import answer, run_in_child
from anomaly_gui.jobs.study.records import Cell, CellRequest, CellResult
from anomaly_gui.progress import (
    Cancelled,
    CancelToken,
    EpochFinished,
    Event,
    EventSink,
    FileRefused,
    Noted,
    Progress,
    ignore_events,
)
from tests.jobs.study.made_results import cell_request, result
from tests.jobs.tiny_project import make_project

CELL = Cell("discs", "conv-ae", 0)


def program(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let the child be a Python program instead of this one; it has read its request already."""
    full = f"import os, sys, time; request = sys.stdin.buffer.readline()\n{code}"
    started = subprocess.Popen

    def start(_command: object, **more: object) -> subprocess.Popen[bytes]:
        return started([sys.executable, "-c", full], **more)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(subprocess, "Popen", start)


def test_a_cell_in_a_child_gives_figures_and_a_peak_of_its_own(tmp_path: Path) -> None:
    with make_project(tmp_path, train=8, good=3, defects=3) as project:
        folder = project.folder
    events: list[Event] = []
    found = run_in_child(cell_request(folder), tmp_path / "log.txt", events.append, CancelToken())
    assert isinstance(found, CellResult)
    assert found.problem == ""
    assert found.figures is not None
    assert found.figures.auroc is not None
    assert sys.platform == "win32" or found.figures.peak_bytes
    phases = {event.phase for event in events if isinstance(event, Progress)}
    assert {"Training", "Scoring", "Checking the bundle"} <= phases
    assert (tmp_path / "log.txt").read_text() == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_a_child_that_is_killed_is_a_failed_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(monkeypatch, "print('last words', file=sys.stderr, flush=True); os.kill(os.getpid(), 9)")
    found = run_in_child(cell_request(tmp_path), tmp_path / "log.txt", ignore_events, CancelToken())
    assert isinstance(found, CellResult)
    assert found.cell == CELL
    assert "want of memory" in found.problem
    assert "log.txt" in found.problem
    assert "last words" in (tmp_path / "log.txt").read_text()


def test_a_child_that_ends_without_a_word_is_a_failed_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(monkeypatch, "print('no JSON'); sys.exit(7)")
    found = run_in_child(cell_request(tmp_path), tmp_path / "log.txt", ignore_events, CancelToken())
    assert isinstance(found, CellResult)
    assert "without a result (status 7)" in found.problem


def test_a_cancel_ends_the_child_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(monkeypatch, f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)")
    cancel = CancelToken()

    def cancel_when_it_runs() -> None:
        while not (tmp_path / "pid").exists():
            time.sleep(0.01)
        cancel.cancel()

    threading.Thread(target=cancel_when_it_runs).start()
    started = time.monotonic()
    found = run_in_child(cell_request(tmp_path), tmp_path / "log.txt", ignore_events, cancel)
    assert isinstance(found, Cancelled)
    assert time.monotonic() - started < 30


def test_what_the_child_says_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = msgspec.json.encode(child._Message(result=result(CELL))).decode()
    program(
        monkeypatch,
        'print(\'{"progress": {"phase": "Scoring", "done": 2, "total": 9}}\\n{"noted": "Look."}\')\n'
        f"print({said!r}, flush=True); time.sleep(0.5)",
    )
    events: list[Event] = []
    found = run_in_child(cell_request(tmp_path), tmp_path / "log.txt", events.append, CancelToken())
    assert found == result(CELL)
    assert events == [Progress("Scoring", 2, 9), Noted("Look.")]


# The child's half


def replies(monkeypatch: pytest.MonkeyPatch, work: object) -> list[child._Message]:
    """What answer() writes when a cell does *work*."""
    monkeypatch.setattr(child, "run_cell", work)
    monkeypatch.setattr(child, "_end_with", lambda _: None)
    out = io.BytesIO()
    answer(io.BytesIO(msgspec.json.encode(cell_request(Path("p"))) + b"\n"), out)
    return [msgspec.json.decode(line, type=child._Message) for line in out.getvalue().splitlines()]


def test_events_are_said_in_lines_and_an_epoch_is_not_counted_beside_its_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def work(_request: CellRequest, emit: EventSink, _cancel: CancelToken) -> CellResult:
        emit(Progress("Scoring", 1, 2))
        emit(EpochFinished(3, 10, 0.1, 0.2, 50.0, 7.0, is_best=True))
        emit(FileRefused("a.png", "it is empty"))
        return result(CELL)

    said = replies(monkeypatch, work)
    assert said[0].progress == Progress("Scoring", 1, 2)
    assert said[1].noted == "left out: a.png: it is empty"
    assert said[2].result == result(CELL)


def test_a_fault_is_the_cells_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(*_: object) -> CellResult:
        raise ZeroDivisionError("by zero")

    (said,) = replies(monkeypatch, work)
    assert said.result is not None
    assert "fault in the program" in said.result.problem
    assert "ZeroDivisionError: by zero" in said.result.problem


def test_it_is_of_no_use_by_hand() -> None:
    with pytest.raises(InputError, match="study's own use"):
        answer(io.BytesIO(b"hello\n"), io.BytesIO())


def test_a_child_whose_study_is_gone_ends() -> None:
    code = (
        "import sys, time; from anomaly_gui.jobs.study import child\n"
        "child.run_cell = lambda *_: time.sleep(60)\n"
        "child.answer_on_pipes()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(msgspec.json.encode(cell_request(Path("p"))) + b"\n")
    process.stdin.flush()
    time.sleep(0.1)
    assert process.poll() is None
    process.stdin.close()
    try:
        assert process.wait(30) != 0
    finally:
        process.kill()
        process.stdout.close()


@pytest.mark.skipif(os.name == "nt", reason="sends a signal")
def test_what_a_library_prints_does_not_come_between() -> None:
    code = (
        "import os, sys; from anomaly_gui.jobs.study import child\n"
        "def work(*_):\n"
        "    print('chatter', flush=True); os.write(1, b'more chatter')\n"
        "    return child.failed(child.CellRequest.cell.fget(_[0]), '', 'x')\n"
        "child.run_cell = work\n"
        "child.answer_on_pipes()"
    )
    line = msgspec.json.encode(cell_request(Path("p"))) + b"\n"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.write(line)
    process.stdin.flush()
    out, errors = process.stdout.read(), process.stderr.read()
    process.stdin.close()
    process.stdout.close()
    process.stderr.close()
    process.wait(30)
    assert msgspec.json.decode(out, type=child._Message).result is not None
    assert b"chatter" in errors


@pytest.mark.skipif(os.name == "nt", reason="sends a signal")
def test_ctrl_c_in_the_terminal_does_not_reach_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(monkeypatch, 'sys.stdout.write(\'{"noted": "%d %d"}\\n\' % (os.getpid(), os.getpgid(0)))')
    events: list[Event] = []
    run_in_child(cell_request(tmp_path), tmp_path / "log.txt", events.append, CancelToken())
    (noted,) = [event.sentence for event in events if isinstance(event, Noted)]
    pid, group = noted.split()
    assert pid == group
