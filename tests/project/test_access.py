"""Roles: what each may do, what stays when the password is wrong or lost, and that the journal keeps it all."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.project import audit
from anomaly_gui.project.access import Password, hashed, matches
from anomaly_gui.project.records import Label, Threshold, Verdict
from anomaly_gui.project.store import Project
from tests.project.samples import GOOD, SCRATCH, reopened


@pytest.fixture
def guarded(project: Project) -> Project:
    """A project with roles, opened anew: as operator."""
    project.set_threshold(1, Threshold(0.5))
    project.set_label([6], SCRATCH)
    project.access.turn_on("engine room", "second look")
    return reopened(project)


def test_a_project_begins_without_roles_and_everybody_may_do_everything(project: Project) -> None:
    assert not project.access.is_on
    assert project.access.may("engineer")
    assert "role" not in project.events()[-1].new


def test_an_operator_changes_nothing(guarded: Project) -> None:
    before = guarded.events()
    assert guarded.access.role == "operator"
    for change in (
        lambda: guarded.set_label([1], SCRATCH),
        lambda: guarded.set_verdict(1, 1, Verdict("confirmed")),
        lambda: guarded.set_threshold(1, Threshold(0.1)),
        lambda: guarded.undo(),
        lambda: guarded.types.add("dent"),
        lambda: guarded.access.turn_on("another one"),
        lambda: guarded.access.turn_off(),
    ):
        with pytest.raises(InputError, match=r"only the (engineer|reviewer) may"):
            change()
    assert guarded.events() == before
    guarded.remember("page", "tune")  # where one looks is no change


def test_a_reviewer_gives_verdicts_takes_them_back_and_changes_nothing_else(guarded: Project) -> None:
    guarded.access.take("reviewer", "second look")
    guarded.review(1, 1, Verdict("relabelled"), SCRATCH)
    guarded.review(1, 1, Verdict("relabelled"), GOOD)  # the verdict stays, the label changes
    assert guarded.undo() is not None
    assert guarded.image(1).label == SCRATCH
    assert guarded.redo() is not None
    guarded.set_comment(1, "seen")
    for change in (
        lambda: guarded.set_label([1], SCRATCH),
        lambda: guarded.set_threshold(1, Threshold(0.1)),
        lambda: guarded.set_excluded([1], True),
    ):
        with pytest.raises(InputError, match="only the engineer may"):
            change()
    entry = guarded.log_entries()[-1]
    assert (entry.sentence, entry.role) == ("Commented on part_1.png", "reviewer")


def test_a_reviewer_does_not_take_back_what_an_engineer_did(guarded: Project) -> None:
    guarded.access.take("engineer", "engine room")
    guarded.set_label([1], SCRATCH)
    guarded.access.take("reviewer")
    with pytest.raises(InputError, match="only the engineer"):
        guarded.undo()


def test_a_threshold_that_follows_a_verdict_is_part_of_it(guarded: Project) -> None:
    guarded.access.take("reviewer", "second look")
    with guarded.together():
        guarded.review(1, 1, Verdict("relabelled"), SCRATCH)
        guarded.set_threshold(1, Threshold(0.4))
    assert guarded.threshold(1) == Threshold(0.4)


def test_a_role_is_taken_by_its_password_alone_and_the_journal_keeps_it(guarded: Project) -> None:
    for wrong in ("", "engine rooM", "second look"):
        with pytest.raises(InputError, match="not right"):
            guarded.access.take("engineer", wrong)
    assert guarded.access.role == "operator"
    guarded.access.take("engineer", "engine room")
    guarded.set_label([1], SCRATCH)
    taken, labelled = guarded.log_entries()[-2:]
    assert (taken.sentence, taken.role) == ("Changed the role from operator to engineer", "engineer")
    assert labelled.role == "engineer"
    guarded.access.take("operator")
    assert guarded.access.needs_password("reviewer")


def test_without_a_password_of_their_own_reviewers_need_none(project: Project) -> None:
    project.access.turn_on("engine room")
    again = reopened(project)
    assert not again.access.needs_password("reviewer")
    again.access.take("reviewer")
    assert again.access.needs_password("engineer")


def test_who_forgot_the_password_can_turn_roles_off_and_the_journal_says_so(guarded: Project) -> None:
    guarded.access.turn_off_without_password()
    assert not guarded.access.is_on
    guarded.set_label([1], SCRATCH)
    entry = guarded.log_entries()[-2]
    assert "without a password" in entry.sentence
    assert entry.who
    assert not any(audit.is_damage(problem) for problem in guarded.verify(read_images=False))


def test_neither_password_nor_hash_is_in_the_journal_and_the_passwords_are_hashed_with_salts(guarded: Project) -> None:
    with closing(sqlite3.connect(guarded.folder / "project.db")) as connection:
        (kept,) = connection.execute("SELECT value FROM place WHERE key = 'passwords'").fetchone()
        told = "".join(f"{old}{new}" for old, new in connection.execute("SELECT old, new FROM event"))
    records = json.loads(kept)
    assert records["engineer"]["salt"] != records["reviewer"]["salt"]
    for record in records.values():
        assert record["hash"] not in told
        assert record["salt"] not in told
    assert "engine room" not in kept + told


def test_passwords_edited_from_outside_let_nobody_in(guarded: Project) -> None:
    forged = json.dumps({"engineer": {**_plain(hashed("mine"))}})
    with closing(sqlite3.connect(guarded.folder / "project.db")) as connection, connection:
        connection.execute("UPDATE place SET value = ? WHERE key = 'passwords'", (forged,))
    with pytest.raises(InputError, match="changed from outside"):
        guarded.access.take("engineer", "mine")


def test_a_password_matches_itself_alone() -> None:
    kept = hashed("Ölwanne 7")
    assert matches("Ölwanne 7", kept)
    assert not matches("Ölwanne 8", kept)
    assert hashed("Ölwanne 7").hash != kept.hash
    assert kept.cost >= 1 << 14


def test_a_short_password_is_refused(project: Project) -> None:
    for engineer, reviewer in (("", ""), ("abc", ""), ("long enough", "abc")):
        with pytest.raises(InputError, match="fewer than"):
            project.access.turn_on(engineer, reviewer)
    assert not project.access.is_on


def test_roles_hold_when_the_journal_is_folded_and_labels_of_both_kinds_are_sound(guarded: Project) -> None:
    guarded.access.take("engineer", "engine room")
    guarded.set_label([2], Label("defect", "dent"))
    assert not any(audit.is_damage(problem) for problem in guarded.verify(read_images=False))


def _plain(kept: Password) -> dict[str, object]:
    return {name: getattr(kept, name) for name in kept.__struct_fields__}
