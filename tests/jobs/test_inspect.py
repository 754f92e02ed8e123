from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.export.runtime import Inspection
from anomaly_gui.jobs.inspect import InspectionError, inspect
from anomaly_gui.progress import CancelToken, ignore_events
from tests.export.sample_bundle import make_bundle
from tests.jobs.tiny_project import write


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    make_bundle(tmp_path / "toy.anomaly")
    return tmp_path / "toy.anomaly"


def test_that_folders_are_searched_and_bad_files_do_not_stop_the_rest(bundle: Path, tmp_path: Path) -> None:
    write(tmp_path / "images/a/2.png", np.full((9, 9), 128, np.uint8))
    write(tmp_path / "images/a/10.png", np.full((9, 9), 255, np.uint8))
    (tmp_path / "images/b.png").write_text("no picture")
    found = list(inspect(bundle, [tmp_path / "images"], ignore_events, CancelToken()))
    decided = [(Path(f.path).name, f.decision) for f in found if isinstance(f, Inspection)]
    assert decided == [("2.png", "good"), ("10.png", "defective")]
    (refused,) = [f for f in found if isinstance(f, InspectionError)]
    assert refused.path.endswith("b.png")
    assert "not an image" in refused.error


def test_that_an_empty_folder_and_a_missing_bundle_are_said_before_the_first_image(
    bundle: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="empty"):
        next(inspect(bundle, [tmp_path / "empty"], ignore_events, CancelToken()))
    with pytest.raises(InputError, match="no such file"):
        next(inspect(tmp_path / "absent", [tmp_path], ignore_events, CancelToken()))


def test_that_it_stops_when_asked(bundle: Path, tmp_path: Path) -> None:
    for number in range(5):
        write(tmp_path / f"images/{number}.png", np.full((9, 9), 128, np.uint8))
    cancel = CancelToken()
    found = []
    for one in inspect(bundle, [tmp_path / "images"], ignore_events, cancel):
        found.append(one)
        if len(found) == 2:
            cancel.cancel()
    assert len(found) == 2
