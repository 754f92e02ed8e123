"""All actions and their keys, to be changed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.ui.key_draft import KeyDraft
from anomaly_gui.ui.key_file import read_keys, write_keys
from anomaly_gui.ui.models.key_table import KeyTable
from anomaly_gui.ui.theme import warning_colour
from anomaly_gui.ui.widgets.key_recorder import KeyRecorder
from anomaly_gui.ui.widgets.live_label import LiveLabel
from anomaly_gui.ui.widgets.message import message_for
from anomaly_gui.ui.wording import counted

_SIZE_PX = (860, 620)
_FILES = "Keys (*.json)"
_NAME = "anomaly-gui-keys.json"


class _Table(QTableView):
    """Enter is for the row, not for the dialog's button."""

    record_wanted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.record_wanted.emit()
        else:
            super().keyPressEvent(event)


class KeyEditor(QDialog):
    """Shown with open(), deletes itself; nothing is changed before keys_chosen."""

    keys_chosen = Signal(object)
    """Action's name → keys, of those that differ from the keys as delivered."""

    def __init__(self, draft: KeyDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Change keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._draft = draft
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Find an action, a page or a key")
        self.search.setAccessibleName("Find an action, a page or a key")
        self.search.setClearButtonEnabled(True)
        self.model = KeyTable(self)
        self.model.set_warning_colour(warning_colour(self.palette()))
        self.table = self._make_table()
        self.recorder = KeyRecorder(self)
        self.state = LiveLabel(self)
        self.state.set_colour(warning_colour(self.palette()))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.imports, self.exports = QPushButton("&Import …", self), QPushButton("&Export …", self)
        self.reset_all = QPushButton("Reset &all", self)
        self._lay_out()
        self._connect()
        self._show_rows()
        self._select(0)

    def _make_table(self) -> _Table:
        table = _Table(self)
        table.setModel(self.model)
        table.setAccessibleName("Actions and their keys")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        return table

    def _lay_out(self) -> None:
        self.imports.setToolTip("Take the keys of a file, from another PC or another user")
        self.exports.setToolTip("Save these keys as a file, for another PC")
        self.reset_all.setToolTip("All keys as delivered")
        below = QHBoxLayout()
        for button in (self.imports, self.exports, self.reset_all):
            button.setAutoDefault(False)
            below.addWidget(button)
        below.addWidget(self.state, 1)
        below.addWidget(self.buttons)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.recorder)
        layout.addLayout(below)
        self.resize(*_SIZE_PX)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._show_rows)
        self.table.selectionModel().currentRowChanged.connect(self._show_action)
        self.table.record_wanted.connect(self._record)
        self.table.doubleClicked.connect(self._record)
        self.search.returnPressed.connect(self.table.setFocus)
        recorder = self.recorder
        recorder.recorded.connect(self._show_recorded)
        recorder.use_wanted.connect(self._use)
        recorder.add_wanted.connect(self._add)
        recorder.none_wanted.connect(self._clear)
        recorder.reset_wanted.connect(self._reset)
        recorder.take_wanted.connect(self._take)
        self.reset_all.clicked.connect(self._reset_all)
        self.imports.clicked.connect(self._ask_import)
        self.exports.clicked.connect(self._ask_export)
        self.buttons.accepted.connect(self._finish)
        self.buttons.rejected.connect(self.reject)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # A box of buttons makes one the default when it is shown: Enter in the field would end it all.
        for button in (self.ok, self.buttons.button(QDialogButtonBox.StandardButton.Cancel)):
            button.setAutoDefault(False)
            button.setDefault(False)
        self.search.setFocus()

    # Showing

    @property
    def current(self) -> str | None:
        """Name of the action that is selected."""
        index = self.table.currentIndex()
        return self.model.row(index.row()).name if index.isValid() else None

    @Slot()
    def _show_rows(self) -> None:
        name = self.current
        self.model.set_rows(self._draft.rows(self.search.text()))
        self._select(self.model.row_of(name) or 0)
        self._show_action()
        pairs = len(self._draft.conflicts)
        self.state.set_text(f"{counted(pairs, 'conflict')} to resolve" if pairs else "")
        self.ok.setEnabled(not pairs)

    def _select(self, row: int) -> None:
        if self.model.rowCount():
            flags = QItemSelectionModel.SelectionFlag
            index = self.model.index(row, 0)
            self.table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    @Slot()
    def _show_action(self) -> None:
        name = self.current
        self.recorder.setEnabled(name is not None)
        self.recorder.clear()
        if name is None:
            self.recorder.show_action("No action fits", has_keys=False, changed=False)
        else:
            row = self.model.row(self.table.currentIndex().row())
            self.recorder.show_action(
                f"{row.title}  ·  {row.page}", has_keys=bool(self._draft.keys(name)), changed=row.changed
            )
        self._show_recorded("")

    @Slot(str)
    def _show_recorded(self, key: str) -> None:
        name = self.current
        if name is None:
            self.recorder.show_note("", usable=False, takeable=False)
        elif not key:
            conflict = self.model.row(self.table.currentIndex().row()).conflict
            self.recorder.show_note(conflict, usable=False, takeable=bool(conflict))
        else:
            refusal = self._draft.refusal(key)
            note = refusal or self._draft.warning(name, key)
            self.recorder.show_note(note, usable=not refusal, takeable=False)

    @Slot()
    def _record(self) -> None:
        self.recorder.field.setFocus()

    # Changing

    @Slot(str)
    def _use(self, key: str) -> None:
        self._set([key])

    @Slot(str)
    def _add(self, key: str) -> None:
        if self.current is not None:
            self._set([*self._draft.keys(self.current), key])

    @Slot()
    def _clear(self) -> None:
        self._set([])

    def _set(self, keys: list[str]) -> None:
        if self.current is not None:
            self._draft.set_keys(self.current, keys)
            self._show_rows()
            (self.recorder.take if self.recorder.take.isVisible() else self.table).setFocus()

    @Slot()
    def _reset(self) -> None:
        if self.current is not None:
            self._draft.reset(self.current)
            self._show_rows()
            self.table.setFocus()

    @Slot()
    def _take(self) -> None:
        name = self.current
        if name is not None:
            for key in self._draft.keys(name):
                self._draft.take_away(key, name)
            self._show_rows()
            self.table.setFocus()

    @Slot()
    def _reset_all(self) -> None:
        self._draft.reset_all()
        self._show_rows()

    @Slot()
    def _finish(self) -> None:
        self.keys_chosen.emit(self._draft.chosen)
        self.accept()

    # Files

    @Slot()
    def _ask_import(self) -> None:
        dialog = self._file_dialog("Take the keys of a file", QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.take_file)
        dialog.open()

    @Slot()
    def _ask_export(self) -> None:
        dialog = self._file_dialog("Save these keys as a file", QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.selectFile(_NAME)
        dialog.fileSelected.connect(self.save_file)
        dialog.open()

    def _file_dialog(self, title: str, mode: QFileDialog.AcceptMode) -> QFileDialog:
        dialog = QFileDialog(self, title, str(Path.home()), _FILES)
        dialog.setAcceptMode(mode)
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    @Slot(str)
    def take_file(self, path: str) -> None:
        """Show the keys of a file; conflicts are resolved here, as all others are."""
        try:
            unknown = self._draft.take_file(read_keys(Path(path)))
        except InputError as error:
            message_for(error, self).open()
            return
        self._show_rows()
        if unknown:
            self.recorder.show_note(
                f"Not in this version, kept for another one: {', '.join(unknown)}", usable=False, takeable=False
            )

    @Slot(str)
    def save_file(self, path: str) -> None:
        try:
            write_keys(Path(path), self._draft.chosen)
        except InputError as error:
            message_for(error, self).open()
            return
        self.recorder.show_note(f"Saved as {printable(path)}", usable=False, takeable=False)
