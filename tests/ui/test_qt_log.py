from __future__ import annotations

import logging

import pytest
from PySide6.QtCore import qWarning

from anomaly_gui.ui.qt_log import qt_messages_logged


def test_qts_warnings_go_to_the_log(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    with caplog.at_level(logging.WARNING), qt_messages_logged():
        qWarning("a timer was started from another thread")
    assert "a timer was started from another thread" in caplog.text
    assert capfd.readouterr().err == ""


def test_the_off_screen_platforms_noise_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), qt_messages_logged():
        qWarning("This plugin does not support propagateSizeHints()")
    assert caplog.text == ""


@pytest.mark.qt_log_level_fail("CRITICAL")
def test_afterwards_messages_go_where_they_went_before(caplog: pytest.LogCaptureFixture, qtlog: object) -> None:
    with qt_messages_logged():
        pass
    with caplog.at_level(logging.DEBUG):
        qWarning("for pytest-qt")
    assert caplog.text == ""
    assert [record.message for record in qtlog.records] == ["for pytest-qt"]
