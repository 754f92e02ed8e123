"""Rows and records, for names in any encoding."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from anomaly_gui.project.store import Project
from tests.project.samples import SCRATCH, new_image


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux allows such names")
def test_folders_and_images_need_no_utf8_names(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), b"projekt_\xff #?%")))
    path = os.fsdecode(b"/parts/\xff\xfe.png")
    with Project.create(folder) as project:
        project.add_images([new_image(1, path=path, mask_path=os.fsdecode(b"/m/\xff.png"))])
        changed = project.set_label([1], SCRATCH)
        project.set_mask_path(1, os.fsdecode(b"/m/\xfe.png"))
        assert changed.sentence.encode("utf-8")
    with Project.open(folder) as again:
        assert again.image(1).path == path
        assert again.image(1).mask_path == os.fsdecode(b"/m/\xfe.png")
        assert not any("journal" in problem for problem in again.verify())
