"""A detector's form is made when it is chosen, keeps its values, and what the user changes is told."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSpinBox
from pytestqt.qtbot import QtBot

from anomaly_gui.detectors.registry import offered
from anomaly_gui.ui.pages.train_settings import TrainSettings


@pytest.fixture
def settings(qtbot: QtBot) -> TrainSettings:
    made = TrainSettings(offered(), "conv-ae")
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_only_forms_that_were_shown_are_made(settings: TrainSettings) -> None:
    assert list(settings.forms) == ["conv-ae"]
    settings.show_form("dbscan")
    assert list(settings.forms) == ["conv-ae", "dbscan"]
    assert [name for name, form in settings.forms.items() if form.isVisible()] == ["dbscan"]


def test_a_form_keeps_its_values_while_another_one_is_shown(settings: TrainSettings) -> None:
    first = settings.show_form("conv-ae")
    first.set_values({"epochs": 7})
    settings.show_form("dbscan")
    assert settings.show_form("conv-ae") is first
    assert first.values["epochs"] == 7


def test_what_is_typed_is_told_in_every_form_and_what_is_set_is_not(settings: TrainSettings, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(settings.changed):
        settings.set_seed(11)
    assert settings.seed.value() == 11
    for detector in ("conv-ae", "patch-memory"):
        form = settings.show_form(detector)
        box = next(editor for editor in form.editors.values() if isinstance(editor, QSpinBox))
        box.selectAll()
        with qtbot.waitSignal(settings.changed):
            qtbot.keyClicks(box, str(box.value() + box.singleStep()))
            qtbot.keyClick(box, Qt.Key.Key_Return)
