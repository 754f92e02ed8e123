"""The mask editor: where the defect is, pixel by pixel, image after image."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from anomaly_gui.files import printable
from anomaly_gui.imaging.mask_areas import Box
from anomaly_gui.imaging.mask_edits import MaskEdits
from anomaly_gui.jobs.recover_masks import recover_masks
from anomaly_gui.project.records import Changed, Image, Label
from anomaly_gui.project.store import Project
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.pages.data_panel import picture_request
from anomaly_gui.ui.pages.mask_drawing import MaskDrawing
from anomaly_gui.ui.pages.mask_hand import MaskHand
from anomaly_gui.ui.pages.mask_keeper import MaskKeeper
from anomaly_gui.ui.pages.mask_keys import add_mask_actions
from anomaly_gui.ui.pages.mask_label import MaskLabel
from anomaly_gui.ui.pages.mask_reader import MaskReader, ReadImage
from anomaly_gui.ui.pages.mask_state import (
    MapLevel,
    MaskQueue,
    masked_sentence,
)
from anomaly_gui.ui.pages.mask_tools import MaskTools
from anomaly_gui.ui.pages.mask_view import MaskView
from anomaly_gui.ui.pages.page import Page
from anomaly_gui.ui.pages.run_maps import RunMaps, run_maps
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.widgets.colour_maps import DEFAULT_COLOUR_MAP
from anomaly_gui.ui.widgets.held_key import HeldKey
from anomaly_gui.ui.widgets.mask_layer import MaskLayer
from anomaly_gui.ui.widgets.picture_layers import PictureLayers, layers_of
from anomaly_gui.ui.widgets.picture_set import PictureRequest, PictureSet

_OVERLAY_OPACITY = 0.6


@dataclass
class _Opened:
    """One image under the tools."""

    image: Image
    pictures: PictureSet
    drawing: MaskDrawing
    shown: PictureLayers
    layer: MaskLayer
    before: NDArray[np.bool_]
    """The mask that the project has."""
    touched: bool = False
    """Whether the project's mask and this one may differ."""


