"""What the Train page's widgets announce, and what they show without announcing it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QSpinBox
from pytestqt.qtbot import QtBot

from anomaly_gui.detectors.registry import DETECTORS
from anomaly_gui.ui.models.run_table import COLUMNS, RunRow
from anomaly_gui.ui.pages.train_state import Summary
from anomaly_gui.ui.pages.train_view import TrainView
from anomaly_gui.ui.pages.why_missed_state import larger_input
from anomaly_gui.ui.theme import apply_scheme, failure_colour
from anomaly_gui.ui.widgets.plot_colours import plot_colours

LEFT = Qt.MouseButton.LeftButton
ROWS = [RunRow(number, tuple(f"{title} {number}" for title, _ in COLUMNS)) for number in (3, 2, 1)]


@pytest.fixture
def view(qtbot: QtBot) -> TrainView:
    made = TrainView()
    qtbot.addWidget(made)
    made.set_choices("conv-ae", "fast", 0, {})
    made.resize(1266, 620)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_a_preset_shows_its_settings_and_is_announced(view: TrainView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.settings_changed):
        qtbot.mouseClick(view.presets.button("thorough"), LEFT)
    assert DETECTORS["conv-ae"].presets["thorough"].items() <= view.form.values.items()
    assert view.form.overrides == {}


@pytest.mark.parametrize("name", DETECTORS)
def test_a_detector_shows_its_own_form_with_the_presets_settings(view: TrainView, qtbot: QtBot, name: str) -> None:
    view.settings.expand(animate=False)
    view.set_choices("dbscan" if name == "conv-ae" else "conv-ae", "fast", 0, {})
    with qtbot.waitSignal(view.settings_changed):
        view.detectors.buttons[name].click()
    assert [key for key, form in view.form_place.forms.items() if form.isVisible()] == [name]
    assert view.form is view.form_place.forms[name]
    shown = view.form.values
    assert {
        key: value for key, value in DETECTORS[name].presets["fast"].items() if key in shown
    }.items() <= shown.items()


def test_a_typed_setting_and_the_seed_are_announced(view: TrainView, qtbot: QtBot) -> None:
    view.settings.expand(animate=False)
    epochs = view.form.editors["epochs"]
    assert isinstance(epochs, QSpinBox)
    for box, typed in ((view.form_place.seed, "17"), (epochs, "9")):
        box.selectAll()
        with qtbot.waitSignal(view.settings_changed):
            qtbot.keyClicks(box, typed)
            qtbot.keyClick(box, Qt.Key.Key_Return)
    assert view.form_place.seed.value() == 17
    assert view.form.overrides == {"epochs": 9}


def test_choices_that_are_set_are_shown_and_announced_by_no_one(view: TrainView, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(view.settings_changed):
        view.set_choices("patch-memory", "balanced", 11, {"input_px": 96, "no such setting": 1})
    assert (view.detectors.current, view.presets.current, view.form_place.seed.value()) == (
        "patch-memory",
        "balanced",
        11,
    )
    assert view.form is view.form_place.forms["patch-memory"]
    assert view.form.overrides == {"input_px": 96}


def test_a_run_that_is_clicked_is_announced_and_one_that_is_set_is_not(view: TrainView, qtbot: QtBot) -> None:
    view.runs.set_rows(ROWS)
    with qtbot.assertNotEmitted(view.run_chosen):
        view.select_run(2)
    assert [index.row() for index in view.table.selectionModel().selectedRows()] == [1]
    place = view.table.visualRect(view.runs.index(2, 1)).center()
    with qtbot.waitSignal(view.run_chosen) as chosen:
        qtbot.mouseClick(view.table.viewport(), LEFT, pos=place)
    assert chosen.args == [1]
    with qtbot.assertNotEmitted(view.run_chosen):
        view.select_run(None)
    assert view.table.selectionModel().selectedRows() == []


def test_why_training_cannot_start_stands_out_and_file_names_are_text(view: TrainView) -> None:
    view.show_summary(Summary("5 good to train on.", "a<b>.png and c.png show the same picture"))
    text = view.data_sentence.text()
    assert "a&lt;b&gt;.png" in text
    assert failure_colour(view.palette()).name() in text


def test_words_can_be_read_after_the_colour_scheme_changed(view: TrainView, qtbot: QtBot) -> None:
    view.show_summary(Summary("5 good to train on.", "There are too few"))
    light = failure_colour(view.palette()).name()
    apply_scheme("dark")
    QApplication.processEvents()
    assert failure_colour(view.palette()).name() in view.data_sentence.text()
    assert light not in view.data_sentence.text()
    assert plot_colours(view.palette()).good.name() in view.loss_legend.text()
    button = view.settings.toggleButton()
    text, behind = button.palette().buttonText().color(), view.palette().window().color()
    assert abs(text.lightness() - behind.lightness()) > 100


def test_everything_fits_into_the_smallest_window(view: TrainView) -> None:
    view.settings.expand(animate=False)
    view.banner.say("resume 1", "Run 001 was interrupted: the program ended before the run did.", "Resume it")
    view.show_summary(Summary("765 good to train on (115 of them held out).", "A long reason. " * 8))
    QApplication.processEvents()
    hint = view.minimumSizeHint()
    assert hint.width() <= 1180 - 76 - 24
    assert hint.height() <= 560


def test_a_suggestion_fills_in_detector_and_settings_and_keeps_the_seed(view: TrainView, qtbot: QtBot) -> None:
    view.form_place.seed.setValue(7)
    with qtbot.waitSignal(view.settings_changed):
        view.take_suggestion("patch-memory", "balanced", {"input_px": 640})
    assert (view.detectors.current, view.presets.current, view.form_place.seed.value()) == (
        "patch-memory",
        "balanced",
        7,
    )
    assert view.form.overrides == {"input_px": 640}
    assert view.settings.isExpanded()


def test_tiles_that_review_advises_are_filled_in(view: TrainView) -> None:
    advice = larger_input(256, (5120, 5120), 0.25)
    view.take_suggestion("patch-memory", "fast", advice.settings)
    assert view.form.overrides == {"tile_px": 256}, "overlap and scales are as they would be anyway"
    assert (view.detector_settings.tile_px, view.detector_settings.scales) == (256, "1+1/4")
