from __future__ import annotations

import importlib.util

import pytest

from anomaly_gui.detectors.backbone import package


def test_a_missing_package_is_none_and_the_way_to_get_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert package.folder() is None
    assert package.INSTALL.endswith(f"{package.PACKAGE}=={package.VERSION}")


def test_an_installed_package_is_found_without_importing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "_MODULE", "email")
    found = package.folder()
    assert found is not None
    assert (found / "message.py").is_file()
