from __future__ import annotations

import io
import json
import math
import os

import msgspec
import pytest

from anomaly_gui.cli import console
from anomaly_gui.cli.console import ProgressLine, as_json, number, share, table
from anomaly_gui.progress import EpochFinished, FileRefused, Noted, Progress


class Screen(io.StringIO):
    """A terminal that remembers what was written to it."""

    def isatty(self) -> bool:
        return True


def progress(done: int, total: int = 100, phase: str = "Reading") -> Progress:
    return Progress(phase, done, total, rate=12.34, seconds_left=(total - done) / 12.34)


def epoch(number: int, epochs: int = 40) -> EpochFinished:
    return EpochFinished(number, epochs, 0.0123, 0.0456, 99.0, 3.0, is_best=True)


def test_a_terminal_shows_one_line_that_is_rewritten() -> None:
    screen = Screen()
    line = ProgressLine(screen)
    for done in range(0, 101, 10):
        line(progress(done))
    line.close()
    text = screen.getvalue()
    assert text.count("\n") == 1
    assert text.count("\r") == 11
    assert "Reading: 50 of 100, 12.3/s, 5 s left" in text


def test_a_long_line_is_cut_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console.shutil, "get_terminal_size", lambda *_, **__: os.terminal_size((30, 24)))
    screen = Screen()
    ProgressLine(screen)(Progress("Reading", 1, 2, detail="x" * 200))
    assert len(screen.getvalue()) == 30


def test_a_sentence_does_not_overwrite_the_progress() -> None:
    screen = Screen()
    line = ProgressLine(screen)
    line(progress(10))
    line(FileRefused("a/b.png", "the file is empty"))
    line(Noted("Two images are the same."))
    rows = screen.getvalue().split("\n")
    assert rows[1] == "left out: a/b.png: the file is empty"
    assert rows[2] == "Two images are the same."


def test_a_log_file_gets_the_first_and_last_line_and_few_between(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(console.time, "monotonic", lambda: now)
    log = io.StringIO()
    line = ProgressLine(log)
    for done in range(101):
        now = done * 0.25
        line(progress(done))
    rows = log.getvalue().splitlines()
    assert rows[0].startswith("Reading: 0 of 100")
    assert rows[-1] == "Reading: 100 of 100"
    assert len(rows) == 4
    assert "\r" not in log.getvalue()


def test_a_new_phase_is_said_at_once() -> None:
    log = io.StringIO()
    line = ProgressLine(log)
    line(progress(1))
    line(epoch(1))
    line(epoch(2))
    line(epoch(40))
    rows = log.getvalue().splitlines()
    assert len(rows) == 3
    assert "epoch 1 of 40, loss 0.0123, held-out 0.0456, best so far, 99 images/s, 3 s left" in rows[1]


def test_json_keeps_names_that_are_not_utf8_and_writes_no_nan() -> None:
    class Row(msgspec.Struct):
        path: str
        scores: list[float]

    name = os.fsdecode(b"caf\xe9.png") if os.name != "nt" else "caf\udce9.png"
    text = as_json(Row(name, [1.5, math.inf, math.nan]))
    assert text.isascii()
    assert json.loads(text) == {"path": name, "scores": [1.5, None, None]}


def test_a_table_has_straight_columns() -> None:
    text = table(("run", "name"), [("1", "short"), ("23", "much longer")])
    assert text.splitlines() == ["run  name", "1    short", "23   much longer"]


@pytest.mark.parametrize(
    ("value", "as_share", "as_number"),
    [
        (None, "n/a", "n/a"),
        (math.nan, "n/a", "n/a"),
        (0.0, "0.0 %", "0"),
        (0.98765, "98.8 %", "0.9877"),
    ],
)
def test_an_undefined_figure_is_never_a_number(value: float | None, as_share: str, as_number: str) -> None:
    assert share(value) == as_share
    assert number(value) == as_number
