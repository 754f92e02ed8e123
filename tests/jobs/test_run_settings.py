from __future__ import annotations

import pytest

from anomaly_gui.detectors.registry import DETECTORS, PRESETS
from anomaly_gui.detectors.settings import ConvAutoencoderSettings
from anomaly_gui.errors import InputError
from anomaly_gui.jobs.run_settings import allowed_values, resolve_settings
from anomaly_gui.scoring.settings import ScoringSettings


@pytest.mark.parametrize("name", list(DETECTORS))
@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_of_every_detector_resolves(name: str, preset: str) -> None:
    detector, scoring = resolve_settings(name, preset, {})
    assert isinstance(detector, DETECTORS[name].settings)
    assert isinstance(scoring, ScoringSettings)
    for key, value in DETECTORS[name].presets[preset].items():
        assert getattr(scoring if hasattr(scoring, key) else detector, key) == value


def test_what_the_user_says_comes_after_the_preset_as_text_or_typed() -> None:
    detector, scoring = resolve_settings(
        "conv-ae", "fast", {"input_px": "64", "learning_rate": "1e-4", "epochs": 7, "smooth_sigma_px": "2"}
    )
    assert isinstance(detector, ConvAutoencoderSettings)
    assert (detector.input_px, detector.learning_rate, detector.epochs) == (64, 1e-4, 7)
    assert detector.width == DETECTORS["conv-ae"].presets["fast"]["width"]
    assert scoring.smooth_sigma_px == 2.0


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"input_px": "9"}, "setting input_px: 9 does not fit. Give a whole number from 32 to 1024, a multiple of 16."),
        ({"epochs": "many"}, "setting epochs: many does not fit. Give a whole number from 1 to 2000."),
        ({"learning_rate": 0}, "setting learning_rate: 0 does not fit. Give a number above 0 to 1."),
        ({"learning_rate": "nan"}, "setting learning_rate: nan does not fit. Give a number above 0 to 1."),
        (
                {"loss": "l3"},
                "setting loss: l3 does not fit. Give one of: l1, l1+ms-ssim, l1+ssim, ms-ssim, mse, mse+ms-ssim, "
                "mse+ssim, ssim.",
            ),
        ({"reduction": "median"}, "setting reduction: median does not fit. Give one of: area, max, mean, region, top."),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_with_those_that_do(settings: dict[str, object], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        resolve_settings("conv-ae", "fast", settings)
    assert str(caught.value) == sentence


def test_names_that_there_are_not_are_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r"detector magic.*conv-ae"):
        resolve_settings("magic", "fast", {})
    with pytest.raises(InputError, match=r"preset slow.*fast, balanced, thorough"):
        resolve_settings("conv-ae", "slow", {})
    with pytest.raises(InputError, match=r"setting magic.*input_px.*smooth_sigma_px"):
        resolve_settings("conv-ae", "fast", {"magic": 1})


def test_detector_and_scoring_settings_share_no_name() -> None:
    """--set key=value could not tell them apart."""
    for entry in DETECTORS.values():
        assert not set(entry.settings.__struct_fields__) & set(ScoringSettings.__struct_fields__)


def test_every_setting_says_what_it_takes() -> None:
    kinds = [ScoringSettings, *(entry.settings for entry in DETECTORS.values())]
    for kind in kinds:
        for name in kind.__struct_fields__:
            assert len(allowed_values(kind, name)) > 8, name


def test_tiles_are_given_as_text_and_other_sizes_are_refused_with_those_there_are() -> None:
    detector, _ = resolve_settings("patch-memory", "fast", {"tile_px": "256", "scales": "1/2", "tile_overlap": "0.25"})
    assert (detector.tile_px, detector.scales, detector.tile_overlap) == (256, "1/2", 0.25)

    with pytest.raises(InputError, match="one of: 0, 128, 256, 384, 512, 768, 1024"):
        resolve_settings("patch-memory", "fast", {"tile_px": "100"})


@pytest.mark.parametrize("name", DETECTORS)
def test_registration_can_be_asked_of_every_detector_in_words(name: str) -> None:
    preset = next(iter(DETECTORS[name].presets))
    assert resolve_settings(name, preset, {})[0].registration == "none"
    for wanted in ("shift", "shift and rotation"):
        assert resolve_settings(name, preset, {"registration": wanted})[0].registration == wanted
    with pytest.raises(InputError, match="one of: none, shift, shift and rotation"):
        resolve_settings(name, preset, {"registration": "rotation"})
