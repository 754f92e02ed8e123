"""Which part of an image a pane shows: geometry without Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

MAX_SCALE = 64.0
MIN_SHOWN_PX = 24
"""Zooming out stops when the image's longer side is this small on the screen."""


@dataclass(frozen=True)
class Viewport:
    """Shared by panes of one size, so that they always show the same place.

    Image coordinates have their origin at the top left corner of the first pixel; the centre of
    pixel (0, 0) is (0.5, 0.5).
    """

    scale: float = 1.0
    """Screen pixels for each image pixel."""
    centre_x: float = 0.0
    """Image coordinate in the middle of the pane."""
    centre_y: float = 0.0

    @classmethod
    def fitted(cls, image: tuple[int, int], pane: tuple[int, int]) -> Viewport:
        """The whole image (width, height), as large as the pane (width, height) allows."""
        scale = min(pane[0] / image[0], pane[1] / image[1])
        return cls(min(max(scale, 1e-6), MAX_SCALE), image[0] / 2, image[1] / 2)

    def to_image(self, point: tuple[float, float], pane: tuple[int, int]) -> tuple[float, float]:
        """Image coordinates below a point of the pane."""
        return (
            self.centre_x + (point[0] - pane[0] / 2) / self.scale,
            self.centre_y + (point[1] - pane[1] / 2) / self.scale,
        )

    def to_pane(self, point: tuple[float, float], pane: tuple[int, int]) -> tuple[float, float]:
        """Where a point of the image lies in the pane."""
        return (
            pane[0] / 2 + (point[0] - self.centre_x) * self.scale,
            pane[1] / 2 + (point[1] - self.centre_y) * self.scale,
        )

    def zoomed(self, factor: float, at: tuple[float, float], pane: tuple[int, int], image: tuple[int, int]) -> Viewport:
        """Scaled by *factor*; the image point below *at* stays there."""
        x, y = self.to_image(at, pane)
        smallest = min(MIN_SHOWN_PX / max(image), 1.0)
        scale = min(max(self.scale * factor, smallest), MAX_SCALE)
        moved = Viewport(scale, x - (at[0] - pane[0] / 2) / scale, y - (at[1] - pane[1] / 2) / scale)
        return moved.kept_on(image)

    def panned(self, by: tuple[float, float], image: tuple[int, int]) -> Viewport:
        """Moved along with a drag of *by* screen pixels."""
        return replace(
            self, centre_x=self.centre_x - by[0] / self.scale, centre_y=self.centre_y - by[1] / self.scale
        ).kept_on(image)

    def kept_on(self, image: tuple[int, int]) -> Viewport:
        """Never so far away that the image is lost: the middle of the pane stays on the image."""
        return replace(
            self,
            centre_x=min(max(self.centre_x, 0.0), float(image[0])),
            centre_y=min(max(self.centre_y, 0.0), float(image[1])),
        )
