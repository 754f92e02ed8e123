"""Bad input, through the command line: status 2, a sentence with file, cause and next step, and nothing lost."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from anomaly_gui.cli.commands import BAD_INPUT, OK
from anomaly_gui.project.store import Project
from tests.cli.command_line import QUICK, CommandLine, picture, pictures, refused, untouched, usable

Break = Callable[[Path], object]


# Folders


def test_an_empty_folder(demo_project: Path, tmp_path: Path, line: CommandLine) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "notes.txt").write_text("no image")
    for option in ("--good", "--defect", "--unlabelled", "--dataset"):
        with untouched(demo_project, empty):
            refused(
                line,
                "import",
                demo_project,
                option,
                empty,
                names=empty,
                cause="there are no images",
                next_step="Choose",
            )
    assert usable(line, demo_project)


def test_a_folder_that_is_not_there(demo_project: Path, tmp_path: Path, line: CommandLine) -> None:
    none = tmp_path / "none"
    for argv in (["import", demo_project, "--good", none], ["import", demo_project, "--dataset", none]):
        with untouched(demo_project):
            refused(line, *argv, names=none, cause="there is no such folder", next_step="Check its name")


@pytest.mark.parametrize("verb", ["evaluate", "repair", "verify", "history"])
def test_a_name_that_is_too_long_for_the_system(verb: str, line: CommandLine) -> None:
    refused(line, verb, "a" * 5000, names="aaa", cause="longer than this system allows", next_step="Check")


def test_nothing_to_import(demo_project: Path, line: CommandLine) -> None:
    with untouched(demo_project):
        refused(line, "import", demo_project, names="import", cause="no folder was given", next_step="Choose a folder")


# Files that are no image


def halve(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def empty_out(path: Path) -> None:
    path.write_bytes(b"")


def write_text(path: Path) -> None:
    path.write_text("not an image")


UNUSABLE = [
    pytest.param("half.png", halve, "damaged or cut short", "Copy it again", id="half PNG"),
    pytest.param("half.jpg", halve, "damaged or cut short", "Copy it again", id="half JPEG"),
    pytest.param("half.bmp", halve, "damaged", "Copy it again", id="half BMP"),
    pytest.param("half.tif", halve, "damaged", "Copy it again", id="half TIFF"),
    pytest.param("half.webp", halve, "damaged", "Copy it again", id="half WebP"),
    pytest.param("text.png", write_text, "not an image of a known kind", "Use PNG", id="text named PNG"),
    pytest.param("empty.png", empty_out, "the file is empty", "Copy it again", id="empty file"),
]


@pytest.mark.parametrize(("name", "spoil", "cause", "next_step"), UNUSABLE)
def test_a_file_that_cannot_be_used(
    demo_project: Path, tmp_path: Path, line: CommandLine, name: str, spoil: Break, cause: str, next_step: str
) -> None:
    bad = picture(tmp_path / "bad" / name)
    spoil(bad)
    with untouched(demo_project, bad.parent):
        sentence = refused(
            line, "import", demo_project, "--good", bad.parent, names=bad, cause=cause, next_step="Look at these files"
        )
    assert "none of 1 files can be used" in sentence
    assert usable(line, demo_project)

    parts = pictures(tmp_path / "parts", 3, seed=100)
    shutil.copy(bad, parts / name)
    status, out, err = line("import", demo_project, "--good", parts, "--json")
    report = json.loads(out)
    assert status == BAD_INPUT, "one that reads the status alone must learn that a file is missing"
    assert report["added"] == 3, "the rest goes in"
    assert [found["path"] for found in report["refused"]] == [str(parts / name)]
    (told,) = (row for row in err.splitlines() if row.startswith("left out: "))
    assert told.startswith(f"left out: {parts / name}: ")
    assert cause in told
    assert next_step in told
    assert (parts / name).read_bytes() == bad.read_bytes()


def test_inspect_names_the_file_it_cannot_read_and_goes_on(demo_project: Path, line: CommandLine) -> None:
    dots = demo_project / "images" / "test" / "dot"
    (dots / "text.png").write_text("not an image")
    with untouched(demo_project):
        status, out, err = line("inspect", demo_project / "exports" / "demo.anomaly", dots, "--json")
    first, second = map(json.loads, out.splitlines())
    assert status == BAD_INPUT
    assert "score" in first
    assert second["path"] == str(dots / "text.png")
    assert second["error"] == "this is not an image of a known kind. Use PNG, JPEG, BMP, TIFF or WebP."
    assert "Traceback" not in err


# Images that are not enough


def test_one_image_is_too_few_to_train_on(tmp_path: Path, line: CommandLine) -> None:
    project, one = tmp_path / "P", picture(tmp_path / "parts" / "one.png")
    line.json("import", project, "--good", one)
    with untouched(project, one.parent):
        refused(
            line,
            *("train", project, *QUICK),
            names=project,
            cause="at least 4 are needed that differ, and there is 1",
            next_step="Import more good images",
        )
    assert line.json("runs", project) == []
    assert usable(line, project)


def test_only_defective_images_cannot_be_trained_on(tmp_path: Path, line: CommandLine) -> None:
    project, bad = tmp_path / "P", pictures(tmp_path / "bad", 6)
    _, _, err = line("import", project, "--defect", bad)
    assert "There are no good images yet: training needs them" in err
    with untouched(project, bad):
        refused(
            line,
            *("train", project, *QUICK),
            names=project,
            cause="at least 4 are needed that differ, and there are none",
            next_step="Import more good images",
        )
    assert line.json("runs", project) == []
    assert usable(line, project)


def test_only_good_images_train_and_what_cannot_be_told_is_said(tmp_path: Path, line: CommandLine) -> None:
    """They are enough to learn from: what lacks is said, and no figure is invented."""
    project = tmp_path / "P"
    _, _, err = line("import", project, "--good", pictures(tmp_path / "good", 12))
    assert "There are no defective images yet: how many defects would be missed cannot be told" in err
    line.json("train", project, *QUICK)
    figures = line.json("evaluate", project)
    assert (figures["n_defect"], figures["rule"]) == (0, "good-max-plus")
    assert figures["specificity"] is not None
    for name in ("recall", "precision", "f1", "auroc", "average_precision"):
        assert figures[name] is None
    text = line("evaluate", project)[1]
    assert [row.split()[-1] for row in text.splitlines() if row.strip().startswith("AUROC")] == ["n/a"]
    with untouched(project):
        refused(
            line,
            *("evaluate", project, "--rule", "best-f1"),
            names="rule best-f1",
            cause="no test image is labelled defective",
            next_step="use a rule for good images",
        )
    assert line("export", project, "--to", tmp_path / "a.anomaly")[0] == OK


def test_the_same_picture_as_good_and_defective_blocks_training(tmp_path: Path, line: CommandLine) -> None:
    project, good, defect = tmp_path / "P", pictures(tmp_path / "good", 8), tmp_path / "defect"
    defect.mkdir()
    shutil.copy(good / "03.png", defect / "again.png")
    status, out, _ = line("import", project, "--good", good, "--defect", defect)
    assert status == OK, "each of the two is a sound image, and only the engineer knows which label is right"
    assert "To settle before training: " in out
    with untouched(project, good, defect):
        sentence = refused(
            line,
            *("train", project, *QUICK),
            names=good / "03.png",
            cause=str(defect / "again.png"),
            next_step="Settle this on the Data page first",
        )
    assert "good" in sentence
    assert line.json("runs", project) == []
    with Project.open(project) as opened:
        assert sorted(image.label.kind for image in opened.images()) == ["defect"] + 8 * ["good"]
        opened.set_excluded([image.id for image in opened.images() if image.label.kind == "defect"], True)
    assert line.json("train", project, *QUICK)["status"] == "finished"


def test_one_file_given_as_good_and_defective_is_left_out(tmp_path: Path, line: CommandLine) -> None:
    good = pictures(tmp_path / "good", 4)
    status, out, err = line("import", tmp_path / "P", "--good", good, "--defect", good / "02.png", "--json")
    assert status == BAD_INPUT
    assert json.loads(out)["added"] == 3
    assert f"{good / '02.png'}: it was given as good and as defective. Give it in one place only." in err


# Projects


def other_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE shopping (item TEXT)")


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA user_version = 9999")


@pytest.mark.parametrize(
    ("spoil", "cause", "next_step"),
    [
        pytest.param(write_text, "not a project", "Choose", id="text"),
        pytest.param(empty_out, "not a project", "Choose", id="empty"),
        pytest.param(other_database, "not a project", "Choose", id="another program's database"),
        pytest.param(halve, "damaged", "anomaly-gui repair", id="half"),
        pytest.param(newer, "newer version", "Update the program", id="newer version"),
        pytest.param(Path.unlink, "no project in this folder", "make a new", id="missing"),
    ],
)
def test_a_project_file_that_is_none_or_newer(
    demo_project: Path, tmp_path: Path, line: CommandLine, spoil: Break, cause: str, next_step: str
) -> None:
    """Whatever one wants of it, it is refused and left as it is: it may be all that there is."""
    spoil(demo_project / "project.db")
    more = pictures(tmp_path / "more", 2)
    verbs: list[list[object]] = [
        ["train", demo_project, *QUICK],
        ["runs", demo_project],
        ["evaluate", demo_project],
        ["evaluate", demo_project, "--threshold", 1],
        ["export", demo_project, "--to", tmp_path / "a.anomaly"],
        ["verify", demo_project],
    ]
    if (demo_project / "project.db").exists():
        verbs.append(["import", demo_project, "--good", more])
    for argv in verbs:
        with untouched(demo_project):
            refused(line, *argv, names=demo_project, cause=cause, next_step=next_step)
    assert not (tmp_path / "a.anomaly").exists()


def test_a_file_where_a_projects_folder_should_be(tmp_path: Path, line: CommandLine) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("dear colleague")
    parts = pictures(tmp_path / "parts", 2)
    for argv in (["import", letter, "--good", parts], ["train", letter, *QUICK], ["evaluate", letter]):
        with untouched(tmp_path):
            refused(line, *argv, names=letter, cause="no project in this folder", next_step="Choose another folder")


# Bundles


def change(share: float) -> Break:
    """Change one bit at this share of the file."""

    def spoil(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[min(int(share * len(data)), len(data) - 1)] ^= 4
        path.write_bytes(data)

    return spoil


@pytest.mark.parametrize(
    ("spoil", "cause", "next_step"),
    [
        pytest.param(change(0.0), "not a bundle", "Export it again", id="first byte"),
        pytest.param(change(0.01), "changed or damaged", "Export it again", id="byte of the manifest"),
        pytest.param(change(0.33), "changed or damaged", "Export it again", id="byte of the model"),
        pytest.param(change(0.8), "changed or damaged", "Export it again", id="byte of the weights"),
        pytest.param(change(1.0), "changed or damaged", "Export it again", id="last byte"),
        pytest.param(halve, "not a bundle", "Export it again", id="half"),
        pytest.param(write_text, "not a bundle", "Export it again", id="text"),
        pytest.param(Path.unlink, "no such file", "Choose a bundle", id="missing"),
    ],
)
def test_a_bundle_with_a_changed_byte(
    demo_project: Path, line: CommandLine, spoil: Break, cause: str, next_step: str
) -> None:
    bundle, images = demo_project / "exports" / "demo.anomaly", demo_project / "images" / "test"
    spoil(bundle)
    with untouched(demo_project):
        refused(line, "inspect", bundle, images, names=bundle, cause=cause, next_step=next_step)
        status, out, err = line("verify", bundle)
    assert status == BAD_INPUT
    assert str(bundle) in out + err
    assert cause in out + err
    if bundle.exists():
        assert next_step in out
    again = demo_project.parent / "again.anomaly"
    assert line("export", demo_project, "--to", again)[0] == OK, "the project can write it anew"
    assert line("inspect", again, images)[0] == OK
