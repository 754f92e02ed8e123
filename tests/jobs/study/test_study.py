from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.study import study as study_module
from anomaly_gui.jobs.study.records import Cell, CellRequest, CellResult, StudyReport, failed
from anomaly_gui.jobs.study.study import seconds_left, study
from anomaly_gui.progress import Cancelled, CancelToken, Event, EventSink, Noted, Progress, ignore_events
from anomaly_gui.project.store import Project
from tests.jobs.study.made_results import QUICK, dataset, request, result

BOTH = ("conv-ae", "patch-memory")


class Runner:
    """Stands for the child process: notes what it is asked for and answers at once."""

    def __init__(self, answer: Callable[[CellRequest], CellResult | Cancelled] | None = None) -> None:
        self.asked: list[CellRequest] = []
        self._answer = answer or (lambda wanted: result(wanted.cell))

    @property
    def cells(self) -> list[Cell]:
        return [wanted.cell for wanted in self.asked]

    def __call__(
        self, wanted: CellRequest, _log: Path, emit: EventSink, _cancel: CancelToken
    ) -> CellResult | Cancelled:
        self.asked.append(wanted)
        emit(Progress("Training", 1, 15))
        return self._answer(wanted)


@pytest.fixture
def discs(tmp_path: Path) -> Path:
    return dataset(tmp_path / "discs")


def test_every_cell_is_worked_on_once_and_kept(discs: Path, tmp_path: Path) -> None:
    runner = Runner()
    wanted = request(discs, out=tmp_path / "out", detectors=BOTH, seeds=2)
    report = study(wanted, ignore_events, CancelToken(), runner)
    assert isinstance(report, StudyReport)
    assert (report.cells, report.computed, report.failed) == (4, 4, ())
    assert runner.cells == [Cell("discs", name, seed) for seed in (0, 1) for name in BOTH]
    assert all(Path(path).exists() for path in report.tables)
    assert len(list((tmp_path / "out" / "results" / "discs").iterdir())) == 4
    assert [asked.keep_pictures for asked in runner.asked] == [True, True, False, False]


