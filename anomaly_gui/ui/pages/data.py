"""Data: images come in, are looked through and labelled."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import msgspec
import platformdirs
from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from anomaly_gui.jobs.evaluate import scores_by_image
from anomaly_gui.jobs.run_facts import scoring_in_force
from anomaly_gui.jobs.score import load_statistics
from anomaly_gui.progress import CancelToken
from anomaly_gui.project.image_filter import Facet, ImageFilter
from anomaly_gui.project.image_table import ImageTable, SortKey
from anomaly_gui.project.labels import conflicts
from anomaly_gui.project.records import Image
from anomaly_gui.project.store import Project
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.background import Background
from anomaly_gui.ui.pages.data_facets import with_ranges
from anomaly_gui.ui.pages.data_files import DataFiles
from anomaly_gui.ui.pages.data_filter import ALL, conflict_problems, filter_words, kind_of, with_kind, with_value
from anomaly_gui.ui.pages.data_import import DataImport
from anomaly_gui.ui.pages.data_labels import DataLabels
from anomaly_gui.ui.pages.data_menu import DataMenu
from anomaly_gui.ui.pages.data_part import DataParts
from anomaly_gui.ui.pages.data_parts import DATA_PARTS
from anomaly_gui.ui.pages.data_saved import SavedFilters
from anomaly_gui.ui.pages.data_state import DataState
from anomaly_gui.ui.pages.data_view import DataView
from anomaly_gui.ui.pages.page import Page
from anomaly_gui.ui.pages.saved_filter import save_filter
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.widgets.gallery import SIZES_PX, USUAL_SIDE_PX
from anomaly_gui.ui.widgets.problem_list import Problem
from anomaly_gui.ui.widgets.thumbnail_store import ThumbnailStore
from anomaly_gui.ui.widgets.thumbnails import Thumbnails
from anomaly_gui.ui.wording import counted, score_decimals

_PLACE = "data"
_KEPT_THUMBNAILS_BYTES = 96 << 20
_CONFLICTS_AFTER_MS = 250


class DataPage(Page):
    """Connects gallery and filters with the project; labels, imports and files have parts of their own."""

    name = "data"
    title = "Data"
    menu_title = "&Data"
    icon = "mdi6.image-multiple-outline"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        store = ThumbnailStore(platformdirs.user_cache_path("anomaly-gui") / "thumbnails")
        self.thumbnails = Thumbnails(SIZES_PX[-1], _KEPT_THUMBNAILS_BYTES, store, self)
        self.view = DataView(self.thumbnails, self)
        self.state = DataState()
        self.imports = DataImport(session, self)
        self.labels = DataLabels(session, self.view, self.name, self)
        self.files = DataFiles(session, self.view, self.imports, self)
        self.saved = SavedFilters(session, self.view.facets, self.shown_filter, self)
        self.menu = DataMenu(session, self.imports, self.files, self.labels, self.view)
        self._stale = True
        self._keys = ""
        self._conflicts: list[Problem] = []
        self._unfold = False
        self._looking = Background(self)
        """For conflicts."""
        self._scoring = Background(self)
        self._ordering = Background(self)
        self._conflict_timer = QTimer(self)
        self._conflict_timer.setSingleShot(True)
        self._conflict_timer.setInterval(_CONFLICTS_AFTER_MS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        # Trust, splits and map are views beside the gallery; this, _show_ids and the calls of self.parts are all
        # that the page knows of them.
        self.parts = DataParts(session, self.view, DATA_PARTS, self)
        self.parts.images_wanted.connect(self._show_ids)
        layout.addWidget(self.parts)
        self.setAcceptDrops(True)
        self._connect()
        self._connect_view()

    def _connect(self) -> None:
        session = self.session
        session.project_opened.connect(self._take_project)
        session.project_closing.connect(self._stop_looking)
        session.project_closed.connect(self._take_project)
        session.images_changed.connect(self._take_change)
        session.types_changed.connect(self._take_types)
        session.current_run_changed.connect(self._ask_for_scores)
        session.runs_changed.connect(self._ask_for_scores)
        session.job_started.connect(self._show_busy)
        session.job_ended.connect(self._show_busy)
        self._conflict_timer.timeout.connect(self._look_for_conflicts)
        self._looking.answered.connect(self._take_conflicts)
        self._scoring.answered.connect(self._take_scores)
        self._scoring.failed.connect(self._forget_scores)
        self.imports.ended.connect(self._take_import)
        self.files.images_wanted.connect(self.show_images)
        self.files.files_found.connect(self._take_found_files)
        self.saved.filter_wanted.connect(self.set_filter)

    def _connect_view(self) -> None:
        view, imports = self.view, self.imports
        for buttons in (view.add, view.empty.buttons):
            buttons.any_wanted.connect(imports.choose_any)
            buttons.good_wanted.connect(imports.choose_good)
            buttons.defect_wanted.connect(imports.choose_defective)
            buttons.dataset_wanted.connect(imports.choose_dataset)
        view.filters.kind_chosen.connect(self._choose_kind)
        view.filters.text_typed.connect(self._find)
        view.filters.panel_wanted.connect(self.show_facets)
        view.filters.cleared.connect(self._clear_filter)
        view.facets.value_ticked.connect(self._tick)
        view.facets.ranges_typed.connect(self._take_ranges)
        view.look.sort_chosen.connect(self._sort_by)
        view.look.direction_turned.connect(self._turn)
        view.look.list_chosen.connect(self._show_list)
        view.look.side_chosen.connect(view.gallery.set_side)
        view.gallery.sort_chosen.connect(self._sort_by)
        view.gallery.selection_changed.connect(self._show_selection)
        view.problems.images_chosen.connect(self._show_paths)
        view.problems.dismissed.connect(self._forget_left_out)
        view.panel.mask_wanted.connect(self.draw_mask)
        view.region.clicked.connect(self.draw_region)

    def add_actions(self, actions: Actions) -> None:
        self.labels.add_actions(actions)
        for name, text, keys, slot in (
            ("data-mask", "Draw the selected image’s mask", ["M"], self.draw_mask),
            ("data-region", "Draw the region of interest", ["Shift+R"], self.draw_region),
            ("data-find", "Find images", ["Ctrl+F"], self.view.filters.text.setFocus),
            ("data-filters", "Filters, or none beside the images", ["Ctrl+Shift+F"], self._toggle_facets),
            ("data-list", "A list, or thumbnails", ["L"], self.view.look.mode.toggle),
            ("data-previous", "Previous image", ["A"], self._go_back),
            ("data-next", "Next image", ["D"], self._go_on),
            ("data-fit", "Fit the image", ["F"], self.view.panel.view.fit),
        ):
            actions.add(name, text, keys, slot, self.name)
        self.menu.add_actions(actions, self.name)
        self.parts.add_actions(actions)
        actions.keys_changed.connect(self._show_keys)
        self._show_keys()

    @Slot()
    def _show_keys(self) -> None:
        """The status line names the keys, as they are now."""
        self._keys = self.labels.keys_text()
        self._show_selection()

    def activate(self) -> None:
        self._refresh_if_stale()
        self.parts.activate()

    def home(self) -> QWidget:
        return self.view.gallery if self.parts.part is None else self.parts.part.home()

    def deactivate(self) -> None:
        save_filter(self.session.project, self.state.filter)

    def save_place(self) -> None:
        self.parts.save_place()
        gallery = self.view.gallery
        self.session.project.remember(
            _PLACE,
            {
                **self.state.remembered(),
                "selected": gallery.selected_ids()[:1],
                "side_px": gallery.side_px,
                "list": gallery.is_list,
                "facets": self.view.facets.isVisibleTo(self.view.splitter),
                "left_out": [[p.kind, p.what, p.reason] for p in self.imports.left_out],
            },
        )

    def restore_place(self) -> None:
        place = self.session.project.place(_PLACE, {})
        self.imports.left_out = [Problem(*problem) for problem in place.get("left_out", [])]
        self.state.restore(place)
        side = place.get("side_px", USUAL_SIDE_PX)
        side = side if side in SIZES_PX else USUAL_SIDE_PX
        self.view.look.set_side(side)
        self.view.gallery.set_side(side)
        self.view.look.set_list(place.get("list") is True)
        self.view.gallery.set_list(place.get("list") is True)
        self.show_facets(place.get("facets") is True)
        self._refresh()
        self.view.gallery.select(place.get("selected", []))
        self._show_selection()
        self.parts.restore_place()

    def shut_down(self) -> None:
        self._stop_looking()
        self.files.stop()
        self.thumbnails.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh_if_stale()

    # The project

    @Slot()
    def _take_project(self) -> None:
        self.thumbnails.forget()
        self.view.panel.view.forget()
        self.imports.left_out = []
        self._conflicts = []
        self.state = DataState()
        self.state.set_images(self.session.images.values())
        self.view.gallery.set_images([], {})
        self.view.gallery.set_scores({}, 3)
        self.saved.show()
        self._take_types()
        self._ask_for_scores()
        self._ordering.ask(_Ordering(self.state.table))
        self._stale = True
        if self.isVisible():
            self._refresh_if_stale()

    @Slot(object)
    def _take_change(self, ids: frozenset[int]) -> None:
        images = self.session.images
        self.state.update(images[image_id] for image_id in ids)
        self._stale = True
        if self.isVisible():
            self._refresh_if_stale()

    @Slot()
    def _take_types(self) -> None:
        types = self.session.defect_types
        self.view.gallery.set_type_colours({each.name: each.colour for each in types})
        self.view.panel.set_types(types)
        if self.session.is_open and self.isVisible():
            self._show_counts()

    @Slot()
    def _stop_looking(self) -> None:
        self._conflict_timer.stop()
        for background in (self._looking, self._scoring, self._ordering):
            background.stop()

    @Slot()
    def _ask_for_scores(self) -> None:
        run = self.session.current_run
        if self.session.is_open and run is not None and self.session.is_scored(run):
            self._scoring.ask(_Scoring(self.session.project, run))
        else:
            self._scoring.forget()
            self._forget_scores()

    @Slot()
    def _forget_scores(self) -> None:
        self._take_scores({})

    @Slot(object)
    def _take_scores(self, scores: Mapping[int, float]) -> None:
        self.state.set_scores(scores)
        finite = [score for score in scores.values() if math.isfinite(score)]
        self.view.gallery.set_scores(scores, score_decimals(min(finite, default=0), max(finite, default=0)))
        if self.state.sort == "score" or self.state.filter.score is not None:
            self._take_change(frozenset())

    # Showing

    def _refresh_if_stale(self) -> None:
        if self._stale and self.session.is_open:
            self._refresh()

    @Slot()
    def _refresh(self) -> None:
        """Show the images that pass, as they are now."""
        self._stale = False
        self.thumbnails.set_peak(self.state.peak)
        ids = self.state.shown_ids()
        self.view.gallery.set_images(ids, self.session.images)
        self.view.gallery.show_sort(self.state.sort, descending=self.state.descending)
        self.view.look.show_sort(self.state.sort, descending=self.state.descending)
        self.view.show_emptiness(no_images=not self.session.images, none_passes=not len(ids))
        self._show_counts()
        self._show_problems()
        self._conflict_timer.start()
        self._show_selection()

    def _show_counts(self) -> None:
        wanted, counts = self.state.filter, self.state.counts()
        of_labels = counts["label"]
        self.view.filters.set_counts({ALL: sum(of_labels.values()), **of_labels})
        self.view.filters.show_filter(
            kind_of(wanted), wanted.text, filter_words(wanted), is_filtered=wanted != ImageFilter()
        )
        if self.view.facets.isVisibleTo(self.view.splitter):
            self.view.facets.show_counts(counts, wanted, self.session.defect_types)
            self.view.facets.show_ranges(wanted)

    @Slot()
    def _show_selection(self) -> None:
        known = self.session.images
        images = [known[image_id] for image_id in self.view.gallery.selected_ids() if image_id in known]
        self.view.panel.show_images(images, self.state.peak)
        parts = [f"{counted(self.view.gallery.count, 'image')} shown", f"{len(images):,} selected"]
        self.view.status.set_text("    ".join(filter(None, [" · ".join(parts), self._keys])))

    @Slot()
    def _show_busy(self) -> None:
        for buttons in (self.view.add, self.view.empty.buttons):
            buttons.setEnabled(self.session.job is None)

    # Problems

    def _show_problems(self) -> None:
        self.view.problems.set_problems([*self._conflicts, *self.imports.left_out], unfold=self._unfold)
        self._unfold = False

    @Slot()
    def _look_for_conflicts(self) -> None:
        self._looking.ask(_Conflicts(self.session.images))

    @Slot(object)
    def _take_conflicts(self, found: list[Problem]) -> None:
        if found != self._conflicts:
            self._conflicts = found
            self._show_problems()

    @Slot(object)
    def _show_paths(self, paths: Sequence[str]) -> None:
        """Show and select the images of a problem."""
        wanted = set(paths)
        self.show_images(frozenset(i.id for i in self.session.images.values() if i.path in wanted))
        self.view.gallery.select_all()

    @Slot(object)
    def _show_ids(self, ids: Sequence[int]) -> None:
        """Show and select the images that a view beside the gallery chose."""
        self.show_images(frozenset(ids))
        self.view.gallery.select_all()

    @Slot()
    def _forget_left_out(self) -> None:
        self.imports.left_out = []
        self._show_problems()

    @Slot(bool)
    def _take_import(self, refused: bool) -> None:
        self._unfold = refused
        self._refresh()

    @Slot()
    def _take_found_files(self) -> None:
        self.thumbnails.forget()
        self.view.panel.view.forget()
        self._refresh()

    # Filters and order

    def shown_filter(self) -> ImageFilter:
        return self.state.filter

    @Slot(object)
    def set_filter(self, wanted: ImageFilter) -> None:
        """Show the images that pass *wanted*."""
        if wanted != self.state.filter:
            self.state.filter = wanted
            self._refresh()

    @Slot(object)
    def show_images(self, ids: frozenset[int]) -> None:
        """These alone."""
        self.set_filter(ImageFilter(ids=ids))

    @Slot(str)
    def _choose_kind(self, kind: str) -> None:
        self.set_filter(with_kind(self.state.filter, kind))

    @Slot(str)
    def _find(self, text: str) -> None:
        self.set_filter(msgspec.structs.replace(self.state.filter, text=text))

    @Slot(str, str, bool)
    def _tick(self, facet: Facet, value: str, chosen: bool) -> None:
        self.set_filter(with_value(self.state.filter, facet, value, chosen=chosen))

    @Slot(object)
    def _take_ranges(self, ranges: Mapping[str, object]) -> None:
        self.set_filter(with_ranges(self.state.filter, ranges))

    @Slot()
    def _clear_filter(self) -> None:
        self.set_filter(ImageFilter())

    @Slot(bool)
    def show_facets(self, shown: bool) -> None:
        """The panel of filters."""
        self.view.facets.setVisible(shown)
        self.view.filters.show_panel(shown)
        if shown and self.session.is_open:
            self._show_counts()

    # Drawing

    @Slot()
    def draw_mask(self) -> None:
        """Of the first selected image; the editor goes through what the gallery shows."""
        if self.view.panel.images:
            self.session.mask_wanted.emit(self.view.gallery.ids, self.view.panel.images[0].id)

    @Slot(int)
    def select_image(self, image_id: int) -> None:
        """Where the mask editor was left."""
        self.view.gallery.select([image_id])
        self._show_selection()

    @Slot()
    def draw_region(self) -> None:
        """On the first selected image, or on any."""
        ids = self.view.gallery.ids or list(self.session.images)
        if ids:
            chosen = self.view.panel.images[0].id if self.view.panel.images else ids[0]
            self.session.region_wanted.emit(ids, chosen)

    def _toggle_facets(self) -> None:
        shown = not self.view.facets.isVisibleTo(self.view.splitter)
        self.show_facets(shown)
        (self.view.facets.tree if shown else self.view.gallery).setFocus()

    @Slot(str)
    def _sort_by(self, key: SortKey) -> None:
        self.state.sort_by(key)
        self._refresh()

    @Slot()
    def _turn(self) -> None:
        self._sort_by(self.state.sort)

    @Slot(bool)
    def _show_list(self, is_list: bool) -> None:
        self.view.gallery.set_list(is_list)
        self.view.look.set_list(is_list)

    def _go_back(self) -> None:
        self.view.gallery.step(-1)

    def _go_on(self) -> None:
        self.view.gallery.step(1)

    # Dropping

    def offer_import(self, paths: Iterable[str]) -> None:
        """Ask what each of these folders and files holds, with a guess, then import."""
        self.imports.offer(paths)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.session.is_open and self.session.job is None and _dropped_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = _dropped_paths(event)
        if paths:
            event.acceptProposedAction()
            self.offer_import(paths)


# In a thread: no widget is touched.


class _Conflicts:
    def __init__(self, images: Mapping[int, Image]) -> None:
        self._images = images

    def __call__(self, _cancel: CancelToken) -> list[Problem]:
        return conflict_problems(conflicts(self._images.values()))


class _Scoring:
    def __init__(self, project: Project, run_id: int) -> None:
        self._project, self._run_id = project, run_id

    def __call__(self, _cancel: CancelToken) -> dict[int, float]:
        scoring = scoring_in_force(self._project, self._project.run(self._run_id))
        return scores_by_image(scoring, load_statistics(self._project, self._run_id))


class _Ordering:
    """The natural order of a hundred thousand names takes a third of a second."""

    def __init__(self, table: ImageTable) -> None:
        self._table = table

    def __call__(self, _cancel: CancelToken) -> None:
        self._table.ordered_names()


def _dropped_paths(event: QDropEvent) -> list[str]:
    return [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
