from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from anomaly_gui.ui import resources
from anomaly_gui.ui.resources import APP_ICON, resource

SOURCE = Path(__file__).resolve().parents[2] / "resources"


@pytest.fixture(autouse=True)
def _forget_the_root() -> None:
    resources._root.cache_clear()


def test_the_icon_is_a_drawing() -> None:
    assert ET.parse(resource(APP_ICON)).getroot().tag.endswith("svg")


def test_the_desktop_entry_starts_the_program_and_names_the_icon() -> None:
    entry = resource("anomaly-gui.desktop").read_text()
    assert "Exec=anomaly-gui %f" in entry
    assert f"Icon={Path(APP_ICON).stem}\n" in entry


def test_from_a_source_tree_the_folder_beside_the_package_is_read() -> None:
    assert resource(APP_ICON) == SOURCE / APP_ICON


def test_an_installed_folder_inside_the_package_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = tmp_path / "anomaly_gui" / "resources" / "note.txt"
    shipped.parent.mkdir(parents=True)
    shipped.write_text("shipped")
    monkeypatch.setattr("anomaly_gui.__file__", str(tmp_path / "anomaly_gui" / "__init__.py"))
    assert resource("note.txt").read_text() == "shipped"


def test_a_name_that_does_not_ship_is_an_error_that_says_where_it_looked() -> None:
    with pytest.raises(FileNotFoundError, match=r"icons/none\.svg"):
        resource("icons/none.svg")
