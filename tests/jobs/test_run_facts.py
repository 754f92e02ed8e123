from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from anomaly_gui.detectors.settings import ConvAutoencoderSettings
from anomaly_gui.errors import InputError
from anomaly_gui.jobs.run_facts import RunFacts, input_side, load_facts, save_facts, typed_settings, versions
from anomaly_gui.project.records import Run
from anomaly_gui.project.runs import RunFolder
from anomaly_gui.project.store import Project
from anomaly_gui.scoring.settings import ScoringSettings
from tests.project.samples import new_image

FACTS = RunFacts(
    run="001-conv-ae",
    detector="conv-ae",
    preset="fast",
    seed=1,
    detector_settings={"input_px": 64, "width": 8},
    scoring_settings={"smooth_sigma_px": 2.0},
    input_px=64,
    channels=1,
    white_level=4095,
    threads=2,
    device="cpu",
    versions=versions("2.13.0"),
)


def run(settings: dict[str, object]) -> Run:
    return Run(
        id=1, name="r", detector="conv-ae", preset="fast", seed=0, settings=settings, status="finished", created_utc=""
    )  # fmt: skip


def test_facts_come_back_as_they_were_saved(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path, "001-conv-ae")
    save_facts(folder, FACTS)
    assert load_facts(folder) == FACTS
    assert FACTS.settings() == ConvAutoencoderSettings(input_px=64, width=8)
    assert FACTS.scoring() == ScoringSettings(smooth_sigma_px=2.0)


@pytest.mark.parametrize("broken", [{}, {"channels": "one"}, {"surprise": 1}])
def test_damaged_facts_are_refused_by_name(tmp_path: Path, broken: dict[str, object]) -> None:
    folder = RunFolder(tmp_path, "001-conv-ae")
    folder.write_settings({**msgspec.to_builtins(FACTS), **broken} if broken else {})
    with pytest.raises(InputError, match=r"settings\.json.*damaged"):
        load_facts(folder)


def test_settings_of_a_run_come_back_typed() -> None:
    detector, scoring = typed_settings(run({"detector": {"input_px": 64}, "scoring": {"reduction": "top"}}))
    assert detector == ConvAutoencoderSettings(input_px=64)
    assert scoring == ScoringSettings(reduction="top")


@pytest.mark.parametrize("settings", [{}, {"detector": {"gone": 1}, "scoring": {}}])
def test_settings_of_another_version_are_refused_with_the_run_s_name(settings: dict[str, object]) -> None:
    with pytest.raises(InputError, match="run r: its settings do not fit this version"):
        typed_settings(run(settings))


@pytest.mark.parametrize(("longer", "side"), [(200, 512), (400, 512), (512, 768), (4000, 768)])
def test_an_open_input_size_follows_the_images(longer: int, side: int, tmp_path: Path) -> None:
    with Project.create(tmp_path / "p") as project:
        sizes = [(longer, longer // 2), (longer // 2, longer), (longer, longer), (10, 5000)]
        project.add_images([new_image(n, width=w, height=h) for n, (w, h) in enumerate(sizes)])
        assert input_side(project.images()) == side
