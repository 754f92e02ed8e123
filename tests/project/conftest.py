"""A small project to work on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from anomaly_gui.project.store import Project
from tests.project.samples import small_project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    yield from small_project(tmp_path / "project")
