from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from anomaly_gui.jobs.study import summary
from anomaly_gui.jobs.study.page import page
from tests.jobs.study.made_results import figures, plan, result

_VOID = {"meta"}


class Nesting(HTMLParser):
    """Fails where a tag is closed that is not open; keeps what it has seen."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def made_page(tmp_path: Path, seeds: int = 2) -> str:
    made = plan(tmp_path, "a", "<b>&", detectors=("conv-ae", "patch-memory"), seeds=seeds, settings={})
    results = {
        cell: result(cell, figures(0.9 if cell.detector == "conv-ae" else 0.8), note="1 < 2 & 3")
        for cell in made.cells()
    }
    return page(summary.rows(made, results), summary.head(made, results.values()))


def test_the_page_is_whole_and_needs_nothing_from_elsewhere(tmp_path: Path) -> None:
    text = made_page(tmp_path)
    parser = Nesting()
    parser.feed(text)
    assert parser.open == []
    assert not re.search(r"https?:|src=|href=|@import|url\(", text)
    assert {tag for tag, _ in parser.seen}.isdisjoint({"script", "link", "img", "iframe"})


def test_names_and_sentences_are_text_and_no_markup(tmp_path: Path) -> None:
    text = made_page(tmp_path)
    assert "<h2>&lt;b&gt;&amp;</h2>" in text
    assert "1 &lt; 2 &amp; 3" in text


def test_each_data_set_has_one_plot_with_all_detectors(tmp_path: Path) -> None:
    parser = Nesting()
    parser.feed(made_page(tmp_path))
    plots = [attributes for tag, attributes in parser.seen if tag == "svg"]
    assert [attributes["aria-label"] for attributes in plots] == ["ROC curves on a", "ROC curves on <b>&"]
    curves = [attributes for tag, attributes in parser.seen if attributes.get("class") == "curve"]
    assert len(curves) == 2 * 2 * 2  # two plots, two detectors, a curve and a legend each


def test_it_follows_the_readers_light_or_dark(tmp_path: Path) -> None:
    text = made_page(tmp_path)
    assert text.count("@media (prefers-color-scheme: dark)") == 2
    light, dark, light_plot, dark_plot = (
        set(re.findall(r"(--\w+):", block)) for block in re.findall(r":root \{([^}]*)\}", text)
    )
    assert {"--back", "--ink"} <= light & dark
    assert {"--c0", "--c7"} <= light_plot & dark_plot


def test_the_best_is_bold(tmp_path: Path) -> None:
    text = made_page(tmp_path)
    assert "<b>0.900 (0.900–0.900)</b>" in text
    assert "<b>0.800 (0.800–0.800)</b>" not in text


def test_below_the_table_it_says_that_thresholds_were_chosen_on_the_test_images(tmp_path: Path) -> None:
    footer = made_page(tmp_path).partition("<footer>")[2]
    assert "† At the best threshold" in footer


def test_a_mean_curve_is_only_spoken_of_where_there_are_seeds(tmp_path: Path) -> None:
    assert "mean over seeds of the recall" in made_page(tmp_path)
    assert "mean over seeds of the recall" not in made_page(tmp_path, seeds=1)
