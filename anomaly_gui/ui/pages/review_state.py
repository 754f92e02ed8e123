"""Queues that stay as they were when they were started, and where the reviewer stands in each. No Qt."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Sequence
from typing import Any

from anomaly_gui.ui.pages.review_queues import MISSED, ORDERS, is_queue, kind_of

IsOpen = Callable[[int], bool]
"""Whether an image still waits for a verdict."""


class FrozenQueue:
    """Images in the order they are reviewed; neither a threshold nor a label moves them.

    *current* need not be among them: an undo from elsewhere leads to any image.
    """

    def __init__(self, ids: Iterable[int], order: str, threshold: float) -> None:
        self.order = order
        self.threshold = threshold
        """When the queue was started."""
        self.skipped: set[int] = set()
        self.touched = False
        """Whether the reviewer has begun: until then it may be built anew without a word."""
        self.arrange(ids, order)
        self.current: int | None = self.ids[0] if self.ids else None
        self._place = 0

    def arrange(self, ids: Iterable[int], order: str) -> None:
        """The same images in another order; the one that is shown stays."""
        self.ids = list(ids)
        self.order = order
        self._places = {image_id: place for place, image_id in enumerate(self.ids)}

    def __contains__(self, image_id: int) -> bool:
        return image_id in self._places

    @property
    def place(self) -> int | None:
        """Where the image shown stands; None if it is not in the queue."""
        return self._places.get(self.current) if self.current is not None else None

    # Going through it

    def go_to(self, image_id: int) -> None:
        """Show an image, which need not be in the queue."""
        self.current = image_id
        place = self.place
        if place is not None:
            self._place = place

    def go(self, direction: int) -> bool:
        """To the next (1) or previous (-1) image; False at an end."""
        self.touched = True
        start = self.place if self.place is not None else self._place - (direction > 0)
        wanted = start + direction
        if not 0 <= wanted < len(self.ids):
            return False
        self.go_to(self.ids[wanted])
        return True

    def go_open(self, direction: int, is_open: IsOpen) -> bool:
        """To the next or previous image that waits for a verdict, around the end; False if there is none."""
        self.touched = True
        count, start = len(self.ids), self.place if self.place is not None else self._place
        for step in range(1, count + 1):
            image_id = self.ids[(start + direction * step) % count]
            if image_id != self.current and is_open(image_id):
                self.go_to(image_id)
                return True
        return False

    def upcoming(self, count: int) -> list[int]:
        """The next images, at most *count*."""
        start = self._place if self.place is None else self.place + 1
        return self.ids[start : start + count]

    def skip(self) -> None:
        """The image that is shown is passed over for now."""
        if self.current is not None:
            self.touched = True
            self.skipped.add(self.current)

    # Between sessions

    def remembered(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "ids": self.ids,
            "order": self.order,
            "threshold": self.threshold,
            "current": self.current,
            "skipped": sorted(self.skipped),
        }

    @classmethod
    def recalled(cls, kept: Any, there: Container[int]) -> FrozenQueue | None:
        """What remembered() gave, without images that are not *there*; None if it is something else."""
        if not isinstance(kept, dict) or not isinstance(kept.get("ids"), list):
            return None
        threshold = kept.get("threshold")
        if not isinstance(threshold, int | float) or not math.isfinite(threshold) or kept.get("order") not in ORDERS:
            return None
        made = cls([key for key in kept["ids"] if key in there], kept["order"], float(threshold))
        made.touched = True
        made.skipped = {key for key in kept.get("skipped", []) if key in made}
        if kept.get("current") in there:
            made.go_to(kept["current"])
        return made


class ReviewState:
    """One queue at a time; the others keep their place."""

    def __init__(self) -> None:
        self.name = MISSED
        self._orders: dict[str, str] = {}
        self._queues: dict[tuple[int, str], FrozenQueue] = {}
        self._judged: list[int] = []

    def choose(self, name: str) -> None:
        """Look at another queue."""
        if is_queue(name):
            self.name = name

    @property
    def order(self) -> str:
        """Of the queue that is looked at."""
        return self._orders.get(self.name, kind_of(self.name).order)

    def set_order(self, order: str) -> None:
        self._orders[self.name] = order

    def queue(self, run_id: int | None) -> FrozenQueue | None:
        """The chosen queue of a run; None if it was not started."""
        return self._queues.get((run_id, self.name)) if run_id is not None else None

    def start(self, run_id: int, ids: Sequence[int], threshold: float) -> FrozenQueue:
        """Freeze the chosen queue of a run."""
        made = FrozenQueue(ids, self.order, threshold)
        self._queues[run_id, self.name] = made
        return made

    def touch(self, run_id: int) -> None:
        """The reviewer has begun with the chosen queue: it is built anew on demand alone."""
        queue = self.queue(run_id)
        if queue is not None:
            queue.touched = True

    def drop(self, run_id: int | None) -> None:
        """Let the chosen queue be started anew."""
        if run_id is not None:
            self._queues.pop((run_id, self.name), None)

    def note_verdict(self, image_id: int) -> None:
        """Remember what was judged, for going back."""
        if image_id in self._judged:
            self._judged.remove(image_id)
        self._judged.append(image_id)

    def last_judged(self, but: int | None) -> int | None:
        """The image judged last, and then the one before; None if there is none. Never *but*."""
        while self._judged:
            image_id = self._judged.pop()
            if image_id != but:
                return image_id
        return None

    def remembered(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "queue": self.name,
            "orders": self._orders,
            "queues": [
                {"run": run_id, "name": name, **queue.remembered()}
                for (run_id, name), queue in self._queues.items()
                if queue.touched
            ],
        }

    @classmethod
    def recalled(cls, kept: Any, there: Container[int]) -> ReviewState:
        """What remembered() gave; whatever else it holds is passed over. *there* are the images there are."""
        made = cls()
        if not isinstance(kept, dict):
            return made
        made.choose(str(kept.get("queue", MISSED)))
        orders = kept.get("orders")
        if isinstance(orders, dict):
            made._orders = {str(name): order for name, order in orders.items() if order in ORDERS}
        for each in kept.get("queues", []):
            queue = FrozenQueue.recalled(each, there)
            if queue is not None and isinstance(each.get("run"), int):
                made._queues[each["run"], str(each.get("name"))] = queue
        return made
