"""The actions chosen last from the command palette, on this PC."""

from __future__ import annotations

from typing import Any

from anomaly_gui.ui.theme import settings

_KEY = "recent_actions"
_KEPT = 8


def recent_actions() -> list[str]:
    """Names, the last one first; this version may not know all of them."""
    kept: Any = settings().value(_KEY, [])
    # One name alone comes back as text, none as None.
    return [kept] if isinstance(kept, str) else [str(name) for name in kept or []]


def add_recent_action(name: str) -> None:
    """Put *name* first."""
    settings().setValue(_KEY, [name, *(kept for kept in recent_actions() if kept != name)][:_KEPT])
