"""The journal: it folds to the state, and every change to it from outside is found."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from random import Random

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.masks import load_mask
from anomaly_gui.imaging.region import Region, Shape
from anomaly_gui.project.journal import OPENING, State, broken_links, fold
from anomaly_gui.project.records import Content, Label, Split, Threshold, Verdict
from anomaly_gui.project.store import Project
from tests.project.samples import GOOD, SCRATCH, new_image, reopened, stored_state


class Work(RuleBasedStateMachine):
    """Random work on a project; after every step the journal folds to the stored state."""

    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.project = Project.create(self.folder / f"p{time.monotonic_ns()}")
        self.project.add_images([new_image(n) for n in range(1, 5)])
        self.project.add_run("conv-ae", "fast", 0, {"a": 0.1}, {1: "train", 2: "test"})
        self.added = 4

    @rule()
    def undo(self) -> None:
        sentence, events = self.project.undo_sentence, len(self.project.events())
        changed = self.project.undo()
        if sentence is None:
            assert changed is None
        else:
            assert self.project.redo_sentence == sentence
            assert len(self.project.events()) > events

    @rule()
    def redo(self) -> None:
        self.project.redo()

    @rule()
    def reopen(self) -> None:
        before = (self.project.undo_sentence, self.project.redo_sentence)
        self.project = reopened(self.project)
        assert (self.project.undo_sentence, self.project.redo_sentence) == before

    @invariant()
    def every_type_of_an_image_is_in_the_list(self) -> None:
        used = {image.label.defect_type for image in self.project.images()} - {None}
        types = self.project.types.all()
        assert used <= {each.name for each in types}
        keys = [each.key for each in types if each.key is not None]
        assert len(set(keys)) == len(keys)

    @invariant()
    def the_journal_folds_to_the_state(self) -> None:
        assert fold(self.project.events()) == stored_state(self.project)

    def teardown(self) -> None:
        problems = [p for p in self.project.verify() if not p.startswith(("image /", "run 001"))]
        self.project.close()
        assert problems == []


class Engineer(Work):
    """Everything that can be done, without imports that would be in the way of undo."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[object, State] = {}

    ids = st.lists(st.integers(1, 4), min_size=1, max_size=3)
    labels = st.sampled_from(
        [GOOD, SCRATCH, Label("defect"), Label("unlabelled"), Label("unsure"), Label("defect", "刮痕")]
    )
    names = st.sampled_from(["scratch", "刮痕", "dent", "crack"])
    corners = st.tuples(st.floats(0, 0.4), st.floats(0.6, 1))
    verdicts = st.sampled_from([None, Verdict("confirmed"), Verdict("unsure", "light"), Verdict("relabelled")])

    @rule(ids=ids, label=labels)
    def label(self, ids: list[int], label: Label) -> None:
        self.project.set_label(ids, label, "because")
        assert all(self.project.image(i).label == label for i in ids)

    @rule(ids=ids, excluded=st.booleans())
    def exclude(self, ids: list[int], excluded: bool) -> None:
        self.project.set_excluded(ids, excluded)

    @rule(image=st.integers(1, 4), verdict=verdicts)
    def judge(self, image: int, verdict: Verdict | None) -> None:
        self.project.set_verdict(image, 1, verdict)

    @rule(image=st.integers(1, 4), verdict=verdicts, label=st.none() | labels)
    def review(self, image: int, verdict: Verdict | None, label: Label | None) -> None:
        self.project.review(image, 1, verdict, label)

    @rule(image=st.integers(1, 4), text=st.text(max_size=5))
    def comment(self, image: int, text: str) -> None:
        self.project.set_comment(image, text)

    @rule(image=st.integers(1, 4), path=st.none() | st.sampled_from(["/m/1.png", "/m/\udcff.png"]))
    def mask(self, image: int, path: str | None) -> None:
        self.project.set_mask_path(image, path)

    @rule(image=st.integers(1, 4), seed=st.none() | st.integers(0, 3))
    def draw(self, image: int, seed: int | None) -> None:
        shape = self.project.image(image).height, self.project.image(image).width
        mask = None if seed is None else np.random.default_rng(seed).random(shape) > 0.5
        self.project.masks.draw(image, mask)
        drawn = self.project.image(image).mask_path
        if mask is not None:
            assert drawn is not None
            assert np.array_equal(load_mask(drawn, *shape), mask)

    @rule(splits=st.dictionaries(st.integers(1, 4), st.sampled_from(["train", "test"]), min_size=1))
    def split(self, splits: dict[int, Split]) -> None:
        self.project.set_splits(splits)

    @rule(name=names)
    def add_type(self, name: str) -> None:
        with suppress(InputError):
            self.project.types.add(name)

    @rule(names=st.lists(names, min_size=2, max_size=3), what=st.sampled_from(["rename", "merge", "delete"]))
    def change_types(self, names: list[str], what: str) -> None:
        with suppress(InputError):
            if what == "rename":
                self.project.types.rename(*names[:2])
            elif what == "merge":
                self.project.types.merge(names[:-1], names[-1])
            else:
                self.project.types.delete(names[0])

    @rule(name=names, key=st.none() | st.integers(1, 9), order=st.randoms())
    def arrange_types(self, name: str, key: int | None, order: Random) -> None:
        names = self.project.defect_types()
        self.project.types.set_order(order.sample(names, len(names)))
        with suppress(InputError):
            self.project.types.set_key(name, key)
            self.project.types.set_colour(name, "#00FF00")

    @rule(low=corners, high=corners, ignored=st.booleans())
    def draw_region(self, low: tuple[float, float], high: tuple[float, float], ignored: bool) -> None:
        shape = Shape("rectangle", ((low[0], high[0]), (low[1], high[1])))
        region = Region(ignored=(shape,)) if ignored else Region((shape,))
        self.project.set_region(region)
        assert self.project.region() == region

    @rule(folder=st.sampled_from(["/new", "/n\udcff"]), stop=st.booleans())
    def watch(self, folder: str, stop: bool) -> None:
        sources = self.project.sources
        (sources.stop_watching if stop else sources.watch)(folder)
        assert (os.path.abspath(folder) in sources.watched()) is not stop

    @rule(places=st.permutations([1, 2, 3, 4]), far=st.booleans())
    def move_files(self, places: list[int], far: bool) -> None:
        """Images change places, or all move elsewhere."""
        paths = {image: f"/parts/part_{place}.png" for image, place in zip((1, 2, 3, 4), places, strict=True)}
        moved = {image: f"/elsewhere{path}" if far else path for image, path in paths.items()}
        with suppress(InputError):  # One of these files may have been imported since.
            self.project.sources.relink(moved, {1: "/m/1.png"})

    @rule(ids=st.lists(st.integers(1, 4), min_size=1, max_size=3, unique=True), width=st.integers(1, 3))
    def accept_files(self, ids: list[int], width: int) -> None:
        """Files that hold something else now, of another width or not."""
        new = {image: new_image(image + 20 * width, width=width) for image in ids}
        contents = {key: msgspec.convert(msgspec.structs.asdict(each), Content) for key, each in new.items()}
        self.project.sources.accept(contents)
        assert all(self.project.image(key).sha256 == each.sha256 for key, each in contents.items())

    @rule(value=st.floats(-1e9, 1e9), parameter=st.none() | st.floats(0, 1))
    def threshold(self, value: float, parameter: float | None) -> None:
        self.project.set_threshold(1, Threshold(value, "manual", parameter))

    @rule()
    def import_one(self) -> None:
        self.added += 1
        self.project.add_images([new_image(self.added, label=Label("unlabelled"))])

    @rule(status=st.sampled_from(["paused", "running", "finished", "failed"]))
    def follow_run(self, status: str) -> None:
        self.project.update_run(1, status, "so it is")  # type: ignore[arg-type]

    @rule()
    def export(self) -> None:
        self.project.record_export(1, "/out/\udcfe.anomaly", "0" * 64, Threshold(0.1))

    @invariant()
    def undo_and_redo_lead_to_the_very_states_that_were(self) -> None:
        """What is done and not undone, and the facts, are all that the state follows from."""
        openings = [event for event in self.project.events() if event.field == OPENING]
        facts = sum(event.new["kind"] == "fact" for event in openings)
        done = tuple(number for number, _ in self.project._writer.past()._done)
        state = stored_state(self.project)
        assert self.seen.setdefault((done, facts), state) == state


