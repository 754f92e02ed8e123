"""A proposed split keeps together what belongs together, and gives every kind its share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.errors import InputError
from anomaly_gui.project.records import Image, Label
from anomaly_gui.project.split_proposal import SplitBy, SplitCount, SplitSettings, propose_split
from anomaly_gui.project.store import Project
from tests.project.samples import GOOD, SCRATCH, image, stored_state

DENT = Label("defect", "dent")


def shots(parts: int, label: Label = GOOD, first: int = 1, shots_each: int = 4) -> list[Image]:
    return [
        image(first + n, path=f"/line{n % 3}/part{first + n // shots_each}_shot{n % shots_each}.png", label=label)
        for n in range(parts * shots_each)
    ]


@st.composite
def sets(draw: st.DrawFn) -> list[Image]:
    return [
        image(
            number,
            path=f"/{draw(st.sampled_from('ab'))}/part{draw(st.integers(1, 9))}_{number}.png",
            pixel_sha256=str(draw(st.integers(1, 30))),
            label=draw(st.sampled_from([GOOD, GOOD, SCRATCH, Label("unlabelled"), Label("unsure")])),
            locked=draw(st.booleans()) and number % 5 == 0,
        )
        for number in range(1, draw(st.integers(1, 40)))
    ]


@given(sets(), st.sampled_from(["share", "folder", "group"]), st.floats(0.1, 0.9), st.booleans(), st.integers(0, 3))
def test_copies_and_groups_stay_together_and_locked_images_where_they_are(
    images: list[Image], by: SplitBy, share: float, defects_too: bool, seed: int
) -> None:
    settings = SplitSettings(by, share, defects_too=defects_too, seed=seed)
    proposal = propose_split(images, settings)
    assert proposal == propose_split(images[::-1], settings)
    assert set(proposal.splits) == {each.id for each in images if not each.locked}
    drawn = [i for i in images if i.id in proposal.splits and (defects_too or i.label.kind != "defect")]
    sides: dict[object, set[str]] = {}
    for each in drawn:
        name = {"share": each.id, "folder": each.path[:2], "group": each.path[2:].split("_")[0]}[by]
        sides.setdefault(name, set()).add(proposal.splits[each.id])
        sides.setdefault(each.pixel_sha256, set()).add(proposal.splits[each.id])
    assert all(len(side) == 1 for side in sides.values())
    if not defects_too:
        assert all(proposal.splits[i.id] == "test" for i in images if i.label.kind == "defect" and not i.locked)
    assert set(proposal.changed) == {i.id for i in images if i.split != proposal.splits.get(i.id, i.split)}


def test_every_kind_has_its_share_by_whole_parts() -> None:
    images = [*shots(40), *shots(20, SCRATCH, first=1001), *shots(10, DENT, first=2001)]
    proposal = propose_split(images, SplitSettings("group", 0.25, defects_too=True, seed=3))
    assert proposal.counts == (SplitCount("dent", 28, 12), SplitCount("good", 120, 40), SplitCount("scratch", 60, 20))
    assert len(proposal.groups) == 70
    assert proposal.unmatched == 0
    assert proposal.splits != propose_split(images, SplitSettings("group", 0.25, defects_too=True, seed=4)).splits


def test_names_that_the_pattern_does_not_know_are_counted() -> None:
    images = [*shots(3), image(50, path="/x/other.png"), image(51, path="/x/another.png")]
    proposal = propose_split(images, SplitSettings("group", pattern=r"part(\d+)"))
    assert proposal.unmatched == 2
    assert sorted(proposal.groups) == [("1", 4), ("2", 4), ("3", 4)]


@pytest.mark.parametrize(
    ("settings", "cause"),
    [
        (SplitSettings("group", pattern="part("), "no regular expression"),
        (SplitSettings(test_share=0), "not between 0 and 1"),
        (SplitSettings(test_share=float("nan")), "not between 0 and 1"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: SplitSettings, cause: str) -> None:
    with pytest.raises(InputError, match=cause):
        propose_split(shots(2), settings)


def test_a_proposal_is_applied_in_one_step_and_runs_keep_their_roles(project: Project) -> None:
    before, roles = stored_state(project), project.roles(1)
    proposal = propose_split(project.images(), SplitSettings(test_share=0.5))
    assert stored_state(project) == before
    changed = project.set_splits(proposal.splits)
    assert changed.images == set(proposal.changed)
    assert changed.sentence == "Moved 3 images to testing"
    assert sorted(i.split for i in project.images()) == ["test"] * 3 + ["train"] * 3
    assert project.roles(1) == roles
    project.undo()
    assert stored_state(project) == before
