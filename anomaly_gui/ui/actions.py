"""Everything that can be done by a key or from a menu, in one registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from anomaly_gui.ui.field_keys import FieldKeys
from anomaly_gui.ui.keys import Bound, keys_text, portable, rightful, span_text


@dataclass(frozen=True)
class Entry:
    """One action, as the cheat sheet shows it."""

    name: str
    page: str | None
    """A page's name; None: everywhere."""
    action: QAction
    title: str
    """What it does, whatever the menu says of it just now."""
    defaults: tuple[str, ...]
    """Keys as delivered."""
    held: bool = False
    """It does something while its key is held down."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys as they are now."""
        return tuple(key.toString(QKeySequence.SequenceFormat.PortableText) for key in self.action.shortcuts())

    @property
    def keys_text(self) -> str:
        """ "A, ←"; empty for an action without a key."""
        return keys_text(self.keys)


class _Action(QAction):
    """Rests while it is refused, whatever pages think of it, and says why."""

    def __init__(self, text: str, window: QWidget) -> None:
        super().__init__(text, window)
        self._wanted, self._refusal, self._tip = True, "", ("", "")

    def setEnabled(self, wanted: bool) -> None:
        self._wanted = wanted
        super().setEnabled(wanted and not self._refusal)

    def refuse(self, why: str) -> None:
        """Empty: it may be done again."""
        if bool(why) != bool(self._refusal):
            kept = (self.toolTip(), self.statusTip())
            self._tip, tip = (kept, (why, why)) if why else (("", ""), self._tip)
            self.setToolTip(tip[0])
            self.setStatusTip(tip[1])
        elif why:
            self.setToolTip(why)
            self.setStatusTip(why)
        self._refusal = why
        self.setEnabled(self._wanted)


class Actions(QObject):
    """Made by the window; pages add theirs in add_actions()."""

    keys_changed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._entries: dict[str, Entry] = {}
        self._page: str | None = None
        self._chosen: dict[str, tuple[str, ...]] = {}
        self._keys: FieldKeys | None = FieldKeys(self)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self._application = application
        self._application.focusChanged.connect(self._keys.follow_focus)

    def release(self) -> None:
        """The window is closed: the program's focus is no business of these actions any more."""
        if self._keys is not None:
            self._application.focusChanged.disconnect(self._keys.follow_focus)
            self._keys = None

    def add(
        self,
        name: str,
        text: str,
        keys: Sequence[str],
        slot: Callable[[], object],
        page: str | None = None,
        tip: str = "",
        *,
        title: str = "",
        held: bool = False,
    ) -> QAction:
        """Register an action and give it to the window.

        *keys* are as QKeySequence reads them ("Ctrl+Z", "G", "Left"). With *page* it works on that
        page alone, so that two pages may use one key. *title* is said away from the menu, where *text*
        alone would not tell enough. Raises ValueError for a name that is taken, or for a key that is none.
        """
        if name in self._entries:
            raise ValueError(f"there is an action {name} already")
        if not all(map(portable, keys)):
            raise ValueError(f"{name}: one of {', '.join(keys)} is no key")
        action = _Action(text, self._window)
        action.setObjectName(name)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        # A key held down repeats through a hundred images; one press is one verdict.
        action.setAutoRepeat(False)
        if tip:
            action.setToolTip(tip)
            action.setStatusTip(tip)
        action.triggered.connect(slot)
        self._window.addAction(action)
        said = title or text.replace("&", "").rstrip("… ")
        self._entries[name] = Entry(name, page, action, said, tuple(map(portable, keys)), held)
        self._apply_page(self._entries[name])
        return action

    def action(self, name: str) -> QAction:
        """Raises KeyError for a name that is not there."""
        return self._entries[name].action

    def entries(self) -> list[Entry]:
        """In the order they were added."""
        return list(self._entries.values())

    def entry(self, name: str) -> Entry:
        """Raises KeyError for a name that is not there."""
        return self._entries[name]

    def refuse(self, reasons: Mapping[str, str]) -> None:
        """Let actions rest, by name, and say why; all others may be done."""
        for entry in self._entries.values():
            if isinstance(entry.action, _Action):
                entry.action.refuse(reasons.get(entry.name, ""))

    # Keys

    @property
    def chosen_keys(self) -> dict[str, tuple[str, ...]]:
        """What choose_keys() was given last, names that this version does not know among them."""
        return dict(self._chosen)

    def choose_keys(self, chosen: Mapping[str, tuple[str, ...]]) -> None:
        """Give actions other keys, at once; those not in *chosen* have theirs as delivered."""
        self._chosen = dict(chosen)
        bound = [
            Bound(entry.name, entry.page, tuple(chosen.get(entry.name, entry.defaults)))
            for entry in self._entries.values()
        ]
        for name, keys in rightful(bound, chosen).items():
            self._entries[name].action.setShortcuts([QKeySequence(key) for key in keys])
        self.keys_changed.emit()

    def key_text(self, *names: str) -> str:
        """The first key of each, as they are now: "← →", "1–9"; empty where there is none."""
        keys = [self._entries[name].keys for name in names if name in self._entries]
        return span_text([given[0] for given in keys if given])

    # Pages

    def set_page(self, page: str | None) -> None:
        """Let the actions of *page* work, and those of other pages rest."""
        self._page = page
        for entry in self._entries.values():
            self._apply_page(entry)

    def _apply_page(self, entry: Entry) -> None:
        if entry.page is not None:
            # Whether an action makes sense just now is the page's business (setEnabled); where it
            # works is not, and a hidden action's shortcut rests as well.
            entry.action.setVisible(entry.page == self._page)
