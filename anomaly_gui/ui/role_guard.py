"""Lets what the present role may not do rest in the window, and says why. The project itself refuses it, too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QToolTip, QWidget

from anomaly_gui.project.access import ACCESS_ROLES
from anomaly_gui.project.writer import AccessRole
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.pages.splits_view import SplitsView
from anomaly_gui.ui.pages.tune_locked_view import TuneLockedView as LockedView
from anomaly_gui.ui.pages.tune_pixels_view import TunePixelsView as PixelsView

if TYPE_CHECKING:
    from anomaly_gui.ui.main_window import MainWindow

Places = Callable[[], Iterable[tuple[AccessRole, QWidget]]]

_FIELDS: tuple[type[QWidget], ...] = (QAbstractButton, QAbstractSpinBox)
_NEEDED: tuple[tuple[AccessRole, str], ...] = (
    (
        "reviewer",
        r"undo|redo|confirm|good|defective|unsure|comment|type-\d|reason-\w+|judge-blind",
    ),
    (
        "engineer",
        r"add-\w+|data-(good|defective|unsure|unlabel|leave-out|train|test|types|type-\d|mask|region|annotations"
        r"|annotation-file|watch)|train-start|threshold-\w+|review-threshold-\w+|to-pin-\w|catch|leave-threshold"
        r"|leave-out|train-again|draw-mask|mask-(prediction|invert|clear|type-\d|tool-\w+|press|finish)"
        r"|region-(remove|press|finish|rectangle|polygon)",
    ),
)
"""Role → names of actions that only it, and those that may more, can do."""


def places(window: MainWindow) -> list[tuple[AccessRole, QWidget]]:
    """What of the pages changes something, and who may do that."""
    data, train, tune = window.data_page, window.train_page.view, window.tune_page
    review, panel = window.review_page.view, data.view.panel
    labels = (
        panel.good,
        panel.defect,
        panel.unsure,
        panel.unlabel,
        panel.split,
        panel.draw,
        panel.leave_out,
        panel.manage,
    )
    engineer: list[QWidget] = [
        *(data.view.add, data.view.empty.buttons, data.view.region, panel.types, *labels),
        *(view.apply for view in data.findChildren(SplitsView)),
        *(train.start, train.resume, train.detectors, train.presets, train.form_place),
        *(tune.view.control, tune.view.rules, tune.view.histogram, tune.view.rates),
        *(button for view in tune.findChildren(LockedView) for button in (view.lock, view.unlock, view.reveal)),
        *(field for view in tune.findChildren(PixelsView) for kind in _FIELDS for field in view.findChildren(kind)),
        *(review.retrain, review.catch_this, review.threshold_back, review.verdicts.leave_out),
        *(review.lower_threshold, review.higher_threshold, review.triptych.bar.edit_mask),
        window.export_page.view.export,
    ]
    reviewer: list[QWidget] = [review.verdicts, review.judge_blind, review.why.reasons]
    found: list[tuple[AccessRole, QWidget]] = [("reviewer", place) for place in reviewer]
    return found + [("engineer", place) for place in engineer]


def needed(action: str) -> AccessRole | None:
    """Which role an action asks for; None if everybody may do it."""
    return next((role for role, names in _NEEDED if re.fullmatch(names, action)), None)


def reason(role: AccessRole) -> str:
    return f"Only the {role} may do this: change the role in the menu Project"


class RoleGuard(QObject):
    """Widgets rest by an attribute of their own, so that what pages want of them is kept for later."""

    def __init__(self, actions: Actions, places: Places, parent: QObject | None = None) -> None:
        """*places* are asked for with each role, and rest with all that is in them."""
        super().__init__(parent)
        self._actions = actions
        self._places = places
        self._refused: dict[QWidget, str] = {}

    def set_role(self, role: AccessRole | None) -> None:
        """None: the project has no roles."""
        rank = len(ACCESS_ROLES) if role is None else ACCESS_ROLES.index(role)
        names = [entry.name for entry in self._actions.entries()]
        wanted = {name: needed(name) for name in names}
        self._actions.refuse(
            {name: reason(least) for name, least in wanted.items() if least and ACCESS_ROLES.index(least) > rank}
        )
        refused = {}
        for least, place in self._places():
            if ACCESS_ROLES.index(least) > rank:
                refused.update(dict.fromkeys([place, *place.findChildren(QWidget)], reason(least)))
        freed = [widget for widget in self._refused if widget not in refused]
        fresh = [widget for widget in refused if widget not in self._refused]
        self._refused = refused
        self._free(freed)
        for widget in fresh:
            widget.installEventFilter(self)
            self._rest(widget)

    def _rest(self, widget: QWidget) -> None:
        if widget.hasFocus():
            widget.clearFocus()
        widget.setAttribute(Qt.WidgetAttribute.WA_Disabled, True)
        _tell(widget)

    def _free(self, widgets: Sequence[QWidget]) -> None:
        """Parents come before what is in them."""
        for widget in widgets:
            widget.removeEventFilter(self)
            parent = widget.parentWidget()
            above = widget.isWindow() or parent is None or parent.isEnabled()
            # Qt keeps in another attribute what a page asked for meanwhile.
            if above and not widget.testAttribute(Qt.WidgetAttribute.WA_ForceDisabled):
                widget.setAttribute(Qt.WidgetAttribute.WA_Disabled, False)
                _tell(widget)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(watched, QWidget) or watched not in self._refused:
            return False
        if event.type() == QEvent.Type.EnabledChange and watched.isEnabled():
            self._rest(watched)
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._refused[watched], watched)
            return True
        return False


def _tell(widget: QWidget) -> None:
    QCoreApplication.sendEvent(widget, QEvent(QEvent.Type.EnabledChange))
    widget.update()
