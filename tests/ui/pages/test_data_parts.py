from __future__ import annotations

from anomaly_gui.ui.pages.data_parts import DATA_PARTS


def test_every_part_has_a_name_of_its_own_and_says_what_it_is_for() -> None:
    assert len({part.name for part in DATA_PARTS}) == len(DATA_PARTS)
    assert all(part.title and part.tip for part in DATA_PARTS)