class Importer(Work):
    """Imports bring types and paths that were there before, between changes that are taken back."""

    names = st.sampled_from(["scratch", "dent"])

    @rule(image=st.integers(1, 2), name=names)
    def label(self, image: int, name: str) -> None:
        self.project.set_label([image], Label("defect", name))

    @rule(names=st.permutations(["scratch", "dent"]), what=st.sampled_from(["rename", "merge", "delete"]))
    def change_types(self, names: list[str], what: str) -> None:
        types = self.project.types
        with suppress(InputError):
            if what == "rename":
                types.rename(names[0], names[1])
            elif what == "merge":
                types.merge(names[:1], names[1])
            else:
                types.delete(names[0])

    @rule(key=st.integers(1, 2), name=names)
    def give_key(self, key: int, name: str) -> None:
        with suppress(InputError):
            self.project.types.set_key(name, key)

    @rule(folder=st.sampled_from(["/parts", "/elsewhere"]))
    def move_files(self, folder: str) -> None:
        with suppress(InputError):  # One of these files may have been imported since.
            self.project.sources.relink({image: f"{folder}/part_{image}.png" for image in (1, 2)})

    @rule(name=names, place=st.integers(1, 5))
    def import_what_was_there_before(self, name: str, place: int) -> None:
        label = Label("defect", name)
        self.project.add_images([new_image(100 + place, path=f"/parts/part_{place}.png", label=label)])


