from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QDoubleSpinBox, QLabel, QSpinBox
from pytestqt.qtbot import QtBot

from anomaly_gui.detectors.registry import DETECTORS
from anomaly_gui.imaging.registration import LARGEST_DEGREES, LARGEST_SHARE
from anomaly_gui.scoring.settings import ScoringSettings
from anomaly_gui.ui.widgets.file_field import FileField
from anomaly_gui.ui.widgets.settings_fields import fields_of
from anomaly_gui.ui.widgets.settings_form import SettingsForm


class Sample(msgspec.Struct, frozen=True):
    side: Annotated[int, Meta(ge=32, le=1024, multiple_of=16, title="Side", description="In pixels.")] = 256
    rate: Annotated[float, Meta(gt=0, le=1, title="Rate")] = 1e-3
    kind: Annotated[Literal["mse", "ssim"], Meta(title="Kind")] = "mse"


@pytest.fixture
def form(qtbot: QtBot) -> SettingsForm:
    made = SettingsForm([("Sample", fields_of(Sample))])
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize("entry", DETECTORS.values(), ids=lambda entry: entry.name)
def test_every_detector_has_a_form_whose_presets_fit(qtbot: QtBot, entry: object) -> None:
    kinds = (entry.settings, ScoringSettings)  # type: ignore[attr-defined]
    form = SettingsForm([("All", [field for kind in kinds for field in fields_of(kind)])])
    qtbot.addWidget(form)
    for values in entry.presets.values():  # type: ignore[attr-defined]
        form.set_base(values)
        assert form.overrides == {}
        assert values.items() <= form.values.items()


def test_a_backbone_is_a_file_that_counts_as_changed_once_it_is_picked(qtbot: QtBot) -> None:
    made = SettingsForm([("All", fields_of(DETECTORS["patch-memory"].settings))])
    qtbot.addWidget(made)
    editor = made.editors["backbone"]
    assert isinstance(editor, FileField)
    assert "(N, 3, H, W)" in editor.toolTip()
    assert made.overrides == {}
    with qtbot.waitSignal(made.changed):
        qtbot.keyClicks(editor.line, "x")
    assert made.overrides == {"backbone": "x"}
    with qtbot.assertNotEmitted(made.changed):
        made.set_values({"backbone": "net.onnx"})
    assert made.values["backbone"] == "net.onnx"


@pytest.mark.parametrize("entry", DETECTORS.values(), ids=lambda entry: entry.name)
def test_every_detector_offers_registration_and_its_explanation_states_the_limits(qtbot: QtBot, entry: object) -> None:
    made = SettingsForm([("All", fields_of(entry.settings))])  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    editor = made.editors["registration"]
    assert isinstance(editor, QComboBox)
    assert [editor.itemText(row) for row in range(editor.count())] == ["None", "Shift", "Shift and rotation"]
    assert f"up to {100 * LARGEST_SHARE:g} % of the image" in editor.toolTip()
    assert f"up to {LARGEST_DEGREES:g}°" in editor.toolTip()
    assert "region of interest goes with the part" in editor.toolTip()


def test_every_setting_explains_itself(form: SettingsForm) -> None:
    assert "In pixels." in form.editors["side"].toolTip()
    assert "a multiple of 16" in form.editors["side"].toolTip()
    assert form.editors["side"].accessibleName() == "Side"


def test_what_is_typed_differs_from_the_preset(qtbot: QtBot, form: SettingsForm) -> None:
    form.set_base({"side": 128})
    assert form.values == {"side": 128, "rate": 1e-3, "kind": "mse"}
    side = form.editors["side"]
    assert isinstance(side, QSpinBox)
    side.selectAll()
    with qtbot.waitSignal(form.changed):
        qtbot.keyClicks(side, "200")
        qtbot.keyClick(side, Qt.Key.Key_Return)
    # Snapped to a multiple of sixteen, and marked by a bold title.
    assert form.overrides == {"side": 192}
    bold = [label.text() for label in form.findChildren(QLabel) if label.font().bold()]
    assert bold == ["Sample", "Side"]


def test_a_rate_is_typed_and_shown_without_zeros(qtbot: QtBot, form: SettingsForm) -> None:
    rate = form.editors["rate"]
    assert isinstance(rate, QDoubleSpinBox)
    assert rate.text() == "0.001"
    rate.selectAll()
    qtbot.keyClicks(rate, "5e-5")
    qtbot.keyClick(rate, Qt.Key.Key_Return)
    assert form.overrides == {"rate": 5e-5}
    assert rate.text() == "5e-05"


def test_values_that_do_not_fit_are_passed_over(qtbot: QtBot, form: SettingsForm) -> None:
    with qtbot.assertNotEmitted(form.changed):
        form.set_values({"side": 5, "kind": "l1", "unknown": 1, "rate": 0.5})
    assert form.values == {"side": 256, "rate": 0.5, "kind": "mse"}


def test_a_choice_is_chosen(qtbot: QtBot, form: SettingsForm) -> None:
    kind = form.editors["kind"]
    assert isinstance(kind, QComboBox)
    with qtbot.waitSignal(form.changed):
        kind.setCurrentIndex(1)
    assert form.overrides == {"kind": "ssim"}


def test_the_wheel_over_a_field_changes_nothing(form: SettingsForm) -> None:
    """One who scrolls the form must not change the settings that pass below the mouse."""
    for editor in form.editors.values():
        editor.clearFocus()
        middle = QPointF(editor.rect().center())
        wheel = QWheelEvent(
            middle,
            editor.mapToGlobal(middle),
            QPoint(0, 0),
            QPoint(0, 240),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(editor, wheel)
    assert form.overrides == {}
