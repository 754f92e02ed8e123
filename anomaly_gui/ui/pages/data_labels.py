"""What can be said of the selected images: label, defect type, split, left out; and the types themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from anomaly_gui.project.records import Changed, Image, Label, Split
from anomaly_gui.project.store import Project
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.pages.data_view import DataView
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.theme import settings
from anomaly_gui.ui.widgets.types_dialog import TypesDialog

GOOD, DEFECT, UNSURE, UNLABELLED = Label("good"), Label("defect"), Label("unsure"), Label("unlabelled")
_DIGITS = range(1, 10)
_GOING_ON = "data/go_on"
_KEYS = (
    (("data-good",), "good"),
    (("data-defective",), "defective"),
    (tuple(f"data-type-{digit}" for digit in _DIGITS), "type"),
    (("data-unsure",), "unsure"),
    (("data-unlabel",), "unlabel"),
    (("data-leave-out",), "leave out"),
)
"""What the status line names: actions, and what they do in a word."""
_MENU = ("good", "defective", "unsure", "unlabel", "", "train", "test", "leave-out")


class DataLabels(QObject):
    """Made by the page. Every action is one operation on the project, whatever the number of images."""

    def __init__(self, session: Session, view: DataView, page: str, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._view = view
        self._page = page
        self._actions: Actions | None = None
        self._dialog: TypesDialog | None = None
        self.goes_on = bool(settings().value(_GOING_ON, True, bool))
        panel = view.panel
        panel.set_going_on(self.goes_on)
        panel.good_wanted.connect(self.label_good)
        panel.defect_wanted.connect(self.label_defective)
        panel.unsure_wanted.connect(self.label_unsure)
        panel.unlabelled_wanted.connect(self.unlabel)
        panel.type_chosen.connect(self.label_type)
        panel.exclusion_wanted.connect(self.exclude)
        panel.split_chosen.connect(self.move_to)
        panel.types_wanted.connect(self.manage_types)
        panel.going_on_chosen.connect(self.set_going_on)
        view.gallery.menu_wanted.connect(self._show_menu)
        session.images_changed.connect(self._follow_types)
        session.types_changed.connect(self._follow_types)
        session.project_closing.connect(self._close_dialog)

    def add_actions(self, actions: Actions) -> None:
        self._actions = actions
        for name, text, keys, slot in (
            ("data-good", "Label the selection good", ["G"], self.label_good),
            ("data-defective", "Label the selection defective", ["X"], self.label_defective),
            ("data-unsure", "Label the selection unsure", ["U"], self.label_unsure),
            ("data-unlabel", "Take the selection's label away", ["Shift+U"], self.unlabel),
            ("data-leave-out", "Leave the selection out, or put it back", ["Del"], self.toggle_exclusion),
            ("data-train", "Move the selection to training", ["T"], self.move_to_training),
            ("data-test", "Move the selection to testing", ["Shift+T"], self.move_to_testing),
            ("data-go-on", "Go on to the next image after a label, or stay", ["Ctrl+Shift+G"], self.toggle_going_on),
            ("data-types", "Defect types …", ["Ctrl+T"], self.manage_types),
        ):
            actions.add(name, text, keys, slot, self._page)
        for digit in _DIGITS:
            text = f"Label the selection defective, of the type with key {digit}"
            actions.add(f"data-type-{digit}", text, [str(digit)], _TypeKey(self, digit), self._page)

    def keys_text(self) -> str:
        """The keys for the status line, as they are now."""
        if self._actions is None:
            return ""
        keys = [(self._actions.key_text(*names), text) for names, text in _KEYS]
        return " · ".join([*(f"{key} {text}" for key, text in keys if key), "Ctrl+A all"])

    # Labels

    def label_good(self) -> None:
        self._label(GOOD)

    def label_defective(self) -> None:
        """Types that the images have already are kept."""
        self._label(DEFECT, [image for image in self._view.panel.images if image.label.kind != "defect"])

    def label_unsure(self) -> None:
        self._label(UNSURE)

    def unlabel(self) -> None:
        self._label(UNLABELLED)

    def label_with_key(self, digit: int) -> None:
        """Defective, of the type that has this number key; says so if there is none."""
        found = next((each.name for each in self._session.defect_types if each.key == digit), None)
        if found is None:
            self._session.said.emit(f"No defect type has the key {digit} yet: Defect types … gives it one")
        else:
            self._label(Label("defect", found))

    @Slot(str)
    def label_type(self, name: str) -> None:
        self._label(Label("defect", name or None))
        self._view.gallery.setFocus()

    def _label(self, label: Label, images: Sequence[Image] | None = None) -> None:
        """*images*: those that change; the selection unless given."""
        chosen = self._view.panel.images
        following = self._view.gallery.following_id() if self.goes_on and len(chosen) == 1 else None
        if self._change(chosen if images is None else images, lambda project, ids: project.set_label(ids, label)):
            self._view.gallery.go_to(following)

    def toggle_going_on(self) -> None:
        self.set_going_on(not self.goes_on)
        self._session.said.emit(
            "A label goes on to the next image" if self.goes_on else "The image stays selected after a label"
        )

    @Slot(bool)
    def set_going_on(self, goes_on: bool) -> None:
        self.goes_on = goes_on
        self._view.panel.set_going_on(goes_on)
        settings().setValue(_GOING_ON, goes_on)

    # Use

    def toggle_exclusion(self) -> None:
        self.exclude(not all(image.excluded for image in self._view.panel.images))

    @Slot(bool)
    def exclude(self, excluded: bool) -> None:
        self._change(self._view.panel.images, lambda project, ids: project.set_excluded(ids, excluded))

    def move_to_training(self) -> None:
        self.move_to("train")

    def move_to_testing(self) -> None:
        self.move_to("test")

    @Slot(str)
    def move_to(self, name: str) -> None:
        split: Split = "train" if name == "train" else "test"
        self._change(self._view.panel.images, lambda project, ids: project.set_splits(dict.fromkeys(ids, split)))

    def _change(self, images: Sequence[Image], operation: Callable[[Project, list[int]], Changed]) -> bool:
        """Whether it was done; nothing to do is done, too."""
        ids = [image.id for image in images]
        return not ids or self._session.apply(lambda project: operation(project, ids)) is not None

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        if self._actions is None or not self._view.panel.images:
            return
        menu = QMenu(self._view)
        for name in _MENU:
            if name:
                menu.addAction(self._actions.action(f"data-{name}"))
            else:
                self._add_types(menu)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _add_types(self, menu: QMenu) -> None:
        inside = menu.addMenu("Defect &type")
        for each in self._session.defect_types:
            action = inside.addAction(each.name.replace("&", "&&"))
            action.setData(each.name)
            action.triggered.connect(self._label_chosen)
        inside.setEnabled(bool(self._session.defect_types))

    @Slot()
    def _label_chosen(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.label_type(str(action.data()))

    # Defect types

    @Slot()
    def manage_types(self) -> None:
        if self._dialog is not None or not self._session.is_open:
            return
        dialog = TypesDialog(self._view.window())
        dialog.add_wanted.connect(self._add_type)
        dialog.renamed.connect(self._rename_type)
        dialog.coloured.connect(self._colour_type)
        dialog.key_chosen.connect(self._key_type)
        dialog.ordered.connect(self._order_types)
        dialog.merged.connect(self._merge_types)
        dialog.deleted.connect(self._delete_type)
        dialog.undo_wanted.connect(self._session.undo)
        dialog.finished.connect(self._forget_dialog)
        self._dialog = dialog
        self._follow_types()
        dialog.open()

    @Slot()
    def _follow_types(self) -> None:
        if self._dialog is not None:
            counts: dict[str, int] = {}
            for image in self._session.images.values():
                if image.label.defect_type:
                    counts[image.label.defect_type] = counts.get(image.label.defect_type, 0) + 1
            self._dialog.show_types(self._session.defect_types, counts)

    @Slot()
    def _forget_dialog(self) -> None:
        self._dialog = None

    @Slot()
    def _close_dialog(self) -> None:
        if self._dialog is not None:
            self._dialog.reject()

    @Slot(str)
    def _add_type(self, name: str) -> None:
        self._of_types(lambda project: project.types.add(name))

    @Slot(str, str)
    def _rename_type(self, name: str, wanted: str) -> None:
        self._of_types(lambda project: project.types.rename(name, wanted))

    @Slot(str, str)
    def _colour_type(self, name: str, colour: str) -> None:
        self._of_types(lambda project: project.types.set_colour(name, colour))

    @Slot(str, int)
    def _key_type(self, name: str, key: int) -> None:
        self._of_types(lambda project: project.types.set_key(name, key or None))

    @Slot(object)
    def _order_types(self, names: Sequence[str]) -> None:
        self._of_types(lambda project: project.types.set_order(names))

    @Slot(object, str)
    def _merge_types(self, names: Sequence[str], into: str) -> None:
        self._of_types(lambda project: project.types.merge(names, into))

    @Slot(str)
    def _delete_type(self, name: str) -> None:
        self._of_types(lambda project: project.types.delete(name))

    def _of_types(self, operation: Callable[[Project], Changed]) -> None:
        if self._session.apply(operation) is None:
            self._follow_types()  # What was typed is not so.


class _TypeKey:
    """The slot of one digit."""

    def __init__(self, labels: DataLabels, digit: int) -> None:
        self._labels = labels
        self._digit = digit

    def __call__(self) -> None:
        self._labels.label_with_key(self._digit)
