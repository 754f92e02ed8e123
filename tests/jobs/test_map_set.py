"""A map of pictures, by what is there to describe them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from anomaly_gui.detectors.backbone import package
from anomaly_gui.errors import InputError
from anomaly_gui.jobs.map_set import SetMap, map_set, umap_is_installed
from anomaly_gui.progress import Cancelled, CancelToken, FileRefused, Progress, ignore_events
from anomaly_gui.project.store import Project
from tests.jobs.tiny_project import make_project, write


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """12 + 4 good and 4 defective images, and one that is black."""
    made = make_project(tmp_path)
    write(tmp_path / "data/train/good/999.png", np.zeros((40, 40, 1), np.uint8))
    from anomaly_gui.jobs.import_images import ImportRequest, import_images

    import_images(made, ImportRequest(dataset=str(tmp_path / "data")), ignore_events, CancelToken())
    return made


def mapped(project: Project, *, backbone: bool) -> SetMap:
    found = map_set(project, ignore_events, CancelToken(), backbone=backbone)
    assert isinstance(found, SetMap)
    return found


@pytest.mark.parametrize(
    "backbone",
    [False, pytest.param(True, marks=pytest.mark.skipif(package.folder() is None, reason="weights not installed"))],
)
def test_what_looks_unlike_all_others_lies_far_from_them(project: Project, backbone: bool) -> None:
    found = mapped(project, backbone=backbone)
    assert found.source == ("backbone" if backbone else "pictures")
    assert len(found.ids) == len(found.points) == 21
    apart = np.linalg.norm(found.points - np.median(found.points, axis=0), axis=1)
    black = next(image.id for image in project.images() if image.path.endswith("999.png"))
    assert found.ids[apart.argmax()] == black


def test_a_second_map_reads_nothing_and_is_the_same(project: Project) -> None:
    first = mapped(project, backbone=False)
    events: list[object] = []
    again = map_set(project, events.append, CancelToken(), backbone=False)
    assert isinstance(again, SetMap)
    assert again.points.tolist() == first.points.tolist()
    assert not any(
        isinstance(event, Progress) and event.done and event.phase == "Looking at images" for event in events
    )


def test_a_file_that_is_gone_is_named_and_the_rest_is_drawn(project: Project, tmp_path: Path) -> None:
    (tmp_path / "data/train/good/003.png").unlink()
    events: list[object] = []
    found = map_set(project, events.append, CancelToken(), backbone=False)
    assert isinstance(found, SetMap)
    assert (found.left_out, len(found.ids)) == (1, 20)
    assert any(isinstance(event, FileRefused) and event.path.endswith("003.png") for event in events)


def test_a_cancelled_map_keeps_what_was_looked_at(project: Project) -> None:
    cancel = CancelToken()
    cancel.cancel()
    assert isinstance(map_set(project, ignore_events, cancel, backbone=False), Cancelled)


@pytest.mark.skipif(umap_is_installed(), reason="it is installed here")
def test_umap_without_its_package_is_told_before_anything_is_read(project: Project) -> None:
    with pytest.raises(InputError, match="umap-learn is not installed"):
        map_set(project, ignore_events, CancelToken(), method="umap")
