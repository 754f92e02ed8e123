"""The verdict first, and all that was looked at to be copied."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from anomaly_gui.jobs.verify import VerifyReport
from anomaly_gui.ui.widgets.verify_dialog import VerifyDialog


def test_problems_are_listed_and_can_be_copied(owner: QWidget) -> None:
    report = VerifyReport(path="/p", kind="project", problems=("image 3 was changed",), notes=("a bundle is gone",))
    dialog = VerifyDialog(report, owner)
    dialog.open()
    assert "Not everything" in dialog.headline.text()
    assert "1 problem found" in dialog.text.text()
    dialog.copy.click()
    told = QGuiApplication.clipboard().text()
    assert "image 3 was changed." in told
    assert "note: a bundle is gone." in told
    assert told.splitlines()[-1].startswith("NOT SOUND")
    dialog.reject()


def test_a_sound_project_is_said_to_be_so(owner: QWidget) -> None:
    dialog = VerifyDialog(VerifyReport(path="/p", kind="project", problems=()), owner)
    dialog.open()
    assert "whole and unchanged" in dialog.headline.text()
    assert "SOUND" in dialog.details.toPlainText()
    dialog.reject()
