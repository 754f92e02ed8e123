from __future__ import annotations

from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.import_candidates import ImportRequest
from anomaly_gui.ui.widgets.import_roles import Place, guess_places, guess_role, is_empty, masks_beside, request_for


def folder(root: Path, *names: str) -> Path:
    for name in names:
        place = root / name
        place.mkdir(parents=True, exist_ok=True)
        (place / "a.png").write_bytes(b"x")
    return root


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("good", "good"),
        ("OK", "good"),
        ("good_parts", "good"),
        ("defects 2024", "defect"),
        ("NG", "defect"),
        ("rejected", "defect"),
        ("ground_truth", "masks"),
        ("Masks", "masks"),
        ("camera3", "unlabelled"),
        ("not good", "unlabelled"),
        ("no defects", "unlabelled"),
        ("ngwe", "unlabelled"),
    ],
)
def test_a_name_tells_what_a_folder_holds(tmp_path: Path, name: str, role: str) -> None:
    assert guess_role(folder(tmp_path, name) / name) == role


def test_a_folder_with_train_and_test_is_a_data_set(tmp_path: Path) -> None:
    folder(tmp_path, "set/train/good", "set/test/dent")
    assert guess_role(tmp_path / "set") == "dataset"
    assert guess_role(tmp_path / "set/test/dent") == "defect"
    assert guess_role(tmp_path / "set/test/good") == "good"


def test_a_folder_of_good_and_other_folders_is_opened(tmp_path: Path) -> None:
    folder(tmp_path, "line/good", "line/scratch", "line/masks")
    found = {Path(place.paths[0]).name: place.role for place in guess_places([str(tmp_path / "line")])}
    assert found == {"good": "good", "scratch": "defect", "masks": "masks"}


def test_a_folder_with_images_of_its_own_is_not_opened(tmp_path: Path) -> None:
    folder(tmp_path, "line", "line/good")
    assert [place.role for place in guess_places([str(tmp_path / "line")])] == ["unlabelled"]


def test_files_of_one_folder_are_one_place(tmp_path: Path) -> None:
    folder(tmp_path, "good")
    files = [str(tmp_path / "good" / name) for name in ("a.png", "b.png")]
    assert guess_places(files) == [Place(tuple(files), "good", is_folder=False)]


def test_masks_are_found_beside_the_defects(tmp_path: Path) -> None:
    folder(tmp_path, "scratch", "masks")
    assert masks_beside(tmp_path / "scratch") == tmp_path / "masks"
    assert masks_beside(tmp_path / "masks" / "none") is None


def test_roles_become_a_request() -> None:
    places = [
        Place(("/g",), "good"),
        Place(("/d1",), "defect"),
        Place(("/d2",), "defect"),
        Place(("/m",), "masks"),
        Place(("/x",), "leave"),
    ]
    request = request_for(places)
    assert request == ImportRequest(good=("/g",), defect=("/d1", "/d2"), masks="/m")
    assert not is_empty(request)
    assert is_empty(request_for([Place(("/x",), "leave")]))


@pytest.mark.parametrize(
    "places",
    [
        [Place(("/a",), "dataset"), Place(("/b",), "dataset")],
        [Place(("/d",), "defect"), Place(("/m",), "masks"), Place(("/n",), "masks")],
        [Place(("/m",), "masks")],
    ],
)
def test_what_cannot_be_imported_in_one_go_is_refused(places: list[Place]) -> None:
    with pytest.raises(InputError):
        request_for(places)
