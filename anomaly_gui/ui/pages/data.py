"""Data: images come in, are looked through and labelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import platformdirs
from PySide6.QtCore import Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from anomaly_gui.jobs.import_candidates import ImportRequest
from anomaly_gui.jobs.import_images import ImportReport, import_images
from anomaly_gui.progress import Cancelled, CancelToken, Event, EventSink, FileRefused, Noted
from anomaly_gui.project.labels import conflicts
from anomaly_gui.project.records import Image, Label
from anomaly_gui.project.store import Project
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.pages.data_filter import (
    ImageFilter,
    conflict_problems,
    kind_counts,
    refusal,
    shown,
    type_counts,
    warning,
)
from anomaly_gui.ui.pages.data_view import DataView
from anomaly_gui.ui.pages.page import Page
from anomaly_gui.ui.pages.saved_filter import save_filter
from anomaly_gui.ui.session import JobEnd, Session
from anomaly_gui.ui.widgets.gallery import SIZES_PX
from anomaly_gui.ui.widgets.import_dialog import ImportDialog
from anomaly_gui.ui.widgets.import_roles import Place, guess_places, masks_beside
from anomaly_gui.ui.widgets.problem_list import Problem
from anomaly_gui.ui.widgets.thumbnail_store import ThumbnailStore
from anomaly_gui.ui.widgets.thumbnails import Thumbnails
from anomaly_gui.ui.wording import counted, listed

GOOD, DEFECT, UNLABELLED = Label("good"), Label("defect"), Label("unlabelled")
_PLACE = "data"
_JOB = "import"
_KEPT_THUMBNAILS_BYTES = 128 << 20
_TYPES_WITH_KEYS = 9
_KEYS = (
    (("data-good",), "good"),
    (("data-defective",), "defective"),
    (tuple(f"data-type-{digit}" for digit in range(1, _TYPES_WITH_KEYS + 1)), "type"),
    (("data-unlabel",), "unlabel"),
    (("data-leave-out",), "leave out"),
)
"""What the status line names: actions, and what they do in a word."""


class DataPage(Page):
    """Connects gallery, filters and labels with the project."""

    name = "data"
    title = "Data"
    menu_title = "&Data"
    icon = "mdi6.image-multiple-outline"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        store = ThumbnailStore(platformdirs.user_cache_path("anomaly-gui") / "thumbnails")
        self.thumbnails = Thumbnails(SIZES_PX[-1], _KEPT_THUMBNAILS_BYTES, store, self)
        self.view = DataView(self.thumbnails, self)
        self._stale = True
        self._actions: Actions | None = None
        self._keys = ""
        self._left_out: list[Problem] = []
        self._folder = str(Path.home())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.setAcceptDrops(True)
        self._connect()

    def _connect(self) -> None:
        session, view = self.session, self.view
        session.project_opened.connect(self._take_project)
        session.project_closed.connect(self._take_project)
        session.images_changed.connect(self._take_change)
        session.job_started.connect(self._take_job)
        session.job_progressed.connect(self._take_event)
        session.job_ended.connect(self._take_end)
        for buttons in (view.add, view.empty.buttons):
            buttons.good_wanted.connect(self.choose_good)
            buttons.defect_wanted.connect(self.choose_defective)
            buttons.dataset_wanted.connect(self.choose_dataset)
        view.filters.filter_changed.connect(self._refresh)
        view.filters.side_chosen.connect(view.gallery.set_side)
        view.gallery.selection_changed.connect(self._show_selection)
        view.problems.images_chosen.connect(self._show_paths)
        view.problems.dismissed.connect(self._forget_left_out)
        panel = view.panel
        panel.good_wanted.connect(self.label_good)
        panel.defect_wanted.connect(self.label_defective)
        panel.unlabelled_wanted.connect(self.unlabel)
        panel.type_chosen.connect(self._label_type)
        panel.exclusion_wanted.connect(self._exclude)

    def add_actions(self, actions: Actions) -> None:
        for name, text, keys, slot in (
            ("data-good", "Label the selection good", ["G"], self.label_good),
            ("data-defective", "Label the selection defective", ["X"], self.label_defective),
            ("data-unlabel", "Take the selection's label away", ["U"], self.unlabel),
            ("data-leave-out", "Leave the selection out, or put it back", ["Del"], self.toggle_exclusion),
            ("data-find", "Find images by name", ["Ctrl+F"], self.view.filters.text.setFocus),
            ("data-fit", "Fit the image", ["F"], self.view.panel.view.fit),
        ):
            actions.add(name, text, keys, slot, self.name)
        for digit in range(1, _TYPES_WITH_KEYS + 1):
            text = f"Label the selection defective, of type {digit}"
            actions.add(f"data-type-{digit}", text, [str(digit)], _TypeKey(self, digit), self.name)
        self._actions = actions
        actions.keys_changed.connect(self._show_keys)
        self._show_keys()

    @Slot()
    def _show_keys(self) -> None:
        """The status line names the keys, as they are now."""
        if self._actions is not None:
            keys = [(self._actions.key_text(*names), text) for names, text in _KEYS]
            self._keys = " · ".join([*(f"{key} {text}" for key, text in keys if key), "Ctrl+A all"])
            self._show_selection()

    def activate(self) -> None:
        self._refresh_if_stale()

    def home(self) -> QWidget:
        return self.view.gallery

    def deactivate(self) -> None:
        save_filter(self.session.project, self.view.filters.filter)

    def save_place(self) -> None:
        chosen = self.view.filters.filter
        self.session.project.remember(
            _PLACE,
            {
                "kind": chosen.kind,
                "defect_type": chosen.defect_type,
                "use": chosen.use,
                "selected": self.view.gallery.selected_ids()[:1],
                "side_px": self.view.gallery.side_px,
                "left_out": [[p.kind, p.what, p.reason] for p in self._left_out],
            },
        )

    def restore_place(self) -> None:
        place = self.session.project.place(_PLACE, {})
        self._left_out = [Problem(*problem) for problem in place.get("left_out", [])]
        self._refresh()
        chosen = ImageFilter(place.get("kind", "all"), place.get("defect_type"), place.get("use", "all"))
        self.view.filters.set_filter(chosen)
        side = place.get("side_px", SIZES_PX[1])
        self.view.filters.set_side(side)
        self.view.gallery.set_side(side)
        self._refresh()
        self.view.gallery.select(place.get("selected", []))
        self._show_selection()

    def shut_down(self) -> None:
        self.thumbnails.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh_if_stale()

    # Showing

    @Slot()
    def _take_project(self) -> None:
        self.thumbnails.forget()
        self.view.panel.view.forget()
        self._left_out = []
        self.view.filters.set_filter(ImageFilter())
        self.view.gallery.set_images([])
        self._take_change()

    @Slot()
    def _take_change(self) -> None:
        self._stale = True
        if self.isVisible():
            self._refresh_if_stale()

    def _refresh_if_stale(self) -> None:
        if self._stale and self.session.is_open:
            self._refresh()

    @Slot()
    def _refresh(self) -> None:
        """Show the images that pass, as they are now."""
        self._stale = False
        images = list(self.session.images.values())
        filters = self.view.filters
        counted_images = shown(images, filters.filter.others())
        types = type_counts(counted_images)
        filters.set_counts(kind_counts(counted_images), types)
        passing = shown(counted_images, filters.filter)
        self.thumbnails.set_peak(self._peak())
        self.view.gallery.set_images(passing)
        self.view.panel.set_types(list(type_counts(images)))
        self.view.show_emptiness(no_images=not images, none_passes=not passing)
        self._show_problems()
        self._show_selection()

    def _peak(self) -> int:
        return max((image.peak for image in self.session.images.values() if image.bit_depth == 16), default=0)

    @Slot()
    def _show_selection(self) -> None:
        ids = self.view.gallery.selected_ids()
        images = [self.session.images[image_id] for image_id in ids if image_id in self.session.images]
        self.view.panel.show_images(images, self._peak())
        total = self.view.gallery.images.rowCount()
        parts = [f"{counted(total, 'image')} shown", f"{len(images):,} selected"]
        self.view.status.set_text("    ".join(filter(None, [" · ".join(parts), self._keys])))

    def _show_problems(self, *, unfold: bool = False) -> None:
        found = conflict_problems(conflicts(self.session.images.values()))
        self.view.problems.set_problems([*found, *self._left_out], unfold=unfold)

    @Slot(object)
    def _show_paths(self, paths: Sequence[str]) -> None:
        """Show and select the images of a problem."""
        self.view.filters.set_filter(ImageFilter(only=frozenset(paths)))
        self._refresh()
        self.view.gallery.selectAll()

    @Slot()
    def _forget_left_out(self) -> None:
        self._left_out = []
        self._show_problems()

    # Labelling

    def label_good(self) -> None:
        self._label(GOOD)

    def label_defective(self) -> None:
        """Types that the images have already are kept."""
        images = [image for image in self.view.panel.images if image.label.kind != "defect"]
        self._label(DEFECT, images)

    def unlabel(self) -> None:
        self._label(UNLABELLED)

    def toggle_exclusion(self) -> None:
        images = self.view.panel.images
        self._exclude(not all(image.excluded for image in images))

    def label_numbered_type(self, digit: int) -> None:
        """Defective, of the type that is *digit*th in the list; nothing if there are fewer."""
        names = list(type_counts(self.session.images.values()))
        if digit <= len(names):
            self._label_type(names[digit - 1])

    @Slot(str)
    def _label_type(self, name: str) -> None:
        self._label(Label("defect", name or None))
        self.view.gallery.setFocus()

    @Slot(bool)
    def _exclude(self, excluded: bool) -> None:
        self._change(self.view.panel.images, lambda project, ids: project.set_excluded(ids, excluded))

    def _label(self, label: Label, images: list[Image] | None = None) -> None:
        chosen = self.view.panel.images if images is None else images
        self._change(chosen, lambda project, ids: project.set_label(ids, label))

    def _change(self, images: list[Image], operation: Callable[[Project, list[int]], object]) -> None:
        ids = [image.id for image in images]
        if ids:
            self.session.apply(lambda project: operation(project, ids))  # type: ignore[arg-type, return-value]

    # Importing

    def choose_good(self) -> None:
        self._choose_folder("Folder of good parts", self._import_good)

    def choose_defective(self) -> None:
        self._choose_folder("Folder of defective parts", self._import_defective)

    def choose_dataset(self) -> None:
        self._choose_folder("Folder of the data set (with train and test in it)", self._import_dataset)

    def _choose_folder(self, title: str, take: Callable[[str], None]) -> None:
        dialog = QFileDialog(self, title, self._folder)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _import_good(self, folder: str) -> None:
        self.start_import(ImportRequest(good=(folder,)))

    @Slot(str)
    def _import_defective(self, folder: str) -> None:
        """Asks only where masks lie beside: whether to take them is the engineer's decision."""
        masks = masks_beside(Path(folder))
        if masks is None:
            self.start_import(ImportRequest(defect=(folder,)))
        else:
            self._ask([Place((folder,), "defect"), Place((str(masks),), "masks")])

    @Slot(str)
    def _import_dataset(self, folder: str) -> None:
        self.start_import(ImportRequest(dataset=folder))

    def offer_import(self, paths: Iterable[str]) -> None:
        """Ask what each of these folders and files holds, with a guess, then import."""
        places = guess_places(paths)
        if places:
            self._ask(places)

    def _ask(self, places: list[Place]) -> None:
        dialog = ImportDialog(places, self)
        dialog.import_chosen.connect(self.start_import)
        dialog.open()

    @Slot(object)
    def start_import(self, request: ImportRequest) -> None:
        """Import in the background."""
        chosen = [*request.good, *request.defect, *request.unlabelled, *filter(None, [request.dataset])]
        self._folder = str(Path(chosen[0]).parent) if chosen else self._folder

        def work(project: Project, emit: EventSink, cancel: CancelToken) -> ImportReport | Cancelled:
            return import_images(project, request, emit, cancel)

        self.session.start_job(_JOB, "Importing images", work)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.session.is_open and _dropped_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = _dropped_paths(event)
        if paths:
            event.acceptProposedAction()
            self.offer_import(paths)

    # The import that runs

    @Slot(object)
    def _take_job(self) -> None:
        self._set_buttons(enabled=False)
        job = self.session.job
        if job is not None and job.kind == _JOB:
            self._left_out = []

    @Slot(object)
    def _take_event(self, event: Event) -> None:
        job = self.session.job
        if job is None or job.kind != _JOB:
            return
        if isinstance(event, FileRefused):
            self._left_out.append(refusal(event.path, event.reason))
        elif isinstance(event, Noted):
            self._left_out.append(warning(event.sentence))

    @Slot(object)
    def _take_end(self, end: JobEnd) -> None:
        self._set_buttons(enabled=True)
        if end.job.kind != _JOB:
            return
        self._refresh()
        self._show_problems(unfold=any(problem.kind != "warning" for problem in self.view.problems.problems))
        if isinstance(end.result, ImportReport):
            self.session.said.emit(report_sentence(end.result))
        elif isinstance(end.result, Cancelled):
            self.session.said.emit(f"{end.result.kept}.")

    def _set_buttons(self, *, enabled: bool) -> None:
        for buttons in (self.view.add, self.view.empty.buttons):
            buttons.setEnabled(enabled)


class _TypeKey:
    """The slot of one digit."""

    def __init__(self, page: DataPage, digit: int) -> None:
        self._page = page
        self._digit = digit

    def __call__(self) -> None:
        self._page.label_numbered_type(self._digit)


def report_sentence(report: ImportReport) -> str:
    """What an import did, for the status bar."""
    kinds = ((report.good, "good"), (report.defect, "defective"), (report.unlabelled, "not labelled"))
    parts = listed([f"{count:,} {word}" for count, word in kinds if count])
    text = f"Imported {counted(report.added, 'image')}" + (f" ({parts})" if parts else "")
    if report.already:
        text += f"; {report.already:,} were there already"
    if report.refused:
        text += f"; {counted(len(report.refused), 'file')} refused"
    return text + "."


def _dropped_paths(event: QDropEvent) -> list[str]:
    return [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
