"""Which queue is reviewed, in which order, and whether it is built anew."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from anomaly_gui.ui.key_tips import does


class QueueChooser(QWidget):
    """Announces what the user chooses; setters announce nothing."""

    queue_chosen = Signal(str)
    order_chosen = Signal(str)
    anew_wanted = Signal()

    def __init__(self, orders: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.queues = self._box("Queue", "", "queue")
        self.queues.setMaxVisibleItems(20)
        self.queues.activated.connect(self._choose_queue)
        self.orders = self._box("Order", "The order in which the images come", "queue-order")
        for name, title in orders:
            self.orders.addItem(title, name)
        self.orders.activated.connect(self._choose_order)
        self.anew = QPushButton("Start anew", self)
        does(self.anew, "queue-anew")
        self.anew.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.anew.clicked.connect(self.anew_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self.queues, self.orders, self.anew):
            layout.addWidget(widget)

    def _box(self, name: str, tip: str, action: str) -> QComboBox:
        box = QComboBox(self)
        does(box, action)
        box.setAccessibleName(name)
        box.setToolTip(tip)
        # Else a letter key meant for the images would choose another entry.
        box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        return box

    def set_queues(self, items: Sequence[tuple[str, str, str]], current: str) -> None:
        """(name, text, tip) of each queue."""
        box = self.queues
        known = [(box.itemData(n), box.itemText(n)) for n in range(box.count())]
        if known != [(name, text) for name, text, _ in items]:
            box.clear()
            for number, (name, text, tip) in enumerate(items):
                box.addItem(text, name)
                box.setItemData(number, tip, Qt.ItemDataRole.ToolTipRole)
        box.setCurrentIndex(box.findData(current))
        box.setToolTip(str(box.currentData(Qt.ItemDataRole.ToolTipRole) or ""))

    def set_order(self, order: str) -> None:
        self.orders.setCurrentIndex(self.orders.findData(order))

    def set_anew(self, text: str, tip: str) -> None:
        self.anew.setText(text)
        self.anew.setToolTip(tip)

    def open_queues(self) -> None:
        """For the keyboard: arrows and Enter choose, Escape leaves everything as it is."""
        self.queues.showPopup()

    def choose_next_order(self) -> None:
        count = self.orders.count()
        self.orders.setCurrentIndex((self.orders.currentIndex() + 1) % count)
        self._choose_order()

    def _choose_queue(self) -> None:
        self.queue_chosen.emit(str(self.queues.currentData()))

    def _choose_order(self) -> None:
        self.order_chosen.emit(str(self.orders.currentData()))
