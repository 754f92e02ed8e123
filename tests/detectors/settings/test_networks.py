from __future__ import annotations

import msgspec
import pytest

from anomaly_gui.detectors.settings import (
    AdversarialSettings,
    DeepAutoencoderSettings,
    DetectorSettings,
    LinearAutoencoderSettings,
    OvercompleteAutoencoderSettings,
)


@pytest.mark.parametrize("kind", [LinearAutoencoderSettings, OvercompleteAutoencoderSettings])
def test_the_size_of_the_sources_can_be_chosen(kind: type[DetectorSettings]) -> None:
    msgspec.convert({"network_px": 28}, kind)


def test_overcomplete_means_more_units_than_grey_pixels() -> None:
    settings = OvercompleteAutoencoderSettings()
    assert settings.units > settings.network_px**2


def test_the_latent_size_says_what_too_small_and_too_large_do() -> None:
    fields = msgspec.json.schema(DeepAutoencoderSettings)["$defs"]["DeepAutoencoderSettings"]["properties"]
    words = fields["latent_size"]["description"]
    assert "Too small" in words
    assert "cannot draw detail" in words
    assert "Too large" in words
    assert "copies defects" in words


def test_the_adversarial_score_is_weighted_as_in_its_source() -> None:
    assert (AdversarialSettings().feature_share, AdversarialSettings().loss) == (0.1, "l1")
