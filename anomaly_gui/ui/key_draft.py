"""Keys while they are being changed: what the key editor shows before anything is applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from anomaly_gui.ui.actions import Entry
from anomaly_gui.ui.keys import Bound, Conflict, conflicts, key_word, keys_text, portable


@dataclass(frozen=True)
class KeyRow:
    """One action as the table shows it."""

    name: str
    title: str
    page: str
    keys: str
    default: str
    changed: bool
    conflict: str
    """Empty where there is none; else a sentence."""


class KeyDraft:
    """Starts from the keys as they are; *titles* maps pages (None: everywhere) to headings."""

    def __init__(
        self,
        entries: Sequence[Entry],
        titles: Mapping[str | None, str],
        chosen: Mapping[str, tuple[str, ...]],
        reserved: Mapping[str, str] | None = None,
    ) -> None:
        """*reserved*: keys that cannot be given to an action, and what they do: "Alt+P" → "opens the menu Project"."""
        self._entries = {entry.name: entry for entry in entries}
        self._titles = titles
        self._keys = {entry.name: entry.keys for entry in entries}
        self._unknown = {name: keys for name, keys in chosen.items() if name not in self._entries}
        self._reserved = {portable(key): use for key, use in (reserved or {}).items()}

    # Reading

    def keys(self, name: str) -> tuple[str, ...]:
        return self._keys[name]

    def page_title(self, name: str) -> str:
        return self._titles[self._entries[name].page]

    @property
    def conflicts(self) -> list[Conflict]:
        """What has to be resolved before the keys can be used."""
        return conflicts([Bound(name, self._entries[name].page, keys) for name, keys in self._keys.items()])

    @property
    def chosen(self) -> dict[str, tuple[str, ...]]:
        """For Actions.choose_keys() and the file: what differs from the keys as delivered."""
        differing = {name: keys for name, keys in self._keys.items() if keys != self._entries[name].defaults}
        return {**self._unknown, **differing}

    def rows(self, wanted: str = "") -> list[KeyRow]:
        """Actions whose title, page or keys contain every word of *wanted*; all for none."""
        sentences = self._sentences()
        words = wanted.casefold().split()
        rows = [self._row(name, sentences.get(name, "")) for name in self._entries]
        return [row for row in rows if all(_holds(row, word) for word in words)]

    def _row(self, name: str, conflict: str) -> KeyRow:
        entry, keys = self._entries[name], self._keys[name]
        return KeyRow(
            name=name,
            title=entry.title,
            page=self._titles[entry.page],
            keys=keys_text(keys),
            default=keys_text(entry.defaults),
            changed=keys != entry.defaults,
            conflict=conflict,
        )

    def _sentences(self) -> dict[str, str]:
        """Name → what it is in conflict with."""
        found: dict[str, str] = {}
        for conflict in self.conflicts:
            for name, key, other in (
                (conflict.name, conflict.key, conflict.other),
                (conflict.other, conflict.other_key, conflict.name),
            ):
                found.setdefault(name, self._sentence(key, other))
        return found

    def _sentence(self, key: str, other: str) -> str:
        return f"{key_word(key)} is also the key of “{self._entries[other].title}” ({self.page_title(other)})"

    def refusal(self, key: str) -> str:
        """Why no action can have a key; empty if one can."""
        first = portable(key).split(", ")[0]
        return f"{key_word(key)} {self._reserved[first]}: choose another key" if first in self._reserved else ""

    def warning(self, name: str, key: str) -> str:
        """With which actions *name* would be in conflict if it had *key*; empty for none."""
        return "; ".join(self._sentence(key, other) for other in self.holders(name, key))

    def holders(self, name: str, key: str) -> list[str]:
        """Names of other actions that would be in conflict if *name* had *key*."""
        mine = Bound(name, self._entries[name].page, (key,))
        others = [Bound(other, self._entries[other].page, keys) for other, keys in self._keys.items() if other != name]
        found = conflicts([*others, mine])
        return [conflict.other for conflict in found if conflict.name == name]

    # Changing

    def set_keys(self, name: str, keys: Sequence[str]) -> None:
        """Each key once."""
        self._keys[name] = tuple(dict.fromkeys(map(portable, keys)))

    def take_away(self, key: str, name: str) -> None:
        """Let every other action go without what collides with *key* of *name*."""
        for other in self.holders(name, key):
            mine = Bound(name, self._entries[name].page, (key,))
            self._keys[other] = tuple(
                held
                for held in self._keys[other]
                if not conflicts([Bound(other, self._entries[other].page, (held,)), mine])
            )

    def reset(self, name: str) -> None:
        """Keys as delivered."""
        self._keys[name] = self._entries[name].defaults

    def reset_all(self) -> None:
        for name in self._keys:
            self.reset(name)

    def take_file(self, keys: Mapping[str, tuple[str, ...]]) -> list[str]:
        """Replace everything by what a file holds; the names that this version does not know."""
        self.reset_all()
        self._unknown = {}
        for name, given in keys.items():
            if name in self._entries:
                self._keys[name] = given
            else:
                self._unknown[name] = given
        return sorted(self._unknown)


def _holds(row: KeyRow, word: str) -> bool:
    return any(word in text.casefold() for text in (row.title, row.page, row.keys, row.conflict))
