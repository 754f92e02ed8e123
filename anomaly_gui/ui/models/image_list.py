"""The images of the gallery as a Qt list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from anomaly_gui.files import printable
from anomaly_gui.project.records import Image

Index = QModelIndex | QPersistentModelIndex

_MANY_STEPS = 50
"""Above so many ranges of rows to take out or put in, drawing everything anew is faster."""


class ImageRole(IntEnum):
    """What the delegate asks for."""

    IMAGE = Qt.ItemDataRole.UserRole + 1


class ImageList(QAbstractListModel):
    """Rows are images in a fixed order; rows come and go without losing the selection of others."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._images: list[Image] = []
        self._rows: dict[int, int] = {}

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._images)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        image = self._images[index.row()]
        if role == ImageRole.IMAGE:
            return image
        if role == Qt.ItemDataRole.DisplayRole:
            return file_name(image)
        if role == Qt.ItemDataRole.ToolTipRole:
            return printable(image.path)
        return None

    def image(self, row: int) -> Image:
        return self._images[row]

    def row_of(self, image_id: int) -> int | None:
        return self._rows.get(image_id)

    @property
    def ids(self) -> list[int]:
        return list(self._rows)

    def set_images(self, images: Sequence[Image]) -> bool:
        """Show these; False if everything was drawn anew, which loses the selection."""
        wanted = [image.id for image in images]
        kept_ids = set(self._rows) & set(wanted)
        gone = _ranges(row for image_id, row in self._rows.items() if image_id not in kept_ids)
        come = _ranges(row for row, image_id in enumerate(wanted) if image_id not in kept_ids)
        same_order = [i for i in self._rows if i in kept_ids] == [i for i in wanted if i in kept_ids]
        if not same_order or not kept_ids or len(gone) + len(come) > _MANY_STEPS:
            self.beginResetModel()
            self._take(images)
            self.endResetModel()
            return False
        for first, last in reversed(gone):
            self.beginRemoveRows(QModelIndex(), first, last)
            self._take(self._images[:first] + self._images[last + 1 :])
            self.endRemoveRows()
        for first, last in come:
            self.beginInsertRows(QModelIndex(), first, last)
            self._take([*self._images[:first], *images[first : last + 1], *self._images[first:]])
            self.endInsertRows()
        self.update_images({image.id: image for image in images})
        return True

    def update_images(self, images: Mapping[int, Image]) -> None:
        """Other labels, same rows."""
        for row, shown in enumerate(self._images):
            image = images.get(shown.id, shown)
            if image != shown:
                self._images[row] = image
                self.dataChanged.emit(self.index(row), self.index(row))

    def _take(self, images: Iterable[Image]) -> None:
        self._images = list(images)
        self._rows = {image.id: row for row, image in enumerate(self._images)}


def file_name(image: Image) -> str:
    """For people; without the folder."""
    return printable(image.path).replace("\\", "/").rpartition("/")[2]


def _ranges(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Rising numbers as (first, last) of each unbroken stretch."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and found[-1][1] == row - 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found
