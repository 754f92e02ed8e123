"""Import: what can be used goes in, what cannot is named, and nothing is lost on the way."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from anomaly_gui.errors import InputError
from anomaly_gui.files import sha256
from anomaly_gui.imaging import first_look
from anomaly_gui.imaging.first_look import Seen, look
from anomaly_gui.jobs import import_images as importing
from anomaly_gui.jobs.import_candidates import ImportRequest
from anomaly_gui.jobs.import_images import ImportReport, import_images
from anomaly_gui.progress import Cancelled, CancelToken, Event, FileRefused, Noted, Progress, ignore_events
from anomaly_gui.project.labels import conflicts
from anomaly_gui.project.records import Image, Label
from anomaly_gui.project.splits import assign_roles
from anomaly_gui.project.store import Project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "project") as made:
        yield made


def pixels(seed: int, height: int = 24, width: int = 32) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)


def save(path: Path, picture: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Picture.fromarray(picture).save(path)
    return path


def save_folder(folder: Path, count: int, first_seed: int = 0) -> str:
    for n in range(count):
        save(folder / f"part_{n}.png", pixels(first_seed + n))
    return str(folder)


def run(project: Project, **places: object) -> ImportReport:
    report = import_images(project, ImportRequest(**places), ignore_events, CancelToken())
    assert isinstance(report, ImportReport)
    return report


def by_name(project: Project) -> dict[str, Image]:
    return {os.path.basename(image.path): image for image in project.images()}


def test_good_and_defective_folders_become_labelled_images(project: Project, tmp_path: Path) -> None:
    good = save_folder(tmp_path / "good", 8)
    defect = save_folder(tmp_path / "scratched", 3, 100)
    report = run(project, good=(good,), defect=(defect,))
    assert (report.added, report.good, report.defect, report.refused) == (11, 8, 3, ())
    assert report.warnings == ()
    assert report.conflicts == ()
    images = project.images()
    assert [image.label for image in images[8:]] == [Label("defect", "scratched")] * 3
    assert [image.split for image in images] == ["train", "train", "train", "test"] * 2 + ["test"] * 3
    first = images[0]
    assert first.path == str(tmp_path / "good" / "part_0.png")
    assert first.sha256 == sha256(Path(first.path).read_bytes())
    assert first.file_bytes == Path(first.path).stat().st_size
    assert (first.width, first.height, first.channels, first.bit_depth, first.format) == (32, 24, 1, 8, "PNG")
    assert first.peak == pixels(0).max()
    assert project.verify() == []


def test_sub_folders_of_a_defective_folder_name_the_defect_type(project: Project, tmp_path: Path) -> None:
    for kind, seed in (("scratch", 1), ("dent", 2)):
        save(tmp_path / "bad" / kind / "deep" / "1.png", pixels(seed))
    save(tmp_path / "bad" / "loose.png", pixels(3))
    run(project, defect=(str(tmp_path / "bad"),))
    assert project.defect_types() == ["dent", "scratch"]
    assert by_name(project)["loose.png"].label == Label("defect"), "bad is no kind of defect"


def test_single_files_are_taken_too(project: Project, tmp_path: Path) -> None:
    good, bad = save(tmp_path / "a.png", pixels(1)), save(tmp_path / "dent" / "b.png", pixels(2))
    run(project, good=(str(good),), defect=(str(bad),))
    assert by_name(project)["a.png"].label == Label("good")
    assert by_name(project)["b.png"].label == Label("defect", "dent")


def test_unlabelled_images_wait_for_a_label(project: Project, tmp_path: Path) -> None:
    report = run(project, unlabelled=(save_folder(tmp_path / "new", 4),))
    assert report.unlabelled == 4
    project.set_label([image.id for image in project.images()], Label("good"))
    assert {image.split for image in project.images()} == {"train", "test"}


def test_the_mvtec_layout_comes_with_masks_types_and_its_own_split(project: Project, tmp_path: Path) -> None:
    save_folder(tmp_path / "set" / "train" / "good", 5)
    save_folder(tmp_path / "set" / "test" / "good", 2, 50)
    for n in range(3):
        save(tmp_path / "set" / "test" / "crack" / f"{n:03}.png", pixels(100 + n))
    marked = np.zeros((24, 32), np.uint8)
    marked[3, 4] = 255
    save(tmp_path / "set" / "ground_truth" / "crack" / "000_mask.png", marked)
    save(tmp_path / "set" / "ground_truth" / "crack" / "001_mask.png", marked * 0)
    report = run(project, dataset=str(tmp_path / "set"))
    assert (report.good, report.defect, report.masks) == (7, 3, 1)
    assert [image.split for image in project.images()] == ["train"] * 5 + ["test"] * 5
    images = by_name(project)
    assert images["000.png"].mask_path == str(tmp_path / "set" / "ground_truth" / "crack" / "000_mask.png")
    assert images["001.png"].mask_path is None
    assert any("001.png: its mask was left out, it marks nothing" in w for w in report.warnings)
    assert any("1 of 3 defective images have no mask" in w for w in report.warnings)


def test_masks_of_a_folder_are_matched_and_wrong_ones_left_out(project: Project, tmp_path: Path) -> None:
    defect = save_folder(tmp_path / "bad", 4, 10)
    marked = np.full((24, 32), 1, np.uint8)
    save(tmp_path / "bad" / "masks" / "part_0_mask.png", marked)
    save(tmp_path / "bad" / "masks" / "part_1.png", marked)
    save(tmp_path / "bad" / "masks" / "part_2.png", marked[:10])
    save(tmp_path / "bad" / "masks" / "part_77.png", marked)
    report = run(project, defect=(defect,), masks=str(tmp_path / "bad" / "masks"))
    assert (report.added, report.masks) == (4, 2)
    told = "\n".join(report.warnings)
    assert "part_2.png: its mask was left out, the mask is 32×10 pixels, its image 32×24" in told
    assert "part_77.png: a mask of no defective image here" in told
    assert "1 of 4 defective images have no mask" in told


def test_refused_files_are_named_with_the_reason_and_the_rest_goes_in(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "good"
    save_folder(folder, 5)
    whole = (folder / "part_0.png").read_bytes()
    (folder / "text.png").write_text("I am a text file.\n" * 50)
    (folder / "empty.png").write_bytes(b"")
    (folder / "half.png").write_bytes(whole[: len(whole) // 2])
    jpeg = io.BytesIO()
    Picture.fromarray(pixels(1, 200, 200)).save(jpeg, "JPEG")
    (folder / "half.jpg").write_bytes(jpeg.getvalue()[: len(jpeg.getvalue()) // 2])
    pages = [Picture.fromarray(pixels(n)) for n in (60, 61)]
    pages[0].save(folder / "pages.tif", save_all=True, append_images=pages[1:])
    Picture.fromarray(pixels(1).astype(np.float32)).save(folder / "float.tif")
    events: list[Event] = []
    report = import_images(project, ImportRequest(good=(str(folder),)), events.append, CancelToken())
    assert isinstance(report, ImportReport)
    assert report.added == 5
    reasons = {os.path.basename(refused.path): refused.reason for refused in report.refused}
    assert reasons.keys() == {"text.png", "empty.png", "half.png", "half.jpg", "pages.tif", "float.tif"}
    assert "not an image of a known kind" in reasons["text.png"]
    assert "empty" in reasons["empty.png"]
    assert "cut short" in reasons["half.png"]
    assert "cut short" in reasons["half.jpg"]
    assert "2 pages" in reasons["pages.tif"]
    assert "float32" in reasons["float.tif"]
    refusals = [event for event in events if isinstance(event, FileRefused)]
    assert {(r.path, r.reason) for r in refusals} == {(r.path, r.reason) for r in report.refused}


def test_a_file_without_permission_is_refused_and_the_rest_goes_in(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save_folder(tmp_path / "good", 3)

    def guarded(path: str, mask: str | None) -> Seen:
        if path.endswith("part_1.png"):  # chmod does not stop root, who may run this test.
            raise InputError(path, "you have no permission to read it", "Change its permissions")
        return look(path, mask)

    monkeypatch.setattr(importing, "look", guarded)
    report = run(project, good=(folder,))
    assert report.added == 2
    assert report.refused[0].path.endswith("part_1.png")
    assert "permission" in report.refused[0].reason


def test_a_file_that_crashes_the_decoder_is_refused_and_the_rest_goes_in(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save_folder(tmp_path / "good", 5)
    take = first_look._take_child

    def dying(path: str, mask: str | None) -> Seen:
        """As if the decoder had crashed: the child is killed before it can answer."""
        if path.endswith("part_1.png"):
            with monkeypatch.context() as patch:
                patch.setattr(first_look, "_take_child", lambda: killed(take()))
                return look(path, mask)
        return look(path, mask)

    def killed(child: first_look._Child) -> first_look._Child:
        child._process.kill()
        child._process.wait()
        return child

    monkeypatch.setattr(importing, "_THREADS", 1)
    monkeypatch.setattr(importing, "look", dying)
    report = run(project, good=(folder,))
    assert report.added == 4
    assert "crashed the decoder" in report.refused[0].reason


def test_a_folder_without_permission_stops_the_import_before_it_starts(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = save_folder(tmp_path / "good", 3)
    locked = save_folder(tmp_path / "locked", 3, 10)
    listdir = os.listdir

    def guarded(path: str) -> list[str]:
        if str(path) == locked:
            raise PermissionError(13, "Permission denied", locked)
        return listdir(path)

    monkeypatch.setattr(os, "listdir", guarded)
    with pytest.raises(InputError, match="no permission to open this folder") as refused:
        run(project, good=(good,), defect=(locked,))
    assert refused.value.what == locked
    assert project.images() == []


def test_nothing_to_import_is_said(project: Project, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "read.me").write_text("x")
    with pytest.raises(InputError, match="no folder was given"):
        run(project)
    with pytest.raises(InputError, match="there are no images") as refused:
        run(project, good=(str(tmp_path / "empty"),))
    assert refused.value.what == str(tmp_path / "empty")
    with pytest.raises(InputError, match="there are no images"):
        run(project, good=(str(tmp_path / "empty"),), defect=(str(tmp_path / "notes"),))
    with pytest.raises(InputError, match="no such folder"):
        run(project, good=(str(tmp_path / "gone"),))
    with pytest.raises(InputError, match="no images in train/good"):
        run(project, dataset=str(tmp_path))


def test_one_empty_folder_beside_a_full_one_is_a_warning(project: Project, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    report = run(project, good=(save_folder(tmp_path / "good", 2),), defect=(str(tmp_path / "empty"),))
    assert report.added == 2
    assert f"{tmp_path / 'empty'} holds no images" in report.warnings


def test_nothing_usable_names_the_first_reasons(project: Project, tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    for n in range(5):
        (tmp_path / "bad" / f"{n}.png").write_text("text")
    with pytest.raises(InputError, match=r"none of 5 files can be used .*0\.png.*and 2 more") as refused:
        run(project, good=(str(tmp_path / "bad"),))
    assert refused.value.next_step


def test_only_good_only_defective_and_one_image_are_imported_with_a_warning(tmp_path: Path) -> None:
    good, bad = save_folder(tmp_path / "good", 4), save_folder(tmp_path / "bad", 4, 50)
    one = save(tmp_path / "one.png", pixels(99))
    for places, warning in (
        ({"good": (good,)}, "no defective images yet"),
        ({"defect": (bad,)}, "no good images yet"),
        ({"good": (str(one),)}, "no defective images yet"),
    ):
        with Project.create(tmp_path / f"p{len(list(tmp_path.iterdir()))}") as project:
            report = run(project, **places)
            assert report.added in (1, 4)
            assert any(warning in sentence for sentence in report.warnings)
            if "defect" in places or report.added == 1:
                with pytest.raises(InputError, match="good training images"):
                    assign_roles(project.images(), 0.15, 0)


def test_the_same_picture_in_good_and_defective_is_a_conflict(project: Project, tmp_path: Path) -> None:
    good = save_folder(tmp_path / "good", 4)
    save(tmp_path / "bad" / "copy.bmp", pixels(2))
    report = run(project, good=(good,), defect=(str(tmp_path / "bad"),))
    assert report.added == 5
    (sentence,) = report.conflicts
    assert "part_2.png" in sentence
    assert "copy.bmp" in sentence
    assert "good and defective" in sentence


def test_the_same_picture_in_train_and_test_of_a_data_set_is_a_conflict(project: Project, tmp_path: Path) -> None:
    save_folder(tmp_path / "set" / "train" / "good", 4)
    save(tmp_path / "set" / "test" / "good" / "again.png", pixels(2))
    report = run(project, dataset=str(tmp_path / "set"))
    (sentence,) = report.conflicts
    assert "for training" in sentence
    assert "for testing" in sentence


def test_copies_in_a_plain_folder_are_put_on_one_side(project: Project, tmp_path: Path) -> None:
    for n in range(8):
        save(tmp_path / "good" / f"part_{n}.png", pixels(n % 2))
    report = run(project, good=(str(tmp_path / "good"),))
    assert report.conflicts == ()
    assert conflicts(project.images()) == []
    second = save(tmp_path / "more" / "x.png", pixels(0))
    run(project, good=(str(second),))
    assert conflicts(project.images()) == []


def test_one_file_given_as_good_and_as_defective_is_refused(project: Project, tmp_path: Path) -> None:
    folder = save_folder(tmp_path / "parts", 3)
    report = run(project, good=(folder,), defect=(str(tmp_path / "parts" / "part_1.png"),))
    assert report.added == 2
    (refused,) = report.refused
    assert refused.path.endswith("part_1.png")
    assert "as good and as defective" in refused.reason


def test_importing_again_adds_only_what_is_new_and_keeps_labels(project: Project, tmp_path: Path) -> None:
    folder = save_folder(tmp_path / "good", 3)
    run(project, good=(folder,))
    project.set_label([1], Label("defect", "dent"))
    save(tmp_path / "good" / "part_9.png", pixels(9))
    report = run(project, good=(folder, folder))
    assert (report.added, report.already) == (1, 3)
    assert project.image(1).label == Label("defect", "dent")
    assert any("1 images were in the project with another label" in sentence for sentence in report.warnings)
    assert run(project, good=(folder,)).added == 0


def test_a_project_inside_the_folder_of_images_does_not_import_itself(tmp_path: Path) -> None:
    save_folder(tmp_path / "parts", 3)
    with Project.create(tmp_path / "parts") as project:
        save(tmp_path / "parts" / "runs" / "001" / "maps" / "1.map.png", pixels(7))
        assert run(project, good=(str(tmp_path / "parts"),)).added == 3


def test_files_are_never_written_to(project: Project, tmp_path: Path) -> None:
    folder = save_folder(tmp_path / "good", 3)
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in Path(folder).iterdir()}
    run(project, good=(folder,))
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in Path(folder).iterdir()} == before


@pytest.mark.parametrize("cancel_after", [0, 1, 5])
def test_a_cancelled_import_keeps_what_it_did_and_the_next_goes_on(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cancel_after: int
) -> None:
    monkeypatch.setattr(importing, "_COMMIT_IMAGES", 4)
    folder = save_folder(tmp_path / "good", 60)
    cancel = CancelToken()
    seen = 0

    def emit(event: Event) -> None:
        nonlocal seen
        seen += isinstance(event, Progress)
        if seen > cancel_after:
            cancel.cancel()

    monkeypatch.setattr(importing, "RateMeter", lambda *a: _EveryStep(*a))
    result = import_images(project, ImportRequest(good=(folder,)), emit, cancel)
    assert isinstance(result, Cancelled)
    kept = len(project.images())
    assert 0 < kept < 60
    assert str(kept) in result.kept
    report = run(project, good=(folder,))
    assert (report.already, report.added) == (kept, 60 - kept)


def test_a_folder_that_vanishes_half_way_is_waited_for_and_after_a_cancel_the_next_import_goes_on(
    project: Project, tmp_path: Path
) -> None:
    for number in range(60):
        save(tmp_path / "drive/parts" / f"{number}.png", pixels(number))
    request = ImportRequest(good=(str(tmp_path / "drive"),))
    cancel, waited = CancelToken(), []

    def unplug(event: object) -> None:
        if isinstance(event, Progress) and event.done and (tmp_path / "drive").exists():
            (tmp_path / "drive").rename(tmp_path / "unplugged")
        if isinstance(event, Noted) and "Waiting for" in event.sentence:
            waited.append(event.sentence)
            cancel.cancel()

    assert isinstance(import_images(project, request, unplug, cancel), Cancelled)
    kept = len(project.images())
    assert 0 < kept < 60
    assert len(waited) == 1
    (tmp_path / "unplugged").rename(tmp_path / "drive")
    again = import_images(project, request, ignore_events, CancelToken())
    assert isinstance(again, ImportReport)
    assert (again.added, again.already) == (60 - kept, kept)


def test_a_crash_half_way_loses_less_than_a_batch(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_COMMIT_IMAGES", 4)
    folder = save_folder(tmp_path / "good", 12)

    class Crash(Exception):
        pass

    def emit(event: Event) -> None:
        if isinstance(event, Progress) and event.done == 11:
            raise Crash

    monkeypatch.setattr(importing, "RateMeter", lambda *a: _EveryStep(*a))
    with pytest.raises(Crash):
        import_images(project, ImportRequest(good=(folder,)), emit, CancelToken())
    assert len(project.images()) == 8


class _EveryStep:
    """A rate meter that does not leave steps out."""

    def __init__(self, phase: str, total: int, emit: object) -> None:
        self.phase, self.total, self.emit = phase, total, emit

    def update(self, done: int, detail: str = "") -> None:
        self.emit(Progress(self.phase, done, self.total, detail=detail))  # type: ignore[operator]


def test_progress_ends_at_the_last_file(project: Project, tmp_path: Path) -> None:
    events: list[Event] = []
    folder = save_folder(tmp_path / "good", 5)
    import_images(project, ImportRequest(good=(folder,)), events.append, CancelToken())
    last = [event for event in events if isinstance(event, Progress)][-1]
    assert (last.done, last.total, last.fraction) == (5, 5, 1.0)


def test_what_the_loader_did_to_pixels_is_noted_once_a_kind(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "good"
    folder.mkdir()
    for n in range(3):
        Picture.fromarray(np.dstack([pixels(n)] * 4)).save(folder / f"{n}.png")
    events: list[Event] = []
    import_images(project, ImportRequest(good=(str(folder),)), events.append, CancelToken())
    noted = [event.sentence for event in events if isinstance(event, Noted)]
    assert sum("transparent areas are shown black" in sentence for sentence in noted) == 1
    assert any("0.png and 2 more" in sentence for sentence in noted)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux allows such names")
def test_names_that_are_not_utf8_are_imported_and_reported_printably(project: Project, tmp_path: Path) -> None:
    folder = os.path.join(os.fsencode(tmp_path), b"gut_\xff")
    os.mkdir(folder)
    with open(save(tmp_path / "a.png", pixels(1)), "rb") as stream:
        data = stream.read()
    for name, content in ((b"teil_\xe9.png", data), (b"kaputt_\xe9.png", data[:90])):
        with open(os.path.join(folder, name), "wb") as stream:
            stream.write(content)
    report = run(project, defect=(os.fsdecode(folder),))
    (image,) = project.images()
    assert os.fsencode(image.path).endswith(b"gut_\xff/teil_\xe9.png")
    assert image.label == Label("defect", "gut_�")
    (refused,) = report.refused
    assert refused.path.encode("utf-8").endswith("kaputt_�.png".encode())
    assert project.verify() == []


@pytest.mark.benchmark
def test_two_hundred_small_images_a_second(project: Project, tmp_path: Path) -> None:
    folder = save_folder(tmp_path / "good", 600)
    started = time.perf_counter()
    run(project, good=(folder,))
    rate = 600 / (time.perf_counter() - started)
    print(f"\nimport of 32×24 px PNG: {rate:.0f} images/s (at least 200)")
    assert rate >= 200
