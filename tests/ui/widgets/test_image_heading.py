"""Back, previous and next, by mouse."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.image_heading import ImageHeading


def test_the_buttons_announce_and_rest_at_the_ends(qtbot: QtBot) -> None:
    heading = ImageHeading("Back to the images")
    qtbot.addWidget(heading)
    heading.show()
    heading.show_image("part.png", "1 of 9", has_previous=False, has_next=True)
    assert (heading.name.text(), heading.position.text()) == ("part.png", "1 of 9")
    with qtbot.waitSignals([heading.back_wanted, heading.next_wanted]), qtbot.assertNotEmitted(heading.previous_wanted):
        for button in (heading.back, heading.previous, heading.next):
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
