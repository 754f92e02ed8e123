"""Beside the threshold: what another run does better, and on which images."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QStackedLayout, QWidget

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.compare_runs import Comparison, compare_runs
from anomaly_gui.progress import CancelToken
from anomaly_gui.ui.background import Background
from anomaly_gui.ui.pages import tune_compare_state as words
from anomaly_gui.ui.pages.image_look import open_image
from anomaly_gui.ui.pages.tune_compare_state import Choice
from anomaly_gui.ui.pages.tune_compare_view import TuneCompareView
from anomaly_gui.ui.pages.tune_part import TunePart
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.widgets.compare_table import COLUMNS, CompareRow
from anomaly_gui.ui.widgets.flip_strip import TILE_PX
from anomaly_gui.ui.widgets.notice import Notice
from anomaly_gui.ui.widgets.overlay_plot import MOST_RUNS, OverlaidCurve
from anomaly_gui.ui.widgets.shown_figures import ShownFlips
from anomaly_gui.ui.widgets.thumbnails import Thumbnails

_THUMBNAIL_BYTES = 8 << 20
_NOTHING = ("",) * (len(COLUMNS) - 1)


class TuneCompare(TunePart):
    """Worked out in the background; while that goes on the last answer stays where it fits."""

    name = "compare"
    title = "Compare runs"
    tip = "Which run is better, whether these images can show it, and which images they decide differently"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._current: int | None = None
        self._choice: Choice | None = None
        self._shown: int | None = None
        self._category = ""
        self._comparison: Comparison | None = None
        self._thumbnails = Thumbnails(TILE_PX, _THUMBNAIL_BYTES, parent=self)
        self._background = Background(self)
        self.view = TuneCompareView(self)
        self.notice = Notice(self)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.notice)
        self._stack.addWidget(self.view)
        self.view.strip.set_source(self._name_of, self._thumbnail_of)
        self._connect()

    def _connect(self) -> None:
        view, session = self.view, self.session
        view.table.run_toggled.connect(self._toggle)
        view.table.run_shown.connect(self._show_run)
        view.base_chosen.connect(self._choose_base)
        view.category_chosen.connect(self._show_category)
        view.strip.image_chosen.connect(self._look_at)
        self.notice.page_chosen.connect(session.page_wanted)
        self._thumbnails.ready.connect(view.strip.take_thumbnail)
        self._background.answered.connect(self._take)
        self._background.failed.connect(self._take_failure)
        session.project_closing.connect(self._stop)

    @Slot()
    def _stop(self) -> None:
        self._background.stop()
        self._thumbnails.stop()
        self._current, self._choice, self._comparison = None, None, None

    def refresh(self, run_id: int) -> None:
        scored = self._scored()
        if run_id != self._current or self._choice is None or not {*self._choice.runs} <= {*scored}:
            self._current = run_id
            self._choice = words.first_choice(scored, run_id)
            self._comparison, self._category = None, ""
        if self._choice is None:
            self.notice.say(
                "One run alone",
                "There is nothing to compare it with yet. Train again, with more images, other settings or another "
                "detector: then both runs are shown here on the same images.",
                "Go to Train",
                "train",
            )
            self._stack.setCurrentWidget(self.notice)
            return
        self._ask()

    def _scored(self) -> list[int]:
        return sorted(run_id for run_id in self.session.runs if self.session.is_scored(run_id))

    def _ask(self) -> None:
        choice = self._choice
        if choice is None:
            return
        project = self.session.project

        def work(cancel: CancelToken) -> Comparison:
            return compare_runs(project, choice.runs, cancel)

        if self._comparison is None or choice.runs != tuple(run.run_id for run in self._comparison.runs):
            self._comparison = None
            self._show_choice("Working it out …")
        self._background.ask(work)

    @Slot(object)
    def _take(self, comparison: Comparison | None) -> None:
        if comparison is None or self._choice is None:
            return
        self._comparison = comparison
        if self._shown not in comparison.against:
            self._shown = self._choice.others[-1]
        self._show_choice("")
        self._show_comparison()

    @Slot(object)
    def _take_failure(self, error: Exception) -> None:
        self._comparison = None
        if isinstance(error, InputError):
            self._show_choice(str(error))
        else:
            self._show_choice("These runs cannot be compared.")
            self.session.failed.emit(error)

    # Choosing

    @Slot(int, bool)
    def _toggle(self, run_id: int, chosen: bool) -> None:
        if self._choice is not None:
            if chosen and len(self._choice.runs) >= MOST_RUNS:
                self.session.said.emit(f"{MOST_RUNS} runs at most are compared: untick another first")
            if chosen:
                self._shown = run_id
            self._choose(words.with_run(self._choice, run_id, chosen, MOST_RUNS))

    @Slot(int)
    def _choose_base(self, run_id: int) -> None:
        if self._choice is not None:
            self._choose(words.with_base(self._choice, run_id))

    def _choose(self, choice: Choice) -> None:
        same = choice == self._choice
        self._choice = choice
        if same:
            self._show_choice(self.view.headline.text())
        else:
            self._ask()

    @Slot(int)
    def _show_run(self, run_id: int) -> None:
        if self._comparison is not None and run_id in self._comparison.against:
            self._shown, self._category = run_id, ""
            self._show_comparison()

    @Slot(str)
    def _show_category(self, name: str) -> None:
        self._category = name
        self._show_images()

    # Showing

    def _show_choice(self, headline: str) -> None:
        """Which runs there are, and as much as is known of them."""
        choice, view = self._choice, self.view
        if choice is None:
            return
        runs = [(run_id, self.session.runs[run_id].name) for run_id in reversed(self._scored())]
        view.set_runs(runs, choice.base)
        view.table.set_rows([self._row(run_id, name, choice) for run_id, name in runs], self._shown)
        view.set_legend([(self.session.runs[run_id].name, place) for place, run_id in enumerate(choice.runs)])
        if self._comparison is None:
            view.headline.set_text(headline)
            view.basis.setText("")
            view.roc.set_curves([])
            view.f1.set_curves([])
            view.set_category("", dict.fromkeys(view.categories, 0))
            view.strip.set_flips(ShownFlips)
        self._stack.setCurrentWidget(view)

    def _row(self, run_id: int, name: str, choice: Choice) -> CompareRow:
        colour = choice.runs.index(run_id) if run_id in choice.runs else None
        known = {} if self._comparison is None else {run.run_id: run for run in self._comparison.runs}
        cells = _NOTHING
        if self._comparison is not None and run_id in known:
            against = self._comparison.against.get(run_id)
            found = "" if against is None else words.difference_text(against.auroc, len(self._comparison.ids))
            cells = (*words.figure_cells(known[run_id]), found)
        if run_id == choice.base:
            cells = (*cells[:-1], "the others are compared with it")
        return CompareRow(run_id, (name, *cells), colour, is_base=run_id == choice.base)

    def _show_comparison(self) -> None:
        comparison, view, shown = self._comparison, self.view, self._shown
        if comparison is None or shown not in comparison.against:
            return
        view.headline.set_text(words.headline(comparison, shown))
        view.basis.setText(words.basis_sentence(comparison))
        on_roc, on_f1 = zip(*(words.operating_points(run) for run in comparison.runs), strict=True)
        runs = list(enumerate(comparison.runs))
        view.roc.set_curves([OverlaidCurve(place, run.roc, on_roc[place]) for place, run in runs])
        view.f1.set_curves([OverlaidCurve(place, run.f1, on_f1[place]) for place, run in runs])
        self._show_images()

    def _show_images(self) -> None:
        comparison, shown = self._comparison, self._shown
        if comparison is None or shown not in comparison.against:
            return
        counts = words.category_counts(comparison, shown)
        self._category = self._category or words.first_category(counts)
        category = self._category
        self.view.set_category(category, counts)
        self.view.strip.set_flips(lambda: words.shown_images(comparison, shown, category))

    def _name_of(self, image_id: int) -> str:
        return PurePath(self.session.images[image_id].path).name

    def _thumbnail_of(self, image_id: int) -> QPixmap | None:
        image = self.session.images.get(image_id)
        return None if image is None else self._thumbnails.picture(image)

    @Slot(int)
    def _look_at(self, image_id: int) -> None:
        """As the run sees it whose row is chosen."""
        shown = self._shown
        threshold = None if shown is None else self.session.threshold(shown)
        flip = next((one for one in self.view.strip.flips if one.image_id == image_id), None)
        if shown is not None and threshold is not None and flip is not None:
            open_image(self.session, shown, image_id, flip.sentence, threshold.value, self)
