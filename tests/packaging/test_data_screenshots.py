"""The pictures of the Data page that are made to be looked at."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from tests.jobs.tiny_project import make_project

SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "data_screenshots.py"


def script() -> ModuleType:
    found = importlib.util.spec_from_file_location("data_screenshots", SCRIPT)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_scenes_of_the_window_and_of_dialogs_are_pictured(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_project(tmp_path).close()
    made = script()
    monkeypatch.setattr(made, "SIZES", ((1366, 768),))
    monkeypatch.setattr(made, "SCHEMES", ("light",))
    scenes = ["gallery", "types", "import"]
    places = [str(tmp_path / "project"), str(tmp_path / "shots"), "--dropped", str(tmp_path / "data")]
    monkeypatch.setattr(sys, "argv", ["data_screenshots.py", *places, "--scenes", *scenes])
    made.main()
    pictures = {path.name: QImage(str(path)) for path in (tmp_path / "shots").iterdir()}
    assert sorted(pictures) == sorted(f"{name}-1366x768-light.png" for name in scenes)
    assert pictures["gallery-1366x768-light.png"].size().toTuple() == (1366, 768)
    assert len({bytes(each.constBits()) for each in pictures.values()}) == len(scenes)
