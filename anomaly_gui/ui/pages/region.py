"""The region of interest: drawn on one image, for all of them. Every shape is saved as soon as it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QVBoxLayout, QWidget

from anomaly_gui.files import printable
from anomaly_gui.imaging.mask_areas import Box
from anomaly_gui.imaging.region import Region, Shape
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.pages.data_panel import picture_request
from anomaly_gui.ui.pages.mask_hand import MaskHand
from anomaly_gui.ui.pages.mask_state import MaskQueue
from anomaly_gui.ui.pages.page import Page
from anomaly_gui.ui.pages.region_drawing import RegionDrawing, RegionTools
from anomaly_gui.ui.pages.region_view import TOOLS, RegionView
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.widgets.image_pane import layer_of
from anomaly_gui.ui.widgets.picture_loader import PictureLoader
from anomaly_gui.ui.widgets.picture_set import PictureSet
from anomaly_gui.ui.widgets.region_shade import shade_of
from anomaly_gui.ui.wording import counted

_CRISP_FROM = 2.0
_FAR = 8

_BAR = (
    (tuple(f"region-{tool}" for tool in TOOLS), "tools"),
    (("region-way",), "count or ignore"),
    (("region-select-next",), "next shape"),
    (("region-remove",), "remove it"),
    (("region-up", "region-down", "region-left", "region-right"), "move the tool"),
    (("region-press",), "press it"),
    (("region-finish",), "close polygon"),
    (("region-previous", "region-next"), "other image"),
    (("undo",), "undo"),
    (("region-back",), "back"),
)
"""What the bar at the page's bottom names: actions, and what they do in a word."""


