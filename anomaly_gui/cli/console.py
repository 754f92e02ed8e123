"""What a terminal shows: progress on one line, tables, JSON for machines."""

from __future__ import annotations

import json
import math
import shutil
import time
from collections.abc import Sequence
from typing import Any, TextIO

import msgspec

from anomaly_gui.files import printable
from anomaly_gui.progress import EpochFinished, Event, FileRefused, Noted, Progress

_SPARSE_S = 10.0
"""Where lines cannot be rewritten (a log file, a pipe), one this often is enough."""


class ProgressLine:
    """An event sink: one line that is rewritten on a terminal, few lines elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._rewrites = stream.isatty()
        self._open = False
        self._phase = ""
        self._last_s = 0.0

    def __call__(self, event: Event) -> None:
        match event:
            case Progress(phase=phase, done=done, total=total):
                self._update(phase, _progress_text(event), final=done >= total)
            case EpochFinished(epoch=epoch, epochs=epochs):
                self._update("Training", _epoch_text(event), final=epoch >= epochs)
            case FileRefused(path=path, reason=reason):
                self.say(f"left out: {printable(path)}: {reason}")
            case Noted(sentence=sentence):
                self.say(sentence)

    def say(self, sentence: str) -> None:
        """A line that stays."""
        self.close()
        print(sentence, file=self._stream, flush=True)

    def close(self) -> None:
        """End the line that is being rewritten, if there is one."""
        if self._open:
            print(file=self._stream, flush=True)
            self._open = False

    def _update(self, phase: str, text: str, *, final: bool) -> None:
        if self._rewrites:
            if phase != self._phase:
                self.close()
            width = shutil.get_terminal_size().columns - 1
            print("\r" + text[:width].ljust(width), end="", file=self._stream, flush=True)
            self._open = True
        elif phase != self._phase or final or time.monotonic() - self._last_s >= _SPARSE_S:
            print(text, file=self._stream, flush=True)
            self._last_s = time.monotonic()
        self._phase = phase


def _progress_text(event: Progress) -> str:
    text = f"{event.phase}: {event.done} of {event.total}"
    if event.rate is not None and event.done < event.total:
        text += f", {event.rate:.3g}/s"
    return text + _left(event.seconds_left) + (f", {event.detail}" if event.detail else "")


def _epoch_text(event: EpochFinished) -> str:
    best = ", best so far" if event.is_best else ""
    return (
        f"Training: epoch {event.epoch} of {event.epochs}, loss {event.training_loss:.3g}, "
        f"held-out {event.validation_loss:.3g}{best}, {event.images_per_s:.3g} images/s" + _left(event.seconds_left)
    )


def _left(seconds: float | None) -> str:
    if not seconds or not math.isfinite(seconds):
        return ""
    return f", {math.ceil(seconds)} s left" if seconds < 90 else f", {seconds / 60:.0f} min left"


def as_json(value: Any) -> str:
    """One line of ASCII: names that are not UTF-8 stay exact, and what is not finite becomes null."""
    return json.dumps(_finite(msgspec.to_builtins(value)), allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns under their names, numbers and words alike aligned to the left."""
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (header, *rows))
    return "\n".join(line.rstrip() for line in lines)


def share(value: float | None) -> str:
    """A figure in [0, 1] as a percentage; an undefined one is "n/a"."""
    return "n/a" if value is None or not math.isfinite(value) else f"{100 * value:.1f} %"


def number(value: float | None) -> str:
    """A figure with four significant digits; an undefined one is "n/a"."""
    return "n/a" if value is None or math.isnan(value) else f"{value:.4g}"
