"""Rules that set the threshold in one click."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QWidget

from anomaly_gui.evaluation.thresholds import Costs, Rule
from anomaly_gui.ui.widgets.choice_button import ChoiceButton
from anomaly_gui.ui.widgets.shown_figures import ShownRule

_START_COSTS = Costs(miss=100.0, alarm=1.0, defect_rate=0.01)


class RulesPanel(QWidget):
    """A button for each rule, with what it takes beside or below it."""

    rule_chosen = Signal(object)
    """A Rule."""

    def __init__(self, rules: tuple[ShownRule, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, ChoiceButton] = {}
        self.parameters: dict[str, QDoubleSpinBox] = {}
        self.types: dict[str, QComboBox] = {}
        self.costs: dict[str, CostFields] = {}
        self._rules = {rule.name: rule for rule in rules}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        for rule in rules:
            self._add(grid, rule)
        grid.setRowStretch(grid.rowCount(), 1)

    def _add(self, grid: QGridLayout, rule: ShownRule) -> None:
        row = grid.rowCount()
        button = ChoiceButton(rule.title, self)
        button.setToolTip(rule.sentence)
        button.setProperty("rule", rule.name)
        button.clicked.connect(self._choose)
        self.buttons[rule.name] = button
        first = QHBoxLayout()
        first.setSpacing(6)
        first.addWidget(button, 1)
        if rule.takes_type:
            self.types[rule.name] = _type_box(rule, self)
            first.addWidget(self.types[rule.name], 1)
        grid.addLayout(first, row, 0)
        if rule.low is not None:
            self.parameters[rule.name] = self._parameter_box(rule, button)
            grid.addWidget(self.parameters[rule.name], row, 1)
        if rule.takes_costs:
            fields = self.costs[rule.name] = CostFields(self)
            for box in fields.boxes:
                box.lineEdit().returnPressed.connect(button.click)
            grid.addWidget(fields, row + 1, 0, 1, 2)

    def _parameter_box(self, rule: ShownRule, button: ChoiceButton) -> QDoubleSpinBox:
        box = QDoubleSpinBox(self)
        box.setDecimals(1)
        box.setRange((rule.low or 0.0) * rule.factor, rule.high * rule.factor)
        box.setValue(rule.start * rule.factor)
        box.setSuffix(rule.suffix)
        box.setKeyboardTracking(False)
        box.setToolTip(rule.parameter_title)
        box.setAccessibleName(f"{rule.title}: {rule.parameter_title}")
        box.lineEdit().returnPressed.connect(button.click)
        return box

    def _choose(self) -> None:
        name = str(self.sender().property("rule"))
        # Only the project says which rule holds; a refused one must not look chosen.
        self.buttons[name].setChecked(not self.buttons[name].isChecked())
        self.rule_chosen.emit(self.asked(name))

    def asked(self, name: str) -> Rule:
        """The rule with what its fields hold now."""
        box, types, costs = self.parameters.get(name), self.types.get(name), self.costs.get(name)
        return Rule(
            name,
            box.value() / self._rules[name].factor if box else None,
            types.currentText() if types else None,
            costs.value() if costs else None,
        )

    def set_current(self, rule: Rule | None) -> None:
        """Show which rule the saved threshold came from; None: it was set by hand."""
        for name, button in self.buttons.items():
            button.setChecked(rule is not None and name == rule.name)
        if rule is None:
            return
        if rule.parameter is not None and rule.name in self.parameters:
            self.parameters[rule.name].setValue(rule.parameter * self._rules[rule.name].factor)
        if rule.defect_type is not None and rule.name in self.types:
            self.types[rule.name].setCurrentText(rule.defect_type)
        if rule.costs is not None and rule.name in self.costs:
            self.costs[rule.name].set_value(rule.costs)

    def set_types(self, names: Sequence[str]) -> None:
        """Defect types to choose from; the chosen one stays if it is still there."""
        for box in self.types.values():
            chosen = box.currentText()
            box.clear()
            box.addItems(list(names))
            box.setCurrentText(chosen)

    def set_available(self, name: str, reason: str) -> None:
        """Offer a rule, or say in its tooltip why it cannot be used (*reason* not empty)."""
        sentence = self._rules[name].sentence
        self.buttons[name].setToolTip(f"{sentence}\n{reason}" if reason else sentence)
        for fields in (self.buttons, self.parameters, self.types, self.costs):
            if name in fields:
                fields[name].setEnabled(not reason)


class CostFields(QWidget):
    """Prices and the line's share of defective parts, in one row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.miss = _cost_box("Price of a missed defect", 1e9, _START_COSTS.miss)
        self.alarm = _cost_box("Price of a false alarm, in the same currency", 1e9, _START_COSTS.alarm)
        self.defect_rate = _cost_box(
            "Share of the parts on the line that are defective: a test folder has far more of them",
            99.999,
            100 * _START_COSTS.defect_rate,
        )
        self.defect_rate.setDecimals(3)
        self.defect_rate.setMinimum(0.001)
        self.defect_rate.setSuffix(" %")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for text, box in (("Miss", self.miss), ("Alarm", self.alarm), ("Defective", self.defect_rate)):
            label = QLabel(text, self)
            label.setBuddy(box)
            label.setToolTip(box.toolTip())
            row.addWidget(label)
            row.addWidget(box, 1)

    @property
    def boxes(self) -> tuple[QDoubleSpinBox, ...]:
        return (self.miss, self.alarm, self.defect_rate)

    def value(self) -> Costs:
        return Costs(self.miss.value(), self.alarm.value(), self.defect_rate.value() / 100)

    def set_value(self, costs: Costs) -> None:
        self.miss.setValue(costs.miss)
        self.alarm.setValue(costs.alarm)
        self.defect_rate.setValue(100 * costs.defect_rate)


def _cost_box(tip: str, highest: float, start: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setDecimals(2)
    box.setRange(0.01, highest)
    box.setValue(start)
    box.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
    box.setKeyboardTracking(False)
    box.setToolTip(tip)
    box.setAccessibleName(tip)
    # As wide as its longest number would push the others off the panel.
    box.setMinimumWidth(48)
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return box


def _type_box(rule: ShownRule, parent: QWidget) -> QComboBox:
    box = QComboBox(parent)
    box.setToolTip("Defect type")
    box.setAccessibleName(f"{rule.title}: defect type")
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(6)
    return box


def section_title(text: str, parent: QWidget) -> QLabel:
    """A small bold heading."""
    label = QLabel(text, parent)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label
