from __future__ import annotations

from pathlib import Path

from anomaly_gui.ui.recent import add_recent, recent_projects, remove_recent


def test_none_at_first() -> None:
    assert recent_projects() == []


def test_the_newest_comes_first_and_each_once() -> None:
    for name in ("a", "b", "a"):
        add_recent(Path("/parts") / name)
    assert recent_projects() == [Path("/parts/a"), Path("/parts/b")]


def test_a_single_project_is_remembered() -> None:
    add_recent(Path("/parts/only"))
    assert recent_projects() == [Path("/parts/only")]


def test_only_the_last_dozen_is_kept() -> None:
    for number in range(20):
        add_recent(Path(f"/parts/{number}"))
    assert recent_projects() == [Path(f"/parts/{number}") for number in range(19, 7, -1)]


def test_one_can_be_taken_off() -> None:
    for name in ("a", "b"):
        add_recent(Path("/parts") / name)
    remove_recent(Path("/parts/b"))
    assert recent_projects() == [Path("/parts/a")]
    remove_recent(Path("/parts/a"))
    assert recent_projects() == []
