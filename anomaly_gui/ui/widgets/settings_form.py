"""A form for the settings of a detector, made from what the settings say of themselves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QGridLayout, QLabel, QSpinBox, QWidget

from anomaly_gui.ui.widgets.file_field import FileField
from anomaly_gui.ui.widgets.rules_panel import section_title
from anomaly_gui.ui.widgets.settings_fields import SettingField

_WORDS = {
    "mse": "MSE",
    "ssim": "SSIM",
    "ms-ssim": "MS-SSIM",
    "mse+ssim": "MSE + SSIM",
    "l1+ssim": "L1 + SSIM",
    "mse+ms-ssim": "MSE + MS-SSIM",
    "l1+ms-ssim": "L1 + MS-SSIM",
    "sgd": "SGD",
    "rgb": "Colour",
    "auto": "As the images",
    "max": "Maximum",
    "top": "Worst pixels",
    "area": "Area above a level",
    "imagenet": "ImageNet",
}


class QuietWheel:
    """A wheel over a form scrolls the form; a value changes only in a field that was clicked."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():  # type: ignore[attr-defined]
            super().wheelEvent(event)  # type: ignore[misc]
        else:
            event.ignore()


class _WholeBox(QuietWheel, QSpinBox):
    """Whole numbers, stepped to the next multiple."""

    def __init__(self, field: SettingField, parent: QWidget) -> None:
        super().__init__(parent)
        self._multiple = field.multiple_of
        self.setRange(int(field.low or 0), int(field.high if field.high is not None else 2**31 - 1))
        self.setSingleStep(field.multiple_of)
        if field.multiple_of == 1:
            self.setStepType(QSpinBox.StepType.AdaptiveDecimalStepType)
        self.editingFinished.connect(self._snap)

    @Slot()
    def _snap(self) -> None:
        self.setValue(round(self.value() / self._multiple) * self._multiple)


class _NumberBox(QuietWheel, QDoubleSpinBox):
    """Numbers of any size, without trailing zeros: 0.001, 1e-06."""

    def __init__(self, field: SettingField, parent: QWidget) -> None:
        super().__init__(parent)
        low = field.low if field.low is not None else -math.inf
        self.setDecimals(9)
        self.setRange(max(low, -1e9) + (1e-9 if field.open_low else 0.0), min(field.high or 1e9, 1e9))
        self.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)

    def textFromValue(self, value: float) -> str:
        return f"{value:.6g}"

    def valueFromText(self, text: str) -> float:
        try:
            return float(text.replace(",", "."))
        except ValueError:
            return self.value()

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        try:
            inside = self.minimum() <= float(text.replace(",", ".")) <= self.maximum()
        except ValueError:
            return QValidator.State.Intermediate, text, position
        return (QValidator.State.Acceptable if inside else QValidator.State.Intermediate), text, position


class _ChoiceBox(QuietWheel, QComboBox):
    def __init__(self, field: SettingField, parent: QWidget) -> None:
        super().__init__(parent)
        for value in field.choices:
            self.addItem(_WORDS.get(value, str(value).capitalize()), value)


class SettingsForm(QWidget):
    """set_values emits nothing; changed tells that the user changed one."""

    changed = Signal()

    def __init__(self, sections: Sequence[tuple[str, Sequence[SettingField]]], parent: QWidget | None = None) -> None:
        """*sections* are (title, fields)."""
        super().__init__(parent)
        self._fields: dict[str, SettingField] = {}
        self._base: dict[str, Any] = {}
        self.editors: dict[str, QWidget] = {}
        self._titles: dict[str, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 4, 6, 4)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        for title, fields in sections:
            self._grid.addWidget(section_title(title, self), self._grid.rowCount(), 0, 1, 2)
            for field in fields:
                self._add(field)
        self.set_base({})

    def _add(self, field: SettingField) -> None:
        editor = self._editor(field)
        title = QLabel(field.title, self)
        title.setBuddy(editor)
        tip = _tip(field)
        for widget in (title, editor):
            widget.setToolTip(tip)
        editor.setAccessibleName(field.title)
        row = self._grid.rowCount()
        self._grid.addWidget(title, row, 0)
        self._grid.addWidget(editor, row, 1)
        self._fields[field.name] = field
        self.editors[field.name] = editor
        self._titles[field.name] = title

    def _editor(self, field: SettingField) -> QWidget:
        if field.kind == "choice":
            box = _ChoiceBox(field, self)
            box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            box.currentIndexChanged.connect(self._take_change)
            return box
        if field.kind == "file":
            file = FileField(field.title, "Networks (*.onnx)", "Installed", self)
            file.path_changed.connect(self._take_change)
            return file
        if field.kind == "switch":
            check = QCheckBox(self)
            check.toggled.connect(self._take_change)
            return check
        number = _WholeBox(field, self) if field.kind == "integer" else _NumberBox(field, self)
        number.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        number.setKeyboardTracking(False)
        number.valueChanged.connect(self._take_change)
        return number

    def set_base(self, preset: Mapping[str, Any]) -> None:
        """What the preset sets; every field shows it, or its default."""
        self._base = {name: preset.get(name, field.default) for name, field in self._fields.items()}
        self.set_values(self._base)

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show *values*; fields that are not among them stay as they are, and so do unfitting ones."""
        for name, value in values.items():
            if name in self._fields and self._fields[name].fits(value):
                self._set(self.editors[name], value)
        self._mark()

    @property
    def values(self) -> dict[str, Any]:
        return {name: self._value(editor) for name, editor in self.editors.items()}

    @property
    def overrides(self) -> dict[str, Any]:
        """What differs from the preset."""
        return {name: value for name, value in self.values.items() if value != self._base[name]}

    def _set(self, editor: QWidget, value: Any) -> None:
        with QSignalBlocker(editor):
            if isinstance(editor, QComboBox):
                editor.setCurrentIndex(editor.findData(value))
            elif isinstance(editor, FileField):
                editor.set_path(value)
            elif isinstance(editor, QCheckBox):
                editor.setChecked(value)
            elif isinstance(editor, QSpinBox | QDoubleSpinBox):
                editor.setValue(value)

    def _value(self, editor: QWidget) -> Any:
        if isinstance(editor, QComboBox):
            return editor.currentData()
        if isinstance(editor, FileField):
            return editor.path
        if isinstance(editor, QCheckBox):
            return editor.isChecked()
        assert isinstance(editor, QSpinBox | QDoubleSpinBox)
        return editor.value()

    @Slot()
    def _take_change(self) -> None:
        self._mark()
        self.changed.emit()

    def _mark(self) -> None:
        """Bold titles where a setting differs from the preset."""
        changed = self.overrides
        for name, title in self._titles.items():
            font = title.font()
            font.setBold(name in changed)
            title.setFont(font)


def _tip(field: SettingField) -> str:
    limits = ""
    if field.kind in ("integer", "number") and field.low is not None and field.high is not None:
        above = "above " if field.open_low else ""
        limits = f"\n{above}{field.low:g} to {field.high:g}"
        limits += f", a multiple of {field.multiple_of}" if field.multiple_of > 1 else ""
    return f"{field.explanation}{limits}"
