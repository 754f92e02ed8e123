from __future__ import annotations

from pytestqt.qtbot import QtBot

from anomaly_gui.ui.widgets.project_header import ProjectHeader


def test_a_long_path_gives_way_to_the_name_and_the_runs(qtbot: QtBot) -> None:
    header = ProjectHeader()
    qtbot.addWidget(header)
    header.set_project("housing left", "/measurements/" + "station/" * 60 + "housing left")
    header.resize(1290, header.height())
    header.show()
    assert header.project.width() >= header.project.sizeHint().width()
    assert header.rect().contains(header.runs.geometry())
    assert header.runs.box.width() >= 200
