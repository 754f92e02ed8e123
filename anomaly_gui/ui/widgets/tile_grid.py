"""How tiles lie on an image: the picture, lines where one tile hands over to the next, and one tile whole."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from anomaly_gui.imaging.tiles import TilePlan

HEIGHT_PX = 190
_LINE, _EDGE = QColor(255, 255, 255, 190), QColor(0, 0, 0, 70)
_TILE, _HALO = QColor(80, 230, 255), QColor(0, 0, 0, 200)
_SKIPPED = QColor(0, 0, 0, 150)
_EDGE_FROM_PX = 12.0
"""Lines nearer to each other have no dark edge, which would hide the image."""


class TileGrid(QWidget):
    """Of a fixed height, so that nothing below it moves. Setters emit nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmap: QPixmap | None = None
        self._message = ""
        self.plan: TilePlan | None = None
        """What is drawn; None draws the picture alone."""
        self.kept: NDArray[np.bool_] = np.ones((0, 0), np.bool_)
        """(rows, columns): tiles that are looked at."""
        self._inside: NDArray[np.bool_] | None = None
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Grid of tiles on an image")

    def sizeHint(self) -> QSize:
        return QSize(HEIGHT_PX, HEIGHT_PX)

    @property
    def has_picture(self) -> bool:
        return self._pixmap is not None

    def set_picture(self, pixels: NDArray[np.uint8] | None, inside: NDArray[np.bool_] | None = None) -> None:
        """(H, W) or (H, W, 3), and what counts of it, (H, W); None shows the message."""
        self._pixmap, self._inside = None, inside
        if pixels is not None:
            height, width = pixels.shape[:2]
            kind = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_RGB888
            self._pixmap = QPixmap.fromImage(QImage(pixels.data, width, height, pixels.strides[0], kind))
        self.set_plan(self.plan)

    def set_message(self, message: str) -> None:
        """Said where there is no picture."""
        self._message = message
        self.update()

    def set_plan(self, plan: TilePlan | None) -> None:
        """Of the image that the picture shows."""
        self.plan = plan
        if plan is not None:
            self.kept = self._kept(plan)
        self.update()

    def _kept(self, plan: TilePlan) -> NDArray[np.bool_]:
        inside = self._inside
        if inside is None:
            return plan.kept(None)
        down, across = inside.shape[0] / plan.height, inside.shape[1] / plan.width
        reach = [
            [
                inside[
                    int(top * down) : int((top + plan.side) * down) + 1,
                    int(left * across) : int((left + plan.side) * across) + 1,
                ].any()
                for left in plan.lefts
            ]
            for top in plan.tops
        ]
        return np.asarray(reach, np.bool_)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._pixmap is None:
            painter.setPen(self.palette().placeholderText().color())
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(12, 0, -12, 0), int(flags), self._message)
            painter.setPen(self.palette().mid().color())
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            place = self._place(self._pixmap)
            painter.drawPixmap(place, self._pixmap, QRectF(self._pixmap.rect()))
            if self.plan is not None:
                self._paint_tiles(painter, self.plan, place)
        painter.end()

    def _place(self, pixmap: QPixmap) -> QRectF:
        scale = min((self.width() - 2) / pixmap.width(), (self.height() - 2) / pixmap.height())
        width, height = scale * pixmap.width(), scale * pixmap.height()
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def _paint_tiles(self, painter: QPainter, plan: TilePlan, place: QRectF) -> None:
        painter.save()
        painter.setClipRect(place.adjusted(-1, -1, 1, 1))
        scale = place.width() / plan.width
        across = [place.left() + scale * x for x in _seams(plan.lefts, plan.side, plan.width)]
        down = [place.top() + scale * y for y in _seams(plan.tops, plan.side, plan.height)]
        for row, column in zip(*np.nonzero(~self.kept), strict=True):
            corner = QRectF(across[column], down[row], across[column + 1] - across[column], down[row + 1] - down[row])
            painter.fillRect(corner, _SKIPPED)
        lines = [QLineF(x, place.top(), x, place.bottom()) for x in across[1:-1]]
        lines += [QLineF(place.left(), y, place.right(), y) for y in down[1:-1]]
        wide = scale * plan.side >= _EDGE_FROM_PX
        for colour, pen in ((_EDGE, 3.0), (_LINE, 1.0)) if wide else ((_LINE, 0.6),):
            painter.setPen(QPen(colour, pen))
            painter.drawLines(lines)
        top, left = plan.tops[len(plan.tops) // 2], plan.lefts[len(plan.lefts) // 2]
        whole = QRectF(place.left() + scale * left, place.top() + scale * top, scale * plan.side, scale * plan.side)
        for colour, pen in ((_HALO, 3.5), (_TILE, 1.8)):
            painter.setPen(QPen(colour, pen))
            painter.drawRect(whole)
        painter.restore()


def _seams(starts: tuple[int, ...], side: int, length: int) -> list[float]:
    """Where the first tile begins, one hands over to the next, and the last ends."""
    between = [(start + before + side) / 2 for before, start in pairwise(starts)]
    return [0.0, *between, float(length)]
