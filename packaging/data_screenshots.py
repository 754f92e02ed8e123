"""Pictures of everything on the Data page, to look at: PROJECT FOLDER [--dropped PATH …]

Opens a project, which is left as it was found but for what a check of the set measures, and saves
SCENE-WIDTHxHEIGHT-SCHEME.png for every scene, size and colour scheme. Needs no screen:

    QT_QPA_PLATFORM=offscreen python packaging/data_screenshots.py PROJECT FOLDER --dropped IMAGES MASKS
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import shiboken6
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from anomaly_gui.project.store import Project
from anomaly_gui.ui.app import make_application
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.data import DataPage
from anomaly_gui.ui.pages.data_map import MapPart
from anomaly_gui.ui.pages.trust import TrustPart
from anomaly_gui.ui.qt_log import qt_messages_logged
from anomaly_gui.ui.screenshots import settled_picture
from anomaly_gui.ui.theme import apply_scheme, chosen_scheme
from anomaly_gui.ui.widgets.import_dialog import ImportDialog

SIZES = ((1366, 768), (1920, 1080))
SCHEMES = ("light", "dark")
_JOB_S = 600.0

Scene = Callable[["Studio"], QWidget]


class Studio:
    """The window and what a scene needs of it."""

    def __init__(self, application: QApplication, window: MainWindow, dropped: list[str]) -> None:
        self.application, self.window, self.dropped = application, window, dropped

    @property
    def page(self) -> DataPage:
        return self.window.data_page

    def show_gallery(self, *, is_list: bool = False, facets: bool = False) -> None:
        self.window.show_page("data")
        self.page.parts.show_part("images")
        self.page.view.gallery.set_list(is_list)
        self.page.view.look.set_list(is_list)
        self.page.show_facets(facets)

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        until = time.monotonic() + _JOB_S
        while not is_so() and time.monotonic() < until:
            self.application.processEvents()
            time.sleep(0.01)

    def wait_for_job(self) -> None:
        self.wait_until(lambda: self.window.session.job is None)

    def dialog(self) -> QDialog:
        """The one that was opened last."""
        found = [each for each in self.application.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]
        return found[-1]

    def first_masked(self) -> int:
        images = self.window.session.images.values()
        return next((image.id for image in images if image.mask_path), next(iter(images)).id)


def grid(studio: Studio) -> QWidget:
    studio.show_gallery()
    gallery = studio.page.view.gallery
    gallery.select(gallery.ids[3:6])
    studio.page._show_selection()
    return studio.window


def rows(studio: Studio) -> QWidget:
    studio.show_gallery(is_list=True)
    studio.page._sort_by("score")
    studio.page.view.gallery.select([studio.first_masked()])
    studio.page._show_selection()
    return studio.window


def filters(studio: Studio) -> QWidget:
    studio.show_gallery(facets=True)
    studio.page.view.facets.tree.setFocus()
    return studio.window


def mask(studio: Studio) -> QWidget:
    session = studio.window.session
    session.mask_wanted.emit(list(session.images), studio.first_masked())
    return studio.window


def region(studio: Studio) -> QWidget:
    session = studio.window.session
    session.region_wanted.emit(list(session.images), next(iter(session.images)))
    return studio.window


def trust(studio: Studio) -> QWidget:
    studio.window.show_page("data")
    studio.page.parts.show_part("trust")
    part = studio.page.parts.parts["trust"]
    assert isinstance(part, TrustPart)
    if part._facts is None:
        part.start_check()
        studio.wait_for_job()
    studio.wait_until(lambda: bool(part.view.kind))
    recursive = Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive
    for item in part.view.list.findItems("Almost the same picture", recursive):
        part.view.list.setCurrentItem(item)
    return studio.window


def splits(studio: Studio) -> QWidget:
    studio.window.show_page("data")
    studio.page.parts.show_part("splits")
    return studio.window


def data_map(studio: Studio) -> QWidget:
    studio.window.show_page("data")
    studio.page.parts.show_part("map")
    part = studio.page.parts.parts["map"]
    assert isinstance(part, MapPart)
    if not part.view.map.isVisible():
        part.start()
        studio.wait_for_job()
    part.view.map.select(list(studio.window.session.images)[:20])
    part.refresh()
    return studio.window


def close_map(studio: Studio) -> QWidget:
    """So near that thumbnails take the points' places, with the cross of the keys."""
    data_map(studio)
    part = studio.page.parts.parts["map"]
    assert isinstance(part, MapPart)
    drawn = part.view.map
    drawn.fit()
    drawn.select([])
    for _ in range(9):
        drawn.zoom(1.25, QPointF(drawn.place_of(next(iter(studio.window.session.images)))))
    drawn.setFocus()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Space, *[Qt.Key.Key_Right] * 9, Qt.Key.Key_Space, *[Qt.Key.Key_Down] * 9):
        QTest.keyClick(drawn, key)
    return studio.window


def preview(studio: Studio) -> QWidget:
    studio.show_gallery()
    studio.page.offer_import(studio.dropped)
    dialog = studio.dialog()
    assert isinstance(dialog, ImportDialog)
    studio.wait_until(lambda: dialog.survey.text() not in ("", "Counting …"))
    studio.wait_until(lambda: not any(row.found.text().endswith("…") for row in dialog.rows))
    return dialog


def types(studio: Studio) -> QWidget:
    studio.show_gallery()
    studio.page.labels.manage_types()
    return studio.dialog()


def watched(studio: Studio) -> QWidget:
    studio.show_gallery()
    studio.page.menu.menu.popup(studio.page.mapToGlobal(studio.page.rect().center()))
    return studio.page.menu.menu


def annotations(studio: Studio) -> QWidget:
    studio.show_gallery()
    studio.page.imports.export()
    return studio.dialog()


SCENES: dict[str, Scene] = {
    "gallery": grid,
    "list": rows,
    "filters": filters,
    "mask": mask,
    "region": region,
    "trust": trust,
    "splits": splits,
    "map": data_map,
    "map-close": close_map,
    "import": preview,
    "types": types,
    "menu": watched,
    "export": annotations,
}


def main() -> None:
    """Make the pictures that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dropped", nargs="+", default=[], help="folders and files for the import's preview")
    parser.add_argument("--scenes", nargs="+", choices=SCENES, default=list(SCENES))
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    with qt_messages_logged():
        application = make_application()
        window = MainWindow()
        window.session.adopt(Project.open(wanted.project))
        window.show()
        try:
            studio = Studio(application, window, wanted.dropped)
            for name in wanted.scenes:
                if name != "import" or wanted.dropped:
                    _picture(studio, name, wanted.folder)
        finally:
            window.close()
            shiboken6.delete(window)
            apply_scheme(chosen_scheme())


def _picture(studio: Studio, name: str, folder: Path) -> None:
    for scheme in SCHEMES:
        apply_scheme(scheme)
        for width, height in SIZES:
            studio.window.resize(width, height)
            shown = SCENES[name](studio)
            settled_picture(studio.application, shown).save(str(folder / f"{name}-{width}x{height}-{scheme}.png"))
            if shown is not studio.window:
                shown.close()


if __name__ == "__main__":
    main()
