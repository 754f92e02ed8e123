from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from anomaly_gui.detectors.settings import ConvAutoencoderSettings, PatchMemorySettings
from anomaly_gui.project.records import Image
from anomaly_gui.ui.widgets.augmentation_preview import COLUMNS, AugmentationPreview
from tests.jobs.tiny_project import make_project

MS = 20_000


@pytest.fixture
def images(tmp_path: Path) -> list[Image]:
    with make_project(tmp_path) as project:
        return project.images()


@pytest.fixture
def preview(qtbot: QtBot) -> Iterator[AugmentationPreview]:
    made = AugmentationPreview()
    qtbot.addWidget(made)
    yield made
    made.stop()


def titles(preview: AugmentationPreview) -> list[str]:
    return [variant.title for variant in preview.variants]


def settings(**values: object) -> ConvAutoencoderSettings:
    return ConvAutoencoderSettings(input_px=64, **values)  # type: ignore[arg-type]


def test_it_is_hidden_until_something_is_switched_on(
    qtbot: QtBot, preview: AugmentationPreview, images: list[Image]
) -> None:
    for plain in (settings(), PatchMemorySettings()):
        preview.ask(images, plain)
        assert not preview.isVisible()
    preview.ask(images, settings(flip_horizontally=True, shift_share=0.25))
    qtbot.waitUntil(preview.isVisible, timeout=MS)
    assert titles(preview) == ["As it is", "Mirrored", "Shifted"]
    preview.ask(images, settings())
    assert not preview.isVisible()
    assert preview.variants == []


def test_a_changed_setting_is_shown_and_the_former_one_is_not(
    qtbot: QtBot, preview: AugmentationPreview, images: list[Image]
) -> None:
    preview.ask(images, settings(shift_share=0.1))
    preview.ask(images, settings(brightness_share=0.3))
    qtbot.waitUntil(preview.isVisible, timeout=MS)
    assert titles(preview) == ["As it is", "Brighter"]
    weak = preview.variants[1].pixels
    preview.ask(images, settings(brightness_share=0.5))
    qtbot.waitUntil(lambda: not np.array_equal(preview.variants[1].pixels, weak), timeout=MS)
    assert preview.variants[1].pixels.mean() > weak.mean()


def test_what_arrives_late_is_dropped(qtbot: QtBot, preview: AugmentationPreview, images: list[Image]) -> None:
    preview.ask(images, settings(shift_share=0.1))
    preview._start()
    preview.clear()
    preview._pool.waitForDone()
    qtbot.wait(50)
    assert not preview.isVisible()


def test_each_picture_has_its_title_below_and_an_explanation(
    qtbot: QtBot, preview: AugmentationPreview, images: list[Image]
) -> None:
    every = settings(
        rotate_degrees=10, flip_horizontally=True, flip_vertically=True, shift_share=0.1, brightness_share=0.1,
        contrast_share=0.1, noise_deviation=0.1, blur_px=1, denoising_share=0.5,
    )  # fmt: skip
    preview.ask(images, every)
    qtbot.waitUntil(preview.isVisible, timeout=MS)
    assert len(preview.variants) == 2 * COLUMNS
    assert preview.sizeHint().width() <= 330  # What the column of the Train page has.
    for variant in preview.variants:
        (title,) = (label for label in preview.findChildren(QLabel) if label.text() == variant.title)
        tile = title.parentWidget()
        assert variant.explanation in tile.toolTip()
        assert title.sizeHint().width() <= tile.width()
        (picture,) = (label for label in tile.findChildren(QLabel) if label is not title)
        assert not picture.pixmap().isNull()


def test_a_file_that_is_gone_leaves_it_hidden(qtbot: QtBot, preview: AugmentationPreview, images: list[Image]) -> None:
    for image in images:
        Path(image.path).unlink()
    preview.ask(images, settings(shift_share=0.1))
    preview._start()
    preview._pool.waitForDone()
    qtbot.wait(50)
    assert not preview.isVisible()
