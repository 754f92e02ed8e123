"""Image and mask arrive together, and only for the image asked for last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from anomaly_gui.project.records import Image
from anomaly_gui.project.store import Project
from anomaly_gui.ui.pages.data_panel import picture_request
from anomaly_gui.ui.pages.mask_reader import MaskReader, ReadImage
from tests.jobs.tiny_project import make_project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with make_project(tmp_path, train=1, good=1, defects=2) as made:
        yield made


@pytest.fixture
def reader(qtbot: QtBot) -> Iterator[MaskReader]:
    made = MaskReader()
    yield made
    made.stop()


def ask(reader: MaskReader, image: Image) -> None:
    reader.ask(image, replace(picture_request(image, 0), mask_path=None))


def test_what_is_read_is_the_image_asked_for_last(qtbot: QtBot, reader: MaskReader, project: Project) -> None:
    first, last = project.images()[0], project.images()[-1]
    told: list[ReadImage] = []
    reader.read.connect(told.append)
    ask(reader, first)
    ask(reader, last)
    qtbot.waitUntil(lambda: bool(told))
    qtbot.wait(50)
    (read,) = told
    assert read.image == last
    assert read.mask.sum() == 36
    assert (read.refusal, read.problem) == ("", "")
    ask(reader, first)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert not told[1].mask.any()


def test_an_image_that_was_left_is_not_told_of(qtbot: QtBot, reader: MaskReader, project: Project) -> None:
    ask(reader, project.images()[0])
    reader.forget()
    with qtbot.assertNotEmitted(reader.read, wait=150):
        pass


def test_an_image_of_another_size_and_a_broken_mask_are_said(
    qtbot: QtBot, reader: MaskReader, project: Project
) -> None:
    image = project.images()[-1]
    assert image.mask_path is not None
    Path(image.mask_path).write_bytes(b"broken")
    with qtbot.waitSignal(reader.read) as told:
        ask(reader, image)
    assert "cannot be read" in told.args[0].problem
    assert not told.args[0].refusal
    assert "another size" in replace(told.args[0], pictures=replace(told.args[0].pictures, size=(1, 1))).refusal
