"""Finding a sentence by some of its letters."""

from __future__ import annotations

from dataclasses import dataclass

_WORD_START, _INSIDE, _SCATTERED = 3.0, 2.0, 1.0


@dataclass(frozen=True)
class Match:
    """How well words fit a text, and where."""

    score: float
    places: frozenset[int]
    """Of the letters that fit."""


def match(wanted: str, text: str) -> Match | None:
    """Every word of *wanted* must be in *text*: as the start of a word, inside one, or as scattered initials.

    None if one is not. The score is higher for the start of words and for what stands early.
    """
    score, places = 0.0, set[int]()
    for word in wanted.casefold().split():
        found = _find(word, _folded(text))
        if found is None:
            return None
        score += found.score
        places |= found.places
    return Match(score, frozenset(places))


def _folded(text: str) -> str:
    """In small letters, one for each letter of *text*."""
    return "".join(letter.casefold() if len(letter.casefold()) == 1 else letter for letter in text)


def _find(word: str, text: str) -> Match | None:
    starts = [place for place in range(len(text)) if text.startswith(word, place)]
    for place in starts:
        if _starts_word(text, place):
            return Match(_WORD_START - place / 1000, frozenset(range(place, place + len(word))))
    if starts:
        return Match(_INSIDE - starts[0] / 1000, frozenset(range(starts[0], starts[0] + len(word))))
    return _scattered(word, text)


def _scattered(word: str, text: str) -> Match | None:
    """Letters in order, each next to the one before or at the start of a word: "tnl" for "Threshold … next lower"."""
    reached: list[tuple[int, ...]] = [
        (place,) for place in range(len(text)) if text[place] == word[0] and _starts_word(text, place)
    ]
    for letter in word[1:]:
        ends: dict[int, tuple[int, ...]] = {}
        for places in reached:
            last = places[-1]
            for place in range(last + 1, len(text)):
                if text[place] == letter and (place == last + 1 or _starts_word(text, place)):
                    ends.setdefault(place, (*places, place))
        reached = list(ends.values())
    if not reached:
        return None
    return Match(_SCATTERED - reached[0][0] / 1000, frozenset(reached[0]))


def _starts_word(text: str, place: int) -> bool:
    return text[place].isalnum() and (place == 0 or not text[place - 1].isalnum())
