"""Where a threshold comes from: who, when, by what, on what, for which model, and what it replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from anomaly_gui import __version__
from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.thresholds import Rule
from anomaly_gui.files import sha256
from anomaly_gui.jobs.evaluate import evaluate, set_threshold_by_rule
from anomaly_gui.jobs.provenance import provenances, sentence, threshold_provenance
from anomaly_gui.project import journal
from anomaly_gui.project.logbook import local_time
from anomaly_gui.project.records import Label
from anomaly_gui.project.store import Project


@pytest.fixture
def project(demo_project: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setattr(journal, "_user", lambda: "anna")
    return Project.open(demo_project)


def test_it_tells_who_set_it_when_by_which_rule_on_which_images_for_which_model(project: Project) -> None:
    before = project.threshold(1)
    evaluate(project, 1, threshold=123.0)
    set_threshold_by_rule(project, 1, Rule("good-max-plus"))
    found = threshold_provenance(project, 1)
    figures = evaluate(project, 1)
    assert before is not None
    assert found is not None
    assert (found.who, found.program, found.run, found.detector) == ("anna", __version__, 1, "conv-ae")
    assert (found.good, found.defective) == (figures.n_good, figures.n_defect)
    assert found.weights_sha256 == sha256(project.run_folder(1).weights.read_bytes())
    assert found.replaced == 123.0
    assert found.threshold == project.threshold(1)
    last = [event for event in project.events() if event.field == "threshold"][-1]
    assert (found.event, found.time_utc) == (last.seq, last.time_utc)
    said = sentence(found)
    for part in (
        f"{figures.threshold:.6g}, set by anna on {local_time(found.time_utc)} by the rule “Above all good”",
        f"on {figures.n_good + figures.n_defect} tune images",
        f"run 1, conv-ae, weights {found.weights_sha256[:8]}, program {__version__}",
        "replaced 123.",
    ):
        assert part in said
    project.close()


def test_images_that_are_locked_or_left_out_are_not_counted(project: Project) -> None:
    judged = [image.id for image in project.images() if project.roles(1).get(image.id) == "test"]
    project.set_locked(judged[:1], True)
    project.set_excluded(judged[1:2], True)
    project.set_label(judged[2:3], Label("unsure"))
    evaluate(project, 1, threshold=5.0)
    found = threshold_provenance(project, 1)
    assert found is not None
    assert (found.good or 0) + (found.defective or 0) == len(judged) - 3
    project.close()


def test_one_that_undo_brought_back_is_told_of_as_it_was_set_and_by_whom_it_came_back(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = evaluate(project, 1, threshold=5.0).threshold
    evaluate(project, 1, threshold=6.0)
    monkeypatch.setattr(journal, "_user", lambda: "ben")
    project.undo()
    found = threshold_provenance(project, 1)
    assert found is not None
    assert (found.threshold.value, found.who, found.restored_by, found.replaced) == (first, "anna", "ben", 6.0)
    assert "brought back by ben" in sentence(found)
    project.close()


def test_a_threshold_of_an_older_version_says_what_is_known(project: Project) -> None:
    # Nothing of the basis was written then.
    found = threshold_provenance(project, 1)
    assert found is not None
    bare = type(found)(
        run=1,
        run_name=found.run_name,
        detector="conv-ae",
        threshold=found.threshold,
        who="anna",
        time_utc=found.time_utc,
        event=3,
    )
    said = sentence(bare)
    assert "tune images" not in said
    assert "(run 1, conv-ae, an older program)" in said
    project.close()


def test_every_run_with_a_threshold_has_one(project: Project) -> None:
    assert [each.run for each in provenances(project)] == [1]
    assert local_time("no time") == "no time"
    project.close()


def test_a_journal_that_makes_no_sense_is_bad_input(project: Project) -> None:
    with pytest.raises(InputError, match="no such run"):
        threshold_provenance(project, 9)
    connection = project._writer.connection
    connection.execute("DROP TRIGGER event_never_changes")
    connection.execute("UPDATE event SET new = '{}' WHERE field = 'threshold'")
    with pytest.raises(InputError, match="Verify the project"):
        threshold_provenance(project, 1)
    project.close()
