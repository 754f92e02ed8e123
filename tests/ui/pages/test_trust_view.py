from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from anomaly_gui.project.findings import Case, Finding, Severity
from anomaly_gui.ui.pages.trust_view import TrustView


def finding(kind: str, severity: Severity, *, accepted: bool = False) -> Finding:
    case = (Case(images=(1, 2), sentence="a pair"),)
    return Finding(
        kind=kind,
        severity=severity,
        title=kind.title(),
        sentence="What it is.",
        advice="What to do.",
        cases=() if accepted else case,
        accepted=case if accepted else (),
    )


def test_findings_stand_under_their_severity_and_the_chosen_one_stays(qtbot: QtBot) -> None:
    view = TrustView(lambda _: None)
    qtbot.addWidget(view)
    view.set_findings([finding("leak", "blocks"), finding("blur", "warning"), finding("alike", "note")], "blur")
    heads = [view.list.topLevelItem(row) for row in range(view.list.topLevelItemCount())]
    assert [head.text(0).strip("● ") for head in heads] == ["Blocks training", "Warnings", "Notes"]
    assert not heads[0].flags() & Qt.ItemFlag.ItemIsSelectable
    assert view.kind == "blur"
    with qtbot.waitSignal(view.finding_chosen) as told:
        view.list.setCurrentItem(heads[2].child(0))
    assert told.args == ["alike"]


def test_buttons_are_those_that_make_sense(qtbot: QtBot) -> None:
    view = TrustView(lambda _: None)
    qtbot.addWidget(view)
    view.show()
    shown = {}
    for name, each in (
        ("block", finding("copies-splits", "blocks")),
        ("warning", finding("blur", "warning")),
        ("accepted", finding("blur", "warning", accepted=True)),
        ("nothing", None),
    ):
        view.show_finding(each)
        buttons = {"fine": view.fine, "again": view.again, "surplus": view.surplus, "gallery": view.gallery}
        shown[name] = {key for key, button in buttons.items() if button.isVisible()}
    assert shown == {
        "block": {"surplus", "gallery"},
        "warning": {"fine", "gallery"},
        "accepted": {"again"},
        "nothing": set(),
    }
