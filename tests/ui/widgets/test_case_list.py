from __future__ import annotations

from PySide6.QtGui import QPixmap
from pytestqt.qtbot import QtBot

from anomaly_gui.project.findings import Case
from anomaly_gui.ui.widgets.case_list import CaseList

CASES = [Case(images=(1, 2), sentence="a pair"), Case(images=(), sentence="the set"), Case(images=(3,), sentence="one")]


def test_the_first_case_is_current_and_the_row_stays_when_one_is_settled(qtbot: QtBot) -> None:
    asked: list[int] = []

    def picture_of(image_id: int) -> QPixmap | None:
        asked.append(image_id)
        return None

    made = CaseList(picture_of)
    qtbot.addWidget(made)
    shown: list[Case | None] = []
    made.case_shown.connect(shown.append)
    made.set_cases(CASES)
    assert shown[-1] == CASES[0]
    made.show()
    qtbot.waitUntil(lambda: {1, 2, 3} <= set(asked))
    made.setCurrentIndex(made.model().index(1, 0))
    made.set_cases([CASES[0], CASES[2]])
    assert shown[-1] == CASES[2]
    made.set_cases([])
    assert shown[-1] is None
