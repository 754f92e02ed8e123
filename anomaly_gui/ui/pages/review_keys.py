"""The keys of the Review page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.widgets.verdict_panel import TYPES_WITH_KEYS

if TYPE_CHECKING:
    from anomaly_gui.ui.pages.review import ReviewPage


def add_review_actions(actions: Actions, page: ReviewPage) -> None:
    """Register everything that can be done on the page."""
    triptych = page.view.triptych
    for name, text, keys, slot in (
        ("next-image", "Next image", ["D", "Right"], page.show_next),
        ("previous-image", "Previous image", ["A", "Left"], page.show_previous),
        ("next-unreviewed", "Next unreviewed image", ["N"], page.show_next_unreviewed),
        ("previous-unreviewed", "Previous unreviewed image", ["Shift+N"], page.show_previous_unreviewed),
        ("confirm", "Confirm the miss and go on", ["Return", "Enter", "Space"], page.confirm),
        ("back", "Back to the last verdict", ["Backspace"], page.show_last_judged),
        ("good", "The part is good", ["G"], page.judge_good),
        ("defective", "The part is defective", ["X"], page.judge_defective),
        ("unsure", "Unsure", ["U"], page.judge_unsure),
        ("comment", "Write a comment", ["C"], page.write_comment),
        ("blink", "Blink original and reconstruction (hold)", ["Z"], page.blink.press),
        ("hide-all", "Hide all that lies on the image (hold)", ["H"], page.hide_all.press),
        ("overlay", "Error map over the original", ["O"], triptych.toggle_overlay),
        ("mask", "Outline of the mask", ["M"], triptych.toggle_mask),
        ("draw-mask", "Draw the image’s mask", ["Shift+M"], page.draw_mask),
        ("error-view", "Error map alone", ["E"], triptych.toggle_error_view),
        ("worst-spot", "To the worst spot, then the next worst region", ["J"], triptych.show_next_worst),
        ("previous-worst", "To the worse region before", ["Shift+J"], triptych.show_previous_worst),
        ("contour", "Contour of what lies above the threshold", ["K"], triptych.toggle_contour),
        ("fit", "Fit the image", ["F"], triptych.fit),
        ("full-size", "One image pixel for each screen pixel", ["0"], triptych.show_full_size),
        ("zoom-in", "Zoom in", ["+", "="], triptych.zoom_in),
        ("zoom-out", "Zoom out", ["-"], triptych.zoom_out),
    ):
        actions.add(name, text, keys, slot, page.name)
    for digit in range(1, TYPES_WITH_KEYS + 1):
        actions.add(f"type-{digit}", f"Defective, of type {digit}", [str(digit)], page.judge_type(digit), page.name)
    page.why.add_actions(actions, page.name)
    for name in ("next-image", "previous-image", "zoom-in", "zoom-out"):
        # These do no harm when a key is held down.
        actions.action(name).setAutoRepeat(True)
