"""Keys as text: which there are, how they are said, and which get in each other's way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

_WORDS = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "Return": "Enter"}
_NUMBERED = re.compile(r"(.*?)(\d)$")
_RANGE = 3
"""So many keys that differ in a digit alone are said as a range."""


def portable(key: str) -> str:
    """A key sequence as it is kept in files ("Ctrl+Z", "W, 1"); empty for what is none."""
    sequence = QKeySequence.fromString(key, QKeySequence.SequenceFormat.PortableText)
    text = sequence.toString(QKeySequence.SequenceFormat.PortableText)
    # A stroke that Qt does not know is empty.
    return text if all(text.split(", ")) else ""


def key_word(key: str) -> str:
    """One key sequence as it is said: "←", "Ctrl+Z"."""
    native = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
    return _WORDS.get(native, native)


def keys_text(keys: Iterable[str]) -> str:
    """ "A, ←"; empty for no key. Return and Enter are one to who presses them."""
    return ", ".join(dict.fromkeys(map(key_word, keys)))


def span_text(keys: Sequence[str]) -> str:
    """The keys of actions that belong together: "← →", "1–9"; empty for none."""
    words = list(dict.fromkeys(key_word(key) for key in keys if key))
    found = [_NUMBERED.match(word) for word in words]
    parts = [match.groups() for match in found if match is not None]
    if len(words) >= _RANGE and len(parts) == len(words) and len({stem for stem, _ in parts}) == 1:
        digits = [int(digit) for _, digit in parts]
        if digits == list(range(digits[0], digits[0] + len(digits))):
            return f"{words[0]}–{digits[-1]}"
    return " ".join(words)


def collide(one: str, other: str) -> bool:
    """Whether one cannot be pressed beside the other: they are the same, or begin the same way."""
    first, second = (portable(key).split(", ") for key in (one, other))
    shorter = min(len(first), len(second))
    return first[:shorter] == second[:shorter]


@dataclass(frozen=True)
class Bound:
    """An action's place and keys, as far as conflicts are concerned."""

    name: str
    page: str | None
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Conflict:
    """Two actions that work on one page want the same key."""

    key: str
    name: str
    other_key: str
    other: str


def conflicts(bound: Sequence[Bound]) -> list[Conflict]:
    """All pairs, each once, in order."""
    by_stroke: dict[str, list[tuple[str, Bound]]] = {}
    found = []
    for action in bound:
        for key in action.keys:
            # Whatever collides begins with the same stroke.
            others = by_stroke.setdefault(portable(key).split(", ")[0], [])
            for other_key, other in others:
                if other is not action and _meet(action, other) and collide(key, other_key):
                    found.append(Conflict(key, action.name, other_key, other.name))
            others.append((key, action))
    return found


def rightful(bound: Sequence[Bound], chosen: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Keys by name without conflicts: what was *chosen* goes before what was only delivered so, else who comes first.

    A new version may bring an action whose key the user has given to another one.
    """
    kept: list[Bound] = []
    for action in sorted(bound, key=lambda each: each.name not in chosen):
        free = tuple(
            key
            for key in action.keys
            if not any(_meet(action, other) and collide(key, taken) for other in kept for taken in other.keys)
        )
        kept.append(Bound(action.name, action.page, free))
    return {action.name: action.keys for action in kept}


def _meet(one: Bound, other: Bound) -> bool:
    return one.page is None or other.page is None or one.page == other.page
