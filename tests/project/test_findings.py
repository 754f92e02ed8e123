from __future__ import annotations

from anomaly_gui.project.findings import Case, Finding, case_key, without_accepted
from tests.project.samples import image

IMAGES = {number: image(number) for number in (1, 2, 3)}
PAIR, OTHER = Case(images=(1, 2), sentence="a pair"), Case(images=(2, 3), sentence="another")


def finding(severity: str) -> Finding:
    return Finding(kind="k", severity=severity, title="", sentence="", advice="", cases=(PAIR, OTHER))  # type: ignore[arg-type]


def test_a_case_is_known_by_what_its_files_hold_and_not_by_its_words() -> None:
    turned = Case(images=(2, 1), sentence="other words")
    assert case_key("k", turned, IMAGES) == case_key("k", PAIR, IMAGES)
    assert case_key("k", OTHER, IMAGES) != case_key("k", PAIR, IMAGES) != case_key("other kind", PAIR, IMAGES)


def test_accepted_cases_are_set_apart_but_a_contradiction_stays() -> None:
    fine = {case_key("k", PAIR, IMAGES)}
    assert without_accepted(finding("warning"), fine, IMAGES).cases == (OTHER,)
    assert without_accepted(finding("warning"), fine, IMAGES).accepted == (PAIR,)
    assert without_accepted(finding("blocks"), fine, IMAGES).cases == (PAIR, OTHER)
