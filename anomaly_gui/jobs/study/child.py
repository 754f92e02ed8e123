"""A cell in a process of its own, so that its memory is its own and its end is not the study's.

The two halves talk in lines of JSON: the parent says what to do and then keeps the pipe open,
since its end tells the child that nobody waits any more; the child says how far it is, and at last
what came of it.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.jobs.study.cell import run_cell
from anomaly_gui.jobs.study.records import CELL_VERB, CellRequest, CellResult, failed
from anomaly_gui.processes import start_child
from anomaly_gui.progress import (
    Cancelled,
    CancelToken,
    Event,
    EventSink,
    FileRefused,
    Noted,
    Progress,
)
from anomaly_gui.project.journal import now_utc

_LOOK_S = 0.2
"""How often the parent looks whether it has to stop."""
_NOBODY_WAITS = 3

NextLine = Callable[[], bytes | None]
"""Gives b"" at the end, None if there is no line yet."""


class _Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the child's."""

    progress: Progress | None = None
    noted: str | None = None
    result: CellResult | None = None


# The child's half


def answer_on_pipes() -> None:
    """answer() on this process's own pipes; what anything else prints goes to stderr."""
    # Unbuffered: a buffer whose lock the waiting thread holds would break the interpreter's end.
    questions = os.fdopen(os.dup(0), "rb", buffering=0)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    answer(questions, answers)


def answer(questions: BinaryIO, answers: BinaryIO) -> None:
    """Work on the cell that the first line of *questions* asks for, and say so line by line.

    The process ends at once when *questions* ends before that: the study was stopped. Raises InputError
    where the line is no request.
    """
    try:
        request = msgspec.json.decode(questions.readline(), type=CellRequest)
    except msgspec.DecodeError as error:
        raise InputError(CELL_VERB, "it is for the study's own use", "See: anomaly-gui study --help") from error
    threading.Thread(target=_end_with, args=(questions,), daemon=True).start()
    tell = _Teller(answers)
    try:
        result = run_cell(request, tell.take, CancelToken())
    except Exception as error:
        logging.getLogger("anomaly_gui").exception("%s failed", request.cell)
        problem = f"A fault in the program stopped it ({type(error).__name__}: {error})."
        result = failed(request.cell, now_utc(), problem)
    tell.say(_Message(result=result))


def _end_with(questions: BinaryIO) -> None:
    questions.read()
    os._exit(_NOBODY_WAITS)


class _Teller:
    """An event sink that writes lines. Epochs are left out: their batches are counted in all already."""

    def __init__(self, answers: BinaryIO) -> None:
        self._answers = answers

    def take(self, event: Event) -> None:
        match event:
            case Progress():
                self.say(_Message(progress=event))
            case Noted(sentence=sentence):
                self.say(_Message(noted=sentence))
            case FileRefused(path=path, reason=reason):
                self.say(_Message(noted=f"left out: {printable(path)}: {reason}"))

    def say(self, message: _Message) -> None:
        self._answers.write(msgspec.json.encode(message) + b"\n")
        self._answers.flush()


# The parent's half


def run_in_child(request: CellRequest, log: Path, emit: EventSink, cancel: CancelToken) -> CellResult | Cancelled:
    """Run a cell in a child process; what it prints otherwise goes to the file *log*.

    A child that dies is a failed cell. A cancel ends the child at once: half a cell is none.
    """
    with log.open("wb") as errors, start_child(CELL_VERB, errors) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            _ask(process.stdin, request)
            result = _follow(_lines(process.stdout), emit, cancel)
        finally:
            if cancel.cancelled or sys.exc_info()[0] is not None:
                process.kill()
            process.stdin.close()
        status = process.wait()
    if isinstance(result, Cancelled | CellResult):
        return result
    return failed(request.cell, now_utc(), f"{_how_it_ended(status)} What it said last is in {log.name}.")


def _ask(stdin: IO[bytes], request: CellRequest) -> None:
    try:
        stdin.write(msgspec.json.encode(request) + b"\n")
        stdin.flush()
    except BrokenPipeError:
        pass  # It is gone already; its status says how.


def _lines(stdout: IO[bytes]) -> NextLine:
    """Read in a thread, since a pipe cannot be waited for and left."""
    waiting: queue.Queue[bytes] = queue.Queue()

    def read() -> None:
        for line in stdout:
            waiting.put(line)
        waiting.put(b"")

    threading.Thread(target=read, daemon=True).start()

    def take() -> bytes | None:
        try:
            return waiting.get(timeout=_LOOK_S)
        except queue.Empty:
            return None

    return take


def _follow(next_line: NextLine, emit: EventSink, cancel: CancelToken) -> CellResult | Cancelled | None:
    """Pass on what the child says until it ends; None if it ends without a result."""
    while not cancel.should_stop():
        line = next_line()
        if line is None:
            continue
        if not line:
            return None
        try:
            message = msgspec.json.decode(line, type=_Message)
        except msgspec.DecodeError:
            continue  # The last words of a process that was killed while it spoke.
        if message.result is not None:
            return message.result
        if message.progress is not None:
            emit(message.progress)
        if message.noted is not None:
            emit(Noted(message.noted))
    return Cancelled()


def _how_it_ended(status: int) -> str:
    if status == -getattr(signal, "SIGKILL", 9):
        return "The training process was killed, most likely by the system for want of memory."
    if status < 0:
        return f"The training process crashed (signal {-status})."
    return f"The training process ended without a result (status {status})."
