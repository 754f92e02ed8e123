from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.ui.fuzzy import match

TEXT = "Threshold to the next lower score  Tune  ["


@pytest.mark.parametrize("wanted", ["", "thr", "lower thr", "TUNE", "ttn", "tnl", "[", "eshold", "tonext", "  score "])
def test_what_fits(wanted: str) -> None:
    assert match(wanted, TEXT) is not None


@pytest.mark.parametrize("wanted", ["thx", "higher", "threshold higher", "dlt", "zzz"])
def test_what_does_not_fit(wanted: str) -> None:
    assert match(wanted, TEXT) is None


def test_the_start_of_a_word_beats_its_inside_and_scattered_letters() -> None:
    texts = ["Undo", "Find under", "Blunder", "Use no damaged one"]
    found = [match("und", text) for text in texts]
    assert [f.score for f in found if f is not None] == sorted((f.score for f in found if f), reverse=True)
    assert match("und", "Use no damaged one") is not None


def test_the_letters_that_fit_are_told() -> None:
    found = match("thr lo", TEXT)
    assert found is not None
    assert "".join(TEXT[place] for place in sorted(found.places)) == "Thrlo"


@given(st.text(max_size=12), st.text(max_size=40))
def test_any_input_gives_places_inside_the_text(wanted: str, text: str) -> None:
    found = match(wanted, text)
    assert found is None or all(0 <= place < len(text) for place in found.places)


@given(st.text(alphabet="abc ", min_size=1, max_size=30))
def test_a_text_fits_itself(text: str) -> None:
    assert match(text, text) is not None
