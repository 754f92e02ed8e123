"""Pages that need nothing from elsewhere."""

from __future__ import annotations

import re

from anomaly_gui.jobs.html_page import document, table


def test_a_document_is_whole_names_itself_and_needs_nothing_from_elsewhere() -> None:
    text = document("a < b", ["<p>first</p>", "<p>second</p>"], ".own { color: red; }")
    assert text.startswith("<!doctype html>")
    assert text.endswith("</html>\n")
    assert "<title>a &lt; b</title>" in text
    assert ".own { color: red; }" in text
    assert text.index("first") < text.index("second")
    assert "prefers-color-scheme: dark" in text
    assert not re.search(r"https?:|src=|href=|@import|url\(", text)


def test_a_table_has_its_caption_and_all_cells() -> None:
    made = table("Rates & more", ["one", "<b>two</b>"], [["1", "2"], ["3", "4"]])
    assert "<caption>Rates &amp; more</caption>" in made
    assert made.count("<td>") == 4
    assert '<th scope="col"><b>two</b></th>' in made
    assert "caption" not in table("", ["one"], [])
