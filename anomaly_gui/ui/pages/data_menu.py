"""The menu of what is done less often: types, annotations, watched folders, files."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from anomaly_gui.files import printable
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.pages.data_files import DataFiles
from anomaly_gui.ui.pages.data_import import DataImport
from anomaly_gui.ui.pages.data_labels import DataLabels
from anomaly_gui.ui.pages.data_view import DataView
from anomaly_gui.ui.session import Session


class DataMenu(QObject):
    """Made by the page; the same actions are in the command palette."""

    def __init__(
        self, session: Session, imports: DataImport, files: DataFiles, labels: DataLabels, view: DataView
    ) -> None:
        super().__init__(view)
        self._session = session
        self._imports = imports
        self._files = files
        self._labels = labels
        self.menu = QMenu(view)
        self.menu.setToolTipsVisible(True)
        self.watched = QMenu("Stop watching", self.menu)
        self._jobs: list[QAction] = []
        view.look.set_menu(self.menu)
        self.menu.aboutToShow.connect(self._show_possible)

    def add_actions(self, actions: Actions, page: str) -> None:
        imports, files = self._imports, self._files
        self.menu.addAction(actions.action("data-types"))
        self.menu.addSeparator()
        for name, text, slot, tip in (
            (
                "data-annotations",
                "Import annotations from a folder …",
                imports.choose_annotations,
                "Labels, types and masks from labelme, COCO, Pascal VOC, YOLO, mask images, or folders",
            ),
            (
                "data-annotation-file",
                "Import a file of annotations …",
                imports.choose_annotation_file,
                "COCO JSON, labelme JSON, or a CSV of paths and labels",
            ),
            (
                "data-export",
                "Export annotations …",
                imports.export,
                "For other programs; what the format cannot hold is said before anything is written",
            ),
        ):
            action = actions.add(name, text, [], slot, page, tip)
            self.menu.addAction(action)
            self._jobs.append(action)
        self.menu.addSeparator()
        watching = "New images in it come in by themselves, as not labelled"
        self.menu.addAction(actions.add("data-watch", "Watch a folder …", [], files.ask_to_watch, page, watching))
        self.menu.addMenu(self.watched)
        self.menu.addSeparator()
        checking = "Whether the images' files are still there, and what they were when imported"
        self.menu.addAction(actions.add("data-check", "Check the files now", [], files.check, page, checking))
        for name, text, slot, tip in (
            (
                "data-elsewhere",
                "Look for missing or changed files …",
                files.look_elsewhere,
                "In another folder, by what they held when they were imported",
            ),
            (
                "data-accept",
                "Accept files that changed",
                files.accept_changed,
                "What they hold now is from then on what they are to hold; score runs again afterwards",
            ),
        ):
            action = actions.add(name, text, [], slot, page, tip)
            self.menu.addAction(action)
            self._jobs.append(action)

    @Slot()
    def _show_possible(self) -> None:
        for action in self._jobs:
            action.setEnabled(self._session.job is None)
        self.watched.clear()
        folders = self._session.project.sources.watched() if self._session.is_open else ()
        for folder in folders:
            action = self.watched.addAction(printable(folder).replace("&", "&&"))
            action.setData(folder)
            action.triggered.connect(self._stop_watching)
        self.watched.setEnabled(bool(folders))

    @Slot()
    def _stop_watching(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._files.stop_watching(str(action.data()))
