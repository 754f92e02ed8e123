"""The process is prepared as the program's own start does it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from anomaly_gui.ui.app import make_application


@pytest.fixture(autouse=True)
def _prepared(qapp: QApplication) -> None:
    assert make_application() is qapp
