"""A job waits for a share that went, goes on when it is back, and waits for nothing that was never there."""

from __future__ import annotations

from pathlib import Path

import pytest

from anomaly_gui.imaging import patience as waiting
from anomaly_gui.imaging.load import read_file
from anomaly_gui.imaging.patience import Patience
from anomaly_gui.imaging.unreachable import Unreachable
from anomaly_gui.progress import CancelToken, Event, Noted, Progress


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "RETRY_S", 0.01)


@pytest.fixture
def share(tmp_path: Path) -> Path:
    """With two folders of one file each."""
    for name in ("first", "second"):
        (tmp_path / "share" / name).mkdir(parents=True)
        (tmp_path / "share" / name / "a.png").write_bytes(name.encode())
    return tmp_path / "share"


def test_a_share_that_goes_and_comes_back_is_waited_for(share: Path) -> None:
    told: list[Event] = []

    def hear(event: Event) -> None:
        told.append(event)
        if isinstance(event, Progress) and len(told) > 4:
            share.with_name("gone").rename(share)

    patience = Patience(hear, CancelToken())
    first, second = share / "first" / "a.png", share / "second" / "a.png"
    assert patience.read(str(first), lambda: read_file(first)) == b"first"
    share.rename(share.with_name("gone"))
    assert patience.read(str(second), lambda: read_file(second)) == b"second"
    said = [event.sentence for event in told if isinstance(event, Noted)]
    assert len(said) == 2
    assert said[0].startswith(f"Waiting for {share / 'second'}: ")
    assert said[1] == f"{share / 'second'} can be reached again: going on"
    (phase,) = {event.phase for event in told if isinstance(event, Progress)}
    assert phase == f"Waiting for {share / 'second'}"


def test_a_folder_that_was_never_there_is_not_waited_for(share: Path) -> None:
    patience = Patience(lambda _: None, CancelToken())
    missing, first = share / "third" / "a.png", share / "first" / "a.png"
    with pytest.raises(Unreachable):
        patience.read(str(missing), lambda: read_file(missing))
    patience.read(str(first), lambda: read_file(first))
    with pytest.raises(Unreachable):
        patience.read(str(missing), lambda: read_file(missing))


def test_a_file_that_alone_cannot_be_read_is_given_up(share: Path) -> None:
    tries = []

    def bad_spot() -> bytes:
        tries.append(1)
        raise Unreachable("a.png", "it cannot be reached (Input/output error)", "Look")

    with pytest.raises(Unreachable):
        Patience(lambda _: None, CancelToken()).read(str(share / "first" / "a.png"), bad_spot)
    assert len(tries) == 3


def test_a_job_that_is_asked_to_stop_waits_no_longer(share: Path) -> None:
    cancel = CancelToken()
    patience = Patience(lambda event: cancel.cancel() if isinstance(event, Progress) else None, cancel)
    first = share / "first" / "a.png"
    patience.read(str(first), lambda: read_file(first))
    share.rename(share.with_name("gone"))
    with pytest.raises(Unreachable):
        patience.read(str(first), lambda: read_file(first))
