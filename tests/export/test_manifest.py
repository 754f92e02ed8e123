from __future__ import annotations

import msgspec
import pytest

from anomaly_gui.export.manifest import Manifest
from tests.export.sample_bundle import MANIFEST


def test_that_a_manifest_comes_back_from_json() -> None:
    assert msgspec.json.decode(msgspec.json.encode(MANIFEST), type=Manifest) == MANIFEST


def test_that_a_field_nobody_knows_is_refused() -> None:
    text = msgspec.json.encode({**msgspec.to_builtins(MANIFEST), "run_me": "rm"})
    with pytest.raises(msgspec.ValidationError, match="run_me"):
        msgspec.json.decode(text, type=Manifest)


def test_that_a_manifest_from_before_rules_said_themselves_is_read() -> None:
    plain = msgspec.to_builtins(MANIFEST)
    for name in ("rule_sentence", "rule_defect_type", "rule_costs"):
        del plain[name]
    assert msgspec.convert(plain, Manifest).rule_sentence == ""
