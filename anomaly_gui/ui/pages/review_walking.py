"""From image to image through the queue under review."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Slot

from anomaly_gui.ui.pages.review_judging import Reviewed
from anomaly_gui.ui.pages.review_state import FrozenQueue
from anomaly_gui.ui.pages.review_words import end_sentence
from anomaly_gui.ui.pages.why_missed import WhyMissed


class Walked(Reviewed, Protocol):
    """The page, with its queue."""

    why: WhyMissed

    @property
    def queue(self) -> FrozenQueue | None: ...

    def is_open(self, image_id: int) -> bool:
        """Whether an image of the queue still waits for a verdict."""

    def show_current(self) -> None: ...


class Walking(QObject):
    """Made by the page, after its view."""

    def __init__(self, page: Walked, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page
        self.left = 0
        """Images of the queue that wait for a verdict."""
        page.view.list.image_chosen.connect(self.go_to)

    def count_left(self, queue: FrozenQueue) -> int:
        return sum(map(self._page.is_open, queue.ids))

    @Slot(int)
    def go_to(self, image_id: int) -> None:
        queue = self._page.queue
        if queue is not None:
            queue.touched = True
            queue.go_to(image_id)
            self._page.show_current()

    def go_on(self) -> None:
        """To the next image, or say that there is none."""
        queue = self._page.queue
        went = queue is not None and queue.go(1)
        self._go(went, self._page.why.at_end(end_sentence(self._page.state.name, self.left)))

    def skip(self) -> None:
        """Pass over the image that is shown, and go on."""
        queue = self._page.queue
        if queue is not None:
            queue.skip()
            self.left = self.count_left(queue)
            self._page.view.list.queued.show_changes()
            self.go_on()

    def show_previous(self) -> None:
        queue = self._page.queue
        self._go(queue is not None and queue.go(-1), "This is the first image of the queue")

    def show_next_unreviewed(self) -> None:
        self._go_open(1)

    def show_previous_unreviewed(self) -> None:
        self._go_open(-1)

    def _go_open(self, direction: int) -> None:
        queue = self._page.queue
        went = queue is not None and queue.go_open(direction, self._page.is_open)
        self._go(went, "Every image of the queue is reviewed")

    def show_last_judged(self) -> None:
        queue = self._page.queue
        image_id = self._page.state.last_judged(queue.current) if queue is not None else None
        if queue is not None and image_id is not None:
            queue.go_to(image_id)
        self._go(image_id is not None, "There is no earlier verdict to go back to")

    def _go(self, went: bool, otherwise: str) -> None:
        if not went:
            self._page.session.said.emit(otherwise)
        # Even at an end: how many are left may have changed.
        self._page.show_current()
