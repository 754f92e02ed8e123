"""The folded part of the Train page: the seed, and the settings of the detector that is chosen."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from anomaly_gui.detectors.registry import Entry
from anomaly_gui.detectors.settings import AUGMENTATIONS, DetectorSettings
from anomaly_gui.scoring.settings import ScoringSettings
from anomaly_gui.ui.widgets.settings_fields import SettingField, fields_of
from anomaly_gui.ui.widgets.settings_form import SettingsForm


class TrainSettings(QWidget):
    """A form is made when its detector is chosen first: all of them are a quarter of what the window takes to open."""

    changed = Signal()

    def __init__(self, entries: Mapping[str, Entry], detector: str, parent: QWidget | None = None) -> None:
        """Shows the form of *detector*, one of *entries*."""
        super().__init__(parent)
        self._entries = entries
        self.forms: dict[str, SettingsForm] = {}
        self.seed = QSpinBox(self)
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setToolTip("The same seed and settings on the same PC give the same weights, bit for bit")
        self.seed.valueChanged.connect(self.changed)
        title = QLabel("Seed", self)
        title.setBuddy(self.seed)
        row = QHBoxLayout()
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(self.seed)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addLayout(row)
        self.show_form(detector)

    def set_seed(self, seed: int) -> None:
        """Emits nothing."""
        with QSignalBlocker(self.seed):
            self.seed.setValue(seed)

    def show_form(self, detector: str) -> SettingsForm:
        """And return it; its values are those that it had."""
        if detector not in self.forms:
            form = SettingsForm(_sections(self._entries[detector].settings), self)
            form.changed.connect(self.changed)
            self.forms[detector] = form
            self._layout.addWidget(form)
        for name, form in self.forms.items():
            form.setVisible(name == detector)
        return self.forms[detector]


def _sections(settings: type[DetectorSettings]) -> list[tuple[str, list[SettingField]]]:
    """What a form shows under which title."""
    fields = fields_of(settings)
    varying = [field for field in fields if field.name in AUGMENTATIONS]
    learning = [field for field in fields if field.name not in AUGMENTATIONS]
    augmentation = [("Augmentation", varying)] if varying else []
    return [("Learning", learning), *augmentation, ("Scoring", fields_of(ScoringSettings))]
