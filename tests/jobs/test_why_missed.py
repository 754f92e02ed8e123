"""The question why an image was missed, answered from a run's files."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.load import load
from anomaly_gui.imaging.region import Region, Shape
from anomaly_gui.jobs.run_facts import load_facts, save_facts
from anomaly_gui.jobs.why_missed import analyse, run_measure
from anomaly_gui.project.records import Label
from tests.ui.pages.scored_project import scored_project

MISSED = 7


def test_stored_maps_are_read_in_the_units_of_scores(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        measure = run_measure(project, 1)
        image = project.image(MISSED)
        folder = project.run_folder(1)
        found = analyse(
            # The project writes its maps from 0 to 8, whatever the statistics say.
            type(measure)(**{**vars(measure), "scale": (0.0, 8.0)}),
            folder.read_map(MISSED),
            load(image.path).pixels,
            255,
            image.mask_path,
            folder.read_reconstruction(MISSED),
        )
    assert measure.ordinary == pytest.approx(2.0), "the median of the good test images"
    assert measure.input_px == 32
    assert found.regions[0].peak == pytest.approx(2.2, abs=1e-3)
    assert found.seen == "too weak"
    assert found.size is not None
    assert found.size.width == pytest.approx(4)
    assert found.copied == 0.0


def test_a_mask_that_is_gone_is_named(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        image = project.image(MISSED)
        assert image.mask_path is not None
        Path(image.mask_path).unlink()
        pixels, stored = load(image.path).pixels, project.run_folder(1).read_map(MISSED)
        with pytest.raises(InputError, match="mask"):
            analyse(run_measure(project, 1), stored, pixels, 255, image.mask_path, None)


def test_without_good_test_images_those_held_out_say_what_is_ordinary(tmp_path: Path) -> None:
    with scored_project(tmp_path, good=()) as project:
        assert run_measure(project, 1).ordinary == pytest.approx(1.2), "the median of 0.8, 1.0, 1.4 and 2.0"


def test_what_is_ordinary_follows_the_labels(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        project.set_label([1, 2], Label("defect"))
        assert run_measure(project, 1).ordinary == pytest.approx(2.5)


def test_a_mask_outside_of_the_run_s_region_is_told(tmp_path: Path) -> None:
    """The mask lies in the left half of the image."""
    with scored_project(tmp_path) as project:
        folder, image = project.run_folder(1), project.image(MISSED)
        facts = load_facts(folder)
        pixels, stored = load(image.path).pixels, folder.read_map(MISSED)
        for left, ignored in ((0.0, False), (0.5, True)):
            region = Region(inside=(Shape("rectangle", ((left, 0.0), (left + 0.5, 1.0))),))
            save_facts(folder, msgspec.structs.replace(facts, region=region))
            found = analyse(run_measure(project, 1), stored, pixels, 255, image.mask_path, None)
            assert found.ignored == ignored
