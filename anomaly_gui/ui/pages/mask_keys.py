"""The keys of the mask editor."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.widgets.draw_bar import TOOLS

if TYPE_CHECKING:
    from anomaly_gui.ui.pages.mask import MaskPage

BAR = (
    (tuple(f"mask-tool-{tool}" for tool in TOOLS), "tools"),
    (("mask-way",), "add, take away"),
    (("mask-smaller", "mask-larger"), "size"),
    (("mask-up", "mask-down", "mask-left", "mask-right"), "move the tool"),
    (("mask-press",), "press it"),
    (("mask-finish",), "close polygon"),
    (("mask-prediction",), "prediction"),
    (("mask-overlay",), "error map"),
    (("mask-previous", "mask-next"), "other image"),
    (("undo",), "undo"),
    (("mask-back",), "back"),
)
"""What the bar at the page's bottom names: actions, and what they do in a word."""
_TYPES_WITH_KEYS = 9
_FAR = 8
_REPEATED = ("mask-next", "mask-previous", "mask-larger", "mask-smaller", "mask-zoom-in", "mask-zoom-out")


def add_mask_actions(actions: Actions, page: MaskPage) -> None:
    """Register everything that can be done on the page; undo and redo are the window's."""
    navigator = page.view.navigator
    for name, text, keys, slot in (
        ("mask-next", "Save the mask, next image", ["D"], page.show_next),
        ("mask-previous", "Save the mask, previous image", ["A"], page.show_previous),
        ("mask-back", "Cancel the stroke, or save the mask and go back", ["Esc"], page.escape),
        ("mask-way", "Switch between adding and taking away", ["S"], page.tools.switch_way),
        ("mask-larger", "Larger brush", ["]"], partial(page.tools.resize_brush, 1.0)),
        ("mask-smaller", "Smaller brush", ["["], partial(page.tools.resize_brush, -1.0)),
        ("mask-press", "Press the tool, or lift it again", ["Space"], page.hand.press_key),
        ("mask-finish", "Close the polygon", ["Return", "Enter"], page.hand.finish),
        ("mask-corner", "Take back the polygon’s last corner", ["Backspace"], page.hand.drop_corner),
        ("mask-prediction", "Start from the detector’s prediction", ["T"], page.start_from_prediction),
        ("mask-invert", "Invert the mask", ["I"], page.invert),
        ("mask-clear", "Clear the mask", ["Del"], page.clear),
        ("mask-overlay", "Error map over the image", ["O"], page.toggle_overlay),
        ("mask-shown", "Show the mask", ["M"], page.toggle_mask),
        ("mask-hide-all", "Hide all that lies on the image (hold)", ["H"], page.hide_all.press),
        ("mask-fit", "Fit the image", ["F"], navigator.fit),
        ("mask-full-size", "One image pixel for each screen pixel", ["0"], navigator.show_full_size),
        ("mask-zoom-in", "Zoom in", ["+", "="], navigator.zoom_in),
        ("mask-zoom-out", "Zoom out", ["-"], navigator.zoom_out),
    ):
        held = name == "mask-hide-all"
        actions.add(name, text, keys, slot, page.name, held=held).setAutoRepeat(name in _REPEATED)
    for tool, (text, _, key, _) in TOOLS.items():
        actions.add(f"mask-tool-{tool}", f"Tool: {text.lower()}", [key], partial(page.tools.choose, tool), page.name)
    for key, across, down in (("Left", -1, 0), ("Right", 1, 0), ("Up", 0, -1), ("Down", 0, 1)):
        for shift, factor, how in (("", 1, ""), ("Shift+", _FAR, " far")):
            move = partial(page.hand.move_cross, across * factor, down * factor)
            name = f"mask-{key.lower()}{how.strip()}"
            actions.add(name, f"Move the tool{how}: {key.lower()}", [shift + key], move, page.name).setAutoRepeat(True)
    for digit in range(1, _TYPES_WITH_KEYS + 1):
        text = f"Defect type {digit}"
        actions.add(f"mask-type-{digit}", text, [str(digit)], partial(page.label.choose_digit, digit), page.name)
    page.view.keys.follow(actions, BAR)