@pytest.mark.parametrize(("work", "examples"), [(Engineer, 20), (Importer, 30)])
def test_the_journal_folds_to_the_state_whatever_is_done(tmp_path: Path, work: type[Work], examples: int) -> None:
    work.folder = tmp_path
    run_state_machine_as_test(
        work,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


def test_an_event_says_who_when_what_and_on_which_image(project: Project) -> None:
    project.set_label([2], SCRATCH, "seen under the microscope")
    _, event = project.events(2)
    assert (event.field, event.image, event.run) == ("label", 2, None)
    assert event.old == {"kind": "good", "defect_type": None}
    assert event.new == {"kind": "defect", "defect_type": "scratch"}
    assert event.reason == "seen under the microscope"
    assert event.image_sha256 == project.image(2).sha256
    assert event.who
    assert event.time_utc.endswith("Z")


def outside(project: Project, *statements: str) -> None:
    """Edit the database as someone with another program would."""
    connection = sqlite3.connect(project.folder / "project.db")
    try:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    finally:
        connection.close()


def journal_problems(project: Project) -> list[str]:
    return [problem for problem in project.verify() if problem.startswith("journal")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET reason = 'other' WHERE seq = 3",
        "DELETE FROM event WHERE seq = 3",
        "DELETE FROM event",
        "INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq = 3",
        "INSERT INTO event SELECT 999, operation, field, image, run, old, new, reason, time_utc, who, "
        "image_sha256, previous_hash, hash FROM event WHERE seq = 3",
    ],
)
def test_the_database_itself_refuses_to_rewrite_the_journal(project: Project, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="the journal"):
        outside(project, statement)
    assert journal_problems(project) == []


COLUMNS = [
    "operation",
    "field",
    "image",
    "run",
    "old",
    "new",
    "reason",
    "time_utc",
    "who",
    "image_sha256",
    "previous_hash",
    "hash",
]


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_byte_of_any_column_of_any_event_is_found(project: Project, column: str) -> None:
    project.set_label([2], SCRATCH, "seen under the microscope")
    project.set_threshold(1, Threshold(0.5))
    outside(project, "DROP TRIGGER event_never_changes")
    assert list(broken_links(project._writer.connection)) == []
    for seq, value in project._writer.connection.execute(f"SELECT seq, {column} FROM event").fetchall():
        for damaged in damages(value):
            project._writer.connection.execute(f"UPDATE event SET {column} = ? WHERE seq = ?", (damaged, seq))
            found = list(broken_links(project._writer.connection))
            assert any(f"event {seq} " in problem for problem in found), (seq, damaged)
            project._writer.connection.execute(f"UPDATE event SET {column} = ? WHERE seq = ?", (value, seq))
    assert list(broken_links(project._writer.connection)) == []


def test_an_event_is_whole_whatever_was_typed(project: Project) -> None:
    typed = 'Grat "tief" \\ \n\t\x7f é 日本 🙂 \udcff'
    project.set_label([1, 2], Label("defect", typed), typed)
    project.set_comment(1, typed)
    assert list(broken_links(project._writer.connection)) == []


def test_an_event_that_was_rewritten_with_a_fitting_hash_breaks_the_chain_behind_it(project: Project) -> None:
    project.set_comment(1, "before")
    project.set_comment(2, "after")
    outside(project, "DROP TRIGGER event_never_changes")
    *content, _ = project._writer.connection.execute("SELECT * FROM event WHERE seq = 10").fetchone()
    content[7] = "another reason"
    forged = hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()
    project._writer.connection.execute("UPDATE event SET reason = ?, hash = ? WHERE seq = 10", (content[7], forged))
    assert journal_problems(project) == ["journal: event 11 does not follow from the one before it"]


def damages(value: str | int | None) -> list[str | int]:
    """*value* with one byte changed at the start, in the middle and at the end."""
    if not isinstance(value, str):
        return [77 if value is None else value + 1]
    places = {0, len(value) // 2, len(value) - 1} if value else set()
    return [value[:p] + chr(ord(value[p]) ^ 1) + value[p + 1 :] for p in places] or ["?"]


def test_an_event_that_was_taken_out_is_missed(project: Project) -> None:
    project.set_comment(1, "a")
    project.set_comment(1, "b")
    outside(project, "DROP TRIGGER event_never_goes", f"DELETE FROM event WHERE seq = {len(project.events()) - 2}")
    assert "is missing" in journal_problems(project)[0]


def test_events_that_were_cut_off_the_end_are_missed(project: Project) -> None:
    project.set_comment(1, "a")
    outside(project, "DROP TRIGGER event_never_goes", "DELETE FROM event WHERE seq > 10")
    assert any("image 1 is not what the journal says" in problem for problem in project.verify())


def test_one_flipped_bit_of_an_event_in_the_file_is_found(project: Project) -> None:
    project.set_label([2], SCRATCH, "seen under the microscope")
    project.close()
    database = project.folder / "project.db"
    raw = database.read_bytes()
    assert b"microscope" in raw
    database.write_bytes(raw.replace(b"microscope", b"microscopd", 1))
    with pytest.raises(InputError, match="was changed after it was written"):
        Project.open(project.folder)
    with Project.open(project.folder, check=False) as again:
        assert any("was changed after it was written" in problem for problem in journal_problems(again))
