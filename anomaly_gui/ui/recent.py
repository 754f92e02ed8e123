"""The projects opened last on this PC."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from anomaly_gui.ui.theme import settings

_KEY = "recent_projects"
_KEPT = 12


def recent_projects() -> list[Path]:
    """Newest first; they may have been moved or deleted since."""
    kept: Any = settings().value(_KEY, [])
    # One path alone comes back as text, none as None.
    paths = [kept] if isinstance(kept, str) else kept or []
    return [Path(path) for path in paths]


def add_recent(folder: Path) -> None:
    """Put *folder* first."""
    _write([folder, *(path for path in recent_projects() if path != folder)][:_KEPT])


def remove_recent(folder: Path) -> None:
    _write([path for path in recent_projects() if path != folder])


def _write(paths: list[Path]) -> None:
    settings().setValue(_KEY, [str(path) for path in paths])