class RegionPage(Page):
    """Opened by edit(); undo is the project's."""

    name = "region"
    title = "Region of interest"
    icon = "mdi6.vector-square"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.view = RegionView(self)
        self.tools = RegionTools()
        self.hand = MaskHand(self.view.pane, self.view.navigator, self)
        self._queue = MaskQueue()
        self._pictures: PictureSet | None = None
        self._drawing: RegionDrawing | None = None
        self._loader = PictureLoader(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self._connect()
        self._show_tools()

    def _connect(self) -> None:
        view = self.view
        self.session.operated.connect(self._take_change)
        self._loader.loaded.connect(self._take_pictures)
        self.hand.changed.connect(self._take_hand)
        view.heading.back_wanted.connect(self.leave)
        view.heading.previous_wanted.connect(self.show_previous)
        view.heading.next_wanted.connect(self.show_next)
        view.tool_chosen.connect(self.choose_tool)
        view.way_chosen.connect(self._choose_way)
        view.remove_wanted.connect(self.remove_selected)
        view.clear_wanted.connect(self.clear)
        view.fit_wanted.connect(view.navigator.fit)
        view.pane.set_drawing(True)

    def add_actions(self, actions: Actions) -> None:
        navigator = self.view.navigator
        for name, text, keys, slot in (
            ("next", "Next image", ["D"], self.show_next),
            ("previous", "Previous image", ["A"], self.show_previous),
            ("back", "Cancel the shape, or go back", ["Esc"], self.escape),
            ("way", "Switch between what counts and what is ignored", ["S"], self.switch_way),
            ("select-next", "Select the next shape", ["N"], self.select_next),
            ("remove", "Remove the selected shape", ["Del"], self.remove_selected),
            ("press", "Press the tool, or lift it again", ["Space"], self.hand.press_key),
            ("finish", "Close the polygon", ["Return", "Enter"], self.hand.finish),
            ("corner", "Take back the polygon’s last corner", ["Backspace"], self.hand.drop_corner),
            ("fit", "Fit the image", ["F"], navigator.fit),
            ("zoom-in", "Zoom in", ["+", "="], navigator.zoom_in),
            ("zoom-out", "Zoom out", ["-"], navigator.zoom_out),
        ):
            actions.add(f"region-{name}", text, keys, slot, self.name)
        for tool, (text, _, key, _) in TOOLS.items():
            actions.add(f"region-{tool}", f"Tool: {text.lower()}", [key], partial(self.choose_tool, tool), self.name)
        for key, across, down in (("Left", -1, 0), ("Right", 1, 0), ("Up", 0, -1), ("Down", 0, 1)):
            for shift, factor, how in (("", 1, ""), ("Shift+", _FAR, " far")):
                move = partial(self.hand.move_cross, across * factor, down * factor)
                name, text = f"region-{key.lower()}{how.strip()}", f"Move the tool{how}: {key.lower()}"
                actions.add(name, text, [shift + key], move, self.name).setAutoRepeat(True)
        self.view.keys.follow(actions, _BAR)

    # Coming and going

    def edit(self, ids: Sequence[int], image_id: int) -> None:
        """Draw on *image_id*; previous and next go through *ids*."""
        self._queue = MaskQueue(list(ids), image_id)
        self._open(image_id)

    def activate(self) -> None:
        self.view.pane.setFocus()

    def deactivate(self) -> None:
        self._change(RegionDrawing.finish)
        self._drawing = self._pictures = None
        self.hand.take(None)

    @Slot()
    def leave(self) -> None:
        self.session.page_wanted.emit("data")

    def escape(self) -> None:
        """Drop what is begun; if nothing is, go back."""
        if self._drawing is not None and self._drawing.is_busy:
            self.hand.let_go()
            self._change(RegionDrawing.cancel)
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
        else:
            self._change(RegionDrawing.finish)
            self._queue.current = wanted
            self._open(wanted)

    def _open(self, image_id: int) -> None:
        image = self.session.images[image_id]
        self._drawing = RegionDrawing(self.session.project.region(), self.tools, (image.height, image.width))
        self.hand.take(self._drawing)
        queue = self._queue
        self.view.heading.show_image(
            printable(image.path).replace("\\", "/").rpartition("/")[2],
            queue.position,
            has_previous=queue.at(-1) is not None,
            has_next=queue.at(1) is not None,
        )
        self._pictures = None
        pictures = self._loader.show(replace(picture_request(image, self.session.peak), mask_path=None))
        if pictures is not None:
            self._take_pictures(pictures)
        else:
            self._show_region()

    @Slot(object)
    def _take_pictures(self, pictures: PictureSet) -> None:
        if pictures.request.image_id == self._queue.current and self._drawing is not None:
            self._pictures = pictures
            self._drawing.size = (pictures.size[1], pictures.size[0])
            self.view.navigator.set_size(pictures.size)
            self._show_region()

    # Drawing

    @Slot(object, bool)
    def _take_hand(self, _box: Box, under_way: bool) -> None:
        """Shapes that are dragged are saved when they are let go of."""
        if not under_way or (self._drawing is not None and not self._drawing.is_busy):
            self._save()
        self._show_region()

    def _save(self) -> None:
        drawing = self._drawing
        if drawing is not None and drawing.region != self.session.project.region():
            self.session.apply(lambda project: project.set_region(drawing.region))

    def _change(self, change: Callable[[RegionDrawing], object]) -> None:
        if self._drawing is not None:
            change(self._drawing)
            self._save()
            self._show_region()

    @Slot()
    def remove_selected(self) -> None:
        self._change(RegionDrawing.remove_selected)

    @Slot()
    def clear(self) -> None:
        self.session.apply(lambda project: project.set_region(Region()))

    def select_next(self) -> None:
        self._change(RegionDrawing.select_next)

    def take_back(self) -> bool:
        """A corner of a polygon; shapes are the project's steps."""
        dropped = self._drawing is not None and self._drawing.drop_corner()
        self._show_region()
        return dropped

    @Slot()
    def _take_change(self) -> None:
        """An undo, perhaps."""
        drawing = self._drawing
        if drawing is not None and drawing.region != (kept := self.session.project.region()):
            drawing.cancel()
            drawing.selected = None
            drawing.region = kept
            self._show_region()

    @Slot(str)
    def choose_tool(self, tool: str) -> None:
        if tool != self.tools.tool:
            self.hand.let_go()
            self._change(RegionDrawing.finish)
        self.tools.tool = tool  # type: ignore[assignment]
        self._show_tools()

    @Slot(str)
    def _choose_way(self, way: str) -> None:
        self.tools.ignores = way == "subtract"
        self._show_tools()

    def switch_way(self) -> None:
        self._choose_way("add" if self.tools.ignores else "subtract")

    # Showing

    def _show_tools(self) -> None:
        self.view.show_tools(self.tools.tool, ignores=self.tools.ignores)

    def _show_region(self) -> None:
        drawing, pictures, pane = self._drawing, self._pictures, self.view.pane
        if drawing is None:
            return
        region = drawing.region
        if pictures is None or pictures.original is None:
            message = "Loading …" if pictures is None else "\n".join(pictures.problems)
            pane.set_layers((), (drawing.size[1], drawing.size[0]), message)
        else:
            original, shade = layer_of(pictures.original, None, crisp_from=_CRISP_FROM), shade_of(region, pictures.size)
            pane.set_layers((original,) if shade is None else (original, shade), pictures.size)
        pane.set_outline(_path(drawing, region.inside))
        pane.set_contour(_path(drawing, region.ignored))
        pane.set_sketch(drawing.sketch)
        self.view.show_region(
            region_sentence(region), is_everything=region.is_everything, has_selected=drawing.selected is not None
        )


def region_sentence(region: Region) -> str:
    """What counts, in words."""
    if region.is_everything:
        return "The whole image counts. Draw a shape around the part, or around what is to be ignored"
    counts = (
        f"What lies in {counted(len(region.inside), 'shape')} counts" if region.inside else "The whole image counts"
    )
    return counts + (f", but for {counted(len(region.ignored), 'ignored shape')}" if region.ignored else "")


def _path(drawing: RegionDrawing, shapes: Sequence[Shape]) -> QPainterPath | None:
    path = QPainterPath()
    for shape in shapes:
        outline = drawing.outline(shape)
        path.moveTo(*outline[0])
        for corner in outline[1:]:
            path.lineTo(*corner)
        path.closeSubpath()
    return path if shapes else None
