"""Buttons for the reasons of a miss; the one that the figures speak for is marked."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.key_tips import does
from anomaly_gui.ui.widgets.choice_button import ChoiceButton

_COLUMNS = 2
_SUGGESTED = "?"


class ReasonButtons(QWidget):
    """Announces only; the page saves and says what is so."""

    reason_chosen = Signal(str)

    def __init__(self, reasons: dict[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reasons = reasons
        self._keys = dict.fromkeys(reasons, "")
        self._suggestion_key = ""
        self._saved: str | None = None
        self._suggested: str | None = None
        self._actions: Actions | None = None
        self.buttons: dict[str, ChoiceButton] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        last = len(reasons) - 1
        for place, name in enumerate(reasons):
            button = ChoiceButton(reasons[name], self)
            button.setProperty("reason", name)
            does(button, f"reason-{place + 1}")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(self._choose)
            # The last one fills its row.
            wide = 2 if place == last and not place % _COLUMNS else 1
            grid.addWidget(button, place // _COLUMNS, place % _COLUMNS, 1, wide)
            self.buttons[name] = button
        self._show()

    @property
    def suggested(self) -> str | None:
        return self._suggested

    def set_reason(self, saved: str | None, suggested: str | None) -> None:
        """Press the saved reason; mark the suggested one, which is not saved by that."""
        before = self._saved, self._suggested
        self._saved = saved
        self._suggested = suggested if saved is None else None
        if (self._saved, self._suggested) != before:
            self._show()

    def follow_keys(self, actions: Actions) -> None:
        """Name the keys as they are now and whenever they change."""
        self._actions = actions
        actions.keys_changed.connect(self._take_keys)
        self._take_keys()

    @Slot()
    def _take_keys(self) -> None:
        if self._actions is not None:
            keys = [self._actions.key_text(f"reason-{n}") for n in range(1, len(self._reasons) + 1)]
            # Of several strokes the last tells them apart.
            self._keys = {name: key.split(", ")[-1] for name, key in zip(self._reasons, keys, strict=True)}
            self._suggestion_key = self._actions.key_text("reason-suggested")
            self._show()

    def _show(self) -> None:
        for name, button in self.buttons.items():
            marked = name == self._suggested
            button.setChecked(name == self._saved)
            text = f"{self._reasons[name]}  {self._keys[name]}".rstrip()
            button.setText(f"{text} {_SUGGESTED}" if marked else text)
            font = button.font()
            font.setBold(marked)
            button.setFont(font)
            tip = (
                "Press again to take the reason back" if name == self._saved else "Save this as the reason of the miss"
            )
            key = f" ( {self._suggestion_key} )" if self._suggestion_key else ""
            button.setToolTip(f"Suggested by the figures; not saved yet{key}" if marked else tip)

    def _choose(self) -> None:
        button = self.sender()
        assert isinstance(button, ChoiceButton)
        # Only the project says which reason holds.
        button.setChecked(not button.isChecked())
        self.reason_chosen.emit(str(button.property("reason")))