def test_a_data_set_is_imported_once(discs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    original = study_module.import_images
    monkeypatch.setattr(study_module, "import_images", lambda *args: (calls.append(args), original(*args))[1])
    wanted = request(discs, out=tmp_path / "out", detectors=BOTH)
    study(wanted, ignore_events, CancelToken(), Runner(lambda w: failed(w.cell, "", "No.")))
    study(wanted, ignore_events, CancelToken(), Runner())
    assert len(calls) == 1
    with Project.open(tmp_path / "out" / "projects" / "discs", read_only=True) as project:
        assert len(project.images()) == 14


def test_a_subset_is_imported_as_one(discs: Path, tmp_path: Path) -> None:
    study(request(discs, out=tmp_path / "out", subset=9), ignore_events, CancelToken(), Runner())
    with Project.open(tmp_path / "out" / "projects" / "discs", read_only=True) as project:
        assert len(project.images()) == 9


def test_what_is_done_is_not_done_again_and_what_failed_is(discs: Path, tmp_path: Path) -> None:
    def half(wanted: CellRequest) -> CellResult:
        return failed(wanted.cell, "", "Out of luck.") if wanted.detector == "conv-ae" else result(wanted.cell)

    wanted = request(discs, out=tmp_path / "out", detectors=BOTH)
    first = study(wanted, ignore_events, CancelToken(), Runner(half))
    assert isinstance(first, StudyReport)
    assert first.failed == ("discs, conv-ae, seed 0: Out of luck.",)
    again = Runner()
    second = study(wanted, ignore_events, CancelToken(), again)
    assert isinstance(second, StudyReport)
    assert (again.cells, second.computed, second.failed) == ([Cell("discs", "conv-ae", 0)], 1, ())


def test_a_failure_ends_nothing_and_is_in_the_table(discs: Path, tmp_path: Path) -> None:
    def fail_first(wanted: CellRequest) -> CellResult:
        return failed(wanted.cell, "", "Out of luck.") if wanted.detector == "conv-ae" else result(wanted.cell)

    events: list[Event] = []
    wanted = request(discs, out=tmp_path / "out", detectors=BOTH)
    study(wanted, events.append, CancelToken(), Runner(fail_first))
    table = (tmp_path / "out" / "study.md").read_text()
    assert "| conv-ae | 0 of 1 | n/a |" in table
    assert "- conv-ae, seed 0: Out of luck." in table
    assert "| patch-memory | 1 | 0.900 |" in table
    said = [event.sentence for event in events if isinstance(event, Noted)]
    assert "discs, conv-ae, seed 0: Out of luck." in said
    assert "discs, patch-memory, seed 0: AUROC 0.900, trained in 12 s." in said


def test_a_data_set_that_cannot_be_imported_fails_with_its_sentence(discs: Path, tmp_path: Path) -> None:
    broken = dataset(tmp_path / "broken")
    for path in broken.rglob("*.png"):
        path.write_text("no image")
    runner = Runner()
    report = study(request(broken, discs, out=tmp_path / "out"), ignore_events, CancelToken(), runner)
    assert isinstance(report, StudyReport)
    assert runner.cells == [Cell("discs", "conv-ae", 0)]
    (sentence,) = report.failed
    assert sentence.startswith("broken, conv-ae, seed 0: import: none of 14 files can be used")


def test_a_stopped_study_says_what_is_kept_and_goes_on(discs: Path, tmp_path: Path) -> None:
    wanted = request(discs, out=tmp_path / "out", seeds=3)
    stopped = Runner(lambda w: result(w.cell) if w.seed == 0 else Cancelled())
    report = study(wanted, ignore_events, CancelToken(), stopped)
    assert isinstance(report, Cancelled)
    assert report.kept == "1 of 3 trainings are kept, the same command goes on from there"
    assert "| conv-ae | 1 of 3 |" in (tmp_path / "out" / "study.md").read_text()
    rest = Runner()
    study(wanted, ignore_events, CancelToken(), rest)
    assert [cell.seed for cell in rest.cells] == [1, 2]


def test_a_study_that_is_stopped_while_importing_has_no_cells_yet(discs: Path, tmp_path: Path) -> None:
    cancel, runner = CancelToken(), Runner()
    cancel.cancel()
    wanted = request(discs, out=tmp_path / "out")
    assert isinstance(study(wanted, ignore_events, cancel, runner), Cancelled)
    assert runner.cells == []
    study(wanted, ignore_events, CancelToken(), runner)
    assert len(runner.cells) == 1


def test_progress_is_that_of_the_whole_study(discs: Path, tmp_path: Path) -> None:
    events: list[Event] = []
    study(request(discs, out=tmp_path / "out", seeds=3), events.append, CancelToken(), Runner())
    shown = [event for event in events if isinstance(event, Progress) and event.phase == "Study"]
    assert [(event.done, event.total) for event in shown] == [(0, 3), (1, 3), (2, 3)]
    assert shown[0].seconds_left is None
    assert shown[1].seconds_left == pytest.approx(40, abs=1)
    assert shown[2].detail == "discs, conv-ae, seed 2: Training 1 of 15"


def test_time_left_goes_by_the_nearest_that_is_known() -> None:
    known = {Cell("a", "slow", 0): 100.0, Cell("b", "slow", 0): 300.0, Cell("a", "quick", 0): 20.0}
    assert seconds_left([Cell("a", "slow", 1)], known, 30) == 70
    assert seconds_left([Cell("a", "slow", 1)], known, 500) == 0
    assert seconds_left([Cell("a", "slow", 1), Cell("c", "slow", 0)], known, 0) == 100 + 200
    assert seconds_left([Cell("c", "new", 0)], known, 0) == 140
    assert seconds_left([Cell("a", "slow", 1)], {}, 0) is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_a_killed_study_goes_on_and_leaves_no_process_behind(discs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    pairs = [f"{name}={value}" for name, value in {**QUICK, "epochs": "2000", "patience": "500"}.items()]
    argv = ["study", str(discs), "--detectors", "conv-ae", "--seeds", "1", "--out", str(out), "--set", *pairs]
    code = "import sys; from anomaly_gui.__main__ import main; sys.exit(main(sys.argv[1:]))"
    with (tmp_path / "said.txt").open("wb") as said:
        parent = subprocess.Popen([sys.executable, "-c", code, *argv], stderr=said)
    history = out / "projects" / "discs" / "runs"
    try:
        wait_for(lambda: any(history.glob("*/history.json")))
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    lock = out / "projects" / "discs" / "project.lock"
    child = json.loads(lock.read_bytes())["pid"]
    wait_for(lambda: not alive(child))
    wait_for(lambda: is_free(out / "projects" / "discs"))
    runner = Runner()
    settings = dict(pair.split("=") for pair in pairs)
    report = study(request(discs, out=out, settings=settings), ignore_events, CancelToken(), runner)
    assert isinstance(report, StudyReport)
    assert runner.cells == [Cell("discs", "conv-ae", 0)]


def is_free(project: Path) -> bool:
    """The lock outlives the process by the moment that its threads take to end."""
    try:
        Project.open(project).close()
    except InputError:
        return False
    return True


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


def wait_for(condition: Callable[[], bool]) -> None:
    behind = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < behind
        time.sleep(0.05)
