"""The keyboard's hand on a map: a cross that is moved, and the corners that it set. No Qt."""

from __future__ import annotations

Point = tuple[float, float]


class MapHand:
    """In the coordinates of the map's points, so that a corner stays where it is while the map is zoomed."""

    def __init__(self) -> None:
        self.place: Point | None = None
        """Of the cross; None while it is not shown."""
        self.corners: list[Point] = []

    @property
    def track(self) -> list[Point]:
        """The outline from the first corner to the cross; empty while no corner is set."""
        if not self.corners or self.place is None:
            return []
        return [*self.corners, *([self.place] if self.place != self.corners[-1] else [])]

    def press(self, middle: Point) -> None:
        """Show the cross in the *middle*; once it is there, set a corner."""
        if self.place is None:
            self.place = middle
        elif not self.corners or self.corners[-1] != self.place:
            self.corners.append(self.place)

    def drop_corner(self) -> None:
        """Take back the last one."""
        if self.corners:
            self.corners.pop()

    def step_back(self) -> bool:
        """Drop the outline, or else the cross; False if neither was there."""
        was_there = self.place is not None
        if self.corners:
            self.corners.clear()
        else:
            self.place = None
        return was_there

    def put_away(self) -> None:
        """The mouse takes over, or other points are shown."""
        self.place = None
        self.corners.clear()
