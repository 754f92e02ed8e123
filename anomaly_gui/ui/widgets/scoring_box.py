"""How maps become scores: another way to try, what it would do, and the button that does it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from anomaly_gui.scoring.settings import REGION_SIDES, TOP_SHARES, ScoringSettings
from anomaly_gui.ui.widgets.live_label import LiveLabel

_REDUCTIONS = (
    ("max", "Highest value", "Finds the smallest defects"),
    ("region", "Spot of some size", "The highest level that a square keeps throughout: single hot pixels do not count"),
    ("top", "Mean of the highest", "The mean of the highest pixels"),
    ("area", "Area above the pixel threshold", "The share of pixels from the pixel threshold on; it moves with it"),
    ("mean", "Mean of all", "Drowns small defects"),
)


class ScoringBox(QWidget):
    """Setters announce nothing."""

    settings_tried = Signal(object)
    """ScoringSettings that the fields hold now."""
    apply_wanted = Signal()
    trained_wanted = Signal()
    """Back to how the run was trained."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = ScoringSettings()
        self.smoothing, self.reduction, self.parameter = QComboBox(self), QComboBox(self), QComboBox(self)
        self.smoothing.setAccessibleName("Smoothing of the error map")
        self.smoothing.setToolTip("Width of the Gaussian that calms the error map, in pixels of the input size")
        self.reduction.setAccessibleName("Score from the error map")
        for place, (name, title, tip) in enumerate(_REDUCTIONS):
            self.reduction.addItem(title, name)
            self.reduction.setItemData(place, tip, 3)
        self.parameter.setAccessibleName("Size or share")
        for box, letters in ((self.smoothing, 8), (self.reduction, 8), (self.parameter, 6)):
            # As wide as its longest entry would push the column off the window.
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(letters)
        self.effect = LiveLabel(self, lines=3)
        self.apply = QPushButton("Apply", self)
        self.apply.setToolTip("Score all images this way. The threshold follows; undo takes both back")
        self.trained = QPushButton("As trained", self)
        self.trained.setToolTip("Back to the scoring that the run was trained with")
        self._place()
        for box in (self.smoothing, self.parameter):
            box.activated.connect(self._try)
        self.reduction.activated.connect(self._fill_parameter_again)
        self.apply.clicked.connect(self.apply_wanted)
        self.trained.clicked.connect(self.trained_wanted)

    def _place(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, (text, box) in enumerate((("S&moothing", self.smoothing), ("Sc&ore", self.reduction))):
            label = QLabel(text, self)
            label.setBuddy(box)
            grid.addWidget(label, row, 0)
        choice = QHBoxLayout()
        choice.setSpacing(6)
        choice.addWidget(self.reduction, 1)
        choice.addWidget(self.parameter)
        grid.addWidget(self.smoothing, 0, 1)
        grid.addLayout(choice, 1, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.apply)
        buttons.addWidget(self.trained)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(grid)
        layout.addWidget(self.effect)
        layout.addLayout(buttons)

    def set_settings(self, settings: ScoringSettings, smoothings: Sequence[float], trained: ScoringSettings) -> None:
        """The scoring in force; *smoothings* can be chosen."""
        self._settings = settings
        self.smoothing.clear()
        for sigma in smoothings:
            text = "none" if sigma == 0 else f"{sigma:g} px"
            self.smoothing.addItem(f"{text} (as trained)" if sigma == trained.smooth_sigma_px else text, sigma)
        self.smoothing.setCurrentIndex(self.smoothing.findData(settings.smooth_sigma_px))
        self.reduction.setCurrentIndex(self.reduction.findData(settings.reduction))
        self._fill_parameter()
        self.trained.setEnabled(settings != trained)

    def set_effect(self, text: str, *, can_apply: bool) -> None:
        """What the fields' settings would do."""
        self.effect.set_text(text)
        self.apply.setEnabled(can_apply)

    def tried(self) -> ScoringSettings:
        """What the fields hold; the level of areas is the page's to say."""
        changed = {"smooth_sigma_px": self.smoothing.currentData(), "reduction": self.reduction.currentData()}
        names = {"top": "top_per_10000", "region": "region_side_px"}
        if changed["reduction"] in names and self.parameter.count():
            changed[names[changed["reduction"]]] = self.parameter.currentData()
        return msgspec.structs.replace(self._settings, **changed)

    def _fill_parameter(self) -> None:
        kind = self.reduction.currentData()
        self.parameter.clear()
        if kind == "top":
            for share in TOP_SHARES:
                self.parameter.addItem(f"{share / 100:g} %", share)
            self.parameter.setToolTip("Of all pixels: how many of the highest are averaged")
            self.parameter.setCurrentIndex(self.parameter.findData(self._settings.top_per_10000))
        elif kind == "region":
            for side in REGION_SIDES:
                self.parameter.addItem(f"{side} × {side} px", side)
            self.parameter.setToolTip("Of the square, in pixels of the input size. Thinner cracks no longer count")
            self.parameter.setCurrentIndex(self.parameter.findData(self._settings.region_side_px))
        self.parameter.setVisible(self.parameter.count() > 0)

    def _fill_parameter_again(self) -> None:
        self._fill_parameter()
        self._try()

    def _try(self) -> None:
        self.settings_tried.emit(self.tried())
