"""A share with the images disappears in the middle of a job: it waits, says so, and ends as if nothing had been."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from anomaly_gui.imaging import patience
from anomaly_gui.jobs import import_images as importing
from anomaly_gui.jobs.import_candidates import ImportRequest
from anomaly_gui.jobs.import_images import ImportReport, import_images
from anomaly_gui.jobs.train import train
from anomaly_gui.progress import Cancelled, CancelToken, Event, Noted, Progress, ignore_events
from anomaly_gui.project.records import Label
from anomaly_gui.project.store import Project
from tests.conftest import Tally
from tests.jobs.tiny_project import make_dataset, make_project, quick


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "RETRY_S", 0.02)
    monkeypatch.setattr(importing, "_THREADS", 1)
    monkeypatch.setattr(importing, "_AHEAD", 1)


class Share:
    """A folder that is unmounted when *phase* has come to its third image, and mounted again later."""

    def __init__(self, folder: Path, phase: str, meanwhile: Callable[[], None] = lambda: None) -> None:
        self._folder, self._phase, self._meanwhile = folder, phase, meanwhile
        self._gone = folder.with_name("unmounted")
        self._lock = threading.Lock()
        self.outages = 0
        self.notes: list[str] = []

    def hear(self, event: Event) -> None:
        if isinstance(event, Noted):
            self.notes.append(event.sentence)
        if not isinstance(event, Progress):
            return
        with self._lock:
            if event.phase == self._phase and self.outages == 0 and event.done < event.total:
                self.outages = 1
                self._folder.rename(self._gone)
            elif event.phase.startswith("Waiting for") and self._gone.exists():
                self._meanwhile()
                self._gone.rename(self._folder)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with make_project(tmp_path, train=30) as made:
        yield made


def test_an_import_waits_for_its_share(tmp_path: Path, tally: Tally) -> None:
    data = tmp_path / "data"
    make_dataset(data, train=30)
    share = Share(data, "Importing")
    with Project.create(tmp_path / "p") as project:
        report = import_images(project, ImportRequest(dataset=str(data)), share.hear, CancelToken())
        assert isinstance(report, ImportReport)
        lost = 38 - len(project.images())
    tally("a share disappears while at: import", share.outages, lost + len(report.refused))
    assert share.outages == 1
    assert (lost, report.refused) == (0, ())
    assert any("can be reached again" in note for note in share.notes)


def test_a_training_waits_for_its_share_and_labels_can_be_set_meanwhile(
    project: Project, tmp_path: Path, tally: Tally
) -> None:
    labelled: list[int] = []

    def label() -> None:
        labelled.append(project.set_label([31], Label("good")).operation)

    share = Share(tmp_path / "data", "Reading images", label)
    report = train(project, quick(epochs=1), share.hear, CancelToken())
    assert not isinstance(report, Cancelled)
    tally("a share disappears while at: train", share.outages, report.status != "finished")
    assert (share.outages, report.status) == (1, "finished")
    assert labelled
    assert len(project.roles(1)) == len(project.images())


def test_a_job_that_waits_for_a_share_can_be_stopped_at_once(project: Project, tmp_path: Path) -> None:
    cancel, asked = CancelToken(), []

    def hear(event: Event) -> None:
        if isinstance(event, Progress) and event.phase == "Reading images" and (tmp_path / "data").exists():
            (tmp_path / "data").rename(tmp_path / "unmounted")
        if isinstance(event, Progress) and event.phase.startswith("Waiting for") and not asked:
            asked.append(time.monotonic())
            cancel.cancel()

    train(project, quick(epochs=1), hear, cancel)
    assert time.monotonic() - asked[0] < 2


def test_images_that_were_moved_long_ago_are_not_waited_for(project: Project, tmp_path: Path) -> None:
    (tmp_path / "data" / "test").rename(tmp_path / "elsewhere")
    report = train(project, quick(epochs=1), ignore_events, CancelToken())
    assert report.status == "finished"
