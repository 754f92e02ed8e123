from __future__ import annotations

import msgspec
import pytest

from anomaly_gui.cli import wording
from anomaly_gui.evaluation.confusion import ThreeWay
from anomaly_gui.evaluation.thresholds import Costs
from anomaly_gui.jobs.evaluate import Evaluation, TypeRecall
from anomaly_gui.jobs.export import ExportReport
from anomaly_gui.jobs.import_images import ImportReport, Refused
from anomaly_gui.jobs.inspect import InspectionError
from anomaly_gui.jobs.study.records import StudyReport
from anomaly_gui.jobs.train import TrainReport
from anomaly_gui.jobs.verify import VerifyReport

FOUND = Evaluation(
    run=3,
    detector="conv-ae",
    n_good=40,
    n_defect=20,
    auroc=0.91234,
    average_precision=0.8,
    threshold=4.5,
    rule="best-f1",
    rule_parameter=None,
    rule_sentence="The threshold with the best balance.",
    defect_type=None,
    costs=None,
    expected_precision=None,
    cost_per_part=None,
    recheck=None,
    three_way=ThreeWay(19, 0, 1, 1, 0, 39),
    precision=0.9,
    recall=0.95,
    recall_interval=(0.764, 0.991),
    f1=0.924,
    specificity=0.975,
    false_alarm_rate=0.025,
    false_alarm_interval=(0.004, 0.129),
    false_negatives=["/parts/dot/003.png"],
    per_defect_type={"dot": TypeRecall(n=10, found=9, recall=0.9)},
    pixel_auroc=None,
    pixel_f1=None,
    aupro=None,
    images=[],
)

TRAINED = TrainReport(
    run=2,
    run_name="002-conv-ae",
    status="finished",
    epochs=15,
    best_epoch=12,
    seconds=20.4,
    images_per_s=99.0,
    scored=True,
)


def test_a_recheck_line_and_costs_are_said_where_there_are_any() -> None:
    assert "recheck" not in wording.figures(FOUND)
    banded = msgspec.structs.replace(
        FOUND,
        recheck=3.5,
        three_way=ThreeWay(18, 1, 1, 1, 4, 35),
        costs=Costs(50, 1, 0.01),
        expected_precision=0.277,
        cost_per_part=0.0498,
    )
    text = wording.figures(banded)
    assert "18 found, 1 to recheck, 1 missed" in text
    assert "1 false alarms, 4 to recheck, 35 passed" in text
    assert "27.7 %  (with 1.0 % of the parts defective)" in text
    assert "The threshold with the best balance." in text


def test_figures_come_with_their_intervals_and_the_missed_files() -> None:
    text = wording.figures(FOUND)
    assert "95.0 %  (95 % sure: 76.4 % to 99.1 %)" in text
    assert "2.5 %  (95 % sure: 0.4 % to 12.9 %)" in text
    assert "Missed defects (1):\n  /parts/dot/003.png" in text
    assert "9 of 10 found" in text
    assert "pixel" not in text


def test_figures_of_masks_are_shown_where_there_are_masks() -> None:
    text = wording.figures(msgspec.structs.replace(FOUND, pixel_auroc=0.97, pixel_f1=0.5, aupro=0.88))
    assert "0.97" in text
    assert "AUPRO" in text


def test_an_undefined_figure_is_not_a_number() -> None:
    lone = msgspec.structs.replace(FOUND, recall=None, recall_interval=None, auroc=None, n_defect=0)
    lines = {row.split("  ")[0]: row for row in wording.figures(lone).splitlines()}
    assert lines["recall"].endswith("n/a  (95 % sure: n/a to n/a)")
    assert lines["AUROC"].endswith("n/a")


def test_an_import_counts_and_points_at_what_needs_care() -> None:
    report = ImportReport(
        added=1,
        already=2,
        refused=(Refused("a.png", "the file is empty"),),
        conflicts=("a.png and b.png are the same picture",),
        warnings=(),
        good=1,
        defect=0,
        unlabelled=0,
        masks=0,
    )
    lines = wording.imported(report).splitlines()
    assert lines[0] == "Added 1 image: 1 good, 0 defective, 0 unlabelled, 0 masks."
    assert lines[1] == "2 images were in the project already."
    assert lines[2].startswith("1 file left out")
    assert "a.png and b.png" in lines[3]


def test_a_training_names_the_next_command() -> None:
    assert wording.trained(TRAINED, "P").endswith("Next: anomaly-gui evaluate P --run 2")
    stopped = msgspec.structs.replace(TRAINED, status="cancelled", message="The best weights are kept.")
    assert "The best weights are kept." in wording.trained(stopped, "P")
    assert wording.trained(stopped, "P").endswith("To go on: anomaly-gui train P --resume 2")


def test_no_runs_is_said_and_not_an_empty_table() -> None:
    assert wording.runs([]).startswith("No runs yet.")


def test_an_export_says_how_well_it_agrees() -> None:
    report = ExportReport(
        path="a.anomaly", sha256="ab" * 32, bytes=1_500_000, checked_images=50, largest_difference=2e-7
    )
    assert "1.5 MB" in wording.exported(report)
    assert "50 images: scores agree to 2.0e-07" in wording.exported(report)


def test_an_unreadable_file_is_named_with_its_reason() -> None:
    assert wording.inspected(InspectionError("a.png", "it is empty")) == "unreadable  a.png: it is empty"


def test_a_study_lists_what_failed_and_where_the_tables_are() -> None:
    report = StudyReport(cells=4, computed=1, failed=("a, gan, seed 0: Too few.",), tables=("out/study.md",))
    text = wording.studied(report)
    assert text.splitlines() == [
        "4 trainings, 1 of them now, 1 failed.", "  a, gan, seed 0: Too few.", "Tables:", "  out/study.md",
    ]  # fmt: skip


@pytest.mark.parametrize("problems", [(), ("one is wrong", "two is wrong")])
def test_verification_lists_every_problem(problems: tuple[str, ...]) -> None:
    text = wording.verified(VerifyReport(path="P", kind="project", problems=problems))
    assert all(f"{problem}." in text for problem in problems)
    assert ("whole and unchanged" in text) is not bool(problems)


def test_locked_images_are_said_to_be_left_out() -> None:
    assert "locked" not in wording.figures(FOUND)
    text = wording.figures(msgspec.structs.replace(FOUND, n_locked=12))
    assert "12 locked images left out: their figures are revealed on the Tune page" in text
