"""What the command palette lists: actions that fit, recent ones first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from anomaly_gui.ui.actions import Entry
from anomaly_gui.ui.fuzzy import match

_RECENT_BONUS = 0.5
_PAGE_BONUS = 0.25
_OFF_LOSS = 10.0


@dataclass(frozen=True)
class Command:
    """One line of the list."""

    name: str
    title: str
    page: str
    keys: str
    refusal: str
    """Why it cannot be done just now; empty if it can."""
    places: frozenset[int] = frozenset()
    """Letters of the title that fit what was typed."""


@dataclass(frozen=True)
class Situation:
    """What decides whether and how soon an action is offered."""

    page: str | None
    """The page that is shown; None on the start page."""
    titles: Mapping[str | None, str]
    """Page → heading; None: everywhere."""
    recent: Sequence[str] = ()
    """Names of actions, the last one first."""


def commands(entries: Sequence[Entry], situation: Situation, wanted: str = "") -> list[Command]:
    """Those that fit *wanted*, best first; without it recent ones, this page's, and all others."""
    ranked = []
    for place, entry in enumerate(entries):
        page = situation.titles[entry.page]
        found = match(wanted, f"{entry.title}  {page}  {entry.keys_text}")
        if found is None:
            continue
        refusal = _refusal(entry, situation)
        rank = found.score + _bonus(entry, situation) - (_OFF_LOSS if refusal else 0)
        inside = frozenset(letter for letter in found.places if letter < len(entry.title))
        ranked.append((-rank, place, Command(entry.name, entry.title, page, entry.keys_text, refusal, inside)))
    return [command for _, _, command in sorted(ranked, key=lambda each: each[:2])]


def _bonus(entry: Entry, situation: Situation) -> float:
    if entry.name in situation.recent:
        return _RECENT_BONUS + (len(situation.recent) - situation.recent.index(entry.name)) / 100
    return _PAGE_BONUS if entry.page == situation.page and entry.page is not None else 0.0


def _refusal(entry: Entry, situation: Situation) -> str:
    if entry.held:
        return f"Hold {entry.keys_text.split(', ')[0]} down" if entry.keys_text else "It has no key that could be held"
    if entry.page is not None and situation.page is None:
        return "Needs an open project"
    # Whether an action of another page can be done is known there.
    if (entry.page is None or entry.page == situation.page) and not entry.action.isEnabled():
        return "Cannot be done just now" if situation.page is not None else "Needs an open project"
    return ""