class MaskPage(Page):
    """Opened by edit(); the mask is saved when its image is left, whichever way."""

    left = Signal(int)
    """Id of the image that was masked last."""

    name = "mask"
    title = "Mask editor"
    icon = "mdi6.brush"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.view = MaskView(self)
        self.hide_all = HeldKey(self)
        self.tools = MaskTools(self.view.bar, self.view.pane, self)
        self.label = MaskLabel(session, self.view, self)
        self.hand = MaskHand(self.view.pane, self.view.navigator, self)
        self._queue = MaskQueue()
        self._back = "data"
        self._maps = RunMaps(None, MapLevel(None, ""))
        self._opened: _Opened | None = None
        self._overlay, self._mask_shown, self._hidden = False, True, False
        self._masked = 0
        self._reader, self._keeper = MaskReader(self), MaskKeeper(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self._connect()

    def _connect(self) -> None:
        session, view, pane, bar = self.session, self.view, self.view.pane, self.view.bar
        # Once the window has said that the project is open: this is the news.
        session.project_opened.connect(self._recover, Qt.ConnectionType.QueuedConnection)
        session.images_changed.connect(self._take_change)
        self._reader.read.connect(self._begin)
        self._keeper.failed.connect(session.failed)
        self.tools.leaving.connect(self._settle)
        self.tools.tolerance_changed.connect(self._adjust_wand)
        self.hide_all.held.connect(self._hide_all)
        view.heading.back_wanted.connect(self.leave)
        view.heading.previous_wanted.connect(self.show_previous)
        view.heading.next_wanted.connect(self.show_next)
        self.label.coloured.connect(self._recolour)
        view.navigator.moved.connect(self._show_zoom)
        self.hand.changed.connect(self._changed)
        pane.doubled.connect(view.navigator.fit)
        for signal, slot in (
            (bar.prediction_wanted, self.start_from_prediction),
            (bar.invert_wanted, self.invert),
            (bar.clear_wanted, self.clear),
            (bar.undo_wanted, self.take_back),
            (bar.redo_wanted, self.make_again),
            (bar.overlay_toggled, self.toggle_overlay),
            (bar.mask_toggled, self.toggle_mask),
            (bar.fit_wanted, view.navigator.fit),
            (bar.full_size_wanted, view.navigator.show_full_size),
        ):
            signal.connect(slot)

    def add_actions(self, actions: Actions) -> None:
        add_mask_actions(actions, self)

    # Coming and going

    def edit(self, ids: Sequence[int], image_id: int, back: str) -> None:
        """Mask *image_id*; previous and next go through *ids*; *back* is the page to go back to."""
        self._queue = MaskQueue(list(ids), image_id)
        self._back = back
        self._maps = run_maps(self.session)
        self._open(image_id)

    def activate(self) -> None:
        self.view.pane.setFocus()

    def deactivate(self) -> None:
        """Save what is drawn: another page is shown, or the project closes."""
        self._let_go()
        self.save()
        self._close_image()

    def shut_down(self) -> None:
        self._reader.stop()
        self._keeper.pause()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._let_go()

    @Slot()
    def leave(self) -> None:
        """Back to the page that opened the editor."""
        if self._queue.current is not None:
            self.left.emit(self._queue.current)
        self.session.page_wanted.emit(self._back)

    def escape(self) -> None:
        """Drop what is begun; if nothing is, go back."""
        opened = self._opened
        if opened is not None and opened.drawing.is_busy:
            self.hand.let_go()
            self._changed(opened.drawing.cancel())
        else:
            self.leave()

    @Slot()
    def show_previous(self) -> None:
        self._go(-1, "This is the first image")

    @Slot()
    def show_next(self) -> None:
        self._go(1, "This is the last image")

    def _go(self, step: int, otherwise: str) -> None:
        wanted = self._queue.at(step)
        if wanted is None:
            self.session.said.emit(otherwise)
        elif self.save():
            self._queue.current = wanted
            self._open(wanted)

    def _let_go(self) -> None:
        self.hide_all.release()
        self.hand.let_go()

    # Opening an image

    def _request(self, image: Image) -> PictureRequest:
        look = self._maps.look
        wanted = look.request(image) if look is not None else picture_request(image, self.session.peak)
        return replace(wanted, mask_path=None)

    def _open(self, image_id: int) -> None:
        """Read image and mask in the background, then let the tools work."""
        self._close_image()
        image = self.session.images[image_id]
        name = printable(image.path).replace("\\", "/").rpartition("/")[2]
        queue = self._queue
        has_previous, has_next = queue.at(-1) is not None, queue.at(1) is not None
        self.view.heading.show_image(name, queue.position, has_previous=has_previous, has_next=has_next)
        self.label.open(image)
        self._reader.ask(image, self._request(image))

    def _close_image(self) -> None:
        self._opened = None
        self._reader.forget()
        self.view.pane.set_sketch([])
        self.hand.take(None)
        self.view.pane.set_layers((), (1, 1), "Loading …")
        self._show_availability()

    @Slot(object)
    def _begin(self, read: ReadImage) -> None:
        """Image and mask are there."""
        if read.refusal:
            self.view.pane.set_layers((), (1, 1), f"{read.refusal}\nIt cannot be masked.")
            return
        if read.problem:
            self.session.said.emit(f"{read.problem}. What is drawn now takes its place")
        edits, pictures = MaskEdits(read.mask), read.pictures
        shown = pictures.original.levels[0] if pictures.original is not None else None
        stored = pictures.anomaly_map.values[:, :, 0].astype(np.uint16) if pictures.anomaly_map is not None else None
        drawing = MaskDrawing(edits, self.tools.settings, shown, stored)
        layers = layers_of(pictures, DEFAULT_COLOUR_MAP, own_scale=False)
        mask_layer = MaskLayer(edits.mask, self.label.colour())
        self._opened = _Opened(read.image, pictures, drawing, layers, mask_layer, read.mask)
        self.hand.take(drawing)
        self._keeper.start(self.session.project.folder, read.image.id, lambda: edits.mask)
        self.view.navigator.set_size(pictures.size)
        self._show_layers()
        self._show_availability()
        self._show_mask_facts()
        following = self._queue.at(1)
        if following is not None and following in self.session.images:
            self._reader.fetch_ahead(self._request(self.session.images[following]))

    # Saving

    def save(self) -> bool:
        """Keep the mask, and the label with it, as one step; False if that was refused, which is announced."""
        opened = self._opened
        if opened is None:
            return True
        self._changed(opened.drawing.settle())
        if not opened.touched:
            return True
        self._keeper.pause()
        image, mask = opened.image, opened.drawing.edits.mask
        if not np.array_equal(mask.view(np.uint8), opened.before.view(np.uint8)):  # As bytes in half the time.
            label = self.label.to_save(image, masked=bool(mask.any()))
            if self.session.apply(lambda project: _drawn(project, image.id, mask, label)) is None:
                self._keeper.keep()
                return False
            opened.before = mask.copy()
        opened.touched = False
        self._keeper.done()
        return True

    @Slot()
    def _recover(self) -> None:
        """What a crash left unsaved when this project was open last."""
        writable = self.session.is_open and not self.session.project.read_only
        changed = self.session.apply(recover_masks) if writable else None
        if changed is not None and changed.operation:
            self.session.said.emit(f"Recovered what was drawn when the program ended: {changed.sentence}")

    @Slot(object)
    def _take_change(self, changed: frozenset[int]) -> None:
        """A label that was changed, or a mask that an undo took back."""
        opened = self._opened
        if opened is None or opened.image.id not in changed:
            return
        image = self.session.images[opened.image.id]
        if image.mask_path != opened.image.mask_path and not opened.touched:
            self._open(image.id)
            return
        opened.image = image
        self.label.follow(image)
        self._show_label()

    @property
    def is_ready(self) -> bool:
        """Whether an image is open and the tools work."""
        return self._opened is not None

    @property
    def drawn(self) -> NDArray[np.bool_] | None:
        """(H, W), as it is drawn now."""
        return self._opened.drawing.edits.mask if self._opened is not None else None

    # Commands

    def take_back(self) -> bool:
        """The last stroke; the project's own steps are not undone from here by key."""
        box = self._opened.drawing.undo() if self._opened is not None else None
        return self._stepped(box, "No stroke is left to undo on this image")

    def make_again(self) -> bool:
        box = self._opened.drawing.redo() if self._opened is not None else None
        return self._stepped(box, "No stroke was undone on this image")

    def _stepped(self, box: Box | None, otherwise: str) -> bool:
        if box is None:
            self.session.said.emit(otherwise)
        else:
            self._changed(box)
        return True

    def clear(self) -> None:
        self._command(MaskDrawing.clear)

    def invert(self) -> None:
        self._command(MaskDrawing.invert)

    def start_from_prediction(self) -> None:
        """The mask becomes what the detector sees."""
        level = self._maps.level.stored
        if level is None or self._opened is None or self._opened.pictures.anomaly_map is None:
            self.session.said.emit(self._prediction_tip())
            return
        self._command(lambda drawing: drawing.start_from_map(level))

    @Slot()
    def _settle(self) -> None:
        """Another tool is taken."""
        self.hand.let_go()
        self._command(MaskDrawing.settle)

    @Slot()
    def _adjust_wand(self) -> None:
        self._command(MaskDrawing.adjust)

    def _command(self, command: Callable[[MaskDrawing], Box]) -> None:
        if self._opened is not None:
            self._changed(command(self._opened.drawing))

    @Slot(object, bool)
    def _changed(self, box: Box, under_way: bool = False) -> None:
        """Paint what changed; while a stroke is *under_way* that alone."""
        opened = self._opened
        if opened is None:
            return
        self._show_sketch()
        if not box.is_empty:
            opened.layer.update(box)
            self.view.pane.update_box(box)
            opened.touched = True
            self._keeper.note()
        if not under_way:
            self._show_mask_facts()

    # Showing

    @Slot()
    def toggle_overlay(self) -> None:
        self._overlay = not self._overlay
        self._show_layers()

    @Slot()
    def toggle_mask(self) -> None:
        self._mask_shown = not self._mask_shown
        self._show_layers()

    @Slot(bool)
    def _hide_all(self, hidden: bool) -> None:
        self._hidden = hidden
        self._show_layers()

    def _show_layers(self) -> None:
        self.view.bar.set_view(overlay=self._overlay, mask=self._mask_shown)
        opened = self._opened
        if opened is None:
            return
        made = opened.shown
        layers = [made.original] if made.original is not None else []
        if self._overlay and made.overlay is not None and not self._hidden:
            layers.append(replace(made.overlay, opacity=_OVERLAY_OPACITY))
        if self._mask_shown and not self._hidden:
            layers.append(opened.layer.layer)
        self.view.pane.set_layers(tuple(layers), opened.pictures.size)

    def _show_availability(self) -> None:
        """What can be done with the image that is open."""
        opened = self._opened
        self.tools.set_ready(opened is not None)
        has_map = opened is not None and opened.pictures.anomaly_map is not None
        self.view.bar.set_map_available(
            has_map, self._prediction_tip(), has_level=has_map and self._maps.level.stored is not None
        )

    def _prediction_tip(self) -> str:
        opened = self._opened
        if self._maps.level.stored is not None and opened is not None and opened.pictures.anomaly_map is None:
            return "The run has no error map of this image: it was trained on it, or the image is newer"
        return self._maps.level.tip

    def _show_mask_facts(self) -> None:
        """Once a stroke is done: counting takes longer than a frame on the largest images."""
        opened = self._opened
        if opened is None:
            return
        edits = opened.drawing.edits
        self._masked = int(np.count_nonzero(edits.mask))
        self.view.said.set_text(masked_sentence(self._masked, edits.size))
        self.view.bar.set_history(can_undo=edits.can_undo, can_redo=edits.can_redo)
        self._show_label()

    def _show_label(self) -> None:
        if self._opened is not None:
            self.label.show(self._opened.image, masked=self._opened.touched and self._masked > 0)

    @Slot()
    def _recolour(self) -> None:
        if self._opened is not None:
            self._opened.layer.set_colour(self.label.colour())
            self.view.pane.update()

    def _show_sketch(self) -> None:
        if self._opened is not None:
            points, closed = self._opened.drawing.sketch
            self.view.pane.set_sketch(points, closed=closed)

    @Slot()
    def _show_zoom(self) -> None:
        self.view.bar.set_zoom(self.view.navigator.viewport.scale * self.devicePixelRatioF())


def _drawn(project: Project, image_id: int, mask: NDArray[np.bool_], label: Label | None) -> Changed:
    """Mask and label in one transaction, which the session holds open."""
    changed = project.masks.draw(image_id, mask)
    if label is None:
        return changed
    labelled = project.set_label([image_id], label)
    return changed if changed.operation else labelled
