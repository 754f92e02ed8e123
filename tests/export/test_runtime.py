from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.export.bundle import Bundle, read_bundle, write_bundle
from anomaly_gui.export.runtime import BundleRuntime, find_regions
from anomaly_gui.imaging.load import load
from anomaly_gui.imaging.registration import make_reference
from tests.export.sample_bundle import MANIFEST, make_bundle
from tests.imaging.moved_part import moved_part


def write(path: Path, pixels: np.ndarray) -> Path:
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return path


@pytest.fixture
def runtime(tmp_path: Path) -> BundleRuntime:
    make_bundle(tmp_path / "toy.anomaly")
    return BundleRuntime.open(tmp_path / "toy.anomaly", threads=1)


def test_that_an_image_is_decided_and_its_regions_lie_in_its_own_pixels(runtime: BundleRuntime, tmp_path: Path) -> None:
    grey = np.full((64, 128), 128, np.uint8)
    assert runtime.inspect(write(tmp_path / "good.png", grey)).decision == "good"
    grey[8:24, 64:96] = 255
    found = runtime.inspect(write(tmp_path / "bad.png", grey))
    assert found.decision == "defective"
    assert found.score == pytest.approx(1.0, abs=1e-5)
    (region,) = found.regions
    assert abs(region.x - 64) <= 4
    assert abs(region.y - 8) <= 2
    assert abs(region.width - 32) <= 8
    assert abs(region.height - 16) <= 4


def test_that_16_bit_images_use_the_bundles_white_level(runtime: BundleRuntime, tmp_path: Path) -> None:
    half_of_12_bit = np.full((32, 32), 2048, np.uint16)
    found = runtime.inspect(write(tmp_path / "deep.png", half_of_12_bit))
    assert found.score == pytest.approx(0.0, abs=1e-3)


def test_that_an_unreadable_image_is_named(runtime: BundleRuntime, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(InputError, match=r"text\.png"):
        runtime.inspect(tmp_path / "text.png")


def test_that_a_model_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="no ONNX graph"):
        BundleRuntime(Bundle(MANIFEST, b"nonsense", b""))


def test_that_regions_are_listed_strongest_first_and_hold_what_is_not_finite() -> None:
    anomaly_map = np.zeros((10, 10), np.float32)
    anomaly_map[1, 1], anomaly_map[5:7, 5:7], anomaly_map[9, 9] = 2, 3, np.nan
    found = find_regions(anomaly_map, 1.0, 20, 40)
    assert [(r.x, r.y, r.width, r.height, r.area) for r in found[1:]] == [(20, 10, 8, 4, 32), (4, 2, 4, 2, 8)]
    assert (found[0].x, found[0].y) == (36, 18)


def test_that_inspecting_needs_neither_torch_nor_qt(tmp_path: Path) -> None:
    make_bundle(tmp_path / "toy.anomaly")
    write(tmp_path / "a.png", np.full((9, 9), 128, np.uint8))
    script = (
        "import sys; from pathlib import Path; from anomaly_gui.jobs.inspect import inspect;"
        "from anomaly_gui.progress import CancelToken, ignore_events;"
        "found = list(inspect(Path(sys.argv[1]), [Path(sys.argv[2])], ignore_events, CancelToken()));"
        "assert found[0].decision == 'good', found;"
        "loaded = {name.split('.')[0] for name in sys.modules};"
        "assert not loaded & {'torch', 'PySide6', 'sklearn'}, loaded"
    )
    arguments = [sys.executable, "-c", script, str(tmp_path / "toy.anomaly"), str(tmp_path / "a.png")]
    subprocess.run(arguments, check=True, timeout=60)


def test_that_regions_begin_at_the_pixel_threshold_where_there_is_one(tmp_path: Path) -> None:
    make_bundle(tmp_path / "toy.anomaly")
    bundle = read_bundle(tmp_path / "toy.anomaly")
    half = np.full((32, 32), 128, np.uint8)
    half[:, :16] = 180  # a map of 0.17: below the threshold of 0.5
    image = write(tmp_path / "half.png", half)
    levels = {}
    for level in (None, 0.1, 0.2):
        manifest = msgspec.structs.replace(bundle.manifest, pixel_threshold=level)
        runtime = BundleRuntime(replace(bundle, manifest=manifest), threads=1)
        found = runtime.inspect(image)
        assert found.decision == "good"
        levels[level] = [region.area for region in found.regions]
    assert levels == {None: [], 0.1: [512], 0.2: []}


REFERENCE = make_reference([moved_part(0)])


def aligning(folder: Path, reference: bytes) -> Path:
    """The toy's bundle, which aligns images first."""
    make_bundle(folder / "toy.anomaly")
    toy = read_bundle(folder / "toy.anomaly")
    manifest = msgspec.structs.replace(toy.manifest, registration="shift")
    write_bundle(folder / "aligning.anomaly", manifest, toy.model, toy.weights, reference=reference)
    return folder / "aligning.anomaly"


def test_that_an_image_is_aligned_and_its_map_picture_and_regions_lie_in_its_own_pixels(tmp_path: Path) -> None:
    plain = BundleRuntime.open(aligning(tmp_path, REFERENCE.to_png()).with_name("toy.anomaly"), threads=1)
    runtime = BundleRuntime.open(tmp_path / "aligning.anomaly", threads=1)
    for across, down in ((0, 0), (24, -16)):
        path = write(tmp_path / "part.png", moved_part(1, across, down))
        own, aligned = plain.run(load(path)), runtime.run(load(path))
        # The toy draws the negative and marks what is bright or dark, wherever it lies.
        assert aligned.reconstruction is not None
        assert own.reconstruction is not None
        for one, other in ((own.anomaly_map, aligned.anomaly_map), (own.reconstruction[0], aligned.reconstruction[0])):
            assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.9
        assert aligned.score == pytest.approx(own.score, abs=0.1)
        if across:
            assert aligned.inside is not None
            assert 0.75 < aligned.inside.mean() < 0.9
            assert not aligned.inside[:, 0].any(), "what the reference does not show was not seen"
            assert not aligned.anomaly_map[~aligned.inside].any()


def test_that_a_reference_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    for reference in (b"nonsense", cv2.imencode(".png", np.zeros((400, 400), np.uint8))[1].tobytes()):
        with pytest.raises(InputError, match=r"aligning\.anomaly: its reference\.png cannot be used.*Export it again"):
            BundleRuntime.open(aligning(tmp_path, reference))


def test_that_no_region_is_found_where_nothing_counts() -> None:
    """At a level of 0 or below what does not count is above it, too."""
    anomaly_map = np.zeros((10, 10), np.float32)
    anomaly_map[1, 1] = 2
    inside = np.zeros((10, 10), np.bool_)
    inside[:3, :3] = True
    anomaly_map[inside] -= 1
    (found,) = find_regions(anomaly_map, 0.0, 10, 10, inside)
    assert (found.x, found.y, found.area) == (1, 1, 1)
