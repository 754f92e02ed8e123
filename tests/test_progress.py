from __future__ import annotations

import threading

import pytest

from anomaly_gui import progress
from anomaly_gui.progress import CancelToken, Event, Progress, RateMeter


def test_a_paused_job_waits_and_goes_on() -> None:
    token = CancelToken()
    token.pause()
    answers: list[bool] = []
    job = threading.Thread(target=lambda: answers.append(token.should_stop()))
    job.start()
    job.join(0.05)
    assert job.is_alive()
    assert token.paused
    token.resume()
    job.join(5)
    assert answers == [False]


def test_cancelling_wakes_a_paused_job_and_cannot_be_paused_away() -> None:
    token = CancelToken()
    token.pause()
    token.cancel()
    assert token.should_stop()
    token.pause()
    assert not token.paused
    assert token.should_stop()


def test_closing_work_is_stopped_by_a_second_cancel_alone() -> None:
    token = CancelToken()
    token.cancel()
    closing = token.finishing()
    assert not closing.cancelled
    token.cancel()
    assert closing.cancelled


def test_a_second_cancel_counts_even_before_the_closing_work_begins() -> None:
    token = CancelToken()
    token.cancel()
    token.cancel()
    assert token.finishing().cancelled


def test_a_meter_says_rate_and_time_left_ten_times_a_second_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: now)
    events: list[Event] = []
    meter = RateMeter("Reading", 1000, events.append)
    for done in range(1, 1001):
        now += 0.01
        meter.update(done)
    assert 95 <= len(events) <= 105
    middle, last = events[len(events) // 2], events[-1]
    assert isinstance(middle, Progress)
    assert isinstance(last, Progress)
    assert middle.rate == pytest.approx(100)
    assert middle.seconds_left == pytest.approx((1000 - middle.done) / 100)
    assert (last.done, last.seconds_left, last.fraction) == (1000, 0, 1)


def test_nothing_to_do_is_no_division_by_zero() -> None:
    assert Progress("Reading", 0, 0).fraction == 0
