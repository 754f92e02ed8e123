"""Buttons for the reasons of a miss; the one that the figures speak for is marked."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from anomaly_gui.ui.widgets.choice_button import ChoiceButton

_COLUMNS = 2
_SUGGESTED = "?"


class ReasonButtons(QWidget):
    """Announces only; the page saves and says what is so."""

    reason_chosen = Signal(str)

    def __init__(self, reasons: dict[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = {name: f"{title}  {n}" for n, (name, title) in enumerate(reasons.items(), start=1)}
        self._suggested: str | None = None
        self.buttons: dict[str, ChoiceButton] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        last = len(reasons) - 1
        for place, name in enumerate(reasons):
            button = ChoiceButton(self._titles[name], self)
            button.setProperty("reason", name)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(self._choose)
            # The last one fills its row.
            wide = 2 if place == last and not place % _COLUMNS else 1
            grid.addWidget(button, place // _COLUMNS, place % _COLUMNS, 1, wide)
            self.buttons[name] = button
        self.set_reason(None, None)

    @property
    def suggested(self) -> str | None:
        return self._suggested

    def set_reason(self, saved: str | None, suggested: str | None) -> None:
        """Press the saved reason; mark the suggested one, which is not saved by that."""
        self._suggested = suggested if saved is None else None
        for name, button in self.buttons.items():
            marked = name == self._suggested
            button.setChecked(name == saved)
            button.setText(f"{self._titles[name]} {_SUGGESTED}" if marked else self._titles[name])
            font = button.font()
            font.setBold(marked)
            button.setFont(font)
            tip = "Press again to take the reason back" if name == saved else "Save this as the reason of the miss"
            button.setToolTip("Suggested by the figures; not saved yet (W, then W)" if marked else tip)

    def _choose(self) -> None:
        button = self.sender()
        assert isinstance(button, ChoiceButton)
        # Only the project says which reason holds.
        button.setChecked(not button.isChecked())
        self.reason_chosen.emit(str(button.property("reason")))
