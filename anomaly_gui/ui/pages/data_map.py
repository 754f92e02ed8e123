"""The map: pictures that look alike are neighbours; what is enclosed is labelled at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import QVBoxLayout, QWidget

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.evaluate import scored_images
from anomaly_gui.jobs.map_set import Method, SetMap, map_set, umap_is_installed
from anomaly_gui.progress import Cancelled, CancelToken, EventSink
from anomaly_gui.project.records import Changed, Label
from anomaly_gui.project.store import Project
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.background import Background
from anomaly_gui.ui.pages import data_map_state as state
from anomaly_gui.ui.pages.data_map_view import DataMapView
from anomaly_gui.ui.pages.data_part import DataPart
from anomaly_gui.ui.session import JobEnd, Session
from anomaly_gui.ui.widgets.thumbnails import Thumbnails

_JOB = "map"
_SIDE_PX = 160
_THUMBNAIL_BYTES = 32 << 20


class MapPart(DataPart):
    """Points stay where they are while labels change; a map is made when asked for."""

    name = "map"
    title = "Map"
    tip = "Pictures that look alike lie side by side: find clusters, outliers and wrong labels"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._found: SetMap | None = None
        self._scores: dict[int, float] = {}
        self._actions: Actions | None = None
        self._thumbnails = Thumbnails(_SIDE_PX, _THUMBNAIL_BYTES, parent=self)
        self._background = Background(self)
        self.view = DataMapView(self._picture_of, self._caption_of, self)
        self.view.umap.setVisible(umap_is_installed())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self._connect()

    def _connect(self) -> None:
        view, session = self.view, self.session
        view.make.clicked.connect(self.start)
        view.colouring_chosen.connect(self._colour)
        view.map.selection_changed.connect(self._show_selection)
        view.map.key_pressed.connect(self._take_key)
        view.map.point_opened.connect(self._open)
        view.good.clicked.connect(self.label_good)
        view.defect.clicked.connect(self.label_defective)
        view.types.chosen.connect(self._label_type)
        view.leave_out.clicked.connect(self.leave_out)
        view.gallery.clicked.connect(self._show_in_gallery)
        self._thumbnails.ready.connect(view.map.update)
        self._background.answered.connect(self._take_scores)
        self._background.failed.connect(session.failed)
        session.job_started.connect(self._take_job)
        session.job_ended.connect(self._take_end)
        session.current_run_changed.connect(self._take_run)

    def home(self) -> QWidget:
        return self.view.make if self._found is None else self.view.map

    def set_gallery_actions(self, actions: Actions) -> None:
        self._actions = actions

    def forget(self) -> None:
        self._found, self._scores = None, {}
        self._thumbnails.forget()
        self.view.map.set_points(np.empty(0, np.int64), np.empty((0, 2), np.float32))
        self.view.legend.setText("")
        self.view.sentence.setText("")
        self.view.show_map(False)

    @Slot()
    def stop(self) -> None:
        self._background.stop()
        self._thumbnails.stop()

    def refresh(self) -> None:
        """Labels may have changed, and the run: points stay."""
        self._colour()
        self._show_selection()

    # Making the map

    @Slot()
    def start(self) -> None:
        """Look at the images in the background."""
        method: Method = "umap" if self.view.umap.isChecked() else "pca"

        def work(project: Project, emit: EventSink, cancel: CancelToken) -> SetMap | Cancelled:
            return map_set(project, emit, cancel, method=method)

        self.session.start_job(_JOB, "Making the map", work)

    @Slot()
    def _take_job(self) -> None:
        self.view.make.setEnabled(False)

    @Slot(object)
    def _take_end(self, end: JobEnd) -> None:
        self.view.make.setEnabled(True)
        if end.job.kind != _JOB:
            return
        if isinstance(end.result, SetMap):
            self.show_map(end.result)
        elif isinstance(end.result, Cancelled):
            self.session.said.emit(f"{end.result.kept}.")

    def show_map(self, found: SetMap) -> None:
        self._found = found
        self.view.map.set_points(found.ids, found.points)
        self.view.sentence.setText(state.sentence(found))
        self.view.show_map(True)
        self.refresh()
        if self.isVisible():
            self.home().setFocus()

    # Colours

    @Slot()
    def _colour(self) -> None:
        if self._found is None:
            return
        by = self.view.by.current
        if by == "score":
            self._ask_for_scores()
        self.view.set_colouring(
            state.colouring(by, self._found.ids.tolist(), self.session.images, self._scores if by == "score" else {})
        )

    @Slot()
    def _take_run(self) -> None:
        self._scores = {}
        if self.isVisible() and self.view.by.current == "score":
            self._colour()
        else:
            self._stale = True

    def _ask_for_scores(self) -> None:
        run_id, project = self.session.current_run, self.session.project
        if self._scores or run_id is None or not self.session.is_scored(run_id):
            return

        def work(_cancel: CancelToken) -> dict[int, float]:
            try:
                scored = scored_images(project, run_id)
            except InputError:
                return {}
            return dict(zip(scored.ids.tolist(), scored.scores.tolist(), strict=True))

        self._background.ask(work)

    @Slot(object)
    def _take_scores(self, scores: dict[int, float]) -> None:
        self._scores = scores
        if scores and self._found is not None:
            self._colour()

    # The selection

    @Slot()
    def _show_selection(self) -> None:
        ids = self.view.map.selected
        types = sorted({i.label.defect_type for i in self.session.images.values() if i.label.defect_type})
        self.view.set_selection(state.selection_text(ids, self.session.images), len(ids), types)

    def label_good(self) -> None:
        self._label(Label("good"))

    def label_defective(self) -> None:
        """Types that images have already are kept."""
        images = self.session.images
        ids = [key for key in self.view.map.selected if images[key].label.kind != "defect"]
        self._apply(ids, lambda project: project.set_label(ids, Label("defect")))

    @Slot(str)
    def _label_type(self, name: str) -> None:
        self._label(Label("defect", name or None))
        self.view.map.setFocus()

    def leave_out(self) -> None:
        """All of them, or put them back if all are left out."""
        ids = self.view.map.selected
        out = not all(self.session.images[key].excluded for key in ids)
        self._apply(ids, lambda project: project.set_excluded(ids, out))

    def label_unsure(self) -> None:
        self._label(Label("unsure"))

    def unlabel(self) -> None:
        self._label(Label("unlabelled"))

    def _label(self, label: Label) -> None:
        ids = self.view.map.selected
        self._apply(ids, lambda project: project.set_label(ids, label))

    def _apply(self, ids: list[int], operation: Callable[[Project], Changed]) -> None:
        if ids:
            self.session.apply(operation)

    @Slot()
    def _show_in_gallery(self) -> None:
        ids = tuple(self.view.map.selected)
        if ids:
            self.images_wanted.emit(ids)

    @Slot(int)
    def _open(self, image_id: int) -> None:
        self.images_wanted.emit((image_id,))

    @Slot(object)
    def _take_key(self, event: QKeyEvent) -> None:
        """The gallery's keys, as they are now, label what is selected here."""
        if self._actions is None:
            return
        pressed = QKeySequence(event.keyCombination())
        known = {entry.name: entry for entry in self._actions.entries()}
        for name, slot in self._slots().items():
            if name in known and pressed in known[name].action.shortcuts():
                event.accept()
                slot()
                return

    def _slots(self) -> dict[str, Callable[[], None]]:
        """Name of the gallery's action → what it does here."""
        typed = {
            f"data-type-{each.key}": partial(self._label, Label("defect", each.name))
            for each in self.session.defect_types
            if each.key
        }
        return {
            "data-good": self.label_good,
            "data-defective": self.label_defective,
            "data-unsure": self.label_unsure,
            "data-unlabel": self.unlabel,
            "data-leave-out": self.leave_out,
            **typed,
        }

    def _picture_of(self, image_id: int) -> QPixmap | None:
        image = self.session.images.get(image_id)
        return None if image is None else self._thumbnails.picture(image)

    def _caption_of(self, image_id: int) -> str:
        image = self.session.images.get(image_id)
        return "" if image is None else state.caption(image)
