from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from anomaly_gui.scoring.settings import ScoringSettings
from anomaly_gui.ui.widgets.scoring_box import ScoringBox


@pytest.fixture
def box(qtbot: QtBot) -> ScoringBox:
    made = ScoringBox()
    qtbot.addWidget(made)
    made.set_settings(ScoringSettings(area_level=2.0), (0.0, 1.5, 4.0), ScoringSettings(area_level=2.0))
    return made


def choose(combo: object, data: object) -> None:
    place = combo.findData(data)  # type: ignore[attr-defined]
    combo.setCurrentIndex(place)  # type: ignore[attr-defined]
    combo.activated.emit(place)  # type: ignore[attr-defined]


def test_that_what_is_chosen_is_tried_and_nothing_else_changes(box: ScoringBox) -> None:
    tried: list[ScoringSettings] = []
    box.settings_tried.connect(tried.append)
    choose(box.smoothing, 4.0)
    choose(box.reduction, "region")
    choose(box.parameter, 5)
    choose(box.reduction, "top")
    choose(box.parameter, 100)
    choose(box.reduction, "mean")
    assert [(one.smooth_sigma_px, one.reduction) for one in tried] == [
        (4.0, "max"),
        (4.0, "region"),
        (4.0, "region"),
        (4.0, "top"),
        (4.0, "top"),
        (4.0, "mean"),
    ]
    assert (tried[2].region_side_px, tried[4].top_per_10000) == (5, 100)
    assert {one.area_level for one in tried} == {2.0}
    assert box.parameter.isHidden()


def test_that_setting_announces_nothing_and_shows_what_is_in_force(box: ScoringBox) -> None:
    tried: list[ScoringSettings] = []
    box.settings_tried.connect(tried.append)
    settings = ScoringSettings(smooth_sigma_px=0.0, reduction="region", region_side_px=9)
    box.set_settings(settings, (0.0, 1.5, 4.0), ScoringSettings())
    assert box.tried() == settings
    assert box.trained.isEnabled()
    box.set_effect("Better.", can_apply=False)
    assert (box.effect.text(), box.apply.isEnabled(), tried) == ("Better.", False, [])
