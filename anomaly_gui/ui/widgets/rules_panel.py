"""Rules that set the threshold in one click."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QLabel, QWidget

from anomaly_gui.ui.widgets.choice_button import ChoiceButton
from anomaly_gui.ui.widgets.shown_figures import ShownRule


class RulesPanel(QWidget):
    """A button for each rule, with its parameter beside it."""

    rule_chosen = Signal(str, object)
    """Name, and parameter or None."""

    def __init__(self, rules: tuple[ShownRule, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, ChoiceButton] = {}
        self.parameters: dict[str, QDoubleSpinBox] = {}
        self._rules = {rule.name: rule for rule in rules}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        for row, rule in enumerate(rules):
            self._add(grid, row, rule)

    def _add(self, grid: QGridLayout, row: int, rule: ShownRule) -> None:
        button = ChoiceButton(rule.title, self)
        button.setToolTip(rule.sentence)
        button.setProperty("rule", rule.name)
        button.clicked.connect(self._choose)
        grid.addWidget(button, row, 0)
        self.buttons[rule.name] = button
        if rule.low is None:
            return
        box = QDoubleSpinBox(self)
        box.setDecimals(1)
        box.setRange(rule.low * rule.factor, rule.high * rule.factor)
        box.setValue(rule.start * rule.factor)
        box.setSuffix(rule.suffix)
        box.setKeyboardTracking(False)
        box.setToolTip(rule.parameter_title)
        box.setAccessibleName(f"{rule.title}: {rule.parameter_title}")
        box.setProperty("rule", rule.name)
        box.lineEdit().returnPressed.connect(button.click)
        grid.addWidget(box, row, 1)
        self.parameters[rule.name] = box

    def _choose(self) -> None:
        name = str(self.sender().property("rule"))
        # Only the project says which rule holds; a refused one must not look chosen.
        self.buttons[name].setChecked(not self.buttons[name].isChecked())
        box = self.parameters.get(name)
        self.rule_chosen.emit(name, box.value() / self._rules[name].factor if box else None)

    def set_current(self, name: str, parameter: float | None) -> None:
        """Show which rule the saved threshold came from; "manual" marks none."""
        for rule, button in self.buttons.items():
            button.setChecked(rule == name)
        if parameter is not None and name in self.parameters:
            self.parameters[name].setValue(parameter * self._rules[name].factor)

    def set_available(self, name: str, reason: str) -> None:
        """Offer a rule, or say in its tooltip why it cannot be used (*reason* not empty)."""
        sentence = self._rules[name].sentence
        self.buttons[name].setEnabled(not reason)
        self.buttons[name].setToolTip(f"{sentence}\n{reason}" if reason else sentence)
        if name in self.parameters:
            self.parameters[name].setEnabled(not reason)


def section_title(text: str, parent: QWidget) -> QLabel:
    """A small bold heading."""
    label = QLabel(text, parent)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label
