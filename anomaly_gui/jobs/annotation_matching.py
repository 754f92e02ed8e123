"""Which image of the project an annotation is about."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Sequence
from pathlib import Path

from anomaly_gui.annotations.target import joined_name
from anomaly_gui.files import printable
from anomaly_gui.imaging.scan import is_image_name
from anomaly_gui.jobs.import_candidates import path_key
from anomaly_gui.project.records import Image


class Matcher:
    """Finds images by the names that annotations give them, relative to the folder *root*."""

    def __init__(self, images: Sequence[Image], root: Path) -> None:
        self._root = root
        self._by_path = {path_key(image.path): image for image in images}
        self._by_name: dict[str, list[tuple[str, Image]]] = {}
        self._relative: dict[str, Image] = {}
        for image, name in zip(images, relative_names([image.path for image in images]), strict=True):
            self._relative[name] = image
            base = posixpath.basename(name)
            for key in {base, _stem(base), joined_name(name), _stem(joined_name(name))}:
                self._by_name.setdefault(key.casefold(), []).append((name, image))

    def find(self, name: str, path: str | None = None) -> Image | str:
        """The image, or why there is none: by its place on disk, its place in the project, the end of its path,
        and at last by a name that no other image has, be it the joined_name() that an export gave. A *name*
        without suffix stands for any.
        """
        for place in (path, os.path.join(self._root, name)):
            if place is not None and path_key(os.path.abspath(place)) in self._by_path:
                return self._by_path[path_key(os.path.abspath(place))]
        if name in self._relative:
            return self._relative[name]
        named = self._by_name.get(posixpath.basename(name).casefold(), [])
        whole = is_image_name(name)
        wanted = "/" + name.casefold()
        fitting = [
            image for found, image in named if ("/" + (found if whole else _stem(found))).casefold().endswith(wanted)
        ]
        alike = fitting or [image for _, image in named]
        if not alike:
            return "the project has no image of this name"
        if len(alike) > 1:
            return f"{len(alike)} images of the project have this name, such as {printable(alike[0].path)}"
        return alike[0]


def relative_names(paths: Sequence[str]) -> list[str]:
    """Absolute *paths* → printable paths with "/" from the folder that holds all of them; no two are equal."""
    folders = {os.path.dirname(path) for path in paths}
    try:
        common = os.path.commonpath(folders) if folders else ""
        return [printable(os.path.relpath(path, common)).replace(os.sep, "/") for path in paths]
    except ValueError:  # on several drives of Windows
        return [printable(path).replace(os.sep, "/").replace(":", "").lstrip("/") for path in paths]


def _stem(name: str) -> str:
    return posixpath.splitext(name)[0]
